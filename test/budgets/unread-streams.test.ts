import { describe, expect, it } from 'vitest';
import { withLlm, withSession, withTask, withTool } from '../../src/index.js';
import { gate, outcomeAtOnce, outcomeOf } from '../support/budgets/outcome.js';
import { completion, startTracing } from '../support/tracing.js';

async function* answers(usage = true) {
  yield { choices: [] };
  yield {
    choices: [],
    ...(usage && { usage: { prompt_tokens: 4000, completion_tokens: 0, total_tokens: 4000 } }),
  };
}

/** Opens a stream in a task of a session and leaves it unread. */
function dropIn(estimateUsd?: number, model = 'gpt-4o'): { stream: AsyncIterable<unknown> | undefined } {
  const kept: { stream: AsyncIterable<unknown> | undefined } = { stream: undefined };
  withTask('drops', () => {
    kept.stream = withLlm({ model, ...(estimateUsd !== undefined && { estimateUsd }) }, () => answers());
    return 'done';
  });
  return kept;
}

describe('a stream that is not read when its task ends', () => {
  it.each([
    ['explicit', 0.06, '0.06'],
    ['none', undefined, '0'],
  ])('stops holding room; its estimate (%s) stays booked', (_, estimateUsd, spent) => {
    const { cost } = startTracing();
    withSession({ id: 's', budgetUsd: 0.1 }, () => {
      dropIn(estimateUsd);
      expect(() => withTool({ name: 'x', costUsd: 0.2 }, () => 1)).toThrow(`spent ${spent}, reserved 0;`);
      expect(withTool({ name: 'x', costUsd: 0.04 }, () => 1)).toBe(1);
    });
    expect(cost.stats.budgetUnknownCalls).toBe(estimateUsd === undefined ? 1 : 0);
  });

  it('books the mean of earlier calls if there are any', () => {
    startTracing();
    withLlm('gpt-4o', () => completion(4000, 0));
    withSession({ id: 's', budgetUsd: 0.1 }, () => {
      dropIn();
      expect(() => withTool({ name: 'x', costUsd: 0.2 }, () => 1)).toThrow('spent 0.01, reserved 0;');
    });
  });

  it('uses up a budget that refuses unknown prices if it has no estimate', () => {
    startTracing();
    withSession({ id: 's', budget: { usd: 0.1, unknownPrice: 'refuse' } }, () => {
      dropIn();
      expect(() => withTool({ name: 'x', costUsd: 0.01 }, () => 1)).toThrow('spent 0.1');
    });
  });

  it('counts as what it cost when it is read later', async () => {
    startTracing();
    await withSession({ id: 's', budgetUsd: 0.1 }, async (session) => {
      const { stream } = dropIn(0.09);
      expect(() => withTool({ name: 'x', costUsd: 0.08 }, () => 1)).toThrow('spent 0.09');
      for await (const _ of stream ?? []);
      expect(session.totals.costUsd).toBe(0.01);
      expect(withTool({ name: 'x', costUsd: 0.08 }, () => 1)).toBe(1);
    });
  });

  it('counts as one call of a limit on calls, then and when it is read later', async () => {
    startTracing();
    await withSession({ id: 's', budget: { llmCalls: 2 } }, async () => {
      const { stream } = dropIn(0.01);
      withLlm('gpt-4o', () => completion(1, 1));
      expect(() => withLlm('gpt-4o', () => completion(1, 1))).toThrow('llmCalls limit 2, spent 2');
      for await (const _ of stream ?? []);
      expect(() => withLlm('gpt-4o', () => completion(1, 1))).toThrow('llmCalls limit 2, spent 2');
    });
  });

  it('holds for its team and its user as long as its task runs, and no longer', async () => {
    const budget = { usd: 0.1, reserveTimeoutMillis: 0 };
    startTracing({ cost: { budgets: { team: budget, user: budget } } });
    const attribution = { team: 'a', user: 'ann' };
    await withTask({ name: 'outer', attribution }, async () => {
      await withTask('inner', async () => {
        withLlm('gpt-4o', () => answers());
        expect(() => withTool({ name: 'x', costUsd: 0.01 }, () => 1)).toThrow('reserved 0.1');
      });
      expect(withTool({ name: 'x', costUsd: 0.01 }, () => 1)).toBe(1);
    });
  });
});

/** Streams that are kept, so that no garbage collection ends them. */
const kept: unknown[] = [];

