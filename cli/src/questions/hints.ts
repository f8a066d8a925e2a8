/** Hints of the library over the spans of a period. */
import type { Opportunity } from '../api.js';
import { picoOfComputed } from '../store/money.js';
import type { PricedSpan, UnpricedSpan } from '../store/price-spans.js';
import { countOf, textOf, wordOf } from '../store/row-values.js';
import { keyedSpan } from './keyed-span.js';
import type { Source } from './source.js';
import { boundsOf, type NamedPeriod } from './window.js';

/** `costHintsOf` of `otel-agent-cost/offline`. */
export type HintsOf = (spans: readonly (UnpricedSpan | PricedSpan)[]) => {
  kind: string;
  subject: string;
  amountUsd: number;
  amountIs: 'saving' | 'spend';
  count: number;
  message: string;
  evidence: { traceId: string; spanId: string }[];
}[];

/** Spans that hints are looked for in, which takes some 100 ms: those of the most expensive traces. */
const MAX_SPANS = 2_000;

/** The totals of tasks over their budget are asked of the store, which sees all of them. */
const LEFT_OUT = new Set(['limit_reached']);

export async function hintsIn(
  database: Source,
  hintsOf: HintsOf,
  window: NamedPeriod,
): Promise<Opportunity[]> {
  const rows = await database.all(
    `WITH dear AS (
       SELECT trace_id, sum(pico) AS pico FROM costs WHERE at_ns >= $from AND at_ns < $to GROUP BY trace_id
       ORDER BY pico DESC NULLS LAST, trace_id LIMIT ${MAX_SPANS}),
     counted AS (SELECT trace_id, pico, count(*) AS spans FROM spans JOIN dear USING (trace_id) GROUP BY ALL),
     chosen AS (
       SELECT trace_id, pico FROM counted
       QUALIFY sum(spans) OVER (ORDER BY pico DESC NULLS LAST, trace_id) - spans < ${MAX_SPANS})
     SELECT s.trace_id, s.span_id, s.parent_id, s.name, s.start_ns, s.end_ns, s.status_code, s.instrumentation, s.attributes,
       c.* EXCLUDE (trace_id, span_id, start_ns, seq),
       r.total_pico, r.scope_id AS stated_task, r.name AS stated_name, r.is_priced_here AS is_rollup_priced,
       (SELECT count(DISTINCT trace_id) FROM chosen) AS chosen_traces, (SELECT count(*) FROM dear) AS all_traces
     FROM spans s JOIN chosen USING (trace_id)
     LEFT JOIN costs c ON c.trace_id = s.trace_id AND c.span_id = s.span_id
     LEFT JOIN rollups r ON r.trace_id = s.trace_id AND r.span_id = s.span_id AND r.scope = 'task'
     ORDER BY chosen.pico DESC NULLS LAST, s.trace_id, s.start_ns, s.seq LIMIT ${MAX_SPANS}`,
    boundsOf(window),
  );
  const [first] = rows;
  if (first === undefined) return [];
  const traces = countOf(first, 'chosen_traces');
  const isPart = rows.length === MAX_SPANS || traces < countOf(first, 'all_traces');
  const note = isPart ? ` (In the ${traces.toLocaleString('en-US')} most expensive traces.)` : '';
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

/** The first sentence of a hint is what was found, the others are what it means and what to do. */
export function factAndFix(text: string, note: string): Pick<Opportunity, 'message' | 'fix'> {
  const [, fact = text, fix = 'Look at the spans.'] = /^(.*?\.) (?=[A-Z$])(.*)$/s.exec(text) ?? [];
  return { message: `${fact}${note}`, fix };
}
