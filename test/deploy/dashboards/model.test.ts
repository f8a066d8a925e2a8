import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Dashboard, type Panel, readDashboards, variablesIn } from '../../support/grafana.js';

const dashboards = readDashboards();
const GRID_COLUMNS = 24;
const MIXED = '-- Mixed --';

function shown({ panels }: Dashboard): Panel[] {
  return panels.filter(({ type }) => type !== 'row');
}

function overlap(one: Panel, other: Panel): boolean {
  const [a, b] = [one.gridPos, other.gridPos];
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

it('has the files that their definitions write', () => {
  const script = fileURLToPath(new URL('../../../scripts/dashboards.mjs', import.meta.url));
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toBe('');
});

it('has dashboards of their own uid that lead to each other', () => {
  expect(dashboards.length).toBeGreaterThan(3);
  expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
  for (const { links, tags } of dashboards)
    expect(tags).toEqual(expect.arrayContaining(links[0]?.tags ?? ['']));
});

describe.each(dashboards)('$title', (dashboard) => {
  const panels = shown(dashboard);
  const names = dashboard.templating.list.map(({ name }) => name);

  it('belongs to no Grafana: no id, no data source of one', () => {
    expect(dashboard).not.toHaveProperty('id');
    for (const { datasource, targets = [] } of panels) {
      expect(datasource?.uid).toMatch(/^\$\{(prometheus|tempo|clickhouse)\}$|^-- Mixed --$/);
      for (const { datasource } of targets) {
        const variable = datasource.type.replace(/^grafana-(\w+)-datasource$/, '$1');
        expect(datasource.uid).toBe(`\${${variable}}`);
      }
      const sources = new Set(targets.map((target) => target.datasource.uid));
      expect(datasource?.uid).toBe(sources.size === 1 ? targets[0]?.datasource.uid : MIXED);
    }
  });

  it('has panels that stand beside each other, on the grid, each with an id', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    for (const [index, panel] of dashboard.panels.entries()) {
      expect(panel.gridPos.x + panel.gridPos.w, panel.title).toBeLessThanOrEqual(GRID_COLUMNS);
      const covered = dashboard.panels.slice(index + 1).filter((other) => overlap(panel, other));
      expect(
        covered.map(({ title }) => title),
        panel.title,
      ).toEqual([]);
    }
  });

  it('says of each panel what it shows, and in which unit', () => {
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    for (const { title, description, fieldConfig } of panels) {
      expect(description, title).toMatch(/\w.*\.$/);
      expect(fieldConfig?.defaults.unit, title).toMatch(/^(currencyUSD|percentunit|short|none)$/);
    }
  });

  it('has levels that rise', () => {
    const all = panels.flatMap(({ fieldConfig }) => {
      const overrides = fieldConfig?.overrides.flatMap(({ properties }) => properties) ?? [];
      const said = overrides.filter(({ id }) => id === 'thresholds').map(({ value }) => value);
      return [fieldConfig?.defaults.thresholds, ...said].filter((one) => one !== undefined);
    }) as { steps: { value: number | null }[] }[];
    expect(all.length).toBeGreaterThan(0);
    for (const { steps } of all) {
      const [base, ...values] = steps.map(({ value }) => value);
      expect(base).toBeNull();
      expect(values).toEqual([...values].sort((a, b) => Number(a) - Number(b)));
    }
  });

  it('asks for every variable that it uses, and for no other', () => {
    const text = JSON.stringify([dashboard.panels, dashboard.templating.list.map(({ query }) => query)]);
    const used = new Set(variablesIn(text).filter((name) => !/^(__|\d)/.test(name)));
    expect([...used].sort()).toEqual([...names].sort());
  });

  it('shows columns that its queries have', () => {
    for (const { title, type, targets = [], transformations = [] } of panels) {
      if (type !== 'table') continue;
      const organize = transformations.find(({ id }) => id === 'organize')?.options;
      const { renameByName = {} } = organize as { renameByName?: Record<string, string> };
      expect(Object.keys(renameByName).length, title).toBeGreaterThan(0);
      const text = targets.map(({ expr = '', query = '', rawSql = '' }) => expr + query + rawSql).join(' ');
      for (const column of Object.keys(renameByName)) {
        const refId = /^Value #(\w)$/.exec(column)?.[1];
        const computed = transformations.some(({ options }) => options.alias === column);
        const known =
          computed ||
          /^(Span ID|Start time|traceIdHidden)/.test(column) ||
          text.includes(column.replace(/ \(\w+\)$/, ''));
        expect(
          refId === undefined ? known : targets.some((target) => target.refId === refId),
          `${title}: ${column}`,
        ).toBe(true);
      }
    }
  });
});

it('shows tasks in red from twice the median of their own name on, which a query of its own asks for', () => {
  const panel = dashboards.flatMap(shown).find(({ title, type }) => title === 'Tasks' && type === 'table');
  const median = panel?.targets?.find(({ expr }) => expr?.startsWith('histogram_quantile(0.5,'));
  expect(median?.expr).toContain('sum by (le, task_name)');
  const steps = panel?.transformations ?? [];
  const at = (id: string, holds: (options: Record<string, unknown>) => boolean = () => true) =>
    steps.findIndex((step) => step.id === id && holds(step.options));
  const named = at(
    'renameByRegex',
    ({ regex, renamePattern }) => regex === '^task_name$' && renamePattern === 'task.name',
  );
  const joined = at('joinByField', ({ byField, mode }) => byField === 'task.name' && mode === 'outerTabular');
  const divided = at('calculateField');
  expect(steps[named]).toMatchObject({ filter: { options: median?.refId } });
  expect([named, joined, divided]).toEqual([named, joined, divided].sort((a, b) => a - b));
  expect(named).toBeGreaterThan(at('convertFieldType'));
  expect(steps[divided]?.options.binary).toMatchObject({
    left: { matcher: { options: 'task.cost_usd' } },
    operator: '/',
    right: { matcher: { options: 'median' } },
  });
  const { renameByName = {} } = (steps.at(-1)?.options ?? {}) as { renameByName?: Record<string, string> };
  const column = renameByName[String(steps[divided]?.options.alias)];
  const override = panel?.fieldConfig?.overrides.find(({ matcher }) => matcher.options === column);
  expect(override?.properties).toContainEqual({
    id: 'thresholds',
    value: {
      mode: 'absolute',
      steps: [
        { color: 'green', value: null },
        { color: 'red', value: 2 },
      ],
    },
  });
});
