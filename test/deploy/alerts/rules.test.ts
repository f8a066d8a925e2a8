import { readFileSync } from 'node:fs';
import { createNoopMeter } from '@opentelemetry/api';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { Instruments } from '../../../src/metrics/instruments.js';
import { LabelKeys, RUNAWAY_KEYS } from '../../../src/metrics/label-keys.js';
import { USD_BUCKETS } from '../../../src/metrics/usd-histogram.js';
import { HintKeys, hintTablesOf } from '../../../src/optimize/hint-tables.js';
import { promqlFaults } from '../../support/query-syntax.js';
import { type Rule, readRules, readRuleTests, rulesOf } from '../../support/rules.js';

const files = readRules();
const ruleTestFiles = readRuleTests();
const rules = rulesOf(files);
const records = rules.filter((rule): rule is Rule & { record: string } => rule.record !== undefined);
const alerts = rules.filter((rule): rule is Rule & { alert: string } => rule.alert !== undefined);
const flat = (name: string) => name.replaceAll('.', '_');

/** The texts of a query's nodes of one type, by the parser's own names. */
function textsOf(query: string, type: string): string[] {
  const found: string[] = [];
  parser.parse(query).iterate({
    enter: ({ name, from, to }) => {
      if (name === type) found.push(query.slice(from, to));
    },
  });
  return found;
}

/** What the ledger's instruments are called in Prometheus, and the few that others count for it. */
function knownMetrics(): Set<string> {
  const meter = createNoopMeter();
  const counters = vi.spyOn(meter, 'createObservableCounter');
  const gauges = [vi.spyOn(meter, 'createObservableGauge'), vi.spyOn(meter, 'createObservableUpDownCounter')];
  const histograms = vi.spyOn(meter, 'createHistogram');
  hintTablesOf(new Instruments(meter, () => 0));
  const names = (spy: typeof counters | typeof histograms) => spy.mock.calls.map(([name]) => flat(name));
  return new Set([
    ...names(counters).map((name) => `${name}_total`),
    ...gauges.flatMap(names),
    ...names(histograms).flatMap((name) => [`${name}_bucket`, `${name}_sum`, `${name}_count`]),
    ...['cost_lost_spans_total', 'span_cost_usd_total', 'span_cost_unreadable_total'],
    ...records.map(({ record }) => record),
  ]);
}

const KNOWN_METRICS = knownMetrics();
const ATTRIBUTION = ['cost.tag.team', 'cost.tag.feature', 'cost.tag.customer'];
const { calls, tokens, waste, tasks, budgets, refusals } = new LabelKeys(ATTRIBUTION);
const { smallerModel, sentAgain, repeats } = new HintKeys(ATTRIBUTION);
const KNOWN_LABELS = new Set([
  ...[calls, tokens, waste, tasks, budgets, refusals, RUNAWAY_KEYS, smallerModel, sentAgain, repeats]
    .flat()
    .map(flat),
  // Of every series, of histograms, of what is beyond the limit of series, and of our own days.
  ...[
    'job',
    'instance',
    'otel_scope_name',
    'otel_scope_version',
    'le',
    'otel_metric_overflow',
    'day',
    'month',
  ],
]);

it('has groups and alerts of their own names, and records that say whose they are', () => {
  const groups = files.flatMap((file) => file.groups.map(({ name }) => name));
  expect(new Set(groups).size).toBe(groups.length);
  expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  for (const { record } of records) expect(record).toMatch(/^agent_cost:[a-z0-9_]+(:[a-z0-9_]+)?$/);
});

describe.each(rules.map(({ record, alert, expr }) => ({ name: record ?? alert, expr })))(
  '$name',
  ({ expr }) => {
    it('is a query on metrics and labels that there are', () => {
      expect(promqlFaults(expr)).toEqual([]);
      expect(textsOf(expr, 'Identifier').filter((metric) => !KNOWN_METRICS.has(metric))).toEqual([]);
      expect(textsOf(expr, 'LabelName').filter((label) => !KNOWN_LABELS.has(label))).toEqual([]);
    });
  },
);

/** Set once, in the file that users edit. */
const DOCS_URL = '{{ with query "agent_cost:docs_url" }}{{ . | first | label "url" }}{{ else }}docs{{ end }}';

