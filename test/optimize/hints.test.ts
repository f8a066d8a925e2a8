import { afterEach, describe, expect, it } from 'vitest';
import {
  recordCost,
  withAgent,
  withLlm,
  withSession,
  withTask,
  withTool,
  wrapTool,
} from '../../src/index.js';
import { cachedTool } from '../../src/optimize/cached-tool.js';
import { smallerModels } from '../../src/optimize/cheaper-models.js';
import { costHints } from '../../src/optimize/cost-hints.js';
import type { CostHint, CostHintKind } from '../../src/optimize/hint.js';
import { recordCalls } from '../../src/optimize/recorded-calls.js';
import { chat, completion, startTracing, wait } from '../support/tracing.js';

let stop = () => {};

afterEach(() => stop());

function record(options = {}) {
  stop = recordCalls(options);
}

function ask(model: string, inputTokens: number, outputTokens: number, cachedTokens = 0) {
  const details = { prompt_tokens_details: { cached_tokens: cachedTokens } };
  const usage = { prompt_tokens: inputTokens, completion_tokens: outputTokens, ...details };
  return withLlm({ provider: 'openai', model }, async () => completion(0, 0, { model, usage }));
}

function hint(kind: CostHintKind, hints: CostHint[]): CostHint | undefined {
  const of = hints.filter((one) => one.kind === kind);
  expect(of.length).toBeLessThanOrEqual(1);
  return of[0];
}

describe('a hint on a cheaper model', () => {
  it('is the dollars between both for the same tokens', async () => {
    record();
    await ask('gpt-4o-2024-08-06', 10_000, 1000);
    await ask('gpt-4o-2024-08-06', 2000, 100);
    // 12,000 in and 1,100 out: $0.041 on gpt-4o, $0.00246 on gpt-4o-mini.
    expect(hint('cheaper_model', costHints())).toEqual({
      kind: 'cheaper_model',
      subject: 'gpt-4o-2024-08-06',
      amountUsd: 0.03854,
      amountIs: 'saving',
      count: 2,
      message:
        '2 calls of gpt-4o-2024-08-06 cost $0.041; on gpt-4o-mini the same tokens cost $0.0025. Look at the cost per successful task before you switch.',
    });
  });

  it('leaves fees as they are, and saves no more than its share of a bill below the list', async () => {
    record();
    // $0.0035 on gpt-4o and $0.00021 on gpt-4o-mini, of which 94 % are saved.
    for (const costUsd of [0.1, 0.00035])
      await withLlm({ provider: 'openai', model: 'gpt-4o' }, async (call) =>
        call.recordUsage({ inputTokens: 1000, outputTokens: 100, costUsd }),
      );
    expect(hint('cheaper_model', costHints())?.amountUsd).toBe(0.00329 + 0.000329);
  });

  it('passes over a smaller model that is not cheaper, or is not in the list by that very name', async () => {
    const overrides = {
      'gpt-4.1-mini': { inputUsdPerMtok: 9, outputUsdPerMtok: 9 },
      'gemini-1.5-flash': { inputUsdPerMtok: 9, outputUsdPerMtok: 9 },
    };
    startTracing({ cost: { overrides } });
    record();
    await ask('gpt-4.1', 1000, 100);
    // The list takes gemini-1.5-flash-lite for gemini-1.5-flash.
    await withLlm({ provider: 'google', model: 'gemini-1.5-flash' }, async (call) =>
      call.recordUsage({ inputTokens: 1000, outputTokens: 100 }),
    );
    expect(costHints().map(({ message }) => message)).toEqual([
      expect.stringContaining('on gpt-4.1-nano the same tokens cost'),
    ]);
  });

  it('is not given for the smallest of a family, and a model without a known family or price', async () => {
    record();
    for (const model of ['gpt-4.1-nano', 'no-such-model', 'gpt-4']) await ask(model, 1000, 100);
    expect(hint('cheaper_model', costHints())).toBeUndefined();
  });

  it.each([
    ['claude-opus-4-5-20251101', ['claude-sonnet-4-5', 'claude-haiku-4-5']],
    ['claude-3-5-sonnet-latest', ['claude-3-5-haiku']],
    ['gpt-5-mini', ['gpt-5-nano']],
    ['gemini-2.5-pro', ['gemini-2.5-flash', 'gemini-2.5-flash-lite']],
    ['text-embedding-3-large', []],
  ])('knows the family of %s', (model, smaller) => {
    expect(smallerModels(model)).toEqual(smaller);
  });

  it('sees calls of other instrumentations, too', async () => {
    startTracing();
    record();
    await withTask('t', async () => chat(1000, 100));
    expect(hint('cheaper_model', costHints())).toMatchObject({ subject: 'gpt-4o', amountUsd: 0.00329 });
  });
});

