/** Downloads of what the page shows, with all digits. */
import type { ExploreQuery, ExploreRow, TaskQuery, Window } from '../api.js';
import { type CsvColumn, type CsvRow, csvOf } from '../export/csv.js';
import { FOCUS_COLUMNS, focusRows } from '../export/focus.js';
import { CostSplitter } from '../export/split.js';
import type { Total } from '../figures.js';
import { decimalFromPico } from '../money.js';
import { MAX_LIMIT } from '../questions/tasks.js';
import type { Exports } from '../server/options.js';
import type { Store } from '../store/open-store.js';
import type { TaskRow } from '../task-answers.js';

const text = (name: string): CsvColumn => ({ name, kind: 'text' });
const number = (name: string): CsvColumn => ({ name, kind: 'number' });

const TOTAL_COLUMNS = [
  number('cost_usd'),
  number('estimated_cost_usd'),
  number('unpriced_calls'),
  text('is_lower_bound'),
  number('wasted_cost_usd'),
];
const COUNT_COLUMNS = ['llm_calls', 'tool_calls', 'failed_calls', 'input_tokens', 'output_tokens'].map(
  number,
);
const TASK_COLUMNS = [
  ...['task_id', 'trace_id', 'name', 'session_id', 'service', 'state', 'outcome', 'start', 'end'].map(text),
  ...TOTAL_COLUMNS,
  ...['llm_cost_usd', 'tool_cost_usd', 'other_cost_usd', 'budget_usd'].map(number),
  text('is_over_budget'),
  ...['steps', 'retries'].map(number),
  ...COUNT_COLUMNS,
  text('is_priced_in_viewer'),
  ...['user', 'team', 'project', 'feature', 'customer'].map(text),
];

export function exportsOf(store: Store): Exports {
  return {
    tasksCsv: (query) => csvOf(TASK_COLUMNS, taskRows(store, query)),
    exploreCsv: (query) =>
      csvOf(
        [
          text(query.by),
          ...TOTAL_COLUMNS,
          ...['actions', 'cost_per_action_usd', 'tasks'].map(number),
          ...COUNT_COLUMNS,
        ],
        exploreRows(store, query),
      ),
    focusCsv: (window) => csvOf(FOCUS_COLUMNS, focusRowsOf(store, window)),
    spansJson: (window) => store.otlpJson(window),
  };
}

async function* taskRows(store: Store, query: TaskQuery): AsyncGenerator<CsvRow> {
  // Tasks that arrive meanwhile move others to the next page.
  const seen = new Set<string>();
  for (let offset = 0; ; offset += MAX_LIMIT) {
    const { rows } = await store.tasks({ ...query, limit: MAX_LIMIT, offset });
    for (const task of rows) if (!seen.has(task.id)) yield taskRow(task);
    for (const { id } of rows) seen.add(id);
    if (rows.length < MAX_LIMIT) return;
  }
}

async function* exploreRows(store: Store, query: ExploreQuery): AsyncGenerator<CsvRow> {
  const seen = new Set<string | null>();
  for (let offset = 0; ; offset += MAX_LIMIT) {
    const { rows } = await store.explore({ ...query, limit: MAX_LIMIT, offset });
    for (const row of rows) if (!seen.has(row.key)) yield exploreRow(query.by, row);
    for (const { key } of rows) seen.add(key);
    if (rows.length < MAX_LIMIT) return;
  }
}

async function* focusRowsOf(store: Store, window: Window): AsyncGenerator<CsvRow> {
  const splitter = new CostSplitter(undefined);
  for await (const leaf of store.leaves(window)) yield* focusRows(leaf, splitter, { accountId: 'unknown' });
}

function taskRow(task: TaskRow): CsvRow {
  return {
    task_id: task.id,
    trace_id: task.traceId,
    name: task.name,
    session_id: task.sessionId,
    service: task.service,
    state: task.state,
    outcome: task.outcome,
    start: isoOf(task.startMillis),
    end: task.endMillis === null ? null : isoOf(task.endMillis),
    ...totalCells(task.total),
    wasted_cost_usd: usd(task.wastedPico),
    llm_cost_usd: usd(task.llmPico),
    tool_cost_usd: usd(task.toolPico),
    other_cost_usd: usd(task.otherPico),
    budget_usd: task.budgetPico === null ? null : usd(task.budgetPico),
    is_over_budget: task.isOverBudget,
    steps: task.steps,
    retries: task.retries,
    ...countCells(task),
    is_priced_in_viewer: task.isPricedHere,
    ...task.attribution,
  };
}

function exploreRow(by: string, row: ExploreRow): CsvRow {
  return {
    [by]: row.key,
    ...totalCells(row.total),
    wasted_cost_usd: usd(row.wastedPico),
    actions: row.actions,
    cost_per_action_usd: row.costPerActionPico === null ? null : usd(row.costPerActionPico),
    tasks: row.tasks,
    ...countCells(row),
  };
}

function totalCells(total: Total): CsvRow {
  return {
    cost_usd: usd(total.pico),
    estimated_cost_usd: usd(total.estimatedPico),
    unpriced_calls: total.unpricedCalls,
    is_lower_bound: total.isLowerBound,
  };
}

type Counts = Pick<ExploreRow, 'llmCalls' | 'toolCalls' | 'failedCalls' | 'inputTokens' | 'outputTokens'>;

function countCells(counts: Counts): CsvRow {
  return {
    llm_calls: counts.llmCalls,
    tool_calls: counts.toolCalls,
    failed_calls: counts.failedCalls,
    input_tokens: counts.inputTokens,
    output_tokens: counts.outputTokens,
  };
}

function usd(pico: string): string {
  return decimalFromPico(BigInt(pico));
}

/** Spans may say times that no calendar has. */
function isoOf(millis: number): string | null {
  const date = new Date(millis);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
