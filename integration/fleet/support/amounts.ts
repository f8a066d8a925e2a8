/** The amounts that the receiver got, in whole pico-dollars. */
import { type DecodedPoint, decodeJsonMetrics } from '../../../test/support/otlp-metrics.js';
import type { DecodedSpan, Receiver } from '../../../test/support/otlp-receiver.js';

export function pico(usd: unknown): bigint {
  if (typeof usd !== 'number') throw new Error(`no amount: ${usd}`);
  return BigInt(Math.round(usd * 1e12));
}

/** The sum of own costs: the only attribute that may be added up. */
export function ownCost(spans: readonly DecodedSpan[]): bigint {
  return spans.reduce((sum, { attributes }) => sum + pico(attributes.cost_usd ?? 0), 0n);
}

/** The billed spans of a task, in whatever process they are. */
export function leavesOf(spans: readonly DecodedSpan[], taskId: string): DecodedSpan[] {
  return billed(spans).filter(
    ({ attributes }) => (attributes['task.root_id'] ?? attributes['task.id']) === taskId,
  );
}

export function billed(spans: readonly DecodedSpan[]): DecodedSpan[] {
  return spans.filter(({ attributes }) => attributes.cost_usd !== undefined);
}

/** The totals of a task as last stated: its span, or a correction of it. */
export function totalsOf(spans: readonly DecodedSpan[], taskId: string): DecodedSpan['attributes'] {
  const stated = spans.filter(
    ({ attributes }) => attributes['task.id'] === taskId && attributes['task.cost_usd'] !== undefined,
  );
  return stated.at(-1)?.attributes ?? {};
}

/** The latest value of each series of a counter. */
export function latestPoints({ requests }: Receiver, metric: string): DecodedPoint[] {
  const latest = new Map<string, DecodedPoint>();
  for (const { path, body } of requests) {
    if (!path.endsWith('/v1/metrics')) continue;
    for (const point of decodeJsonMetrics(body)) {
      if (point.metric === metric) latest.set(JSON.stringify([point.resource, point.labels]), point);
    }
  }
  return [...latest.values()];
}
