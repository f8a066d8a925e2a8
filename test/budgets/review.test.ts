import { describe, expect, it } from 'vitest';
import { ActionResult, recordCost, withLlm, withSession, withTask, withTool, CostSpanProcessor } from '../../src/index.js';
import { completion, startTracing, wait } from '../support/tracing.js';

const open = <T,>() => { let done!: (v: T) => void; const p = new Promise<T>((r) => { done = r; }); return { p, done }; };

describe('A head of line', () => {
  it('a call that waits in one task blocks no other task of the user', async () => {
    startTracing({ cost: { budgets: { user: { usd: 100 } } } });
    const slow = open<unknown>();
    const attribution = { user: "u" } as any;
    let ran = 0;
    const a = withTask({ name: 'a', budgetUsd: 0.5, attribution }, async () => {
      const first = withTool({ name: 'x', costUsd: 0.4, }, async () => { await slow.p; return 1; });
      const second = withTool({ name: 'y', costUsd: 0.4 , }, async () => 2).catch((e) => e);
      void second;
      await first;
    });
    void a;
    slow.done(1); await a;
    // learned variant
    const slow2 = open<unknown>();
    const b = withTask({ name: 'a', budget: { usd: 0.5, reserveTimeoutMillis: 3000 }, attribution }, async () => {
      const first = withTool({ name: 'x', costUsd: 0.4 }, async () => { await slow2.p; return 1; });
      const second = withTool({ name: 'y', costUsd: 0.4 }, async () => 2).catch((e) => e);
      await first; await second;
    });
    for (let i = 0; i < 40; i++) {
      const done = withTask({ name: 'other', attribution }, async () => withTool({ name: 'cheap', costUsd: 0.001 }, async () => 1));
      const r = await Promise.race([done.then(() => 'ran', (e) => `refused: ${e.message}`), wait(200).then(() => 'waits')]);
      if (r === 'ran') ran++; else { console.log(i, r); break; }
    }
    slow2.done(1); await b;
    expect(ran).toBe(40);
  });
});

describe('B learned alone in a task', () => {
  it('holds only its mean in the budget of the user', async () => {
    startTracing({ cost: { budgets: { user: { usd: 100 } } } });
    withTool({ name: 'm', billable: true }, () => new ActionResult(1, { costUsd: 0.04 }));
    const attribution = { user: 'u' } as any;
    const slow = open<unknown>();
    const a = withTask({ name: 'a', budgetUsd: 0.03, attribution }, async () => {
      await withTool({ name: 'm', billable: true }, async () => { await slow.p; return new ActionResult(1, { costUsd: 0.01 }); });
    });
    let out: unknown;
    try { out = withTask({ name: 'b', attribution }, () => withTool({ name: 'cheap', costUsd: 0.001 }, () => 1)); } catch (e) { out = e; }
    slow.done(1); await a;
    expect(out).toBe(1);
  });
});

describe('C limit on time in observe', () => {
  it('does not end a wait', async () => {
    startTracing();
    let outcome: unknown;
    await withTask({ name: 'o', budget: { wallMillis: 50, mode: 'observe' } }, async () =>
      withTask({ name: 'i', budgetUsd: 1 }, async () => {
        const first = withTool({ name: 'n1', billable: true }, async () => { await wait(300); return new ActionResult(1, { costUsd: 0.01 }); });
        await wait(5);
        outcome = await withTool({ name: 'n2', billable: true }, async () => new ActionResult('ran', { costUsd: 0.01 })).then((r: any) => r.data, (e) => e.message);
        await first;
      }));
    expect(outcome).toBe('ran');
  });
});

