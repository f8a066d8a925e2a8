import { AlwaysOffSampler, type Sampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import {
  ActionError,
  BudgetExceededError,
  recordCost,
  withAgent,
  withLlm,
  withSession,
  withTask,
  withTool,
} from '../../src/index.js';
import { USD_BUCKETS } from '../../src/metrics/usd-histogram.js';
import { AlwaysRecordSampler } from '../../src/sampler.js';
import { startMetrics } from '../support/metrics.js';
import {
  chat,
  chatAttributes,
  completion,
  inSpan,
  startProcessor,
  startTracing,
  stopTracing,
} from '../support/tracing.js';

const search = (costUsd = 0.005) => withTool({ name: 'search', costUsd }, () => 1);
const ask = (inputTokens: number, outputTokens: number) =>
  withLlm({ provider: 'openai', model: 'gpt-4o' }, () => completion(inputTokens, outputTokens));
/** Whole pico-dollars. */
const picos = (usd: number) => Math.round(usd * 1e12);

describe('cost by kind, provider, model, agent, tool and task', () => {
  it('is counted from the ledger', async () => {
    const metrics = startMetrics();
    startTracing();
    withTask({ name: 'research' }, () =>
      withAgent('researcher', () => {
        ask(1000, 100);
        search();
        recordCost(0.25, { kind: 'compute' });
      }),
    );
    const where = { 'gen_ai.agent.name': 'researcher', 'task.name': 'research' };
    expect(await metrics.points('cost.usd')).toEqual([
      {
        labels: {
          'cost.kind': 'llm',
          'gen_ai.provider.name': 'openai',
          'gen_ai.response.model': 'gpt-4o-2024-08-06',
          ...where,
        },
        value: 0.0035,
      },
      { labels: { 'cost.kind': 'tool', 'gen_ai.tool.name': 'search', ...where }, value: 0.005 },
      { labels: { 'cost.kind': 'compute', ...where }, value: 0.25 },
    ]);
    expect(await metrics.sum('cost.calls')).toBe(2);
    expect(await metrics.sum('cost.calls', { 'gen_ai.tool.name': 'search' })).toBe(1);
  });

  it('reports tokens by type, each token under one type', async () => {
    const metrics = startMetrics();
    startTracing();
    const prompt_tokens_details = { cached_tokens: 400 };
    const completion_tokens_details = { reasoning_tokens: 30 };
    const usage = {
      prompt_tokens: 1000,
      completion_tokens: 100,
      prompt_tokens_details,
      completion_tokens_details,
    };
    withLlm({ provider: 'openai', model: 'gpt-4o' }, () => completion(0, 0, { usage }));
    const types = (await metrics.points('cost.tokens')).map(({ labels, value }) => [
      labels['gen_ai.token.type'],
      value,
    ]);
    expect(Object.fromEntries(types)).toEqual({ input: 600, cache_read: 400, output: 70, reasoning: 30 });
  });

  it("takes a foreign agent's and tool's name", async () => {
    const metrics = startMetrics();
    startTracing({ cost: { tools: { search: { costUsd: 1 } } } });
    const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'planner' };
    const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' };
    inSpan('invoke_agent planner', agent, () => {
      chat(1000, 100);
      inSpan('execute_tool search', tool, () => {});
    });
    expect(await metrics.sum('cost.usd', { 'gen_ai.agent.name': 'planner', 'cost.kind': 'llm' })).toBe(
      0.0035,
    );
    expect(
      await metrics.sum('cost.usd', { 'gen_ai.agent.name': 'planner', 'gen_ai.tool.name': 'search' }),
    ).toBe(1);
  });

  it('counts failed and unpriced calls', async () => {
    const metrics = startMetrics();
    startTracing();
    withLlm({ provider: 'openai', model: 'no-such-model' }, () =>
      completion(10, 10, { model: 'no-such-model' }),
    );
    withTask({ name: 'fix' }, () => withTool('broken', () => new ActionError('no', { costUsd: 0.5 })));
    expect(await metrics.sum('cost.unpriced_calls')).toBe(1);
    expect(await metrics.sum('cost.failed_calls', { 'gen_ai.tool.name': 'broken' })).toBe(1);
    expect(await metrics.points('cost.wasted_usd')).toEqual([
      { labels: { 'cost.waste_reason': 'failed_call', 'task.name': 'fix' }, value: 0.5 },
    ]);
  });
});

describe('the estimated part of the cost', () => {
  it('is counted by the same labels, and not where it is 0', async () => {
    const metrics = startMetrics();
    startTracing();
    withTask({ name: 'research' }, () => {
      ask(1000, 100);
      // Far from the list price of $0.0035.
      withLlm({ provider: 'openai', model: 'gpt-4o' }, () =>
        completion(0, 0, { usage: { prompt_tokens: 1000, completion_tokens: 100, cost: 0.5 } }),
      );
      search();
    });
    expect(await metrics.points('cost.estimated_usd')).toEqual([
      {
        labels: {
          'cost.kind': 'llm',
          'gen_ai.provider.name': 'openai',
          'gen_ai.response.model': 'gpt-4o-2024-08-06',
          'task.name': 'research',
        },
        value: 0.5,
      },
    ]);
    expect(picos(await metrics.sum('cost.usd'))).toBe(picos(0.5085));
  });

  it('has the doubt about a reported bill of less than its calls', async () => {
    const metrics = startMetrics();
    startTracing();
    withTask({ name: 'research' }, () => {
      const stated = chatAttributes(1000, 100, {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.usage.cost': 0.001,
      });
      inSpan('invoke_agent', stated, () => chat(1000, 100));
    });
    expect(await metrics.sum('cost.usd')).toBe(0.0035);
    expect(await metrics.sum('cost.estimated_usd')).toBe(0.0025);
  });
});

