/** Hints of the library over the spans of a period. */

import type { OfflineSpan, PricedSpan } from 'otel-agent-cost/offline';
import type { Opportunity } from '../api.js';
import type { Row } from '../store/database.js';
import { picoOfComputed } from '../store/money.js';
import { countOf, textOf, wordOf } from '../store/row-values.js';
import { keyedSpan } from './keyed-span.js';
import type { Source } from './source.js';
import { boundsOf, type NamedPeriod } from './window.js';

/** `costHintsOf` of `otel-agent-cost/offline`. */
export type HintsOf = (spans: readonly (OfflineSpan | PricedSpan)[]) => {
  kind: string;
  subject: string;
  amountUsd: number;
  amountIs: 'saving' | 'spend';
  count: number;
  message: string;
  evidence: { traceId: string; spanId: string }[];
}[];

/** Spans that hints are looked for in, which takes some 100 ms: those of the most expensive traces. */
const MAX_SPANS = 1_500;
/** A short list is compared with each row, so that DuckDB reads the other columns of few rows only. */
const MAX_TRACES = 100;

/** The totals of tasks over their budget are asked of the store, which sees all of them. */
const LEFT_OUT = new Set(['limit_reached']);

export async function hintsIn(
  database: Source,
  hintsOf: HintsOf,
  window: NamedPeriod,
): Promise<Opportunity[]> {
  const { traces, isPart } = await dearestTraces(database, window);
  const rows = await keyedRows(database, traces);
  const note = isPart ? ` (In the ${traces.length.toLocaleString('en-US')} most expensive traces.)` : '';
  const taskOf = new Map(
    rows.map((row) => [
      `${wordOf(row, 'trace_id')}/${wordOf(row, 'span_id')}`,
      textOf(row, 'task') ?? textOf(row, 'stated_task'),
    ]),
  );
  return hintsOf(rows.map(keyedSpan))
    .filter(({ kind }) => !LEFT_OUT.has(kind))
    .map(({ amountUsd, message, evidence, ...hint }) => ({
      ...hint,
      ...factAndFix(message, note),
      amountPico: String(picoOfComputed(amountUsd)),
      evidence: evidence.map((span) => ({
        ...span,
        taskId: taskOf.get(`${span.traceId}/${span.spanId}`) ?? null,
      })),
    }));
}

/** The most expensive traces of the period, as many as fit into {@link MAX_SPANS} spans, and one at least. */
async function dearestTraces(database: Source, window: NamedPeriod) {
  const dear = await database.all(
    `SELECT trace_id, sum(pico) AS pico FROM costs WHERE at_ns >= $from AND at_ns < $to GROUP BY trace_id
     ORDER BY pico DESC NULLS LAST, trace_id LIMIT ${MAX_TRACES + 1}`,
    boundsOf(window),
  );
  const all = dear.map((row) => wordOf(row, 'trace_id'));
  const counts = await database.all(
    'SELECT trace_id, count(*) AS spans FROM spans WHERE trace_id IN (SELECT unnest($all)) GROUP BY trace_id',
    { all },
  );
  const spansOf = new Map(counts.map((row) => [wordOf(row, 'trace_id'), countOf(row, 'spans')]));
  const traces: string[] = [];
  let spans = 0;
  for (const trace of all) {
    if (spans >= MAX_SPANS || traces.length === MAX_TRACES) break;
    traces.push(trace);
    spans += spansOf.get(trace) ?? 0;
  }
  return { traces, isPart: spans > MAX_SPANS || traces.length < all.length };
}

/** The spans of the traces with what they cost; the most expensive trace first. */
function keyedRows(database: Source, traces: readonly string[]): Promise<Row[]> {
  return database.all(
    `WITH chosen AS (SELECT unnest($traces) AS trace_id, generate_subscripts($traces, 1) AS place),
     c AS (SELECT * FROM costs WHERE list_contains($traces, trace_id)),
     r AS (SELECT * FROM rollups WHERE scope = 'task' AND list_contains($traces, trace_id)),
     s AS (SELECT * FROM spans WHERE list_contains($traces, trace_id))
     SELECT s.trace_id, s.span_id, s.parent_id, s.name, s.start_ns, s.end_ns, s.status_code, s.instrumentation, s.attributes,
       c.* EXCLUDE (trace_id, span_id, start_ns, seq),
       r.total_pico, r.scope_id AS stated_task, r.name AS stated_name, r.is_priced_here AS is_rollup_priced
     FROM s JOIN chosen USING (trace_id)
     LEFT JOIN c ON c.trace_id = s.trace_id AND c.span_id = s.span_id
     LEFT JOIN r ON r.trace_id = s.trace_id AND r.span_id = s.span_id
     ORDER BY chosen.place, s.start_ns, s.seq LIMIT ${MAX_SPANS}`,
    { traces },
  );
}

/** The first sentence of a hint is what was found, the others are what it means and what to do. */
export function factAndFix(text: string, note: string): Pick<Opportunity, 'message' | 'fix'> {
  const [, fact = text, fix = 'Look at the spans.'] = /^(.*?\.) (?=[A-Z$])(.*)$/s.exec(text) ?? [];
  return { message: `${fact}${note}`, fix };
}
