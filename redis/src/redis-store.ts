/** The store on Redis. Each method sends its commands at once, and waits for one round trip. */
import { randomUUID } from 'node:crypto';
import type {
  RowKey,
  SharedStore,
  StoreAnswer,
  StoreAsk,
  StoreBatch,
  StoredRow,
  StoreLease,
  StoreLimit,
  StorePeriod,
  StoreRow,
  StoreSettled,
  StoreState,
} from 'otel-agent-cost/shared';
import {
  checkAsk,
  checkBatch,
  checkLease,
  checkRow,
  MAX_AMOUNT,
} from 'otel-agent-cost/src/shared/store/store-rules';
import type { SendCommand } from './client.js';
import type { Keys } from './keys.js';
import { type Call, type Replies, run, runAll } from './pipeline.js';
import { listOf, numberOf, outcomeOf, stateOf, textOf } from './replies.js';
import { SCRIPTS } from './scripts.js';

export class RedisStore implements SharedStore {
  constructor(
    private readonly send: SendCommand,
    private readonly keys: Keys,
  ) {}

  async open(): Promise<StoreState> {
    return this.state([], randomUUID());
  }

  async write(rows: readonly StoreRow[]): Promise<StoreState> {
    for (const row of rows) checkRow(row);
    const calls = rows.map((row) => ({
      script: SCRIPTS.write,
      keys: [this.keys.row(row)],
      args: [row.writer, String(row.version), row.value, String(Math.ceil(row.keepMillis))],
    }));
    return this.timed(calls);
  }

  async read(keys: readonly RowKey[]): Promise<StoreState & { readonly rows: readonly StoredRow[] }> {
    const calls = keys.map((key) => ({ script: SCRIPTS.read, keys: [this.keys.row(key)], args: [] }));
    let rows: readonly StoredRow[] = [];
    const state = await this.state(calls, undefined, ({ replies }) => {
      rows = keys.map(({ kind, id }, at) => ({ kind, id, parts: partsOf(replies[at]) }));
    });
    return { ...state, rows };
  }

  async reserve(ask: StoreAsk): Promise<StoreAnswer> {
    checkAsk(ask);
    const keys = this.keys.periods(ask.budget, ask.periods);
    const answer = await this.step({ script: SCRIPTS.reserve, keys, args: [askText(ask)] });
    const [outcome, isNew, period, limit] = answer.head;
    const { generation, nowMillis, states } = answer;
    if (generation === undefined && !ask.isForced) {
      const isHeld = numberOf(isNew) === 1;
      return {
        generation,
        nowMillis,
        outcome: 'not_open',
        states: isHeld ? await this.undo(ask, keys) : states,
      };
    }
    const place = period === undefined ? {} : { period: numberOf(period) - 1, limit: numberOf(limit) - 1 };
    return { generation, nowMillis, outcome: outcomeOf(outcome), ...place, states };
  }

  /** The script cannot read the generation, which is on another node of a cluster. */
  private async undo({ id, periods }: StoreAsk, keys: readonly string[]): Promise<StoreAnswer['states']> {
    const args = [JSON.stringify({ id, periods: periodsText(periods) })];
    return (await this.step({ script: SCRIPTS.undo, keys, args })).states;
  }

  async settle(batch: StoreBatch): Promise<StoreSettled> {
    checkBatch(batch);
    const { budget, writer, version, settlements } = batch;
    const named = new Map(
      settlements.flatMap(({ periods }) => periods.map((period) => [period.name, period])),
    );
    const places = new Map([...named.keys()].map((name, index) => [name, index + 1]));
    const entries = settlements.map(({ periods, id, amounts = {}, end, kept = {} }) => ({
      at: periods.map(({ name }) => places.get(name)),
      id,
      amounts,
      how: end,
      kept,
    }));
    const periods = [...named.values()];
    const keys = [...this.keys.writers(budget), ...this.keys.periods(budget, periods)];
    const text = JSON.stringify({ version, periods: periodsText(periods), entries });
    const answer = await this.step({ script: SCRIPTS.settle, keys, args: [text, writer] });
    const { head, generation, nowMillis, states } = answer;
    return { generation, nowMillis, states, overflowed: numberOf(head[0]) };
  }

  async renew(leases: readonly StoreLease[]): Promise<StoreState> {
    for (const lease of leases) checkLease(lease);
    const calls = leases.map(({ budget, id, periods, leaseMillis }) => ({
      script: SCRIPTS.renew,
      keys: this.keys.periods(budget, periods),
      args: [JSON.stringify({ id, lease: Math.ceil(leaseMillis), periods: periodsText(periods) })],
    }));
    return this.timed(calls);
  }

  /** A script of a budget. */
  private async step(call: Call) {
    const { replies, last } = await runAll(this.send, [call], () => this.mark());
    const [now, head, ...states] = listOf(replies[0]);
    return {
      generation: textOf(last),
      nowMillis: numberOf(now),
      head: listOf(head),
      states: states.map(stateOf),
    };
  }

  /** Scripts whose answers begin with the time. */
  private async timed(calls: readonly Call[]): Promise<StoreState> {
    if (calls.length === 0) return this.state([]);
    const { replies, last } = await runAll(this.send, calls, () => this.mark());
    return { generation: textOf(last), nowMillis: numberOf(listOf(replies[0])[0]) };
  }

  /** Sends calls, and then reads time and generation. `candidate`: the generation if there is none. */
  private async state(
    calls: readonly Call[],
    candidate?: string,
    use?: (replies: Replies) => void,
  ): Promise<StoreState> {
    const args = candidate === undefined ? [] : [candidate];
    const call = { script: SCRIPTS.state, keys: [this.keys.generation], args };
    const answer = await runAll(this.send, calls, (byText) => run(this.send, call, byText));
    use?.(answer);
    const [now, generation] = listOf(answer.last);
    return { generation: textOf(generation), nowMillis: numberOf(now) };
  }

  private mark(): Promise<unknown> {
    return this.send(['GET', this.keys.generation], this.keys.generation);
  }
}

function askText(ask: StoreAsk): string {
  const { id, leaseMillis, amounts, holds, alone, around, isForced } = ask;
  return JSON.stringify({
    id,
    lease: Math.ceil(leaseMillis),
    periods: periodsText(ask.periods),
    amounts,
    holds: flags(holds),
    alone: flags(alone),
    around: [...new Set(around)],
    forced: isForced,
  });
}

function periodsText(periods: readonly (StorePeriod & { readonly limits?: readonly StoreLimit[] })[]) {
  return periods.map(({ keepMillis, limits }) => ({
    keep: keepMillis === undefined ? undefined : Math.ceil(keepMillis),
    limits: limits?.map(inRange),
  }));
}

/** Redis cannot book more than the largest amount, so a larger limit is the same as that. */
function inRange(limit: StoreLimit): StoreLimit {
  return BigInt(limit.most) > MAX_AMOUNT ? { ...limit, most: String(MAX_AMOUNT) } : limit;
}

function flags({ money, tokens }: StoreAsk['holds']): string {
  return `${money ? 1 : 0}${tokens ? 1 : 0}`;
}

/** A list of a writer and its version and value, and so on. */
function partsOf(reply: unknown): StoredRow['parts'] {
  const fields = listOf(reply).map((field) => textOf(field) ?? '');
  return fields.flatMap((writer, at) => {
    if (at % 2 === 1) return [];
    const part = fields[at + 1] ?? '';
    return [{ writer, value: part.slice(part.indexOf(':') + 1) }];
  });
}
