/** Asks a backend what a panel asks it, in the form in which the ledger's figures are. */
import {
  builtIn,
  type Dashboard,
  type DashboardQuery,
  defaultsOf,
  filledIn,
  type Panel,
} from '../../../test/support/grafana.js';
import { type Answer, answerOf } from './answers.js';
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
  { prometheus, tempo }: { prometheus: PrometheusClient; tempo: TempoClient },
  { language, text, panel }: DashboardQuery,
  { variables }: Chosen,
): Promise<Answer | Rows> {
  const query = filledIn(text, variables);
  if (language === 'promql') return answerOf(await prometheus.query(query));
  return panel.type === 'table' ? rowsOf(await tempo.search(query), panel) : tempo.metric(query);
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
