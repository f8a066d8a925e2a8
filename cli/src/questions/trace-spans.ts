/** The spans of the traces that a task is in, as they are read for its tree. */

import type { Row } from '../store/database.js';
import { countOf, isTrue, numberOf, sumOf, textOf, wordOf } from '../store/row-values.js';
import { millisOf } from '../store/span-times.js';
import type { NodeKind, OwnCost, RollUp } from '../task-answers.js';
import { OWN_COST, ownCostOf } from './own-cost.js';
import type { Source } from './source.js';

/** Spans that are looked at for one tree. */
const MAX_READ_SPANS = 20_000;
/** A short list is compared with each row, so that DuckDB reads the other columns of few rows only. */
const MAX_TRACES = 100;

export interface TraceSpan {
  key: string;
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  kind: NodeKind;
  service: string | null;
  startMillis: number;
  endMillis: number;
  isFailed: boolean;
  statusMessage: string | null;
  /** The outermost task that the span names. */
  task: string | null;
  agent: string | null;
  session: string | null;
  attempt: number | null;
  stepNumber: number | null;
  own: OwnCost | null;
  isLlmCall: boolean;
  rollUp: RollUp | null;
  isPricedHere: boolean;
  refusedBy: { scope: string; measure: string } | null;
}

export function keyOf(traceId: string, spanId: string): string {
  return `${traceId}/${spanId}`;
}

/** The task's own span, then the others in the order of their starts. `total` counts those that were not read, too. */
export async function readTraces(database: Source, taskId: string, traceIds: readonly string[]) {
  const traces = [...new Set(traceIds)].slice(0, MAX_TRACES);
  const [rows, costs, rollUps, counts] = await Promise.all([
    database.all(
      `SELECT trace_id, span_id, parent_id, name, node_kind, service, start_ns, end_ns, status_code, status_message,
         task, agent, is_priced_here,
         CASE WHEN node_kind = 'step' THEN TRY_CAST(json_extract_string(attributes, '$."step.number"') AS DOUBLE) END AS step_number
       FROM spans WHERE list_contains($traces, trace_id)
       ORDER BY span_id != $task, start_ns, seq LIMIT ${MAX_READ_SPANS}`,
      { traces, task: taskId },
    ),
    database.all(
      `SELECT trace_id, span_id, ${OWN_COST}, attempt, agent, task, session_id, is_llm_call, budget_scope,
         budget_measure, is_priced_here
       FROM costs WHERE list_contains($traces, trace_id) ORDER BY start_ns, seq LIMIT ${2 * MAX_READ_SPANS}`,
      { traces },
    ),
    database.all(
      `SELECT * FROM rollups WHERE list_contains($traces, trace_id) ORDER BY start_ns, seq LIMIT ${2 * MAX_READ_SPANS}`,
      { traces },
    ),
    database.all('SELECT count(*) AS spans FROM spans WHERE list_contains($traces, trace_id)', {
      traces,
    }),
  ]);
  return { spans: joined(rows, costs, rollUps), total: countOf(counts[0] ?? {}, 'spans') };
}

function joined(rows: readonly Row[], costs: readonly Row[], rollUps: readonly Row[]): TraceSpan[] {
  const costOf = new Map(costs.map((row) => [keyOf(wordOf(row, 'trace_id'), wordOf(row, 'span_id')), row]));
  const corrections = new Set<string>();
  const statedOf = new Map<string, Map<string, Row>>();
  // In order of time, so the last one stays. A correction states the scope of its parent span.
  for (const row of rollUps) {
    const own = keyOf(wordOf(row, 'trace_id'), wordOf(row, 'span_id'));
    if (isTrue(row, 'is_correction')) corrections.add(own);
    const key = scopeSpanKey(row, own);
    const scopes = statedOf.get(key) ?? new Map<string, Row>();
    scopes.set(wordOf(row, 'scope'), row);
    statedOf.set(key, scopes);
  }
  return rows.map((row) => spanOf(row, costOf, statedOf)).filter(({ key }) => !corrections.has(key));
}

/** The span of a scope: `scope_id` is a span id, but that of a session is not. */
function scopeSpanKey(row: Row, own: string): string {
  if (!isTrue(row, 'is_correction') || textOf(row, 'scope') === 'session') return own;
  return keyOf(wordOf(row, 'trace_id'), wordOf(row, 'scope_id'));
}