describe('labels', () => {
  it('are those of attribution that the app allows', async () => {
    const metrics = startMetrics();
    startTracing({ cost: { attributionKeys: ['cost_center'], metricAttributes: ['team', 'cost_center'] } });
    const attribution = { team: 'growth', cost_center: '42', user: 'ann', customer: 'acme' };
    withTask({ name: 'research', attribution }, () => search());
    const labels = { 'cost.tag.team': 'growth', 'cost.tag.cost_center': '42' };
    for (const name of ['cost.usd', 'cost.calls', 'task.outcomes', 'task.actions']) {
      expect(await metrics.sum(name, labels), name).toBeGreaterThan(0);
    }
    expect((await metrics.histogram('task.cost_usd', labels)).count).toBe(1);
    expect(JSON.stringify(await metrics.allLabels())).not.toMatch(/ann|acme/);
  });

  it('are never ids', async () => {
    const metrics = startMetrics();
    startTracing({ cost: { metricAttributes: ['team'] } });
    let id = '';
    withSession({ id: 'session-1' }, () =>
      withTask({ name: 'research', attribution: { user: 'ann' }, budgetUsd: 0.001 }, (task) => {
        id = task.id;
        recordCost(0.005);
      }),
    );
    const labels = JSON.stringify(await metrics.allLabels());
    expect(labels).toContain('research');
    for (const one of [id, 'session-1', 'ann']) expect(labels).not.toContain(one);
  });

  it.each([['user'], ['nonsense'], ['cost.tag.team']])('cannot be %s', (key) => {
    expect(() => startProcessor({ metricAttributes: [key] })).toThrow(/metricAttributes/);
  });

  it('are bounded, and no dollar is missing', async () => {
    const metrics = startMetrics();
    startTracing();
    withTask({ name: 'many' }, () => {
      for (let i = 0; i < 2500; i++) withTool({ name: `tool ${i}`, costUsd: 0.01 }, () => 1);
    });
    const points = await metrics.points('cost.usd');
    expect(points).toHaveLength(1901);
    expect(points.at(-1)).toEqual({ labels: { 'otel.metric.overflow': true }, value: 6 });
    expect(picos(await metrics.sum('cost.usd'))).toBe(picos(25));
  });
});

describe('tasks', () => {
  it('have their outcome, their actions and their cost', async () => {
    const metrics = startMetrics();
    startTracing();
    withTask({ name: 'ticket' }, (task) => {
      search(0.3);
      withTask({ name: 'lookup' }, () => search(0.1));
      task.succeed({ actions: 2 });
    });
    withTask({ name: 'ticket' }, (task) => {
      search(0.2);
      task.fail('no');
    });
    expect(await metrics.points('task.outcomes')).toEqual([
      { labels: { 'task.name': 'lookup', 'task.outcome': 'success', 'task.nested': 'true' }, value: 1 },
      { labels: { 'task.name': 'ticket', 'task.outcome': 'success' }, value: 1 },
      { labels: { 'task.name': 'ticket', 'task.outcome': 'failure' }, value: 1 },
    ]);
    expect(await metrics.sum('task.actions', { 'task.name': 'ticket' })).toBe(2);
    const succeeded = { 'task.name': 'ticket', 'task.outcome': 'success' };
    const cost = await metrics.histogram('task.cost_usd', succeeded);
    expect({ count: cost.count, sum: cost.sum }).toEqual({ count: 1, sum: 0.4 });
    expect(cost.buckets.boundaries).toEqual([...USD_BUCKETS]);
  });

  it('waste a dollar once, however failures nest', async () => {
    const metrics = startMetrics();
    const { spans } = startTracing();
    withTask({ name: 'outer' }, (outer) => {
      search(1);
      withTask({ name: 'inner' }, (inner) => {
        search(2);
        withTool('broken', () => new ActionError('no', { costUsd: 4 }));
        inner.fail();
      });
      outer.fail();
    });
    expect(await metrics.sum('cost.wasted_usd')).toBe(7);
    expect(await metrics.sum('cost.wasted_usd', { 'cost.waste_reason': 'failed_call' })).toBe(4);
    expect(spans().find(({ name }) => name === 'task outer')?.attributes['task.wasted_cost_usd']).toBe(7);
  });

  it('are reported while they are open: the most expensive of each name', async () => {
    const metrics = startMetrics();
    startTracing();
    await withTask({ name: 'long', sessionId: 'one' }, async () => {
      search(0.5);
      await withTask({ name: 'long' }, async () => {
        search(0.25);
        expect(await metrics.points('task.active')).toEqual([{ labels: { 'task.name': 'long' }, value: 2 }]);
        expect(await metrics.sum('task.max_open_cost_usd')).toBe(0.75);
        expect(await metrics.sum('session.max_open_cost_usd')).toBe(0.75);
      });
    });
    expect(await metrics.sum('task.active')).toBe(0);
    expect(await metrics.sum('task.max_open_cost_usd')).toBe(0);
    expect(await metrics.sum('session.max_open_cost_usd')).toBe(0);
  });

  it('that cost five times the median of their name are counted as runaways while they run, once', async () => {
    const metrics = startMetrics();
    startTracing();
    for (let i = 0; i < 5; i++) withTask({ name: 'ticket' }, () => search(0.1));
    await withTask({ name: 'ticket' }, async () => {
      search(0.5);
      expect(await metrics.sum('task.runaways')).toBe(0);
      search(0.01);
      search(5);
      const labels = { 'task.name': 'ticket', 'task.runaway_reason': 'median' };
      expect(await metrics.points('task.runaways')).toEqual([{ labels, value: 1 }]);
    });
  });

  it('are counted on their own inside an implicit task', async () => {
    const metrics = startMetrics();
    startTracing();
    chat(1000, 100);
    expect(await metrics.points('task.outcomes')).toEqual([
      { labels: { 'task.name': 'chat gpt-4o' }, value: 1 },
    ]);
    expect(await metrics.sum('task.active')).toBe(0);
  });
});

