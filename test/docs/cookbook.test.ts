import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { anchorOf, COOKBOOK, FINOPS, recipesIn, SQL_COOKBOOK } from '../support/cookbook.js';
import { promqlFaults, sqlFaults, traceqlFaults } from '../support/query-syntax.js';
import { readRuleTests } from '../support/rules.js';

const ALERTS = new URL('../../deploy/alerts/', import.meta.url);

interface Rule {
  record?: string;
  alert?: string;
  annotations?: { runbook_url?: string };
}

const rules: Rule[] = readdirSync(ALERTS)
  .filter((name) => name.endsWith('.rules.yaml'))
  .flatMap((name) => parse(readFileSync(new URL(name, ALERTS), 'utf8')).groups)
  .flatMap(({ rules }: { rules: Rule[] }) => rules);

const DOCS = new URL('../../docs/', import.meta.url);
const pages = ['../README.md', ...readdirSync(DOCS)].filter((name) => name.endsWith('.md'));
const everywhere = pages.flatMap((name) => recipesIn(readFileSync(new URL(name, DOCS), 'utf8')));
const recipes = recipesIn(COOKBOOK);
const anchors = [...COOKBOOK.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

const TRACE_QUERY =
  /^GET \/api\/traces(\/TRACE_ID|\?service=\w+(&operation=[^&]+)?(&tags=\{.*\})?&lookback=\d+h&limit=\d+)$/;

describe('the cookbook', () => {
  it('has queries that parse, as has every other page', () => {
    expect(everywhere.length).toBeGreaterThan(recipes.length);
    for (const { language, query, section } of everywhere) {
      if (language === 'promql') expect(promqlFaults(query), section).toEqual([]);
      else if (language === 'traceql') expect(traceqlFaults(query), section).toEqual([]);
      else if (language === 'sql') expect(sqlFaults(query), section).toEqual([]);
      else expect(query, section).toMatch(TRACE_QUERY);
    }
    expect(recipes.length).toBeGreaterThan(50);
  });

  it('asks Jaeger for tags as it reads them: text to text', () => {
    const searches = recipes.flatMap(({ query }) => /&tags=(\{.*?\})&/.exec(query)?.[1] ?? []);
    expect(searches.length).toBeGreaterThan(5);
    for (const tags of searches) {
      for (const value of Object.values(JSON.parse(tags))) expect(typeof value).toBe('string');
    }
  });

  it('uses rules that there are, and never the functions that guess', () => {
    const records = new Set(rules.map(({ record }) => record));
    for (const { query, section } of [...recipes, ...recipesIn(FINOPS)]) {
      for (const [name] of query.matchAll(/agent_cost:\w+(:\w+)?/g))
        expect([...records], section).toContain(name);
      expect(query, section).not.toMatch(/increase\(|\brate\(/);
    }
  });

  it('has a section for every alert, to which the alert points', () => {
    const alerts = rules.filter(({ alert }) => alert !== undefined);
    expect(alerts.length).toBeGreaterThan(10);
    for (const { alert = '', annotations } of alerts) {
      const anchor = alert.replace(/(?<!^)(?=[A-Z])/g, '-').toLowerCase();
      expect(annotations?.runbook_url?.endsWith(`/cookbook.md#${anchor}`)).toBe(true);
      expect(anchors).toContain(anchor);
    }
  });

  it('has no section for an alert that is gone', () => {
    const chapter = COOKBOOK.slice(
      COOKBOOK.indexOf('\n## When an alert'),
      COOKBOOK.indexOf('\n## Dashboards'),
    );
    const sections = [...chapter.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => heading);
    const names = rules.flatMap(({ alert }) => alert?.toLowerCase() ?? []);
    for (const section of sections) expect(names).toContain(section.replaceAll(' ', '').toLowerCase());
  });

  it('leads to places that there are', () => {
    expect(new Set(anchors).size).toBe(anchors.length);
    expect(linksIn(COOKBOOK).length).toBeGreaterThan(20);
    expect(deadLinks(COOKBOOK)).toEqual([]);
  });
});

describe('the page on FinOps', () => {
  it('has every query of Prometheus, word for word, in a test of promtool that says its figures', () => {
    const asked = recipesIn(FINOPS).flatMap(({ language, query }) => (language === 'promql' ? [query] : []));
    const tested = readRuleTests()
      .filter(({ file }) => file === 'finops.test.yaml')
      .flatMap(({ tests }) => tests)
      .flatMap(({ promql_expr_test = [] }) => promql_expr_test);
    expect(asked.length).toBeGreaterThan(20);
    expect(tested.map(({ expr }) => expr.trim())).toEqual(asked);
    for (const { exp_samples } of tested) expect(exp_samples.length).toBeGreaterThan(0);
  });

  it('explains every series that its queries use', () => {
    const table = FINOPS.slice(FINOPS.indexOf('| series |'), FINOPS.indexOf('\n## Charge-back'));
    const explained = [...table.matchAll(/^\| (`.+?`) \|/gm)].flatMap(([, names = '']) => {
      const [first = '', ...others] = [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
      const stem = first.replace(/:[^:]+$/, '');
      return [first, ...others.map((name) => (name.startsWith(':') ? stem + name : name))];
    });
    const records = rules.map(({ record }) => record);
    for (const name of explained) expect(records).toContain(name);
    const used = recipesIn(FINOPS).flatMap(({ query }) => query.match(/agent_cost:\w+(:\w+)?/g) ?? []);
    const counted = ['agent_cost:task_cost_usd_sum:1d', 'agent_cost:task_actions:1d'];
    expect([...new Set(used)].filter((name) => !explained.includes(name)).sort()).toEqual(counted.sort());
  });
});

describe('the cookbook in SQL', () => {
  const headingsOf = (markdown: string) =>
    [...markdown.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading = '']) => heading);
  const answered = recipesIn(SQL_COOKBOOK);

  it('has headings of the cookbook, in its order', () => {
    const headings = headingsOf(SQL_COOKBOOK);
    expect(headings).toEqual(headingsOf(COOKBOOK).filter((heading) => headings.includes(heading)));
  });

  it('answers every question that spans answer elsewhere', () => {
    const fromSpans = recipes.filter(({ language }) => language !== 'promql').map(({ section }) => section);
    const sections = answered.map(({ section }) => section);
    expect(sections).toEqual(expect.arrayContaining([...new Set(fromSpans)]));
  });

  it('casts every amount to a decimal, and sums no roll-up over spans', () => {
    for (const { query, section } of answered) {
      const amounts = [...query.matchAll(/(\w+)\(\w+\['[\w.]*usd'\], 12\)|\w+\['[\w.]*usd'\]/g)];
      for (const [whole, cast] of amounts) {
        expect(cast, `${section}: ${whole}`).toMatch(/^toDecimal128Or(Null|Zero)$/);
      }
      expect(query, section).not.toMatch(
        /sum\w*\(toDecimal128OrNull\(SpanAttributes\['(task|session|agent|step)\./,
      );
    }
  });

  it('leads to places that there are', () => {
    expect(deadLinks(SQL_COOKBOOK)).toEqual([]);
  });
});

function linksIn(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(\s*([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** Files that there are not, and headings that a page does not have. */
function deadLinks(markdown: string): string[] {
  return linksIn(markdown).filter((link) => {
    const [file, anchor] = link.split('#');
    const page = new URL(`../../docs/${file}`, import.meta.url);
    if (file && !existsSync(page)) return true;
    if (anchor === undefined) return false;
    const text = file ? readFileSync(page, 'utf8') : markdown;
    return ![...text.matchAll(/^#{2,3} (.+)$/gm)].some(([, heading = '']) => anchorOf(heading) === anchor);
  });
}
