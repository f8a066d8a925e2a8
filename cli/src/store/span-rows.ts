/** The rows of a span: one in `spans`, one in `costs` if it was billed or says why not, one for each roll-up on it. */
import type { DecodedSpan } from '../otlp/span.js';
import { withoutContent } from './content.js';
import { bigintOf, type IdHash } from './id-set.js';
import { MAX_OWN_USD, MAX_ROLL_UP_USD, picoOf } from './money.js';
import type { RowOf } from './schema.js';
import { isCorrection, isCostBeside, isMetered, looksLikeAi, nodeKindOf } from './span-facts.js';
import { effectiveTimes } from './span-times.js';
import { tokenCounts, whole } from './token-counts.js';

type Attributes = Readonly<Record<string, unknown>>;

/** Facts about a span that it does not state itself. */
export interface Arrival {
  seq: bigint;
  idHash: IdHash;
  resource: bigint;
  arrivedMillis: number;
  keepContent: boolean;
  isPricedHere: boolean;
}

export interface SpanRows {
  span: RowOf<'spans'>;
  cost: RowOf<'costs'> | null;
  rollups: RowOf<'rollups'>[];
  marks: RowOf<'budget_marks'>[];
}

/** Never throws: a value of the wrong type is left out of its column, and stays in the attributes. */
export function rowsOf(span: DecodedSpan, arrival: Arrival): SpanRows {
  const times = effectiveTimes(span, arrival.arrivedMillis);
  return {
    span: spanRow(span, arrival, times),
    cost: costRow(span, arrival, times),
    rollups: rollUpRows(span, arrival, times),
    marks: span.events.length === 0 ? [] : budgetMarks(span),
  };
}

type Times = ReturnType<typeof effectiveTimes>;

function spanRow(span: DecodedSpan, arrival: Arrival, times: Times): RowOf<'spans'> {
  const { attributes: a } = span;
  return {
    seq: arrival.seq,
    id_hash: bigintOf(arrival.idHash),
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_id: span.parentSpanId || null,
    is_parent_local: span.isParentLocal,
    name: span.name,
    node_kind: nodeKindOf(span),
    service: text(span.resource['service.name']),
    instrumentation: span.scopeName || null,
    resource: arrival.resource,
    start_ns: times.startNanos,
    end_ns: times.endNanos,
    original_times: times.original,
    status_code: BigInt(span.statusCode),
    status_message: span.statusMessage || null,
    arrived_ms: BigInt(arrival.arrivedMillis),
    is_metered: isMetered(a),
    looks_ai: looksLikeAi(a),
    is_priced_here: arrival.isPricedHere,
    task: text(a['task.root_id']) ?? text(a['task.id']),
    agent: text(a['gen_ai.agent.name']),
    attributes: toJson(arrival.keepContent ? a : withoutContent(a)),
  };
}

function costRow(span: DecodedSpan, arrival: Arrival, times: Times): RowOf<'costs'> | null {
  const { attributes: a } = span;
  const status = text(a['cost.status']);
  const isRefused = a['cost.budget.measure'] !== undefined;
  if (a.cost_usd === undefined && status === null && a['cost.source'] === undefined && !isRefused)
    return null;
  const pico = picoOf(a.cost_usd, MAX_OWN_USD);
  const kind = text(a['cost.kind']);
  const isUnreadable = a.cost_usd !== undefined && pico === null;
  const isBilled = status !== 'not_billed' && !isRefused && (pico !== null || status !== 'estimated');
  const isUnpriced = isBilled && pico === null;
  const isCall = isBilled && !isCostBeside(span);
  return {
    seq: arrival.seq,
    trace_id: span.traceId,
    span_id: span.spanId,
    start_ns: times.startNanos,
    at_ns: times.endNanos,
    pico,
    saved_pico: picoOf(a['cost.saved_usd'], MAX_OWN_USD),
    kind,
    source: text(a['cost.source']),
    status: isUnreadable ? 'unpriced' : status,
    reason: isUnreadable ? 'bad_amount' : text(a['cost.reason']),
    rate_match: text(a['cost.rate_match']),
    anomaly: isUnreadable ? `cost_usd is no amount: ${short(a.cost_usd)}` : text(a['cost.anomaly']),
    attempt: whole(a['cost.attempt']),
    is_failed: span.statusCode === 2,
    unpriced: isUnpriced ? 1n : 0n,
    is_open_ended: isUnpriced || (status === 'estimated' && pico === null),
    is_llm_call: isCall && kind === 'llm',
    is_tool_call: isCall && kind === 'tool',
    ...whereabouts(a),
    service: text(span.resource['service.name']),
    over_budget: a['task.over_budget'] === true || isRefused,
    budget_scope: text(a['cost.budget.scope']),
    budget_measure: text(a['cost.budget.measure']),
    is_priced_here: arrival.isPricedHere,
  };
}

function whereabouts(a: Attributes) {
  const taskId = text(a['task.id']);
  return {
    provider: text(a['gen_ai.provider.name']) ?? text(a['gen_ai.system']) ?? text(a['llm.provider']),
    model:
      text(a['gen_ai.response.model']) ??
      text(a['gen_ai.request.model']) ??
      text(a['llm.model_name']) ??
      text(a['embedding.model_name']),
    tool: text(a['gen_ai.tool.name']) ?? text(a['tool.name']),
    agent: text(a['gen_ai.agent.name']),
    task_id: taskId,
    task: text(a['task.root_id']) ?? taskId,
    task_name: text(a['task.name']),
    session_id: text(a['session.id']),
    ...attributionOf(a),
    ...tokenCounts(a),
  };
}

