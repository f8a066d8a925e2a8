import { useRef, useState } from 'preact/hooks';
import type { Explore as Answer, ExploreKey } from '../../../src/api.js';
import { apiPath } from '../api-client.js';
import { useHold } from '../hold.js';
import { FilterInput } from '../overview/task-filters.js';
import { Panel, Pill, pendingLabel } from '../parts/panel.js';
import { useResource } from '../resource.js';
import { go, knownValue, type Route, windowQuery, withQuery } from '../route.js';
import { count, plural } from '../text.js';
import { ExploreTable } from './explore-table.js';

const KEYS: readonly [ExploreKey, string][] = [
  ['task', 'Task name'],
  ['model', 'Model'],
  ['tool', 'Tool'],
  ['agent', 'Agent'],
  ['session', 'Session'],
  ['team', 'Team'],
  ['feature', 'Feature'],
  ['customer', 'Customer'],
  ['user', 'User'],
];

const PAGE = 200;
const MOST = 1_000;

export function Explore({ route }: { route: Route }) {
  const box = useRef<HTMLDivElement>(null);
  const isHeld = useHold(box);
  const [limit, setLimit] = useState(PAGE);
  const query = exploreQuery(route);
  const { by: key, sort } = query;
  const answer = useResource<Answer>(apiPath('/api/explore', { ...query, limit }), isHeld);
  const { data, pending } = answer;
  const set = (changes: Record<string, string | undefined>) =>
    go(withQuery(route, changes), { replace: true });
  return (
    <div class="explore">
      <h1 class="sr-only">Explore</h1>
      <Panel
        title="Cost by"
        error={answer.error}
        isLoading={answer.isLoading}
        tools={<Tools route={route} current={key} query={query} groups={data?.count} set={set} />}
      >
        <div ref={box} class="holds">
          <Pill
            label={pendingLabel(data?.rows, pending?.rows, (row) => row.key ?? '')}
            onApply={answer.apply}
          />
          <div
            class={answer.isLoading ? 'table-box scrolls stale' : 'table-box scrolls'}
            tabIndex={0}
            role="group"
            aria-label="Table of groups"
          >
            {data !== undefined && (
              <ExploreTable
                answer={data}
                by={key}
                label={labelOf(key)}
                sort={sort}
                isDescending={query.descending}
                onSort={(next, isDown) => set({ sort: next, dir: isDown ? 'desc' : 'asc' })}
                route={route}
              />
            )}
          </div>
        </div>
        {data !== undefined && data.rows.length < data.count && limit < MOST && (
          <button type="button" class="button more" onClick={() => setLimit(MOST)}>
            Show more: {plural(data.count - data.rows.length, 'group')} left
          </button>
        )}
      </Panel>
    </div>
  );
}

function exploreQuery(route: Route) {
  const { by, dir, q } = route.query;
  return {
    ...windowQuery(route),
    by: KEYS.find(([name]) => name === by)?.[0] ?? 'model',
    sort: knownValue(route.query.sort, ['total', 'key', 'wasted', 'perAction', 'calls', 'tokens']),
    descending: dir !== 'asc',
    filter: q?.slice(0, 1_000),
  };
}

function labelOf(key: ExploreKey): string {
  return KEYS.find(([name]) => name === key)?.[1] ?? key;
}

interface ToolsProps {
  route: Route;
  current: ExploreKey;
  query: Record<string, string | boolean | undefined>;
  groups: number | undefined;
  set(changes: Record<string, string | undefined>): void;
}

function Tools({ route, current, query, groups, set }: ToolsProps) {
  return (
    <>
      <fieldset class="segments">
        <legend class="sr-only">Group by</legend>
        {KEYS.map(([key, label]) => (
          <label key={key} class={key === current ? 'chosen' : ''}>
            <input
              type="radio"
              name="by"
              value={key}
              checked={key === current}
              onChange={() => set({ by: key, q: undefined })}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <span class="note spread">
        {groups === undefined ? '' : `${count(groups)} ${groups === 1 ? 'group' : 'groups'}`}
      </span>
      <FilterInput label="Filter groups" value={route.query.q ?? ''} onChange={(text) => set({ q: text })} />
      <a
        class="button"
        href={apiPath('/api/explore.csv', query)}
        download={`cost-by-${current}.csv`}
        title="All digits"
      >
        CSV
      </a>
      <a
        class="button"
        href={apiPath('/api/focus.csv', windowQuery(route))}
        download="focus.csv"
        title="FOCUS 1.2: a row for each kind of token and each tool call. An estimate of list price, not an invoice"
      >
        FOCUS
      </a>
    </>
  );
}