describe('D two that hold all, after a limit is set', () => {
  it('let calls inside them run', async () => {
    startTracing();
    const outs: unknown[] = [];
    const go = open<void>();
    const work = withSession({ id: 's', budget: { usd: 5, mode: 'observe' } }, async () => {
      await Promise.all([1, 2].map((n) => withTool({ name: `t${n}`, billable: true }, async () => {
        await go.p;
        const r = await Promise.race([
          withTool({ name: `in${n}`, billable: true }, async () => { await wait(5); return new ActionResult('ran', { costUsd: 0.01 }); }).then((r: any) => r.data, (e) => e.message),
          wait(1500).then(() => 'still waits'),
        ]);
        outs.push(r);
        return new ActionResult(1, { costUsd: 0.01 });
      })));
    });
    await wait(5);
    withSession({ id: 's', budget: { usd: 5 } }, () => 1);
    go.done();
    await work;
    expect(outs).toEqual(['ran', 'ran']);
  });
});

describe('E learned mean of 0', () => {
  it('waits and is not refused', async () => {
    startTracing();
    withTool({ name: 'z', billable: true }, () => new ActionResult(1, { costUsd: 0 }));
    let out: unknown;
    await withTask({ name: 't', budgetUsd: 0.1 }, async () => {
      const first = withTool({ name: 'd', costUsd: 0.1 }, async () => { await wait(50); return new ActionResult(1, { costUsd: 0.05 }); });
      out = await withTool({ name: 'z', billable: true }, async () => 'ran').catch((e) => e.message);
      await first;
    });
    expect(out).toBe('ran');
  });
});

describe('F calls inside withLlm', () => {
  it('do not pass a limit while collected', async () => {
    startTracing();
    let ran = 0;
    await withTask({ name: 't', budgetUsd: 0.1 }, async () => {
      await withLlm('gpt-4o', async () => {
        for (let i = 0; i < 20; i++) {
          try { await withLlm('gpt-4o', async () => { ran++; return completion(20_000, 0); }); } catch { break; }
        }
        return completion(20_000 * ran, 0);
      });
    });
    expect(ran).toBeLessThanOrEqual(3);
  });
  it('with an explicit estimate', async () => {
    startTracing();
    let ran = 0;
    await withTask({ name: 't', budgetUsd: 0.1 }, async () => {
      await withLlm({ model: 'gpt-4o', estimateUsd: 0.05 }, async () => {
        for (let i = 0; i < 20; i++) {
          try { await withLlm({ model: 'gpt-4o', estimateUsd: 0.05 }, async () => { ran++; return completion(20_000, 0); }); } catch { break; }
        }
        return completion(20_000 * ran, 0);
      });
    });
    expect(ran).toBeLessThanOrEqual(3);
  });
  it('are not reserved twice', async () => {
    startTracing();
    let out: unknown;
    await withTask({ name: 't', budgetUsd: 0.15 }, async () => {
      await withLlm({ model: 'gpt-4o', estimateUsd: 0.06 }, async () => {
        await withLlm({ model: 'gpt-4o', estimateUsd: 0.06 }, async () => { await wait(1); out = 0; return completion(10, 0); });
        return completion(10, 0);
      });
      const slow = open<void>();
      const outer = withLlm({ model: 'gpt-4o', estimateUsd: 0.06 }, async () => {
        await withLlm({ model: 'gpt-4o', estimateUsd: 0.06 }, async () => { await slow.p; return completion(10, 0); });
        return completion(10, 0);
      });
      await wait(2);
      try { out = withTool({ name: 'd', costUsd: 0.06 }, () => 'ran'); } catch (e: any) { out = e.message; }
      slow.done(); await outer;
    });
    expect(out).toBe('ran');
  });
});

describe('G late usage without price', () => {
  it('takes the place of the reserved tokens', async () => {
    startTracing();
    let handle: any; let out: unknown;
    await withTask({ name: 't', budget: { tokens: 2000 } }, async () => {
      await withLlm({ model: 'unknown-model-x', request: { model: 'unknown-model-x', messages: [{ role: 'user', content: 'hi' }], max_tokens: 1000 } }, async (h: any) => { handle = h; return undefined; });
      handle.recordUsage({ inputTokens: 10, outputTokens: 5 });
      out = await withLlm({ model: 'unknown-model-x', request: { model: 'unknown-model-x', messages: [{ role: 'user', content: 'hi' }], max_tokens: 1000 } }, async () => 'ran').catch((e: any) => e.message);
    });
    expect(out).toBe('ran');
  });
});
