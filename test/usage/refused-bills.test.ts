/** A stated bill that cannot be one makes the call uncertain, wherever it stands. */
import { describe, expect, it } from 'vitest';
import { withLlm, withTask } from '../../src/index.js';
import { readResponse } from '../../src/usage/read-response.js';
import { chat, startTracing } from '../support/tracing.js';

const USAGE = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };
const AI_SDK = { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 };
const BILLS = [-1, Number.NaN, 2e6, '$0.1'];

const PLACES: Record<string, (bill: unknown) => object> = {
  "OpenRouter's cost": (cost) => ({ model: 'gpt-4o', usage: { ...USAGE, cost } }),
  "Perplexity's total": (total_cost) => ({ model: 'gpt-4o', usage: { ...USAGE, cost: { total_cost } } }),
  costUSD: (costUSD) => ({ model: 'gpt-4o', usage: { ...USAGE, costUSD } }),
  "a gateway's estimate": (cost_estimate) => ({
    model: 'gpt-4o',
    usage: { ...USAGE, pydantic_ai_gateway: { cost_estimate } },
  }),
  "the AI SDK's metadata": (cost) => ({
    usage: AI_SDK,
    response: { modelId: 'gpt-4o' },
    providerMetadata: { openrouter: { usage: { ...USAGE, cost } } },
  }),
  "a bill beside the AI SDK's usage": (cost) => ({
    usage: AI_SDK,
    response: { modelId: 'gpt-4o' },
    providerMetadata: { perplexity: { cost } },
  }),
  "the Claude Agent SDK's run": (total_cost_usd) => ({
    type: 'result',
    total_cost_usd,
    modelUsage: { 'gpt-4o': { inputTokens: 1000, outputTokens: 100 } },
  }),
};

describe('a refused bill of a response', () => {
  it.each(Object.keys(PLACES).flatMap((place) => BILLS.map((bill) => [place, bill] as const)))(
    'makes the list price an estimate: %s of %s',
    (place, bill) => {
      startTracing();
      withTask('t', (task) => {
        withLlm({ provider: 'openai' }, () => PLACES[place]?.(bill));
        expect(task.totals).toMatchObject({ costUsd: 0.0035, estimatedCostUsd: 0.0035 });
      });
    },
  );

  it.each(Object.keys(PLACES))('is none where the field is empty: %s', (place) => {
    for (const empty of [null, undefined])
      expect(readResponse(PLACES[place]?.(empty))?.usage).not.toHaveProperty('refusesBill');
  });

  it('is counted, once for each call', () => {
    const { cost } = startTracing();
    for (let calls = 0; calls < 3; calls++) withLlm({ provider: 'openai' }, () => PLACES.costUSD?.(-1));
    expect(cost.stats.refusedAmounts).toBe(3);
  });
});

describe('a refused bill on a span', () => {
  it('makes the list price an estimate', () => {
    const { attributes, cost } = startTracing();
    withTask('t', () => chat(1000, 100, { 'gen_ai.usage.cost': -1 }));
    expect(attributes('chat gpt-4o')).toMatchObject({
      cost_usd: 0.0035,
      'cost.status': 'estimated',
      'cost.reason': 'reported_differs',
      'cost.anomaly': 'negative gen_ai.usage.cost',
    });
    expect(cost.stats.refusedAmounts).toBe(1);
  });
});
