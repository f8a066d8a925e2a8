/** The tables of the store. Names of tables and columns in SQL come from here or are written out; never from data. */

/** Counted up whenever a column changes its name, type or meaning. */
export const SCHEMA_VERSION = 1;

type ColumnType = 'BIGINT' | 'UBIGINT' | 'DOUBLE' | 'VARCHAR' | 'BOOLEAN';

/** One row a span. Times are nanoseconds since 1970. */
const spans = {
  /** Order of arrival, from 1. */
  seq: 'BIGINT',
  /** A hash of trace and span id, for finding spans that arrive again. */
  id_hash: 'UBIGINT',
  trace_id: 'VARCHAR',
  span_id: 'VARCHAR',
  parent_id: 'VARCHAR',
  /** The parent is in the same process, and is exported when it ends. */
  is_parent_local: 'BOOLEAN',
  name: 'VARCHAR',
  node_kind: 'VARCHAR',
  service: 'VARCHAR',
  instrumentation: 'VARCHAR',
  /** The key in `resources`. */
  resource: 'UBIGINT',
  start_ns: 'BIGINT',
  end_ns: 'BIGINT',
  /** As JSON, if `start_ns` and `end_ns` had to be replaced because they are absurd. */
  original_times: 'VARCHAR',
  status_code: 'BIGINT',
  status_message: 'VARCHAR',
  arrived_ms: 'BIGINT',
  /** Carries keys of ours, so its cost is never computed again. */
  is_metered: 'BOOLEAN',
  /** Has keys of an LLM instrumentation. */
  looks_ai: 'BOOLEAN',
  /** Made by the pricing in the viewer: cost that stands beside its span. */
  is_priced_here: 'BOOLEAN',
  /** The outermost task, or null. */
  task: 'VARCHAR',
  agent: 'VARCHAR',
  /** All attributes without content, and the wire types of numbers that JSON does not show. */
  attributes: 'VARCHAR',
} as const satisfies Record<string, ColumnType>;

/** Who pays: the same columns on costs and roll-ups. */
const attribution = {
  user_id: 'VARCHAR',
  team: 'VARCHAR',
  project: 'VARCHAR',
  feature: 'VARCHAR',
  customer: 'VARCHAR',
} as const satisfies Record<string, ColumnType>;

/** One row a span with own cost, or with the statement that it has none. Amounts are whole pico-dollars. */
const costs = {
  seq: 'BIGINT',
  trace_id: 'VARCHAR',
  span_id: 'VARCHAR',
  start_ns: 'BIGINT',
  /** The end of the span: a cost belongs to the period in which it was billed. */
  at_ns: 'BIGINT',
  /** Null when unknown. */
  pico: 'BIGINT',
  saved_pico: 'BIGINT',
  kind: 'VARCHAR',
  source: 'VARCHAR',
  status: 'VARCHAR',
  reason: 'VARCHAR',
  rate_match: 'VARCHAR',
  anomaly: 'VARCHAR',
  attempt: 'BIGINT',
  is_failed: 'BOOLEAN',
  /** 1 for a call without a known cost. */
  unpriced: 'BIGINT',
  /** A total with this span is a lower bound. */
  is_open_ended: 'BOOLEAN',
  is_llm_call: 'BOOLEAN',
  is_tool_call: 'BOOLEAN',
  provider: 'VARCHAR',
  model: 'VARCHAR',
  tool: 'VARCHAR',
  agent: 'VARCHAR',
  /** The nearest task, the outermost one (equal for most), and the name of the nearest. */
  task_id: 'VARCHAR',
  task: 'VARCHAR',
  task_name: 'VARCHAR',
  session_id: 'VARCHAR',
  service: 'VARCHAR',
  ...attribution,
  input_tokens: 'BIGINT',
  output_tokens: 'BIGINT',
  cache_read_tokens: 'BIGINT',
  cache_write_tokens: 'BIGINT',
  reasoning_tokens: 'BIGINT',
  over_budget: 'BOOLEAN',
  /** Of the budget that refused the call. */
  budget_scope: 'VARCHAR',
  budget_measure: 'VARCHAR',
  is_priced_here: 'BOOLEAN',
} as const satisfies Record<string, ColumnType>;

/** One row an event `budget threshold`: what was spent of which limit. */
const budget_marks = {
  trace_id: 'VARCHAR',
  span_id: 'VARCHAR',
  task: 'VARCHAR',
  at_ns: 'BIGINT',
  scope: 'VARCHAR',
  measure: 'VARCHAR',
  budget_limit: 'DOUBLE',
  spent: 'DOUBLE',
} as const satisfies Record<string, ColumnType>;

/** One row a roll-up: a span of a task that is an agent as well has two. A correction is a later row of the same scope. */
const rollups = {
  seq: 'BIGINT',
  trace_id: 'VARCHAR',
  span_id: 'VARCHAR',
  /** `task`, `agent`, `session` or `step`. */
  scope: 'VARCHAR',
  /** `task.id` and `session.id`; the span id of agents and steps. */
  scope_id: 'VARCHAR',
  is_correction: 'BOOLEAN',
  start_ns: 'BIGINT',
  end_ns: 'BIGINT',
  arrived_ms: 'BIGINT',
  /** The outermost task; equal to `scope_id` for an outermost task. */
  task: 'VARCHAR',
  name: 'VARCHAR',
  session_id: 'VARCHAR',
  service: 'VARCHAR',
  outcome: 'VARCHAR',
  actions: 'DOUBLE',
  budget_pico: 'BIGINT',
  over_budget: 'BOOLEAN',
  ...attribution,
  total_pico: 'BIGINT',
  llm_pico: 'BIGINT',
  tool_pico: 'BIGINT',
  estimated_pico: 'BIGINT',
  wasted_pico: 'BIGINT',
  saved_pico: 'BIGINT',
  remote_pico: 'BIGINT',
  input_tokens: 'BIGINT',
  output_tokens: 'BIGINT',
  llm_calls: 'BIGINT',
  tool_calls: 'BIGINT',
  failed_calls: 'BIGINT',
  retries: 'BIGINT',
  steps: 'BIGINT',
  unpriced_calls: 'BIGINT',
  is_complete: 'BOOLEAN',
  is_priced_here: 'BOOLEAN',
} as const satisfies Record<string, ColumnType>;

const resources = { hash: 'UBIGINT', attributes: 'VARCHAR' } as const satisfies Record<string, ColumnType>;

/** Traces with spans that arrived since their cost was computed here. `due_ms`: when they are looked at again. */
const traces_to_price = { trace_id: 'VARCHAR', seq: 'BIGINT', due_ms: 'BIGINT' } as const satisfies Record<
  string,
  ColumnType
>;

export const TABLES = { spans, costs, rollups, budget_marks, resources, traces_to_price } as const;

export type TableName = keyof typeof TABLES;

type ValueOf<T extends ColumnType> = T extends 'BIGINT' | 'UBIGINT'
  ? bigint
  : T extends 'VARCHAR'
    ? string
    : T extends 'BOOLEAN'
      ? boolean
      : number;

/** A row as it is written. */
export type RowOf<N extends TableName> = {
  [K in keyof (typeof TABLES)[N]]: (typeof TABLES)[N][K] extends ColumnType
    ? ValueOf<(typeof TABLES)[N][K]> | null
    : never;
};

/** The statements that create an empty store. */
export function creation(): string[] {
  const tables = Object.entries(TABLES).map(([table, columns]) => {
    const list = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
    return `CREATE TABLE ${table} (${list.join(', ')})`;
  });
  return ['CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR)', ...tables];
}