function spanOf(
  row: Row,
  costOf: ReadonlyMap<string, Row>,
  statedOf: ReadonlyMap<string, ReadonlyMap<string, Row>>,
): TraceSpan {
  const traceId = wordOf(row, 'trace_id');
  const spanId = wordOf(row, 'span_id');
  const key = keyOf(traceId, spanId);
  const cost = costOf.get(key);
  const stated = statedOf.get(key);
  const budgetMeasure = cost === undefined ? null : textOf(cost, 'budget_measure');
  const kind = kindOf(row, cost);
  return {
    key,
    traceId,
    spanId,
    parentSpanId: textOf(row, 'parent_id'),
    name: wordOf(row, 'name'),
    kind,
    service: textOf(row, 'service'),
    startMillis: millisOf(sumOf(row, 'start_ns')),
    endMillis: millisOf(sumOf(row, 'end_ns')),
    isFailed: sumOf(row, 'status_code') === 2n,
    statusMessage: textOf(row, 'status_message'),
    task: textOf(row, 'task') ?? (cost === undefined ? taskOf(stated) : textOf(cost, 'task')),
    agent: textOf(row, 'agent') ?? (cost === undefined ? null : textOf(cost, 'agent')),
    session: cost === undefined ? sessionOf(stated) : textOf(cost, 'session_id'),
    attempt: cost === undefined ? null : numberOf(cost, 'attempt'),
    stepNumber: numberOf(row, 'step_number'),
    own: cost === undefined || budgetMeasure !== null ? null : ownCostOf(cost),
    isLlmCall: cost !== undefined && isTrue(cost, 'is_llm_call'),
    rollUp: stated === undefined ? null : statedRollUp(kind, stated),
    isPricedHere:
      isTrue(cost ?? row, 'is_priced_here') ||
      [...(stated?.values() ?? [])].some((r) => isTrue(r, 'is_priced_here')),
    refusedBy:
      cost === undefined || budgetMeasure === null
        ? null
        : { scope: wordOf(cost, 'budget_scope'), measure: budgetMeasure },
  };
}

const KINDS = ['session', 'task', 'agent', 'step', 'llm', 'tool', 'cost', 'other'] as const;

/** A span that says nothing else about itself is what it was billed for. */
function kindOf(row: Row, cost: Row | undefined): NodeKind {
  const kind = KINDS.find((known) => known === textOf(row, 'node_kind')) ?? 'other';
  if (kind !== 'other' || cost === undefined) return kind;
  return textOf(cost, 'kind') === 'llm' ? 'llm' : textOf(cost, 'kind') === 'tool' ? 'tool' : kind;
}

const SCOPES = ['task', 'agent', 'session', 'step'] as const;

function statedRollUp(kind: NodeKind, stated: ReadonlyMap<string, Row>): RollUp | null {
  const scope =
    SCOPES.find((own) => own === kind && stated.has(own)) ?? SCOPES.find((any) => stated.has(any));
  const row = scope === undefined ? undefined : stated.get(scope);
  return scope === undefined || row === undefined ? null : rollUpOf(scope, row);
}

export function rollUpOf(scope: RollUp['scope'], row: Row): RollUp {
  return {
    scope,
    isSoFar: false,
    total: {
      pico: String(sumOf(row, 'total_pico')),
      estimatedPico: String(sumOf(row, 'estimated_pico')),
      unpricedCalls: countOf(row, 'unpriced_calls'),
      isLowerBound: !isTrue(row, 'is_complete'),
    },
    llmPico: String(sumOf(row, 'llm_pico')),
    toolPico: String(sumOf(row, 'tool_pico')),
    wastedPico: String(sumOf(row, 'wasted_pico')),
    savedPico: String(sumOf(row, 'saved_pico')),
    inputTokens: countOf(row, 'input_tokens'),
    outputTokens: countOf(row, 'output_tokens'),
  };
}

function taskOf(stated: ReadonlyMap<string, Row> | undefined): string | null {
  const row = stated?.get('task');
  return row === undefined ? null : textOf(row, 'task');
}

function sessionOf(stated: ReadonlyMap<string, Row> | undefined): string | null {
  const row = stated?.get('session');
  return row === undefined ? null : textOf(row, 'session_id');
}