describe('budgets', () => {
  it('that are crossed and that refuse are counted', async () => {
    const metrics = startMetrics();
    startTracing();
    withTask({ name: 'ticket', budgetUsd: 0.1 }, () => {
      recordCost(0.2);
      expect(() => search()).toThrow(BudgetExceededError);
    });
    const ticket = { 'cost.budget.scope': 'task', 'task.name': 'ticket' };
    expect(await metrics.points('cost.budget.hits')).toEqual([{ labels: ticket, value: 1 }]);
    const refusal = { ...ticket, 'cost.budget.measure': 'usd' };
    expect(await metrics.points('cost.budget.refusals')).toEqual([{ labels: refusal, value: 1 }]);
    expect(await metrics.sum('task.runaways', { 'task.runaway_reason': 'budget' })).toBe(1);
  });

  it('say for whom, with the attribution that the app allows', async () => {
    const metrics = startMetrics();
    startTracing({ cost: { metricAttributes: ['customer'] } });
    withTask({ name: 'ticket', budgetUsd: 0.1, attribution: { customer: 'acme' } }, () => {
      recordCost(0.2);
      expect(() => search()).toThrow(BudgetExceededError);
    });
    for (const name of ['cost.budget.hits', 'cost.budget.refusals']) {
      expect(await metrics.points(name)).toMatchObject([
        { labels: { 'cost.tag.customer': 'acme' }, value: 1 },
      ]);
    }
  });
});

describe('sessions', () => {
  it('are in the histogram with what they cost when their last wrapper ended', async () => {
    const metrics = startMetrics();
    startTracing();
    withSession({ id: 'a' }, () => {
      search(0.3);
      withSession({ id: 'a' }, () => search(0.4));
    });
    const { count, sum } = await metrics.histogram('session.cost_usd');
    expect({ count, sum }).toEqual({ count: 1, sum: 0.7 });
  });
});

describe('whatever is sampled', () => {
  const work = () => {
    for (let i = 0; i < 200; i++) {
      withTask({ name: 'research' }, () => {
        ask(1000 + i, 100);
        search();
        chat(500, i);
      });
    }
  };

  async function counted(sampler: Sampler | undefined) {
    await stopTracing();
    const metrics = startMetrics();
    const { spans } = startTracing(
      sampler === undefined ? {} : { sampler: new AlwaysRecordSampler(sampler) },
    );
    work();
    const ofSpans = spans().reduce((sum, { attributes }) => sum + Number(attributes.cost_usd ?? 0), 0);
    return {
      spans: spans().length,
      ofSpans: picos(ofSpans),
      ofMetrics: picos(await metrics.sum('cost.usd')),
    };
  }

  it('the totals are those of the spans of an unsampled run', async () => {
    const { ofSpans, ofMetrics } = await counted(undefined);
    expect(ofMetrics).toBe(ofSpans);
    for (const sampler of [new TraceIdRatioBasedSampler(0.01), new AlwaysOffSampler()]) {
      const sampled = await counted(sampler);
      expect(sampled.spans).toBeLessThan(200);
      expect(sampled.ofMetrics).toBe(ofSpans);
    }
  });

  it('wrappers count without an SDK for traces', async () => {
    const metrics = startMetrics();
    withTask({ name: 'research' }, () => search());
    expect(await metrics.sum('cost.usd')).toBe(0.005);
  });
});

it('nothing is counted before a meter provider is there', async () => {
  startTracing();
  search(1);
  const metrics = startMetrics();
  search(2);
  expect(await metrics.sum('cost.usd')).toBe(2);
});
