/** A dashboard in Grafana's classic model: its variables, and the positions of its panels. */
import { CLICKHOUSE, PROMETHEUS } from './panels.mjs';

/** The schema version of Grafana 12. Later versions migrate it on loading. */
const SCHEMA_VERSION = 41;
const TAG = 'agent-cost';
const COLUMNS = 24;

export function dashboard({ uid, title, description, from, refresh, variables, rows }) {
  return {
    uid,
    title,
    description,
    tags: [TAG, 'opentelemetry', 'finops'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh,
    time: { from, to: 'now' },
    timezone: 'browser',
    annotations: { list: [] },
    links: [
      {
        type: 'dashboards',
        title: 'Agent cost',
        icon: 'external link',
        tags: [TAG],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
        targetBlank: false,
        tooltip: '',
        url: '',
      },
    ],
    templating: { list: variables },
    panels: placed(rows),
  };
}

/** Places panels from left to right, in rows as high as their highest panel. */
function placed(rows) {
  const panels = [];
  let y = 0;
  for (const { title, lines } of rows) {
    panels.push({ type: 'row', title, collapsed: false, panels: [], gridPos: { x: 0, y, w: COLUMNS, h: 1 } });
    y += 1;
    for (const line of lines) {
      let x = 0;
      for (const { size, ...panel } of line) {
        panels.push({ ...panel, gridPos: { x, y, ...size } });
        x += size.w;
      }
      y += Math.max(...line.map(({ size }) => size.h));
    }
  }
  return panels.map((panel, index) => ({ id: index + 1, ...panel }));
}

export const PROMETHEUS_VARIABLE = datasource('prometheus', 'Prometheus');
export const TEMPO_VARIABLE = datasource('tempo', 'Tempo');
export const CLICKHOUSE_VARIABLE = datasource('clickhouse', 'ClickHouse', CLICKHOUSE.type);

function datasource(name, label, type = name) {
  return { type: 'datasource', name, label, query: type, current: {}, hide: 0 };
}

/** A variable with the values of a label. All also includes series without the label. */
export function labelValues(name, label, description, query) {
  return choice(name, label, description, {
    datasource: PROMETHEUS,
    query: { query, refId: name },
    definition: query,
  });
}

/** A variable with the values of a column in ClickHouse. */
export function columnValues(name, label, description, sql) {
  return choice(name, label, description, { datasource: CLICKHOUSE, query: sql, definition: sql });
}

function choice(name, label, description, asked) {
  return {
    type: 'query',
    name,
    label,
    description,
    ...asked,
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: ['All'], value: ['$__all'] },
    hide: 0,
  };
}

export const SERVICE_VARIABLE = labelValues(
  'job',
  'Service',
  '`service.name` of the apps.',
  'label_values(cost_calls_total, job)',
);

export const TASK_VARIABLE = labelValues(
  'task',
  'Task',
  'Names of tasks.',
  'label_values(task_outcomes_total{job=~"$job"}, task_name)',
);

/** A number or a string that the reader types in. */
export function typedIn(name, label, description, value) {
  return {
    type: 'textbox',
    name,
    label,
    description,
    query: value,
    current: { text: value, value },
    hide: 0,
  };
}
