import type { TaskRow } from '../../../src/task-answers.js';
import { fullUsd } from '../../../src/usd-text.js';
import { Money, partMarks, TotalMoney } from '../parts/money.js';
import { formatRoute, type Route, toScreen } from '../route.js';
import { count, duration, exactTime, plural, timeOfDay } from '../text.js';

interface TaskTableRowProps {
  row: TaskRow;
  route: Route;
  decimals: { llm: number; tool: number; total: number };
}

export function TaskTableRow({ row, route, decimals }: TaskTableRowProps) {
  const isRunning = row.state === 'running';
  const tokens = `${count(row.inputTokens)} in, ${count(row.outputTokens)} out`;
  const length = row.endMillis === null ? '' : `\nTook ${duration(row.endMillis - row.startMillis)}`;
  return (
    <tr class={row.outlier === null ? '' : 'outlier'}>
      <th scope="row" class="sticky">
        <span class="name-line">
          <a
            class="task-name"
            href={formatRoute(toScreen(route, 'task', row.id))}
            title={`${row.name}\n${row.id}`}
          >
            {row.name === '' ? '(no name)' : row.name}
          </a>
          <span class="id" title={row.id}>
            {row.id}
          </span>
        </span>
        <RowMarks row={row} />
      </th>
      <td>
        <Outcome row={row} />
      </td>
      <td class="number" title={exactTime(row.startMillis) + length}>
        {timeOfDay(row.startMillis)}
      </td>
      <td class="number">{count(row.steps)}</td>
      <td class="number" title={tokens}>
        {count(row.inputTokens + row.outputTokens)}
      </td>
      <td class="number">
        <Money
          pico={row.llmPico}
          align={decimals.llm}
          notes={[plural(row.llmCalls, 'call')]}
          {...partMarks(row, 'llm')}
        />
      </td>
      <td class="number">
        <Money
          pico={row.toolPico}
          align={decimals.tool}
          notes={[plural(row.toolCalls, 'call')]}
          {...partMarks(row, 'tool')}
        />
      </td>
      <td class="number total sticky-end">
        {isRunning && <small class="so-far">so far </small>}
        <TotalMoney total={row.total} align={decimals.total} isSoFar={isRunning} />
      </td>
    </tr>
  );
}

/** Texts under the name, so that no mark relies on colour. */
function RowMarks({ row }: { row: TaskRow }) {
  const marks: string[] = [];
  if (row.total.unpricedCalls > 0) marks.push(`${count(row.total.unpricedCalls)} unpriced`);
  if (row.isOverBudget) marks.push('over budget');
  if (row.isPricedHere) marks.push('priced in the viewer');
  if (row.outlier === null && marks.length === 0) return null;
  return (
    <span class="marks">
      {row.outlier !== null && <span class="reason">▲ {row.outlier}</span>}
      {marks.map((mark) => (
        <span class="mark" key={mark} title={mark === 'over budget' ? budgetNote(row) : undefined}>
          {mark}
        </span>
      ))}
    </span>
  );
}

function budgetNote(row: TaskRow): string {
  return row.budgetPico === null ? 'A budget refused a call' : `The budget is ${fullUsd(row.budgetPico)}`;
}

export function Outcome({ row }: { row: Pick<TaskRow, 'state' | 'outcome'> }) {
  if (row.state === 'running') return <span class="outcome running">● running</span>;
  if (row.outcome === 'failure') return <span class="outcome failure">✕ failure</span>;
  if (row.outcome === 'success') return <span class="outcome">✓ success</span>;
  return <span class="outcome">{row.outcome === null ? '– not stated' : `– ${row.outcome}`}</span>;
}
