/** Reads the replies of the scripts. A client may give strings as buffers and integers as bigints, as the app set it up. */
import type { StoreAmounts, StoreOutcome, StorePeriodState } from 'otel-agent-cost/shared';
import { isWholeAmount, MEASURES, OUTCOMES } from 'otel-agent-cost/src/shared/store/store-rules';

export function listOf(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw new Error(`otel-agent-cost-redis: Redis answered ${typeof reply} where a list was expected`);
}

/** Undefined for nil. */
export function textOf(reply: unknown): string | undefined {
  if (reply === null || reply === undefined || reply === false) return undefined;
  return reply instanceof Uint8Array ? Buffer.from(reply).toString() : String(reply);
}

export function numberOf(reply: unknown): number {
  const text = textOf(reply) ?? '';
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Error('otel-agent-cost-redis: Redis answered no number where one was expected');
}

export function outcomeOf(reply: unknown): StoreOutcome {
  const text = textOf(reply);
  const outcome = OUTCOMES.find((known) => known === text);
  if (outcome !== undefined) return outcome;
  throw new Error('otel-agent-cost-redis: Redis answered an outcome that is not known');
}

/** The version, and then the amounts of each measure: spent, kept and reserved. */
export function stateOf(reply: unknown): StorePeriodState {
  const [version, ...amounts] = listOf(reply).map((value) => textOf(value) ?? '0');
  const part = (at: number): StoreAmounts => {
    const own = MEASURES.flatMap((measure, index) => {
      const amount = amounts[at * MEASURES.length + index];
      if (amount === undefined || amount === '0') return [];
      if (isWholeAmount(amount)) return [[measure, amount] as const];
      throw new Error(
        `otel-agent-cost-redis: Redis has ${JSON.stringify(amount)} as ${measure} of a budget, which is no whole number`,
      );
    });
    return Object.fromEntries(own);
  };
  return { spent: part(0), kept: part(1), reserved: part(2), version: numberOf(version) };
}