function attributionOf(a: Attributes) {
  return {
    user_id: text(a['user.id']),
    team: text(a['cost.tag.team']),
    project: text(a['cost.tag.project']),
    feature: text(a['cost.tag.feature']),
    customer: text(a['cost.tag.customer']),
  };
}

const SCOPES = ['task', 'agent', 'session', 'step'] as const;

function rollUpRows(span: DecodedSpan, arrival: Arrival, times: Times): RowOf<'rollups'>[] {
  const { attributes: a } = span;
  const rows: RowOf<'rollups'>[] = [];
  for (const scope of SCOPES) {
    // An outermost task carries the running total of its session; only the session's own span has its roll-up.
    const key = scope === 'session' ? 'session.cost_complete' : `${scope}.cost_usd`;
    if (a[key] !== undefined) rows.push(rollUpRow(scope, span, arrival, times));
  }
  return rows;
}

function rollUpRow(
  scope: (typeof SCOPES)[number],
  span: DecodedSpan,
  arrival: Arrival,
  times: Times,
): RowOf<'rollups'> {
  const { attributes: a } = span;
  const isRestated = isCorrection(span);
  const ownSpan = isRestated ? span.parentSpanId : span.spanId;
  const stated = scope === 'task' || scope === 'session' ? text(a[`${scope}.id`]) : null;
  const isTask = scope === 'task';
  return {
    seq: arrival.seq,
    trace_id: span.traceId,
    span_id: span.spanId,
    scope,
    scope_id: stated ?? ownSpan,
    is_correction: isRestated,
    start_ns: times.startNanos,
    end_ns: times.endNanos,
    arrived_ms: BigInt(arrival.arrivedMillis),
    task: text(a['task.root_id']) ?? text(a['task.id']) ?? (isTask ? ownSpan : null),
    name: text(a['task.name']) ?? (isTask ? span.name : null),
    session_id: text(a['session.id']),
    service: text(span.resource['service.name']),
    outcome: isTask ? outcomeOf(a['task.outcome']) : null,
    actions: isTask ? finite(a['task.actions']) : null,
    budget_pico: isTask ? picoOf(a['task.budget_usd'], MAX_ROLL_UP_USD) : null,
    over_budget: isTask && a['task.over_budget'] === true,
    ...attributionOf(a),
    ...figuresOf(scope, a),
    is_priced_here: arrival.isPricedHere,
  };
}

function figuresOf(scope: string, a: Attributes) {
  const money = (part: string) => picoOf(a[`${scope}.${part}`], MAX_ROLL_UP_USD);
  const count = (part: string) => whole(a[`${scope}.${part}`]);
  const total = money('cost_usd');
  return {
    total_pico: total,
    llm_pico: money('llm_cost_usd'),
    tool_pico: money('tool_cost_usd'),
    estimated_pico: money('estimated_cost_usd'),
    wasted_pico: money('wasted_cost_usd'),
    saved_pico: money('saved_cost_usd'),
    remote_pico: money('remote_cost_usd'),
    input_tokens: count('input_tokens'),
    output_tokens: count('output_tokens'),
    llm_calls: count('llm_calls'),
    tool_calls: count('tool_calls'),
    failed_calls: count('failed_calls'),
    retries: count('retries'),
    steps: count('steps'),
    unpriced_calls: count('unpriced_calls'),
    // A step does not say so: its spans do. Any other roll-up that does not is not taken for complete.
    is_complete: total !== null && (scope === 'step' || a[`${scope}.cost_complete`] === true),
  };
}

/** Of the events of a span, only those of budgets are kept. */
function budgetMarks({ traceId, spanId, attributes, events }: DecodedSpan): RowOf<'budget_marks'>[] {
  return events
    .filter(({ name }) => name === 'budget threshold')
    .map(({ timeNanos, attributes: a }) => ({
      trace_id: traceId,
      span_id: spanId,
      task: text(attributes['task.root_id']) ?? text(attributes['task.id']),
      at_ns: BigInt.asIntN(64, timeNanos),
      scope: text(a['cost.budget.scope']),
      measure: text(a['cost.budget.measure']),
      budget_limit: finite(a['cost.budget.limit']),
      spent: finite(a['cost.budget.spent']),
    }));
}

function outcomeOf(value: unknown): string | null {
  return value === 'success' || value === 'failure' || value === 'cancelled' ? value : null;
}

function text(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : null;
}

function finite(value: unknown): number | null {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : null;
}

function short(value: unknown): string {
  return (toJson(value) ?? String(value)).slice(0, 80);
}

/** JSON in which whole numbers beyond doubles are strings of digits, and bytes base64. */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') {
      return Number.isSafeInteger(Number(item)) ? Number(item) : item.toString();
    }
    if (item instanceof Uint8Array) return Buffer.from(item).toString('base64');
    return typeof item === 'number' && !Number.isFinite(item) ? String(item) : item;
  });
  return json ?? 'null';
}
