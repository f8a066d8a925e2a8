/** Panels of Grafana's classic dashboard model. */

export const PROMETHEUS = { type: 'prometheus', uid: '${prometheus}' };
const TEMPO = { type: 'tempo', uid: '${tempo}' };
export const CLICKHOUSE = { type: 'grafana-clickhouse-datasource', uid: '${clickhouse}' };
const MIXED = { type: 'datasource', uid: '-- Mixed --' };

/** A task may cost $0.0004 and a month $40,000, so Grafana chooses the significant digits where amounts vary. */
export const USD = { unit: 'currencyUSD' };
export const SMALL_USD = { unit: 'currencyUSD', decimals: 4 };
export const SHARE = { unit: 'percentunit', decimals: 1, min: 0, max: 1 };
export const COUNT = { unit: 'short', decimals: 0 };

const PALETTE = { mode: 'palette-classic' };

/** Colours starting at amounts: `levels(['green'], [0.8, 'orange'], [1, 'red'])`. */
export function levels([base], ...steps) {
  return {
    mode: 'absolute',
    steps: [{ color: base, value: null }, ...steps.map(([value, color]) => ({ color, value }))],
  };
}

const PLAIN = levels(['text']);
/** For panels of metrics that exist only where calls are recorded for hints. */
export const NEEDS_HINTS = 'Needs OTEL_AGENT_COST_HINTS=1 or recordCalls() in the app.';
export const BAD_IF_ANY = levels(['green'], [1, 'red']);

/** One value at the end of the time range. */
export function now(expr, { legend = '', table = false, ...rest } = {}) {
  const format = table ? 'table' : 'time_series';
  return { ...prometheusTarget(expr, legend), format, instant: true, range: false, ...rest };
}

/** A value for each point of a graph. */
export function overTime(expr, legend, rest = {}) {
  return { ...prometheusTarget(expr, legend), format: 'time_series', instant: false, range: true, ...rest };
}

function prometheusTarget(expr, legendFormat) {
  return { datasource: PROMETHEUS, editorMode: 'code', expr, legendFormat };
}

/** Spans as rows of a table. */
export function spans(query, { limit = 500, spansEach = 100 } = {}) {
  const shown = { tableType: 'spans', limit, spss: spansEach };
  return { datasource: TEMPO, queryType: 'traceql', query, filters: [], ...shown };
}

/** Tempo sums at most 24 hours unless configured otherwise. */
export const TEMPO_SUMS = { during: '12h' };

/** A value computed from spans stored in Tempo. */
export function ofSpans(query) {
  return { datasource: TEMPO, queryType: 'traceql', query, filters: [], metricsQueryType: 'instant' };
}

/** Rows from ClickHouse. */
export function rows(rawSql) {
  return { datasource: CLICKHOUSE, editorType: 'sql', queryType: 'table', format: 1, rawSql };
}

/** Points of a graph from ClickHouse: a time, what each line is for, a value. */
export function points(rawSql) {
  return { datasource: CLICKHOUSE, editorType: 'sql', queryType: 'timeseries', format: 0, rawSql };
}

/** The name of a line: the value of that column. */
export function namedBy(column) {
  return { displayName: `\${__field.labels.${column}}` };
}

export function stat(title, description, targets, { thresholds, ...options } = {}) {
  const colored = thresholds !== undefined;
  return panel('stat', title, description, targets, {
    size: { w: 4, h: 4 },
    ...options,
    defaults: { color: { mode: 'thresholds' }, thresholds: thresholds ?? PLAIN },
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      colorMode: colored ? 'background' : 'value',
      graphMode: 'none',
      textMode: 'auto',
    },
  });
}

/** Horizontal bars, one per value: a series of Prometheus, or each of the `rows`. */
export function bars(title, description, targets, { thresholds, eachRow = false, ...options } = {}) {
  const color = thresholds === undefined ? PALETTE : { mode: 'thresholds' };
  return panel('bargauge', title, description, targets, {
    size: { w: 8, h: 8 },
    ...options,
    defaults: { color, thresholds: thresholds ?? PLAIN },
    options: {
      displayMode: 'basic',
      orientation: 'horizontal',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: eachRow },
      showUnfilled: true,
    },
  });
}