describe('hints on tools', () => {
  it('give the dollars of repeats with the same arguments', async () => {
    record();
    const search = wrapTool(
      { name: 'search', costUsd: 0.005 },
      async (query: { q: string; n: number }) => query,
    );
    for (const query of [
      { q: 'a', n: 1 },
      { n: 1, q: 'a' },
      { q: 'b', n: 1 },
      { q: 'a', n: 1 },
    ])
      await search(query);
    const free = wrapTool('free', async () => 1);
    for (let i = 0; i < 3; i++) await free();
    expect(costHints()).toEqual([
      expect.objectContaining({
        kind: 'repeated_tool_calls',
        subject: 'search',
        amountUsd: 0.01,
        amountIs: 'saving',
        count: 2,
      }),
    ]);
  });

  it('give what a cache did not answer, with its TTL', async () => {
    record();
    const search = cachedTool(
      { name: 'search', costUsd: 0.01, ttlSeconds: 0.02 },
      async (query: string) => query,
    );
    for (const query of ['a', 'b', 'c', 'd']) await search(query);
    await wait(40);
    await search('a');
    expect(hint('low_cache_hit_rate', costHints())).toMatchObject({
      subject: 'search',
      amountUsd: 0.05,
      amountIs: 'spend',
      count: 5,
      message: expect.stringMatching(
        /TTL 0\.02 s.*0 % of 5 calls.*\$0\.05\. A longer TTL.*saves at most the \$0\.01 for arguments seen/,
      ),
    });
  });

  it('leave a cache in peace that answers enough', async () => {
    record();
    const search = cachedTool({ name: 'search', costUsd: 0.01 }, async (query: string) => query);
    for (const query of ['a', 'b', 'c', 'a', 'b']) await search(query);
    expect(costHints()).toEqual([]);
  });
});

describe('hints on tasks', () => {
  const spend = (name: string, costUsd: number) => withTask(name, async () => recordCost(costUsd));

  it('give how much tasks above twice the median cost more than it', async () => {
    record();
    for (const costUsd of [0.01, 0.02, 0.03, 0.02, 0.1, 0.09]) await spend('answer', costUsd);
    // The median is $0.025.
    expect(costHints()).toEqual([
      expect.objectContaining({ kind: 'costly_task', subject: 'answer', amountUsd: 0.19 - 0.05, count: 2 }),
    ]);
  });

  it('wait for enough tasks of a kind', async () => {
    record();
    for (const costUsd of [0.01, 0.01, 0.5]) await spend('answer', costUsd);
    expect(costHints()).toEqual([]);
  });

  it('give what was spent in tasks that came to a limit', async () => {
    record();
    const pay = wrapTool({ name: 'pay', costUsd: 0.04 }, async () => 'paid');
    const buy = (budget: object) =>
      withTask({ name: 'buy', budget }, async () => {
        for (let i = 0; i < 4; i++) await pay();
      });
    await buy({ usd: 0.1 }).catch(() => {});
    await buy({ toolCalls: 3 }).catch(() => {});
    await buy({ usd: 9 });
    expect(hint('limit_reached', costHints())).toMatchObject({
      subject: 'buy',
      amountUsd: 0.2,
      count: 2,
      message:
        '2 tasks buy reached the limit of toolCalls, usd and cost $0.2, of which $0.2 went into tasks that failed. At most that amount was wasted.',
    });
  });

  it('count the cost of a task inside another one once, and only that of failures as lost', async () => {
    record();
    const budget = { usd: 0.01, mode: 'observe' } as const;
    await withTask({ name: 'nested', budget }, async () => {
      recordCost(0.03);
      await withTask({ name: 'nested', budget }, async (task) => {
        recordCost(0.05);
        task.fail();
      });
    });
    expect(hint('limit_reached', costHints())).toMatchObject({
      amountUsd: 0.08,
      count: 2,
      message: expect.stringContaining('cost $0.08, of which $0.05 went into'),
    });
  });
});

describe('cost hints', () => {
  it('are about a session, a task, or all there is', async () => {
    record();
    await withTask({ name: 'other', sessionId: 's-2' }, () => ask('gpt-4o', 1000, 0));
    const [ofSession, ofTask] = await withSession('s-1', async (session) => {
      await withTask('first', () => ask('gpt-4o', 2000, 0));
      return withTask('second', async (task) => {
        await withTask('inner', () => withAgent('a', () => ask('gpt-4o', 4000, 0)));
        return [costHints(session), costHints(task)];
      });
    });
    const counts = [costHints(), ofSession, ofTask, costHints('s-2'), costHints('none')];
    expect(counts.map((hints) => hints?.[0]?.count ?? 0)).toEqual([3, 2, 1, 1, 0]);
  });

  it('come with the largest amount first', async () => {
    record();
    await ask('gpt-4o', 1000, 0);
    await ask('gpt-4.1', 100_000, 0);
    const amounts = costHints().map(({ amountUsd }) => amountUsd);
    expect(amounts).toEqual([...amounts].sort((a, b) => b - a));
  });

  it('know of nothing that came before, or after it was stopped', async () => {
    await ask('gpt-4o', 1000, 0);
    expect(costHints()).toEqual([]);
    record();
    stop();
    await ask('gpt-4o', 1000, 0);
    expect(costHints()).toEqual([]);
  });

  it('look at the last calls only', async () => {
    record({ maxCalls: 2 });
    for (let i = 0; i < 5; i++) await ask('gpt-4o', 1000, 0);
    expect(costHints()[0]?.count).toBe(2);
  });

  it('take odd ids, and calls of which nothing is known', async () => {
    record();
    await withTool('t', () => 1);
    await withLlm({}, async () => 'no usage');
    expect(costHints({ id: 5 } as never)).toEqual([]);
    expect(costHints(null as never)).toEqual([]);
  });

  it('are refused with wrong options', () => {
    for (const options of [{ maxCalls: 0 }, { maxTasks: 1.5 }, { maxTask: 1 }]) {
      const [key] = Object.keys(options);
      expect(() => recordCalls(options)).toThrow(`recordCalls options.${key}`);
    }
  });
});
