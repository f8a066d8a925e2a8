import { describe, expect, it } from 'vitest';
import {
  ActionError,
  ActionResult,
  BudgetExceededError,
  recordCost,
  withLlm,
  withSession,
  withTask,
  withTool,
} from '../../src/index.js';
import { addListener } from '../../src/runtime/listeners.js';
import { outcomeAtOnce } from '../support/budgets/outcome.js';
import { completion, startTracing } from '../support/tracing.js';

/** Runs a call up to 200 times in a task with a budget of $0.10. Returns how many ran, and the task. Once in a test. */
function many(call: () => unknown, budget: object = {}) {
  const { attributes, cost } = startTracing();
  let ran = 0;
  withTask({ name: 't', budget: { usd: 0.1, ...budget } }, () => {
    for (let count = 0; count < 200; count++) {
      try {
        call();
      } catch (error) {
        if (!(error instanceof Failure) && !(error instanceof ActionError)) {
          if (error instanceof BudgetExceededError) return;
          throw error;
        }
      }
      ran += 1;
    }
  });
  return { ran, task: attributes('task t'), unknown: cost.stats.budgetUnknownCalls };
}

class Failure extends Error {
  constructor(readonly status?: number) {
    super('of the app');
  }
}

const ESTIMATED = { model: 'gpt-4o', estimateUsd: 0.03 };
const ESTIMATED_HIGH = { model: 'gpt-4o', estimateUsd: 0.06 };
const ESTIMATED_TOOL = { name: 'search', estimateUsd: 0.03 };
const SIZED = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }], max_tokens: 3000 };

function fails(status?: number): () => never {
  return () => {
    throw new Failure(status);
  };
}

function failsUnreadable(): never {
  throw new ActionError('no', { costUsd: Number.NaN });
}

const hostile: [string, unknown][] = [
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['negative', -0.03],
  ['a string', '0.03'],
  ['an object', { usd: 0.03 }],
  ['a BigInt', 3n],
  ['too large', 1e9],
  ['null', null],
];

describe('a call whose cost stays unknown books what was reserved for it', () => {
  it.each(hostile)('a declared tool that returns %s', (_, costUsd) => {
    const { ran, task } = many(() =>
      withTool({ name: 'search', costUsd: 0.03 }, () => new ActionResult(1, { costUsd } as never)),
    );
    // An explicit null is no cost, so the declared price holds.
    expect(ran).toBe(3);
    expect(task['task.over_budget']).toBe(true);
  });

  it.each(hostile)(
    'a declared tool that returns %s, under a budget that refuses unknown prices',
    (_, costUsd) => {
      const call = () =>
        withTool({ name: 'search', costUsd: 0.03 }, () => new ActionResult(1, { costUsd } as never));
      expect(many(call, { unknownPrice: 'refuse' }).ran).toBe(3);
    },
  );

  it.each(hostile.slice(0, -1))('an estimated tool whose plain result says %s', (_, costUsd) => {
    const { ran, task } = many(() =>
      withTool({ name: 'search', billable: true, estimateUsd: 0.03 }, () => ({ costUsd })),
    );
    expect(ran).toBe(3);
    expect(task).toMatchObject({ 'task.cost_usd': 0, 'task.cost_complete': false, 'task.unpriced_calls': 3 });
  });

  it.each<[string, number, () => unknown]>([
    ['a sized LLM call without usage', 3, () => withLlm({ provider: 'openai', request: SIZED }, () => ({}))],
    ['an estimated LLM call without usage', 3, () => withLlm(ESTIMATED, () => 'an answer')],
    ['an LLM call that failed', 3, () => withLlm(ESTIMATED, fails())],
    ['an LLM call that failed with status 500', 3, () => withLlm(ESTIMATED, fails(500))],
    [
      'an LLM call that was refused with status 400, which is free',
      200,
      () => withLlm(ESTIMATED, fails(400)),
    ],
    [
      'an LLM call that was refused with status 401, which is free',
      200,
      () => withLlm(ESTIMATED, fails(401)),
    ],
    [
      'an LLM call that was refused with status 429, which is free',
      200,
      () => withLlm(ESTIMATED, fails(429)),
    ],
    ['a declared tool that failed', 3, () => withTool({ name: 'search', costUsd: 0.03 }, fails())],
    ['a tool that failed with an unreadable cost', 3, () => withTool(ESTIMATED_TOOL, failsUnreadable)],
  ])('%s', (_, ran, call) => {
    expect(many(call).ran).toBe(ran);
  });

  it('the mean, for a learned estimate', () => {
    let calls = 0;
    const learned = many(() =>
      withLlm('gpt-4o', () => (calls++ === 0 ? completion(10_000, 0) : 'an answer')),
    );
    // $0.025 is known; three more book the mean of $0.025 each.
    expect(learned.ran).toBe(4);
  });

  it('less what is known of it', async () => {
    startTracing();
    await withTask({ name: 't', budgetUsd: 0.1 }, async (task) => {
      const cut = withLlm({ model: 'gpt-4o', provider: 'openai', estimateUsd: 0.06 }, async function* () {
        yield { choices: [], usage: { prompt_tokens: 4000, completion_tokens: 0, total_tokens: 4000 } };
        yield { choices: [] };
      });
      for await (const _ of cut) break;
      expect(task.totals.costUsd).toBe(0.01);
      // Either the cut stream counts as known, or what is above $0.01 stays booked: never less than it was billed.
      expect(() => withTool({ name: 'x', costUsd: 0.1 }, () => 1)).toThrow(BudgetExceededError);
    });
  });
});

