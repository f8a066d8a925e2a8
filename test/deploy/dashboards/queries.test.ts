import { createNoopMeter } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { Instruments } from '../../../src/metrics/instruments.js';
import { smallerModels } from '../../../src/optimize/cheaper-models.js';
import { hintTablesOf } from '../../../src/optimize/hint-tables.js';
import {
  builtIn,
  defaultsOf,
  filledIn,
  queriesOf,
  readDashboards,
  withMacros,
} from '../../support/grafana.js';
import { promqlFaults, sqlFaults, traceqlFaults } from '../../support/query-syntax.js';

const dashboards = readDashboards();
const SYNTAX = { promql: promqlFaults, traceql: traceqlFaults, sql: sqlFaults };
const FILTERS = {
  promql: 'job=~"$job"',
  traceql: 'resource.service.name =~ "${job:pipe}"',
  sql: "match(ServiceName, '^(?:${job:regex})$')",
};

/** The metrics of the ledger as Prometheus names them. */
function metricNames(): string[] {
  const instruments = new Instruments(createNoopMeter(), () => 0);
  hintTablesOf(instruments);
  const flat = (name: string) => name.replaceAll('.', '_');
  const histograms = [instruments.taskCost, instruments.sessionCost].map(({ name }) => flat(name));
  return [
    ...instruments.observed.map(({ name, kind }) =>
      kind === 'counter' ? `${flat(name)}_total` : flat(name),
    ),
    ...histograms.flatMap((name) => [`${name}_bucket`, `${name}_sum`, `${name}_count`]),
  ];
}

describe.each(dashboards)('$title', (dashboard) => {
  const values = { ...defaultsOf(dashboard), ...builtIn(86_400, 300) };
  const queries = queriesOf(dashboard);
  const promql = queries.filter(({ language }) => language === 'promql');

  it('has queries that parse, with the variables put in', () => {
    expect(queries.length).toBeGreaterThan(8);
    for (const { name, text, language } of queries) {
      const query = withMacros(text, { fromSeconds: 0, toSeconds: 86_400, intervalSeconds: 300 });
      expect(SYNTAX[language](filledIn(query, values)), name).toEqual([]);
    }
  });

  it('asks for metrics that there are', () => {
    const known = metricNames();
    for (const { name, text } of promql) {
      const asked = [...text.matchAll(/\b([a-z_]+)\{/g)].map(([, metric = '']) => metric);
      expect(asked.length, name).toBeGreaterThan(0);
      for (const metric of asked) expect(known, name).toContain(metric);
    }
  });

  it('needs no rule that has to be loaded, and none of the functions that guess', () => {
    for (const { name, text } of promql) expect(text, name).not.toMatch(/agent_cost:|increase\(|rate\(/);
  });

  it('looks at the services that were chosen, in each query', () => {
    for (const { name, text, language } of queries) {
      expect(text, name).toContain(FILTERS[language]);
    }
  });
});

it('takes those models for larger ones that the hints know a smaller one of', () => {
  const pattern = dashboards
    .flatMap(({ templating }) => templating.list)
    .find(({ name }) => name === 'larger_models');
  const larger = new RegExp(`^(?:${pattern?.query})$`);
  const names = [
    ...[
      'gpt-4o',
      'gpt-4o-2024-08-06',
      'gpt-4o-mini',
      'gpt-4.1',
      'gpt-4.1-mini-2025-04-14',
      'gpt-5-nano',
      'o1',
      'o1-mini',
    ],
    ...[
      'claude-opus-4-1-20250805',
      'claude-sonnet-4-5',
      'claude-3-5-sonnet-latest',
      'claude-3-opus-20240229',
      'claude-haiku-4-5',
    ],
    ...[
      'gemini-2.5-pro',
      'gemini-2.5-flash',
      'gemini-2.5-flash-lite',
      'mistral-large-latest',
      'mistral-small',
      'house-model',
    ],
  ];
  for (const name of names) expect(larger.test(name), name).toBe(smallerModels(name).length > 0);
});
