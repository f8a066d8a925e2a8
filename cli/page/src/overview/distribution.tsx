import { useRef } from 'preact/hooks';
import type { Distribution, Percentiles } from '../../../src/api.js';
import { fullUsd } from '../../../src/usd-text.js';
import { apiPath } from '../api-client.js';
import { useHold } from '../hold.js';
import { columnDecimals } from '../money.js';
import { Money } from '../parts/money.js';
import { Panel } from '../parts/panel.js';
import { useResource } from '../resource.js';
import { go, type Route, windowQuery, withQuery } from '../route.js';
import { count, drift, plural } from '../text.js';
import { Histogram } from './histogram.js';

export function DistributionPanel({ route }: { route: Route }) {
  const box = useRef<HTMLDivElement>(null);
  const isHeld = useHold(box);
  const { name = '' } = route.query;
  const path = apiPath('/api/distribution', { ...windowQuery(route), name: name.slice(0, 1_000) });
  const { data, error, isLoading } = useResource<Distribution>(path, isHeld);
  const choose = (value: string) => go(withQuery(route, { name: value }), { replace: true });
  return (
    <Panel
      title="Cost per task"
      class="distribution"
      note={data?.now ? plural(data.now.count, 'task') : undefined}
      error={error}
      isLoading={isLoading}
      tools={data !== undefined && <NamePicker names={data.names} value={name} onChoose={choose} />}
    >
      <div ref={box} class={isLoading ? 'stale' : ''}>
        {data !== undefined && data.now === null && (
          <p class="muted pad">No task has ended in this window.</p>
        )}
        {data?.now && (
          <>
            <Histogram bins={data.bins} percentiles={data.now} />
            <Drift now={data.now} before={data.before} />
          </>
        )}
      </div>
    </Panel>
  );
}

interface NamePickerProps {
  names: string[];
  value: string;
  onChoose(name: string): void;
}

function NamePicker({ names, value, onChoose }: NamePickerProps) {
  const all = value === '' || names.includes(value) ? names : [value, ...names];
  return (
    <select aria-label="Task name" value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
      <option value="">All names</option>
      {all.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

const ROWS = [
  { label: 'P50', key: 'p50Pico', meaning: 'Half of the tasks cost at most this' },
  { label: 'P90', key: 'p90Pico', meaning: 'Nine of ten tasks cost at most this' },
  { label: 'P99', key: 'p99Pico', meaning: '99 of 100 tasks cost at most this' },
] as const;

function Drift({ now, before }: { now: Percentiles; before: Percentiles | null }) {
  const align = columnDecimals(ROWS.map(({ key }) => now[key]));
  return (
    <table class="percentiles">
      <caption class="sr-only">
        Percentiles of the cost per task, and the period of the same length before
      </caption>
      <thead>
        <tr>
          <th scope="col">Percentile</th>
          <th scope="col" class="number">
            Cost
          </th>
          {before !== null && (
            <th scope="col" title="The period of the same length before">
              Change to the period before
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {ROWS.map(({ label, key, meaning }) => (
          <tr key={key}>
            <th scope="row" title={meaning}>
              {label}
            </th>
            <td class="number">
              <Money
                pico={now[key]}
                align={align}
                isLowerBound={now.incomplete > 0}
                notes={now.incomplete > 0 ? [meaning, missing(now)] : [meaning]}
              />
            </td>
            {before !== null && (
              <td
                class="drift"
                title={[
                  `Before: ${fullUsd(before[key])}`,
                  ...(before.incomplete > 0 ? [missing(before)] : []),
                ].join('\n')}
              >
                {driftText(now[key], before[key])}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function missing({ count: tasks, incomplete }: Percentiles): string {
  return `+ ${count(incomplete)} of ${plural(tasks, 'task')} cost more than is known`;
}

function driftText(now: string, before: string): string {
  const change = drift(now, before);
  return change ?? 'was $0';
}
