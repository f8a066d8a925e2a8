import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { withAgent, withLlm, withTask, wrapTool } from '../../src/index.js';
import { cachedTool } from '../../src/optimize/cached-tool.js';
import { costHints } from '../../src/optimize/cost-hints.js';
import { recordCalls } from '../../src/optimize/recorded-calls.js';
import { type Metrics, startMetrics } from '../support/metrics.js';
import { completion, startTracing } from '../support/tracing.js';

let stop = () => {};
afterEach(() => stop());

function start(options = {}): Metrics {
  const metrics = startMetrics();
  stop = recordCalls(options);
  return metrics;
}

function ask(model: string, inputTokens: number, outputTokens: number) {
  const usage = { prompt_tokens: inputTokens, completion_tokens: outputTokens };
  return withLlm({ provider: 'openai', model }, async () => completion(0, 0, { model, usage }));
}

describe('the cost on the next smaller model', () => {
  it('is that of the same tokens, beside what they cost, by model and task', async () => {
    const metrics = start();
    await withTask('answer', async () => {
      await ask('gpt-4o-2024-08-06', 10_000, 1000);
      await ask('gpt-4o-2024-08-06', 2000, 100);
    });
    const labels = {
      'gen_ai.provider.name': 'openai',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'cost.smaller_model': 'gpt-4o-mini',
      'task.name': 'answer',
    };
    // 12,000 in and 1,100 out: the figures of the hint.
    expect(await metrics.points('cost.smaller_model.billed_usd')).toEqual([{ labels, value: 0.041 }]);
    expect(await metrics.points('cost.smaller_model.usd')).toEqual([{ labels, value: 0.00246 }]);
    const [hint] = costHints().filter(({ kind }) => kind === 'cheaper_model');
    expect(hint?.amountUsd).toBe(0.03854);
  });

  it('leaves out calls without a price, and models without a smaller one', async () => {
    const metrics = start();
    await ask('mystery-7b', 10_000, 1000);
    await ask('gpt-4.1-nano', 10_000, 1000);
    expect(await metrics.points('cost.smaller_model.billed_usd')).toEqual([]);
    expect(await metrics.points('cost.smaller_model.usd')).toEqual([]);
  });

  it('is, whatever calls there are, what was billed less what the hint says is saved', async () => {
    const call = fc.record({
      model: fc.constantFrom('gpt-4o', 'gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano'),
      input: fc.integer({ min: 1, max: 100_000 }),
      output: fc.integer({ min: 0, max: 10_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 12 }), async (calls) => {
        const metrics = start();
        for (const { model, input, output } of calls) await ask(model, input, output);
        const billed = await metrics.sum('cost.smaller_model.billed_usd');
        const smaller = await metrics.sum('cost.smaller_model.usd');
        const saved = costHints()
          .filter(({ kind }) => kind === 'cheaper_model')
          .reduce((sum, { amountUsd }) => sum + amountUsd, 0);
        expect(Math.round((billed - smaller) * 1e12)).toBe(Math.round(saved * 1e12));
        stop();
      }),
      { numRuns: 30 },
    );
  });
});

describe('tokens that were sent again', () => {
  const conversation = async (prompts: readonly number[]) => {
    for (const prompt of prompts) await ask('gpt-4o', prompt, 100);
  };

  it('are the prompts before, as soon as a loop is known to be a conversation', async () => {
    const metrics = start();
    await withTask('chat', () =>
      withAgent('helper', async () => {
        await conversation([1000, 2000]);
        expect(await metrics.points('cost.sent_again_tokens')).toEqual([]);
        await conversation([3000]);
        expect(await metrics.sum('cost.sent_again_tokens')).toBe(1000 + 2000);
        await conversation([4000]);
      }),
    );
    expect(await metrics.points('cost.sent_again_tokens')).toEqual([
      {
        labels: {
          'gen_ai.provider.name': 'openai',
          'gen_ai.response.model': 'gpt-4o',
          'gen_ai.agent.name': 'helper',
          'task.name': 'chat',
        },
        value: 1000 + 2000 + 3000,
      },
    ]);
  });

  it('are none of prompts about one document each, of another loop, or of calls at the same time', async () => {
    const metrics = start();
    await withTask('documents', () => conversation([3000, 1000, 2000, 900, 2500]));
    for (const size of [1000, 2000, 3000, 4000]) await withTask('single', () => conversation([size]));
    await withTask('parallel', () =>
      Promise.all([1000, 2000, 3000, 4000].map((size) => ask('gpt-4o', size, 100))),
    );
    expect(await metrics.points('cost.sent_again_tokens')).toEqual([]);
  });
});

describe('repeated tool calls', () => {
  it('are those with the arguments of an earlier one that succeeded, and what they cost', async () => {
    const metrics = start();
    let fails = true;
    const search = wrapTool({ name: 'search', costUsd: 0.005 }, async (query: string) => {
      if (fails) throw new Error(`no ${query}`);
      return query;
    });
    await withTask('look', async () => {
      await search('a').catch(() => {});
      fails = false;
      await search('a');
      expect(await metrics.points('cost.repeated_calls')).toEqual([]);
      await search('a');
      await search('b');
      await search('a');
    });
    const labels = { 'gen_ai.tool.name': 'search', 'task.name': 'look' };
    expect(await metrics.points('cost.repeated_calls')).toEqual([{ labels, value: 2 }]);
    expect(await metrics.points('cost.repeated_usd')).toEqual([{ labels, value: 0.01 }]);
  });

  it('are not those of a tool with a cache, nor those with arguments that are long forgotten', async () => {
    const metrics = start({ maxCalls: 2 });
    const cached = cachedTool({ name: 'cached', costUsd: 0.005 }, async (query: string) => query);
    await cached('a');
    await cached('a');
    const search = wrapTool({ name: 'search' }, async (query: string) => query);
    for (const query of ['a', 'b', 'c', 'a']) await search(query);
    expect(await metrics.points('cost.repeated_calls')).toEqual([]);
    await search('c');
    expect(await metrics.sum('cost.repeated_calls')).toBe(1);
    expect(await metrics.points('cost.repeated_usd')).toEqual([]);
  });
});

describe('all of them', () => {
  it('have the labels that the app allows, and count once after a second start', async () => {
    const metrics = startMetrics();
    startTracing({ cost: { metricAttributes: ['team'] } });
    recordCalls();
    stop = recordCalls();
    const search = wrapTool('search', async (query: string) => query);
    await withTask({ name: 'work', attribution: { team: 'growth' } }, async () => {
      await ask('gpt-4o', 1000, 100);
      await search('a');
      await search('a');
    });
    expect(await metrics.points('cost.repeated_calls')).toMatchObject([
      { labels: { 'cost.tag.team': 'growth' }, value: 1 },
    ]);
    expect(await metrics.points('cost.smaller_model.billed_usd')).toMatchObject([
      { labels: { 'cost.tag.team': 'growth' }, value: 0.0035 },
    ]);
  });

  it('are not counted before recordCalls, nor after its end', async () => {
    const metrics = start();
    stop();
    await ask('gpt-4o', 1000, 100);
    expect(await metrics.points('cost.smaller_model.billed_usd')).toEqual([]);
    expect(await metrics.sum('cost.usd')).toBe(0.0035);
  });
});