const next = () =>
  outcomeOf(() => withTask('next', () => withTool({ name: 'x', costUsd: 0.04 }, async () => 'ran')));
const figures = () => outcomeAtOnce(() => withTool({ name: 'probe', costUsd: 9 }, () => 1));

async function* rows() {
  yield 1;
}

describe('an unread stream of a tool', () => {
  it.each<[string, string, () => unknown]>([
    ['that is local', '0.04', () => withTool('local', rows)],
    ['with an estimate', '0.1', () => withTool({ name: 'estimated', estimateUsd: 0.06 }, rows)],
    ['that is billable', '0.04', () => withTool({ name: 'billable', billable: true }, rows)],
    ['with a declared price', '0.1', () => withTool({ name: 'declared', costUsd: 0.06 }, rows)],
    [
      'inside a local one',
      '0.04',
      () => withTool('local', () => withTool({ name: 'billable', billable: true }, rows)),
    ],
  ])('%s stops holding room when its task ends', async (_, spent, call) => {
    startTracing();
    await withSession({ id: 's', budgetUsd: 0.1 }, async () => {
      withTask('drops', () => {
        kept.push(call());
        return 'done';
      });
      expect(await next()).toBe('ran');
      expect(figures()).toContain(`spent ${spent}, reserved 0;`);
    });
  });
});

describe('a stream that comes after its task has ended', () => {
  it.each([
    ['without an estimate', undefined, '0.04'],
    ['with one', 0.06, '0.1'],
  ])('%s holds no room', async (_, estimateUsd, spent) => {
    startTracing();
    await withSession({ id: 's', budgetUsd: 0.1 }, async () => {
      const slow = gate();
      let late: Promise<unknown> = Promise.resolve();
      withTask('early', () => {
        late = withLlm({ model: 'my-model', ...(estimateUsd !== undefined && { estimateUsd }) }, async () => {
          await slow.opened;
          return rows();
        });
        return 'done';
      });
      expect(figures()).toContain(`reserved ${estimateUsd ?? 0.1};`);
      slow.open();
      kept.push(await late);
      expect(await next()).toBe('ran');
      expect(figures()).toContain(`spent ${spent}, reserved 0;`);
    });
  });
});

describe('an unread stream inside a withLlm', () => {
  it.each([
    ['without estimates', {}, {}, '0.041'],
    ['with estimates', { estimateUsd: 0.03 }, { estimateUsd: 0.02 }, '0.061'],
  ])('%s stops holding room when its task ends', async (_, outer, inner, spent) => {
    startTracing();
    await withSession({ id: 's', budgetUsd: 0.1 }, async () => {
      await withTask('t', () =>
        withLlm({ model: 'gpt-4o', ...outer }, async () => {
          kept.push(withLlm({ model: 'my-model', ...inner }, rows));
          return completion(400, 0);
        }),
      );
      expect(await next()).toBe('ran');
      expect(figures()).toContain(`spent ${spent}, reserved 0;`);
    });
  });
});

describe('an unread stream that its task returns', () => {
  it('holds its estimate until it is read', async () => {
    startTracing();
    await withSession({ id: 's', budgetUsd: 0.1 }, async () => {
      const open = () =>
        withTask('t', () => withLlm({ model: 'gpt-4o', estimateUsd: 0.06 }, () => answers()));
      const stream = open();
      expect(outcomeAtOnce(open)).toContain('spent 0, reserved 0.06;');
      for await (const _ of stream);
      expect(figures()).toContain('spent 0.01, reserved 0;');
    });
  });
});

describe('a call that is no stream', () => {
  it('goes on holding room after its task has ended, because it will end', async () => {
    startTracing();
    let release: () => void = () => {};
    await withSession({ id: 's', budgetUsd: 0.1 }, async () => {
      let late: Promise<unknown> = Promise.resolve();
      withTask('t', () => {
        late = withTool(
          { name: 'late', costUsd: 0.06 },
          () => new Promise<void>((resolve) => (release = resolve)),
        );
        return 'done';
      });
      expect(() => withTool({ name: 'x', costUsd: 0.06 }, () => 1)).toThrow('spent 0, reserved 0.06');
      release();
      await late;
      expect(() => withTool({ name: 'x', costUsd: 0.06 }, () => 1)).toThrow('spent 0.06, reserved 0');
    });
  });
});
