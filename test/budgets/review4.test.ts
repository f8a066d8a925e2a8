import { describe, expect, it } from 'vitest';
import { ActionResult, withLlm, withSession, withTask, withTool } from '../../src/index.js';
import { Account } from '../../src/ledger/account.js';
import { Budget } from '../../src/ledger/budget.js';
import { ALL_MEASURES, readTerms } from '../../src/ledger/budget-options.js';
import { BudgetTable } from '../../src/ledger/budget-table.js';
import { startTracing, wait } from '../support/tracing.js';

it('#7 small calls run when the first in line has given up', async () => {
  startTracing();
  const t0 = performance.now();
  let ranAt = 0;
  await withTask({ name: 't', budget: { usd: 0.1, reserveTimeoutMillis: 400 } }, async () => {
    const long = withTool({ name: 'T', costUsd: 0.06 }, async () => { await wait(1500); return new ActionResult(1, { costUsd: 0 }); });
    const head = withTool({ name: 'H', costUsd: 0.08 }, async () => 1).catch(() => {});
    for (let i = 0; i < 16; i++) await withTool({ name: 's', costUsd: 0.0001 }, async () => 1);
    await wait(250);
    const late = withTool({ name: 's', costUsd: 0.0001 }, async () => { ranAt = performance.now() - t0; });
    await head; await late; await long;
  });
  expect(ranAt).toBeLessThan(480);
});
it('wasHit after the limit is raised', () => {
  const terms = (usd: number) => readTerms('b', { usd }, ALL_MEASURES);
  const budget = new Budget({ kind: 'session', name: 's' }, new Account(), terms(0.01));
  budget.error(budget.limits[0]!, 1, 'x');
  budget.change(terms(10));
  expect(budget.reached()).toEqual([]);
});
it('in use is never evicted', () => {
  const table = new BudgetTable('user', readTerms('b', { usd: 1 }, ALL_MEASURES), 2);
  const first = table.enter('0'); first.openScopes++;
  for (let i = 1; i < 60; i++) table.enter(String(i)).openScopes++;
  expect(table.enter('0')).toBe(first);
});
it('a tool that runs for days: calls of other instrumentations inside it', () => { /* see report */ });
it('sync first local tool beside another', async () => {
  startTracing();
  const outs = await withTask({ name: 't', budgetUsd: 1 }, async () => {
    const a = withTool('weather', async () => { await wait(5); return 'ran'; });
    let b: unknown; try { b = withTool('calc', () => 'ran'); } catch (e: any) { b = e.message; }
    return [await a, b];
  });
  expect(outs).toEqual(['ran', 'ran']);
});
