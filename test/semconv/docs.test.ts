/** The tables of the docs against the registry, both ways: names, types, units, and what they mean. */
import { describe, expect, it } from 'vitest';
import { PAGES } from '../support/readme.js';
import {
  attributes,
  baseType,
  definitionOf,
  keysOf,
  metrics,
  ownAttributes,
  upstreamKeys,
} from '../support/registry.js';

const ATTRIBUTES = PAGES.get('attributes.md') ?? '';
const METRICS = PAGES.get('metrics.md') ?? '';
const SCOPES = ['agent', 'task', 'session'];
const INSTRUMENTS: Record<string, string> = {
  counter: 'counter',
  'up-down counter': 'updowncounter',
  gauge: 'gauge',
  histogram: 'histogram',
};

interface Row {
  key: string;
  type: string;
  meaning: string;
}

/** One row for each key; three for a key of all scopes. */
const rows: Row[] = tablesOf(ATTRIBUTES, /^\| key \| type \|/).flatMap(([keys = '', type = '', ...rest]) =>
  namesIn(keys).flatMap((name) => {
    const meaning = rest.at(-1) ?? '';
    if (!name.startsWith('P.')) return [{ key: name, type, meaning }];
    return SCOPES.map((scope) => ({
      key: name.replace('P', scope),
      type,
      meaning: meaning.replaceAll('`P`', scope),
    }));
  }),
);

/** The labels that only metrics have. */
const metricOnly = metrics
  .flatMap((metric) => keysOf(metric.attributes))
  .filter((key) => !rows.some((row) => row.key === key));

describe('the tables of attributes', () => {
  it('are found', () => {
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.map(({ key }) => key)).toContain('session.cost_usd_nanos');
  });

  it('have only names of the registry, once each', () => {
    const unknown = rows.filter(({ key }) => !attributes.has(templateOf(key)) && !upstreamKeys.has(key));
    expect(unknown).toEqual([]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  });

  it('have every name that the registry defines, but for labels that only metrics have', () => {
    const there = new Set([...rows.map(({ key }) => templateOf(key)), ...metricOnly]);
    expect([...attributes.keys()].filter((key) => !there.has(key))).toEqual([]);
  });

  it('have the types and units of the registry', () => {
    for (const { key, type } of rows) {
      const attribute = attributes.get(templateOf(key));
      if (attribute === undefined) continue;
      const [base, unit] = type.split(', ');
      expect(base, key).toBe(baseType(attribute).replace('boolean', 'bool'));
      expect(unit, key).toBe(unitOf(key));
    }
  });

  it('say what the registry says, and go on from there', () => {
    for (const { key, meaning } of rows) {
      const brief = attributes.get(templateOf(key))?.brief;
      if (brief === undefined) continue;
      const said = plain(brief);
      expect(plain(meaning).slice(0, said.length), key).toBe(said);
    }
  });

  it('name every value of a closed list', () => {
    for (const { key, type } of ownAttributes) {
      if (typeof type === 'string' || metricOnly.includes(key)) continue;
      const page = key === 'cost.budget.measure' ? (PAGES.get('budgets.md') ?? '') : ATTRIBUTES;
      for (const { value } of type.members) expect(page, `${key} ${value}`).toContain(`\`${value}\``);
    }
  });
});

describe('the table of metrics', () => {
  const table = tablesOf(METRICS, /^\| metric \|/).map(([names = '', form = '', labels = '']) => ({
    names: namesIn(names),
    form,
    labels,
  }));

  it('has every metric of the registry, and no other', () => {
    expect(table.flatMap(({ names }) => names).sort()).toEqual(metrics.map(({ name }) => name).sort());
  });

  it('has their instruments and units', () => {
    for (const { names, form } of table) {
      const [kind = '', ...units] = form.split(', ');
      for (const [at, name] of names.entries()) {
        const metric = metrics.find((one) => one.name === name);
        expect(metric?.instrument, name).toBe(INSTRUMENTS[kind]);
        expect(`\`${metric?.unit}\``, name).toBe(units[at] ?? units[0]);
      }
    }
  });

  it('has their labels; the tags that the app allows stand below it', () => {
    let above: string[] = [];
    for (const { names, labels } of table) {
      const named = namesIn(labels).filter(
        (name) => name.includes('.') && !metrics.some((one) => one.name === name),
      );
      const here = labels.startsWith('the same') ? [...above, ...named] : named;
      if (here.length === 0) expect(labels, names.join()).toMatch(/^none/);
      for (const name of names) {
        const metric = metrics.find((one) => one.name === name);
        const keys = keysOf(metric?.attributes).filter((key) => key !== 'cost.tag');
        expect(here.sort(), name).toEqual(keys.sort());
      }
      above = here;
    }
  });
});

/** The cells of every row of every table whose header begins so. */
function tablesOf(page: string, header: RegExp): string[][] {
  const lines = page.split('\n');
  return lines.flatMap((line, at) => {
    if (!header.test(line)) return [];
    const end = lines.findIndex((later, index) => index > at && !later.startsWith('|'));
    return lines.slice(at + 2, end).map((row) => row.slice(2, -2).split(' | '));
  });
}

function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

/** `cost.tag` for `cost.tag.<key>`. */
function templateOf(key: string): string {
  return definitionOf(key)?.key ?? key;
}

function unitOf(key: string): string | undefined {
  if (key.endsWith('_usd_nanos')) return '1e-9 USD';
  if (key.endsWith('_usd')) return 'USD';
  return key.endsWith('_seconds') ? 's' : undefined;
}

function plain(text: string): string {
  return text.replaceAll('`', '').replace(/\.$/, '').toLowerCase();
}
