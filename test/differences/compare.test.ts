/** The comparer itself: it finds what was changed, and nothing where nothing was. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startScenario } from './run.mjs';
import { differencesOf } from './support/kinds.mjs';
import type { Row } from './support/recorder.mjs';
import { Report } from './support/report.mjs';
import { tracesIn } from './support/traces.mjs';

const OLD = fileURLToPath(new URL('../fixtures/build-before-settlement.mjs', import.meta.url));
const COMPARE = fileURLToPath(new URL('compare.mjs', import.meta.url));

async function compare(...options: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [COMPARE, ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { output: await text(child.stdout), code: await closed };
}

/** One seed's lines, as the old build says them. */
async function linesOf(scenario: string, seed: number): Promise<string[]> {
  const child = startScenario(OLD, scenario, String(seed));
  for await (const { lines } of tracesIn(child.stdout)) return lines;
  throw new Error(`${scenario} has no trace ${seed}`);
}

function span(number: number, name: string, attributes: object, parent?: number): Row {
  const place = { scenario: 'made', trace: 1, kind: 'span', span: number, name } as const;
  return { ...place, ...(parent !== undefined && { parent }), attributes: { ...attributes } };
}

const kinds = (before: Row[], after: Row[]) => differencesOf(before, after).map(({ kind }) => kind);

describe('two builds', () => {
  it('that are one have no difference', async () => {
    const { code, output } = await compare(
      'random-spans',
      'random-wrappers',
      'no-sdk',
      '--seeds',
      '1..50',
      '--old',
      OLD,
      '--new',
      OLD,
    );
    expect(output).toMatch(/^10\d traces, \d{4} rows in the old build: 0 traces differ, 0 kinds/);
    expect(code).toBe(0);
  }, 60_000);

  it('are given the same work for a seed, whatever ran before it', async () => {
    const child = startScenario(OLD, 'random-wrappers', '1..5');
    const traces: string[][] = [];
    for await (const { lines } of tracesIn(child.stdout)) traces.push(lines);
    expect(traces).toHaveLength(5);
    expect(await linesOf('random-wrappers', 5)).toEqual(traces[4]);
  });

  it('that differ in one attribute of one span have that one difference, and its tree', async () => {
    const lines = await linesOf('random-spans', 1);
    const at = lines.findIndex((line) => /"cost_usd":[1-9]/.test(line) || /"cost_usd":0\.\d/.test(line));
    const patched = lines.with(at, (lines[at] ?? '').replace(/"cost_usd":[\d.e-]+/, '"cost_usd":77'));
    const report = new Report();
    report.add(lines, patched);
    expect(report.open.map(({ kind, rows }) => [kind, rows])).toEqual([['own cost sure: higher in new', 1]]);
    expect(report.text()).toMatch(/«cost_usd [\d.]+ → 77»/);
  });
});

describe('a kind', () => {
  const root = span(0, 'POST /', {});

  it('says which keys differ, and in which direction', () => {
    const before = [root, span(1, 'chat', { 'cost.not_billed': 'covered', 'cost.source': 'reported' }, 0)];
    const after = [root, span(1, 'chat', { 'cost.reason': 'covered', 'cost.source': 'declared' }, 0)];
    expect(kinds(before, after)).toEqual([
      'own cost absent: cost.reason, cost.source "covered" only in new; reported → declared',
      'cost.not_billed "covered" only in old',
    ]);
    const priced = [root, span(1, 'chat', { cost_usd: 1, 'gen_ai.usage.cost': 1 }, 0)];
    const dearer = [root, span(1, 'chat', { cost_usd: 2, 'gen_ai.usage.cost': 2 }, 0)];
    expect(kinds(priced, dearer)).toEqual(['own cost sure: higher in new']);
    const unknown = [root, span(1, 'chat', { 'cost.status': 'unpriced', 'cost.reason': 'no_usage' }, 0)];
    expect(kinds(priced, unknown)).toEqual(['own cost sure → unpriced']);
    expect(kinds([root], [root, span(1, 'cost t1', { cost_usd: 1, 'cost.kind': 'llm' }, 0)])).toEqual([
      'span "cost {name}" only in new (cost.kind llm)',
    ]);
  });

  it('is apart for figures of scopes, which follow where own cost differs', () => {
    const before = [span(0, 'POST /', { 'task.cost_usd': 1 }), span(1, 'chat', { cost_usd: 1 }, 0)];
    const after = [span(0, 'POST /', { 'task.cost_usd': 2 }), span(1, 'chat', { cost_usd: 2 }, 0)];
    expect(differencesOf(before, after)).toMatchObject([
      { kind: 'figure cost_usd higher in new', follows: true },
      { kind: 'own cost sure: higher in new', follows: false },
    ]);
    expect(differencesOf(before, [...after.slice(0, 1), ...before.slice(1)])).toMatchObject([
      { follows: false },
    ]);
  });

  it('is not made by a rename, by a span that is there beside, nor by what was accepted', () => {
    const renames = [{ key: /^(agent|task)\.cost_nano_usd$/, to: '$1.cost_usd_nanos' }];
    const before = [span(0, 'a', { 'task.cost_nano_usd': 5, 'task.id': '#0' }), span(1, 'b', { by: '#1' })];
    const after = [span(0, 'c', {}), span(1, 'a', { 'task.cost_usd_nanos': 5, 'task.id': '#1' })];
    after.push(span(2, 'b', { by: '#2' }));
    expect(differencesOf(before, after, { renames }).map(({ kind }) => kind)).toEqual([
      'span "c" only in new',
    ]);
    const report = new Report({ renames, accepted: [{ kind: /^span "c"/, clause: 'section 4' }] });
    report.add(before.map(json), after.map(json));
    expect(report.open).toEqual([]);
    expect(report.text()).toContain('Accepted:\n  1 × span "c" only in new [section 4]');
  });

  it('does not hide another behind a single key that differs as it is meant to', () => {
    const mask = { key: 'cost.rate_match', says: 'gone', clause: 'section 2', when: () => true };
    const before = [root, span(1, 'chat', { 'cost.rate_match': 'alias', cost_usd: 1 }, 0)];
    const after = [root, span(1, 'chat', { cost_usd: 2 }, 0)];
    const report = new Report({ masks: [mask] });
    report.add(before.map(json), after.map(json));
    expect(report.open.map(({ kind }) => kind)).toEqual(['own cost sure: higher in new']);
    expect(report.text()).toContain('cost.rate_match: gone [section 2]');
  });

  it('has a count, and the smallest trace as its example', () => {
    const report = new Report();
    const lines = (rows: Row[]) => rows.map(json);
    const priced = span(1, 'chat', { cost_usd: 1 }, 0);
    const dearer = span(1, 'chat', { cost_usd: 2 }, 0);
    const beside = span(2, 'beside', {}, 0);
    report.add(lines([root, priced, beside]), lines([root, dearer, beside]));
    report.add(lines([root, priced]), lines([root, dearer]));
    expect(report.open).toMatchObject([{ rows: 2, traces: 2, size: 4 }]);
    expect(report.text()).toContain('    POST /\n      chat  «cost_usd 1 → 2»');
    expect(report.text()).not.toContain('beside');
  });
});

function json(row: Row): string {
  return JSON.stringify(row);
}
