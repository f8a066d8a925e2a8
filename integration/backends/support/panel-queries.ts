/** Asks a backend what a panel asks it, in the form in which the ledger's figures are. */
import {
  builtIn,
  type Dashboard,
  type DashboardQuery,
  defaultsOf,
  filledIn,
  type Panel,
  withMacros,
} from '../../../test/support/grafana.js';
import { type Answer, answerOf, grouped } from './answers.js';
import type { ClickHouseClient, SqlAnswer } from './clickhouse.js';
import { fromSql } from './cookbook-queries.js';
import type { Chosen, Rows } from './panels/figures.js';
import type { PrometheusClient } from './prometheus.js';
import type { FoundSpan, TempoClient } from './tempo.js';

/** Grafana puts in the length of what is shown; panels of their own time have another. */
const RANGE_SECONDS: Readonly<Record<string, number>> = { 'now/d': 12 * 3600, 'now/M': 10 * 86_400 };
const SHOWN_SECONDS = 6 * 3600;
const INTERVAL_SECONDS: Readonly<Record<string, number>> = { '5m': 300, '1h': 3600 };

/** What a reader of one service sees; the answers of our agents are longer than what is short by default. */
export function chosenBy(dashboard: Dashboard, { panel }: DashboardQuery, service: string): Chosen {
  const rangeSeconds = RANGE_SECONDS[panel.timeFrom ?? ''] ?? SHOWN_SECONDS;
  const intervalSeconds = INTERVAL_SECONDS[panel.interval ?? ''] ?? 0;
  const typedIn = { job: service, short_output_tokens: '2000' };
  const variables = { ...defaultsOf(dashboard), ...typedIn, ...builtIn(rangeSeconds, intervalSeconds) };
  return { rangeSeconds, variables };
}

export async function asked(
  { prometheus, tempo, clickhouse }: Asked,
  { language, text, panel }: DashboardQuery,
  { rangeSeconds, variables }: Chosen,
): Promise<Answer | Rows> {
  if (language === 'sql') {
    // The end of the time range is within the second.
    const toSeconds = Math.ceil(Date.now() / 1000);
    const fromSeconds = toSeconds - rangeSeconds;
    const intervalSeconds = INTERVAL_SECONDS[panel.interval ?? ''] ?? 60;
    const sql = withMacros(text, { fromSeconds, toSeconds, intervalSeconds });
    return withoutTimes(await clickhouse.query(filledIn(sql, variables)), panel);
  }
  const query = filledIn(text, variables);
  if (language === 'promql') return answerOf(await prometheus.query(query));
  return panel.type === 'table' ? rowsOf(await tempo.search(query), panel) : tempo.metric(query);
}

export interface Asked {
  prometheus: PrometheusClient;
  tempo: TempoClient;
  clickhouse: ClickHouseClient;
}

/** The points of a graph, added up; and rows without their times, which the ledger does not know. */
function withoutTimes({ columns, rows }: SqlAnswer, { type }: Panel): Answer | Rows {
  const isKept = columns.map(({ name }) => name !== 'time' && name !== 'start');
  const kept = columns.filter((_column, index) => isKept[index]);
  const values = rows.map((row) => row.filter((_value, index) => isKept[index]));
  if (type !== 'timeseries') return fromSql({ columns: kept, rows: values });
  return grouped(
    values,
    ([label]) => ({ [kept[0]?.name ?? '']: label ?? undefined }),
    ([, value]) => Number(value),
  );
}

/** What spans say of the columns that a table shows. Where rows are grouped, the largest of each column. */
function rowsOf(spans: readonly FoundSpan[], { transformations = [] }: Panel): Rows {
  const optionsOf = (id: string) => transformations.find((one) => one.id === id)?.options;
  const { renameByName = {} } = (optionsOf('organize') ?? {}) as { renameByName?: object };
  const columns = new Set(Object.keys(renameByName).map((column) => column.replace(/ \(\w+\)$/, '')));
  const rows = spans.map(({ attributes }) =>
    Object.fromEntries(Object.entries(attributes).filter(([key]) => columns.has(key))),
  );
  const { fields = {} } = (optionsOf('groupBy') ?? {}) as { fields?: Record<string, { operation: string }> };
  const key = Object.keys(fields).find((field) => fields[field]?.operation === 'groupby');
  return key === undefined ? rows : largestOf(rows, key);
}

function largestOf(rows: Rows, key: string): Rows {
  const groups = new Map<unknown, Record<string, unknown>>();
  for (const row of rows) {
    const group = groups.get(row[key]) ?? {};
    for (const [column, value] of Object.entries(row)) {
      const known = group[column];
      if (known === undefined || Number(value) > Number(known)) group[column] = value;
    }
    groups.set(row[key], group);
  }
  return [...groups.values()];
}