describe('a template of an annotation', () => {
  const templates = alerts.flatMap(({ annotations = {} }) => Object.values(annotations));
  const queries = templates.flatMap((text) =>
    [...text.matchAll(/"((?:agent_cost:|max\(|sum\(|topk\()[^"]*)"/g)].map(([, query = '']) => query),
  );

  it('asks for metrics and labels that there are', () => {
    expect(queries.length).toBeGreaterThan(30);
    const filled = queries.map((text) =>
      text.replaceAll('%q', '"x"').replaceAll('%s', 'job="x"').replaceAll('%f', '1.0'),
    );
    for (const query of filled) {
      expect(promqlFaults(query)).toEqual([]);
      expect(textsOf(query, 'Identifier').filter((metric) => !KNOWN_METRICS.has(metric))).toEqual([]);
      expect(textsOf(query, 'LabelName').filter((label) => !KNOWN_LABELS.has(label))).toEqual([]);
    }
  });
});

describe('the boundaries of buckets', () => {
  const boundaries = USD_BUCKETS.map(String);
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

  it('are listed where targets are set, and each target is one', () => {
    const text = read('deploy/alerts/agent-cost.targets.rules.yaml');
    const listed = /must be a boundary of the histograms' buckets:\n((?: +# [\d. ]+\n)+)/.exec(text)?.[1];
    expect(listed?.match(/[\d.]+/g)).toEqual(boundaries);
    const targets = records.filter(({ labels = {} }) => labels.le !== undefined);
    expect(targets.length).toBeGreaterThan(1);
    for (const { labels = {}, expr } of targets) {
      expect(boundaries).toContain(labels.le);
      expect(expr).toBe(`vector(${labels.le})`);
    }
  });

  it('are those of the costs that the collector derives', () => {
    const { connectors } = parse(read('collector-config.yaml'), { merge: true });
    const [histogram] = connectors.signal_to_metrics.spans.flatMap(
      (metric: { histogram?: { buckets: number[] } }) => metric.histogram ?? [],
    );
    expect(histogram.buckets).toEqual(USD_BUCKETS);
  });
});

const windows = files.filter(({ name }) => name === 'agent-cost.windows.rules.yaml');

describe.each(rulesOf(windows))('$record', ({ record = '', expr }) => {
  it('is what was added to a metric in the window that its name says', () => {
    const [metric = ''] = textsOf(expr, 'Identifier');
    const window = record.split(':')[2];
    const last = `last_over_time(${metric}[${window}])`;
    expect(expr.replaceAll(/\s/g, '')).toContain(
      `${last}-(last_over_time(${metric}[6h]offset${window})or${last}*0)`,
    );
    expect(textsOf(expr, 'Identifier')).toEqual([metric, metric, metric]);
  });
});

describe.each(alerts)('$alert', ({ alert, labels = {}, annotations = {} }) => {
  const kebab = alert.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

  it('says how urgent it is, what was measured, and where to read on', () => {
    expect(['critical', 'warning', 'info']).toContain(labels.severity);
    expect(Object.keys(annotations).sort()).toEqual(['description', 'runbook_url', 'summary']);
    expect(annotations.description).toMatch(
      /\{\{ \$value \| (printf "%\.\df"|humanize|humanizePercentage) \}\}/,
    );
    expect(annotations.runbook_url).toBe(`${DOCS_URL}/cookbook.md#${kebab}`);
  });

  it('is tested by what fires it and by what does not', () => {
    const expected = ruleTestFiles
      .flatMap(({ tests }) => tests)
      .flatMap(({ alert_rule_test = [] }) => alert_rule_test)
      .filter(({ alertname }) => alertname === alert)
      .map(({ exp_alerts }) => exp_alerts.length > 0);
    expect(new Set(expected)).toEqual(new Set([true, false]));
  });
});

describe.each(ruleTestFiles)('$file', ({ rule_files, group_eval_order = [], tests }) => {
  it('loads files that there are, in an order that names each group that depends on another', () => {
    expect(files.map(({ name }) => `../${name}`)).toEqual(expect.arrayContaining(rule_files));
    const groups = files.flatMap((file) => file.groups);
    for (const group of group_eval_order) expect(groups.map(({ name }) => name)).toContain(group);
    const asked = tests.flatMap(({ alert_rule_test = [] }) =>
      alert_rule_test.map(({ alertname }) => alertname),
    );
    const needed = groups.filter((group) => group.rules.some(({ alert = '' }) => asked.includes(alert)));
    for (const { name } of needed) expect(group_eval_order).toContain(name);
  });
});
