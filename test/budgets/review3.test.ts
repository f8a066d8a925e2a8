import { describe, expect, it } from 'vitest';
import { ActionResult, withSession, withTask, withTool } from '../../src/index.js';
import { startTracing, wait } from '../support/tracing.js';

const waiting = (reserveTimeoutMillis?: number) => {
  let looks = 0;
  const options = { name: 'n2', get costUsd(): any { looks++; if (looks > 3) throw new Error('app getter'); return undefined; } };
  return async () => {
    const first = withTool({ name: 'n1', billable: true }, async () => { await wait(60); return new ActionResult(1, { costUsd: 0.01 }); });
    void Promise.resolve(withTool(options as any, async () => 'ran')).catch(() => {});
    await first;
  };
};
describe('H2', () => {
  it('timer throws into the app', async () => {
    startTracing();
    const uncaught: unknown[] = [];
    const on = (e: unknown) => uncaught.push(e);
    process.on('uncaughtException', on);
    await withTask({ name: 't', budget: { usd: 1, reserveTimeoutMillis: 20 } }, waiting());
    await wait(100);
    process.off('uncaughtException', on);
    expect(uncaught).toEqual([]);
  });
  it('leaks the holds of the call that ended', async () => {
    startTracing();
    let out: unknown;
    await withSession({ id: 'sss', budgetUsd: 1 }, async () => {
      await withTask({ name: 't', budgetUsd: 1 }, waiting());
    });
    await withSession({ id: 'sss' }, async () => {
      try { out = withTool({ name: 'next', costUsd: 0.1 }, () => 'ran'); } catch (e: any) { out = e.message; }
    });
    expect(out).toBe('ran');
  });
});