describe('a call whose price is unknown and whose tokens are known', () => {
  it('books its tokens, and not those that were reserved', () => {
    startTracing();
    const request = {
      model: 'nobody/knows-this',
      messages: [{ role: 'user', content: 'hi' }],
      max_tokens: 3000,
    };
    withTask({ name: 't', budget: { tokens: 5000 } }, () => {
      for (let call = 0; call < 2; call++) {
        withLlm({ request }, () => completion(1000, 0, { model: 'nobody/knows-this' }));
      }
      expect(() => withLlm({ request: { ...request, max_tokens: 3001 } }, () => 1)).toThrow('spent 2000');
    });
  });
});

describe('a call without any estimate whose cost stays unknown', () => {
  const call = () => withLlm('gpt-4o', () => 'an answer without usage');

  it('books nothing, and the budget counts it', () => {
    const { ran, task, unknown } = many(call);
    expect(ran).toBe(200);
    expect(unknown).toBe(200);
    expect(task).toMatchObject({ 'task.cost_complete': false, 'task.unpriced_calls': 200 });
  });

  it('has used all that was left in a budget that refuses unknown prices', () => {
    const { ran, unknown } = many(call, { unknownPrice: 'refuse' });
    expect([ran, unknown]).toEqual([1, 0]);
  });
});

describe('a cost that becomes known late', () => {
  it('takes the place of what was booked for it', () => {
    startTracing();
    withTask({ name: 't', budgetUsd: 0.1 }, () => {
      let record: ((usage: object) => void) | undefined;
      withLlm({ model: 'gpt-4o', estimateUsd: 0.08 }, (call) => {
        record = call.recordUsage;
        return 'an answer';
      });
      const next = () => withTool({ name: 'next', costUsd: 0.05 }, () => 1);
      expect(next).toThrow('spent 0.08');
      record?.({ inputTokens: 4000, outputTokens: 0 });
      expect(next()).toBe(1);
    });
  });

  it.each<[string, object]>([
    ['not numbers', { inputTokens: Number.NaN, outputTokens: 'many' }],
    ['not there', {}],
  ])('does not, when its counts are %s', (_, usage) => {
    startTracing();
    withSession({ id: 's', budgetUsd: 0.1 }, () => {
      let ran = 0;
      const call = () => {
        let late: (usage: object) => void = () => {};
        withLlm(ESTIMATED_HIGH, (handle) => {
          ran += 1;
          late = handle.recordUsage;
          return 'an answer';
        });
        late(usage);
      };
      for (let count = 0; count < 5; count++) outcomeAtOnce(call);
      expect(ran).toBe(1);
      expect(outcomeAtOnce(call)).toContain('spent 0.06, reserved 0;');
    });
  });

  it('takes the place of the reserved tokens where the price is unknown, and counts as one call', () => {
    startTracing();
    const unpriced = { ...SIZED, model: 'nobody/knows-this', max_tokens: 1000 };
    const { budget, usage } = {
      budget: { tokens: 2000, llmCalls: 2 },
      usage: { inputTokens: 10, outputTokens: 5 },
    };
    withTask({ name: 't', budget }, () => {
      let late: (usage: object) => void = () => {};
      withLlm({ request: unpriced }, (call) => {
        late = call.recordUsage;
        return undefined;
      });
      late(usage);
      late(usage);
      expect(outcomeAtOnce(() => withLlm({ request: unpriced }, () => 'ran'))).toBe('ran');
    });
  });
});

describe('an amount that is booked for a call', () => {
  it('is reported when it takes the budget over its limit, once', () => {
    startTracing();
    const crossed: string[] = [];
    const stop = addListener({
      billed: () => {},
      taskEnded: () => {},
      budgetCrossed: ({ scope }) => crossed.push(scope.name),
    });
    withTool({ name: 'learned', billable: true }, () => new ActionResult(1, { costUsd: 0.08 }));
    withTask({ name: 't', budgetUsd: 0.1 }, () => {
      withTool({ name: 'declared', costUsd: 0.05 }, () => 1);
      withTool({ name: 'learned', billable: true }, () => new ActionResult(1, { costUsd: Number.NaN }));
      expect(crossed).toEqual(['t']);
      recordCost(0.2);
    });
    stop();
    expect(crossed).toEqual(['t']);
  });
});

describe('late counts that cannot be read', () => {
  it('leave what was booked as it is, however often they come', () => {
    startTracing();
    withSession({ id: 's', budgetUsd: 0.1 }, () => {
      let late: (usage: object) => void = () => {};
      withLlm({ model: 'gpt-4o', estimateUsd: 0.06 }, (call) => {
        late = call.recordUsage;
        return 'an answer';
      });
      for (let count = 0; count < 3; count++) {
        late({ inputTokens: Number.NaN });
        expect(() => withTool({ name: 'p', costUsd: 9 }, () => 1)).toThrow('spent 0.06');
      }
    });
  });
});

describe('a tool that costs more than it declares', () => {
  it.each([0, 0.001])(
    'at $%d and returns $0.03: what it turned out to cost is booked, and reserved from then on',
    (costUsd) => {
      const { ran, task } = many(() =>
        withTool({ name: 'search', costUsd }, () => new ActionResult(1, { costUsd: 0.03 })),
      );
      // Three fit; one more runs alone, because a learned estimate does not refuse.
      expect(ran).toBe(4);
      expect(task['task.cost_usd']).toBe(0.12);
    },
  );

  it('in parallel: only the calls that began before the first result run beside each other', async () => {
    startTracing();
    let ran = 0;
    const call = () =>
      withTool({ name: 'search', costUsd: 0 }, async () => {
        ran += 1;
        await Promise.resolve();
        return new ActionResult(1, { costUsd: 0.03 });
      });
    await withTask({ name: 't', budgetUsd: 0.1 }, async () => {
      await call();
      await Promise.allSettled(Array.from({ length: 50 }, call));
    });
    expect(ran).toBe(4);
  });
});