/** Stacked bars, one per interval. */
export function stacked(title, description, targets, options = {}) {
  const custom = {
    drawStyle: 'bars',
    fillOpacity: 80,
    lineWidth: 0,
    stacking: { mode: 'normal', group: 'A' },
  };
  return graph(title, description, targets, { custom, ...options });
}

export function graph(
  title,
  description,
  targets,
  { custom = { fillOpacity: 5 }, thresholds, ...options } = {},
) {
  return panel('timeseries', title, description, targets, {
    size: { w: 12, h: 8 },
    ...options,
    defaults: { color: PALETTE, custom, thresholds: thresholds ?? PLAIN },
    options: {
      legend: { displayMode: 'table', placement: 'right', calcs: ['lastNotNull', 'max'] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  });
}

export function heatmap(title, description, targets, options = {}) {
  const { unit } = options;
  return panel('heatmap', title, description, targets, {
    size: { w: 12, h: 8 },
    ...options,
    options: { calculate: false, color: { mode: 'scheme', scheme: 'Oranges' }, yAxis: { unit }, cellGap: 1 },
  });
}

export function pie(title, description, targets, options = {}) {
  return panel('piechart', title, description, targets, {
    size: { w: 8, h: 8 },
    ...options,
    defaults: { color: PALETTE },
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      legend: { displayMode: 'table', placement: 'right', values: ['value', 'percent'] },
    },
  });
}

/**
 * `columns` are `{ from, to, unit, … }` in display order, with `from` as Grafana's title. Other columns are hidden
 * by name.
 */
export function table(
  title,
  description,
  targets,
  { columns, hidden = [], sortBy, before = [], ...options },
) {
  const organize = {
    indexByName: Object.fromEntries(columns.map(({ from }, index) => [from, index])),
    renameByName: Object.fromEntries(columns.map(({ from, to }) => [from, to])),
    excludeByName: Object.fromEntries(hidden.map((name) => [name, true])),
  };
  return panel('table', title, description, targets, {
    size: { w: 24, h: 9 },
    unit: 'none',
    ...options,
    defaults: { custom: { align: 'auto', filterable: true } },
    options: { sortBy: [{ displayName: sortBy, desc: true }], footer: { show: false } },
    overrides: columns.flatMap(columnOverride),
    transformations: [...before, { id: 'organize', options: organize }],
  });
}

function columnOverride({ to, unit, decimals, thresholds }) {
  const properties = [];
  if (unit !== undefined) properties.push({ id: 'unit', value: unit });
  if (decimals !== undefined) properties.push({ id: 'decimals', value: decimals });
  if (thresholds !== undefined) {
    properties.push({ id: 'thresholds', value: thresholds });
    properties.push({ id: 'color', value: { mode: 'thresholds' } });
    properties.push({ id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } });
  }
  return properties.length === 0 ? [] : [{ matcher: { id: 'byName', options: to }, properties }];
}

/** Tempo returns attributes as strings, which neither sort as numbers nor have a colour. */
export function asNumbers(names) {
  const conversions = names.map((targetField) => ({ targetField, destinationType: 'number' }));
  return { id: 'convertFieldType', options: { fields: {}, conversions } };
}

/** One row per combination of labels and one column per query: the form that `table` needs from Prometheus. */
export const MERGED = [{ id: 'merge', options: {} }];

function panel(type, title, description, targets, options) {
  const {
    size,
    unit,
    decimals,
    min,
    max,
    displayName,
    defaults,
    overrides = [],
    options: own,
    during,
    interval,
    transformations,
  } = options;
  const list = [targets]
    .flat()
    .map((target, index) => ({ refId: String.fromCharCode(65 + index), ...target }));
  const sources = new Set(list.map(({ datasource }) => datasource));
  return {
    type,
    title,
    description,
    size,
    datasource: sources.size === 1 ? list[0].datasource : MIXED,
    targets: list,
    fieldConfig: { defaults: { unit, decimals, min, max, displayName, ...defaults }, overrides },
    options: own,
    timeFrom: during,
    interval,
    transformations,
  };
}
