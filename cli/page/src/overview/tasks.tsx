import { useRef, useState } from 'preact/hooks';
import type { TaskPage, TaskSort } from '../../../src/api.js';
import type { TaskRow } from '../../../src/task-answers.js';
import { apiPath } from '../api-client.js';
import { useHold } from '../hold.js';
import { columnDecimals } from '../money.js';
import { Panel, Pill, pendingLabel } from '../parts/panel.js';
import { type Column, SortHeader } from '../parts/sort-header.js';
import { useResource } from '../resource.js';
import { go, knownValue, type Route, windowQuery, withQuery } from '../route.js';
import { useScrollMemory } from '../scroll-memory.js';
import { count, plural } from '../text.js';
import { TaskFilters } from './task-filters.js';
import { TaskTableRow } from './task-row.js';

const PAGE = 100;
/** More is for Explore, CSV or a narrower filter. */
const MOST = 1_000;

/** As long as a parameter of the API may be. */
const LONGEST = 1_000;

const COLUMNS: Column<TaskSort>[] = [
  { key: 'name', label: 'Task', class: 'sticky' },
  { key: 'outcome', label: 'Outcome' },
  { key: 'start', label: 'Started', isNumber: true },
  { key: 'steps', label: 'Steps', isNumber: true, title: 'Turns of the agent loop' },
  { key: 'tokens', label: 'Tokens', isNumber: true, title: 'Input and output' },
  { key: 'llm', label: 'LLM', isNumber: true, title: 'Cost of LLM calls' },
  { key: 'tool', label: 'Tools', isNumber: true, title: 'Cost of tool calls' },
  {
    key: 'total',
    label: 'Total',
    isNumber: true,
    class: 'sticky-end',
    title: 'Everything at and below the task',
  },
];

export function TasksPanel({ route }: { route: Route }) {
  const box = useRef<HTMLDivElement>(null);
  const isHeld = useHold(box);
  const [limit, setLimit] = useState(PAGE);
  const query = taskQuery(route);
  const page = useResource<TaskPage>(apiPath('/api/tasks', { ...query, limit }), isHeld);
  const { data } = page;
  const scrolling = useRef<HTMLDivElement>(null);
  useScrollMemory(scrolling, JSON.stringify(query), data !== undefined);
  return (
    <Panel
      title="Tasks"
      class="tasks"
      note={data === undefined ? undefined : count(data.count)}
      error={page.error}
      isLoading={page.isLoading}
      tools={<TaskFilters route={route} csv={apiPath('/api/tasks.csv', query)} />}
    >
      <div ref={box} class="holds">
        <Pill label={pillLabel(data, page.pending)} onApply={page.apply} />
        <div
          ref={scrolling}
          class={page.isLoading ? 'table-box scrolls stale' : 'table-box scrolls'}
          tabIndex={0}
          role="group"
          aria-label="Table of tasks"
        >
          {data !== undefined && <TaskTable rows={data.rows} route={route} />}
        </div>
      </div>
      {data !== undefined && data.rows.length < data.count && limit < MOST && (
        <button type="button" class="button more" onClick={() => setLimit(Math.min(MOST, limit + 200))}>
          Show more: {plural(data.count - data.rows.length, 'task')} left
        </button>
      )}
    </Panel>
  );
}

function taskQuery(route: Route): Record<string, string | undefined> {
  const { dir, q, name } = route.query;
  return {
    ...windowQuery(route),
    sort: taskSort(route),
    descending: String(dir !== 'asc'),
    filter: q?.slice(0, LONGEST),
    name: name?.slice(0, LONGEST),
    outcome: knownValue(route.query.outcome, ['', 'success', 'failure', 'cancelled', 'running']),
    only: knownValue(route.query.only, ['', 'outliers', 'over_budget']),
  };
}

function taskSort(route: Route): TaskSort {
  return knownValue(route.query.sort, [
    'start',
    'name',
    'outcome',
    'steps',
    'tokens',
    'llm',
    'tool',
    'total',
    'wasted',
  ]);
}

function pillLabel(data: TaskPage | undefined, pending: TaskPage | undefined): string | undefined {
  if (data === undefined || pending === undefined) return undefined;
  const more = pending.count - data.count;
  return more > 0 ? `${count(more)} new` : pendingLabel(data.rows, pending.rows, (row) => row.id);
}

function TaskTable({ rows, route }: { rows: TaskRow[]; route: Route }) {
  const { dir = 'desc' } = route.query;
  const onSort = (key: TaskSort, isDescending: boolean) =>
    go(withQuery(route, { sort: key, dir: isDescending ? 'desc' : 'asc' }), { replace: true });
  const decimals = {
    llm: columnDecimals(rows.map((row) => row.llmPico)),
    tool: columnDecimals(rows.map((row) => row.toolPico)),
    total: columnDecimals(rows.map((row) => row.total.pico)),
  };
  return (
    <table>
      <caption class="sr-only">
        Tasks with their cost. Red rows cost more than twice the median of their name.
      </caption>
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <SortHeader
              key={column.label}
              column={column}
              sort={taskSort(route)}
              isDescending={dir !== 'asc'}
              onSort={onSort}
            />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <TaskTableRow key={row.id} row={row} route={route} decimals={decimals} />
        ))}
        {rows.length === 0 && (
          <tr class="empty">
            <td colSpan={COLUMNS.length}>No task matches.</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
