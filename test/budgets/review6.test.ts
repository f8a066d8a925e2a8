import { expect, it, describe } from 'vitest';
import { ActionResult, recordCost, withAgent, withLlm, withSession, withTask, withTool, wrapTool } from '../../src/index.js';
import { completion, startTracing, wait } from '../support/tracing.js';

const req = { model: 'gpt-4o', max_tokens: 1000, messages: [{ role: 'user', content: 'hi' }] };
it('cancelled fetch Response body', async () => {
  startTracing();
  let ran = 0;
  await withTask({ name: 't', budgetUsd: 0.05 }, async () => {
    for (let i = 0; i < 20; i++) {
      try { await withLlm({ provider: 'openai', request: req }, async () => new Response('not json', { headers: { 'content-type': 'application/json' } })); await wait(1); ran++; } catch { break; }
    }
  });
  expect(ran).toBeLessThanOrEqual(6);
});
it('tool that throws ActionError-less with sub llm', async () => {
  startTracing();
  let ran = 0;
  await withTask({ name: 't', budgetUsd: 0.1 }, async () => {
    for (let i = 0; i < 20; i++) try { await withTool({ name: 'x', costUsd: () => { throw new Error('x'); }, estimateUsd: 0.05 }, async () => { ran++; }); } catch { break; }
  });
  expect(ran).toBe(2);
});
it('a task that returns its stream, unread, in a session', async () => {
  startTracing();
  let ran = 0;
  await withSession({ id: 'q', budgetUsd: 0.05 }, async () => {
    for (let i = 0; i < 20; i++) try {
      const s: any = withTask({ name: 't' }, () => withLlm({ provider: 'openai', request: req }, () => (async function* () { yield {}; })()));
      void s; ran++;
    } catch { break; }
  });
  expect(ran).toBeLessThanOrEqual(6);
});
it('wrapped in two nested sessions, evicted? set lower while in flight', async () => {
  startTracing();
  const outs: unknown[] = [];
  await withSession({ id: 's', budgetUsd: 0.1 }, async () => {
    const a = withTool({ name: 'a', costUsd: 0.09 }, async () => { await wait(20); return 1; });
    withSession({ id: 's', budgetUsd: 0.1 }, () => 1);
    try { withTool({ name: 'b', costUsd: 0.09 }, () => 1); outs.push('ran'); } catch { outs.push('refused'); }
    await a;
  });
  expect(outs).toEqual(['refused']);
});
it('inner call in a free tool with firm waits', async () => {
  startTracing();
  const go = async (free: boolean) => {
    return withTask({ name: 't', budget: { usd: 0.1, reserveTimeoutMillis: 300 } }, async () => {
      const long = withTool({ name: 'T', costUsd: 0.06 }, async () => { await wait(100); return new ActionResult(1, { costUsd: 0.01 }); });
      const r = await withTool({ name: 'free', costUsd: 0 }, async () => withTool({ name: 'in', costUsd: 0.08 }, async () => 'ran')).catch((e) => e.message);
      await long; return r;
    });
  };
  expect(await go(true)).toBe('ran');
});
it('parallel inner firm calls that wait on each others parent', async () => {
  startTracing();
  const t0 = performance.now();
  const r = await withTask({ name: 't', budget: { usd: 0.1, reserveTimeoutMillis: 300 } }, async () => Promise.all([1, 2].map((n) =>
    withTool({ name: `p${n}`, costUsd: 0.05 }, async () => { await wait(5); return withTool({ name: `c${n}`, costUsd: 0.01 }, async () => 'ran').then((x) => x, (e) => e.message); }))));
  console.log(r, performance.now() - t0);
});
it('observe budgets never refuse; count llmCalls with mode warn', async () => {
  startTracing();
  await withTask({ name: 't', budget: { llmCalls: 1, mode: 'warn' } }, async () => { for (let i = 0; i < 3; i++) await withLlm('gpt-4o', async () => completion(1, 1)); });
});
it('recordUsage late twice releases right', async () => {
  startTracing();
  let h: any; let out: any;
  await withTask({ name: 't', budget: { usd: 0.1, llmCalls: 2 } }, async () => {
    await withLlm({ provider: 'openai', request: req }, async (c: any) => { h = c; return undefined; });
    h.recordUsage({ inputTokens: 10, outputTokens: 5 });
    h.recordUsage({ inputTokens: 10, outputTokens: 5 });
    out = await withLlm({ provider: 'openai', request: req }, async () => completion(1, 1)).then(() => 'ran', (e) => e.message);
  });
  expect(out).toBe('ran');
});
it('retry after refusal in agents: budgets in withAgent of a session', async () => {
  startTracing();
  let ran = 0;
  await withSession({ id: 'z', budgetUsd: 1 }, () => withAgent({ name: 'a', budgetUsd: 0.05 }, async () => {
    for (let i = 0; i < 9; i++) try { await withTool({ name: 'x', costUsd: 0.02 }, async () => { ran++; }); } catch {}
  }));
  expect(ran).toBe(2);
});
