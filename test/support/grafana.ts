/** The dashboards as Grafana reads them: panels, their queries, and variables put into them. */
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../deploy/dashboards/', import.meta.url);

interface Source {
  type: string;
  uid: string;
}

export interface Target {
  refId: string;
  datasource: Source;
  /** PromQL. */
  expr?: string;
  /** TraceQL. */
  query?: string;
  /** SQL. */
  rawSql?: string;
  instant?: boolean;
  legendFormat?: string;
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: Source;
  targets?: Target[];
  timeFrom?: string;
  interval?: string;
  fieldConfig?: {
    defaults: { unit?: string; thresholds?: { steps: { color: string; value: number | null }[] } };
    overrides: { matcher: { options: string }; properties: { id: string; value: unknown }[] }[];
  };
  transformations?: { id: string; options: Record<string, unknown> }[];
}

export interface Variable {
  type: string;
  name: string;
  label: string;
  query: string | { query: string };
  allValue?: string;
}

export interface Dashboard {
  uid: string;
  title: string;
  description: string;
  tags: string[];
  schemaVersion: number;
  links: { type: string; tags: string[] }[];
  templating: { list: Variable[] };
  panels: Panel[];
}

export function readDashboards(): Dashboard[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return names.map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')));
}

/** A query of a dashboard and where it stands. */
export interface DashboardQuery {
  /** `dashboard / panel / refId`. */
  name: string;
  language: 'promql' | 'traceql' | 'sql';
  text: string;
  panel: Panel;
}

/** Every query that a dashboard asks when it is opened. */
export function queriesOf(dashboard: Dashboard): DashboardQuery[] {
  return dashboard.panels.flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({
      name: `${dashboard.uid} / ${panel.title} / ${target.refId}`,
      ...askedBy(target),
      panel,
    })),
  );
}

function askedBy({ expr, query = '', rawSql }: Target): Pick<DashboardQuery, 'language' | 'text'> {
  if (expr !== undefined) return { language: 'promql', text: expr };
  return rawSql === undefined ? { language: 'traceql', text: query } : { language: 'sql', text: rawSql };
}

/** With what the ClickHouse plugin puts in for its macros, as its documentation has it. */
export function withMacros(sql: string, { fromSeconds, toSeconds, intervalSeconds }: TimeRange): string {
  return sql
    .replace(
      /\$__timeFilter\((\w+)\)/g,
      `$1 >= toDateTime(${fromSeconds}) AND $1 <= toDateTime(${toSeconds})`,
    )
    .replace(
      /\$__timeInterval\((\w+)\)/g,
      `toStartOfInterval(toDateTime($1), INTERVAL ${intervalSeconds} second)`,
    );
}

/** What is shown, in whole seconds since 1970, and the interval between the points of a graph. */
export interface TimeRange {
  fromSeconds: number;
  toSeconds: number;
  intervalSeconds: number;
}

/** `$name`, `${name}` and `${name:format}`, as Grafana has them. */
const VARIABLE = /\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g;

export function variablesIn(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map(([, braced, bare]) => braced ?? bare ?? '');
}

/** With its variables put in; one that is not given is an error. */
export function filledIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(VARIABLE, (_, braced?: string, bare?: string) => {
    const value = values[braced ?? bare ?? ''];
    if (value === undefined) throw new Error(`nothing is said about ${braced ?? bare} in ${text}`);
    return value;
  });
}

/** What Grafana itself puts in, for a time range and the interval between the points of a graph, in seconds. */
export function builtIn(rangeSeconds: number, intervalSeconds: number): Record<string, string> {
  return {
    __range: `${rangeSeconds}s`,
    __range_s: String(rangeSeconds),
    __interval: `${intervalSeconds}s`,
    __interval_ms: String(intervalSeconds * 1000),
  };
}

/** What a reader has typed in and chosen before touching anything. */
export function defaultsOf({ templating }: Dashboard): Record<string, string> {
  return Object.fromEntries(
    templating.list.map(({ name, allValue, query }) => [
      name,
      allValue ?? (typeof query === 'string' ? query : query.query),
    ]),
  );
}
