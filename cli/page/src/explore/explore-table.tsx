import type { Explore, ExploreKey, ExploreRow } from '../../../src/api.js';
import { columnDecimals, isZero, shareOf, sumPico } from '../money.js';
import { Money, TotalMoney } from '../parts/money.js';
import { type Column, SortHeader } from '../parts/sort-header.js';
import { formatRoute, type Route, toScreen } from '../route.js';
import { count } from '../text.js';

interface ExploreTableProps {
  answer: Explore;
  by: ExploreKey;
  label: string;
  sort: string;
  isDescending: boolean;
  onSort(sort: string, isDescending: boolean): void;
  route: Route;
}

interface Decimals {
  total: number;
  wasted: number;
  perAction: number;
}

export function ExploreTable(props: ExploreTableProps) {
  const { rows, total } = props.answer;
  const columns: Column<string>[] = [
    { key: 'key', label: props.label, class: 'sticky' },
    { key: 'total', label: 'Cost', isNumber: true },
    { key: undefined, label: 'Share', class: 'share-head' },
    {
      key: 'wasted',
      label: 'Waste',
      isNumber: true,
      title: 'Cost of failed calls and of tasks without success',
    },
    {
      key: 'perAction',
      label: 'Per action',
      isNumber: true,
      title: 'All cost divided by the actions of successful tasks',
    },
    { key: undefined, label: 'Tasks', isNumber: true },
    { key: 'calls', label: 'Calls', isNumber: true, title: 'LLM calls, and the tool calls that have a cost' },
    { key: undefined, label: 'Failed', isNumber: true },
    { key: 'tokens', label: 'Tokens', isNumber: true, title: 'Input and output' },
  ];
  const decimals: Decimals = {
    total: columnDecimals([...rows.map((row) => row.total.pico), total.pico]),
    wasted: columnDecimals(rows.map((row) => row.wastedPico)),
    perAction: columnDecimals(rows.map((row) => row.costPerActionPico)),
  };
  return (
    <table>
      <caption class="sr-only">Cost grouped by {props.label}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <SortHeader
              key={column.label}
              column={column}
              sort={props.sort}
              isDescending={props.isDescending}
              onSort={props.onSort}
            />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <GroupRow key={row.key ?? '\u0000none'} row={row} {...props} decimals={decimals} />
        ))}
        {rows.length === 0 && (
          <tr class="empty">
            <td colSpan={columns.length}>No cost with this key in this window.</td>
          </tr>
        )}
      </tbody>
      {rows.length > 0 && <TotalsRow answer={props.answer} decimals={decimals} />}
    </table>
  );
}

type GroupRowProps = Pick<ExploreTableProps, 'answer' | 'by' | 'label' | 'route'> & {
  row: ExploreRow;
  decimals: Decimals;
};

function GroupRow({ row, answer, by, label, route, decimals }: GroupRowProps) {
  const calls = row.llmCalls + row.toolCalls;
  return (
    <tr>
      <th scope="row" class="sticky">
        <GroupName by={by} label={label} name={row.key} route={route} />
        {row.total.unpricedCalls > 0 && <span class="mark">{count(row.total.unpricedCalls)} unpriced</span>}
      </th>
      <td class="number total">
        <TotalMoney total={row.total} align={decimals.total} />
      </td>
      <td class="share">
        <Share part={row.total.pico} whole={answer.total.pico} />
      </td>
      <td class="number">
        <span class={isZero(row.wastedPico) ? 'zero' : undefined}>
          <Money pico={row.wastedPico} align={decimals.wasted} />
        </span>
      </td>
      <td class="number">
        {row.costPerActionPico === null ? (
          <span class="zero" title="No action belongs to this group">
            –
          </span>
        ) : (
          <Money
            pico={row.costPerActionPico}
            align={decimals.perAction}
            isEstimated={!isZero(row.total.estimatedPico)}
            isLowerBound={row.total.isLowerBound}
            notes={[`${count(row.actions ?? 0)} actions`]}
          />
        )}
      </td>
      <td class="number">{count(row.tasks)}</td>
      <td class="number" title={`${count(row.llmCalls)} LLM, ${count(row.toolCalls)} tool`}>
        {count(calls)}
      </td>
      <td class="number">{row.failedCalls === 0 ? <span class="zero">0</span> : count(row.failedCalls)}</td>
      <td class="number" title={`${count(row.inputTokens)} in, ${count(row.outputTokens)} out`}>
        {count(row.inputTokens + row.outputTokens)}
      </td>
    </tr>
  );
}

/** A group leads to its tasks where the list of tasks can show them. */
function GroupName({
  by,
  label,
  name,
  route,
}: {
  by: ExploreKey;
  label: string;
  name: string | null;
  route: Route;
}) {
  if (name === null) return <span class="muted">without {label.toLowerCase()}</span>;
  if (by !== 'task' && by !== 'session') return <span title={name}>{name}</span>;
  const query: Record<string, string> = by === 'task' ? { name } : { q: name };
  return (
    <a href={formatRoute(toScreen(route, 'overview', '', query))} title={`${name}\nShow its tasks`}>
      {name}
    </a>
  );
}

function Share({ part, whole }: { part: string; whole: string }) {
  const share = shareOf(part, whole);
  return (
    <span class="share-bar" title={`${(share * 100).toFixed(2)} % of the total`}>
      <span style={{ width: `${share * 100}%` }} />
    </span>
  );
}

/** Sums of a column only where all groups are in the table; else they would be too small. */
function TotalsRow({ answer, decimals }: { answer: Explore; decimals: Decimals }) {
  const { rows, total } = answer;
  const isWhole = rows.length === answer.count;
  const sum = (of: (row: ExploreRow) => number) =>
    isWhole ? (
      count(rows.reduce((all, row) => all + of(row), 0))
    ) : (
      <span title="Not all groups are shown">–</span>
    );
  return (
    <tfoot>
      <tr>
        <th scope="row" class="sticky">
          Total
        </th>
        <td class="number total">
          <TotalMoney total={total} align={decimals.total} />
        </td>
        <td />
        <td class="number">
          {isWhole ? (
            <Money pico={sumPico(rows.map((row) => row.wastedPico))} align={decimals.wasted} />
          ) : (
            '–'
          )}
        </td>
        <td />
        <td />
        <td class="number">{sum((row) => row.llmCalls + row.toolCalls)}</td>
        <td class="number">{sum((row) => row.failedCalls)}</td>
        <td class="number">{sum((row) => row.inputTokens + row.outputTokens)}</td>
      </tr>
    </tfoot>
  );
}
