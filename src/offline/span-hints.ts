import { runAside } from '../aside.js';
import { picoFromUsd } from '../money.js';
import { allHints } from '../optimize/all-hints.js';
import type { CallRecord, TaskRecord } from '../optimize/call-record.js';
import type { CostHint } from '../optimize/hint.js';
import { checked } from '../validate.js';
import { type GivenSpan, givenTraces } from './given-spans.js';
import { type OfflineOptions, type OfflineSpan, offlineOptions } from './offline-span.js';
import { PricedCalls } from './priced-calls.js';
import { TraceReplay } from './trace-replay.js';

/** A hint with the spans that prove it. */
export interface SpanHint extends CostHint {
  /** The spans of the calls or tasks, the most expensive first: at most 50. `count` is the full number. */
  evidence: { traceId: string; spanId: string }[];
}

/** The spans that a reader looks at; the full number is in `count`. */
const MAX_EVIDENCE = 50;

/**
 * Hints on how the work of some spans could have cost less, largest amount first: the same as `costHints` of
 * `otel-agent-cost/optimize`, with the spans that prove them. The spans carry our keys: as a process that meters has
 * sent them, or with what `priceSpans` gave them. The options are those of `priceSpans`; they price what a hint
 * compares with. Hints overlap, so do not add them up.
 *
 * A tool's arguments are compared where the spans record them, or a hash of them in the attribute
 * `cost.arguments_hash`.
 *
 * Throws `InvalidOptionError` if an option is invalid, or if `spans` is no array of spans. Values inside a span never
 * make it throw.
 */
export function costHintsOf(spans: readonly OfflineSpan[], options: OfflineOptions = {}): SpanHint[] {
  const path = 'costHintsOf options';
  const checkedOptions = checked(path, () => offlineOptions(path, options));
  const traces = givenTraces(spans);
  return runAside(() => {
    const { prices } = new TraceReplay([], checkedOptions).runtime;
    const found = new PricedCalls();
    for (const [, trace] of [...traces].sort(([a], [b]) => (a < b ? -1 : 1))) found.addTrace(trace);
    const all = [...found.calls(), ...found.tasks];
    const spanOf = new Map(all.map(({ record, span }) => [record, span]));
    const calls = all.map(({ record }) => record).filter(isCall);
    const tasks = found.tasks.map(({ record }) => record);
    return allHints(calls, tasks, tasks, prices).map(({ of, ...hint }) => ({
      ...hint,
      evidence: evidenceOf(of, spanOf),
    }));
  });
}

function isCall(record: CallRecord | TaskRecord): record is CallRecord {
  return 'pico' in record;
}

function evidenceOf(
  records: readonly (CallRecord | TaskRecord)[],
  spanOf: ReadonlyMap<CallRecord | TaskRecord, GivenSpan>,
): SpanHint['evidence'] {
  return [...records]
    .sort((a, b) => costOf(b) - costOf(a))
    .slice(0, MAX_EVIDENCE)
    .flatMap((record) => {
      const span = spanOf.get(record);
      return span === undefined ? [] : { traceId: span.traceId, spanId: span.spanId };
    });
}

function costOf(record: CallRecord | TaskRecord): number {
  return isCall(record) ? (record.pico ?? 0) : picoFromUsd(record.costUsd);
}
