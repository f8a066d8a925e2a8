/** A bill of the provider or gateway is what the call costs. A cost that an instrumentation computed is none. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import * as sdk from '../../src/index.js';
import { type Counts, countsOf, TIME, truthUsd } from '../support/truth/counts.js';
import { judge, state } from '../support/truth/replay.js';
import type { Report } from '../support/truth/report.js';

const SEED = Number(process.env.LAW_SEED ?? 13);
const CASES = Number(process.env.LAW_CASES ?? 20);
vi.setConfig({ testTimeout: 600_000 });

const MODEL = 'gpt-4o';
const ROUTED = `openai/${MODEL}`;

function chatUsage({ input, cacheRead, output }: Counts): Record<string, unknown> {
  return {
    prompt_tokens: input + cacheRead,
    completion_tokens: output,
    total_tokens: input + cacheRead + output,
    prompt_tokens_details: { cached_tokens: cacheRead },
  };
}

function chat(provider: string, usage: object): Report['input'] {
  const response = { id: 'c', object: 'chat.completion', model: ROUTED, choices: [], usage };
  return { calls: [{ provider, model: ROUTED, time: TIME, response }] };
}

function openRouterUsage({ input, cacheRead, output }: Counts): object {
  return {
    promptTokens: input + cacheRead,
    promptTokensDetails: { cachedTokens: cacheRead },
    completionTokens: output,
    totalTokens: input + cacheRead + output,
  };
}

function aiSdk({ input, cacheRead, output }: Counts, provider: string, metadata: object): Report['input'] {
  const usage = {
    inputTokens: input + cacheRead,
    outputTokens: output,
    totalTokens: input + cacheRead + output,
    cachedInputTokens: cacheRead,
  };
  const response = {
    text: 'x',
    finishReason: 'stop',
    usage,
    response: { id: 'r', modelId: ROUTED },
    providerMetadata: metadata,
  };
  return { calls: [{ provider, model: ROUTED, time: TIME, response }] };
}

/** Where the provider or gateway states its bill. */
const BILLS: readonly [name: string, (counts: Counts, usd: number) => Report['input']][] = [
  ['OpenRouter', (counts, cost) => chat('openrouter', { ...chatUsage(counts), cost })],
  ['Vercel gateway', (counts, cost) => chat('vercel', { ...chatUsage(counts), cost, market_cost: cost })],
  [
    'a bill in parts',
    (counts, cost) => chat('perplexity', { ...chatUsage(counts), cost: { total_cost: cost } }),
  ],
  ['DeepInfra', (counts, cost) => chat('deepinfra', { ...chatUsage(counts), estimated_cost: cost })],
  [
    'ticks',
    (counts, cost) => chat('xai', { ...chatUsage(counts), cost_in_usd_ticks: Math.round(cost * 1e10) }),
  ],
  ['AI SDK, gateway', (counts, cost) => aiSdk(counts, 'gateway', { gateway: { cost: String(cost) } })],
  [
    'AI SDK, OpenRouter',
    (counts, cost) =>
      aiSdk(counts, 'openrouter', { openrouter: { usage: { ...openRouterUsage(counts), cost } } }),
  ],
];

function span(scope: string, counts: Counts, cost: number): Report['input'] {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': MODEL,
    'gen_ai.usage.input_tokens': counts.input + counts.cacheRead,
    'gen_ai.usage.output_tokens': counts.output,
    'gen_ai.usage.cache_read.input_tokens': counts.cacheRead,
    'gen_ai.usage.cost': cost,
  };
  return { spans: [{ name: `chat ${MODEL}`, scope, time: TIME, attributes }] };
}

const counts = countsOf(['input', 'cacheRead', 'output']);
const factor = fc.oneof(fc.constant(1), fc.double({ min: 0.05, max: 20, noNaN: true }));
const rounded = (usd: number) => Number(usd.toFixed(10));

describe.each(BILLS)('%s', (_, inputOf) => {
  it('is the amount, or flagged where the list says otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(counts, factor, async (counted, times) => {
        const bill = rounded(truthUsd(MODEL, counted) * times);
        const input = inputOf(counted, bill);
        const verdict = judge(await state(input, sdk), bill);
        const said = `${verdict.costUsd} instead of ${bill} ${verdict.flags.join(', ')}`;
        const shown = `${said} for ${JSON.stringify(input)}`;
        expect(verdict.isRight || verdict.isFlagged, shown).toBe(true);
        if (times === 1) expect(verdict.isRight, shown).toBe(true);
      }),
      { seed: SEED, numRuns: CASES, includeErrorInReport: true },
    );
  });
});

it.each(['openlit', '@arizeai/openinference-instrumentation-openai'])(
  'a cost of %s is no bill',
  async (scope) => {
    await fc.assert(
      fc.asyncProperty(counts, factor, async (counted, times) => {
        const truth = truthUsd(MODEL, counted);
        const input = span(scope, counted, rounded(truth * times));
        const verdict = judge(await state(input, sdk), truth);
        const said = `${verdict.costUsd} instead of ${truth} ${verdict.flags.join(', ')}`;
        expect(verdict.isRight || verdict.isFlagged, `${said} for ${JSON.stringify(input)}`).toBe(true);
      }),
      { seed: SEED, numRuns: CASES, includeErrorInReport: true },
    );
  },
);
