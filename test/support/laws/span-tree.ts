/** Received spans as a reader of the contract sees them: own cost on leaves, roll-ups on scopes, corrections. */
import type { DecodedSpan } from '../otlp-spans.js';

export type RollUp = 'step' | 'agent' | 'task' | 'session';

/** Whole pico-dollars of an amount as it was received. */
export function picoOf(usd: unknown): bigint {
  if (usd === undefined) return 0n;
  if (typeof usd !== 'number' || !Number.isFinite(usd)) throw new Error(`no amount: ${String(usd)}`);
  return BigInt(Math.round(usd * 1e12));
}

export function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}

/** The spans of any number of traces, in the order in which they arrived. */
export class SpanTree {
  private readonly byParent = new Map<string, DecodedSpan[]>();

  constructor(readonly spans: readonly DecodedSpan[]) {
    for (const span of spans) {
      const siblings = this.byParent.get(span.parentSpanId);
      if (siblings === undefined) this.byParent.set(span.parentSpanId, [span]);
      else siblings.push(span);
    }
  }

  span(spanId: string): DecodedSpan {
    const found = this.spans.find((span) => span.spanId === spanId);
    if (found === undefined) throw new Error(`no span ${spanId} was received`);
    return found;
  }

  childrenOf(span: DecodedSpan): readonly DecodedSpan[] {
    return this.byParent.get(span.spanId) ?? [];
  }

  /** A span and everything below it. */
  below(span: DecodedSpan): DecodedSpan[] {
    const found = [span];
    for (const at of found) found.push(...this.childrenOf(at));
    return found;
  }

  ownCostBelow(span: DecodedSpan): bigint {
    return sum(this.below(span).map(({ attributes }) => picoOf(attributes.cost_usd)));
  }

  /** The spans that carry a roll-up, corrections left out. */
  scopes(rollUp: RollUp): DecodedSpan[] {
    const key = rollUp === 'session' ? 'session.cost_complete' : `${rollUp}.cost_usd`;
    return this.spans.filter((span) => !isCorrection(span) && key in span.attributes);
  }

  /** A scope's roll-up as it was last stated: on its span, or on a correction below it. */
  lastStated(scope: DecodedSpan, rollUp: RollUp): Record<string, unknown> {
    const key = `${rollUp}.cost_usd`;
    const stated = this.childrenOf(scope).filter((span) => isCorrection(span) && key in span.attributes);
    return (stated.at(-1) ?? scope).attributes;
  }
}

export function isCorrection(span: DecodedSpan): boolean {
  return span.name === 'cost correction';
}
