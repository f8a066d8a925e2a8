import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BudgetExceededError, estimateCost, withLlm, withTask } from '../../src/index.js';
import { completion, startProcessor, startTracing } from '../support/tracing.js';

const messages = [{ role: 'user', content: 'Why is the sky blue?' }];
const request = { model: 'gpt-4o', max_tokens: 100, messages };

describe('estimateCost', () => {
  it('gives the most that a sized request may cost, and where the rate is from', () => {
    const estimate = estimateCost({ provider: 'openai', request });
    expect(estimate?.outputTokens).toBe(100);
    expect(estimate?.source).toMatch(/^genai-prices\/openai\/gpt-4o@/);
    const { inputTokens = 0, costUsd } = estimate ?? {};
    expect(inputTokens).toBeGreaterThan(5);
    // gpt-4o: $2.50 and $10 per million tokens.
    expect(costUsd).toBeCloseTo(inputTokens * 2.5e-6 + 100 * 1e-5, 12);
  });

  it('counts cache writes and reasoning at the higher rate, with the prices of the app', () => {
    startProcessor({
      overrides: {
        own: { inputUsdPerMtok: 1, outputUsdPerMtok: 2, cacheWriteUsdPerMtok: 5, reasoningUsdPerMtok: 8 },
      },
      priceFactors: { own: 0.5 },
    });
    const { costUsd, inputTokens = 0, source } = estimateCost({ model: 'own', request }) ?? {};
    expect(costUsd).toBeCloseTo(0.5 * (inputTokens * 5e-6 + 100 * 8e-6), 12);
    expect(source).toBe('override/own;factor=0.5');
  });

  it('has no output for embeddings', () => {
    const embed = { model: 'text-embedding-3-small', input: 'text' };
    expect(estimateCost({ provider: 'openai', request: embed })).toBeUndefined();
    expect(estimateCost({ provider: 'openai', operation: 'embeddings', request: embed })?.outputTokens).toBe(
      0,
    );
  });

  it('is undefined where there is no bound or no price', () => {
    expect(estimateCost({ request: { model: 'gpt-4o', messages } })).toBeUndefined();
    expect(estimateCost({ request: { ...request, previous_response_id: 'r1' } })).toBeUndefined();
    expect(estimateCost({ request: { ...request, model: 'unheard-of' } })).toBeUndefined();
    expect(estimateCost({ request: undefined })).toBeUndefined();
  });

  it('never throws', () => {
    const broken = new Proxy(
      {},
      {
        get: () => {
          throw new Error('broken');
        },
        ownKeys: () => {
          throw new Error('broken');
        },
      },
    );
    const processor = startProcessor({});
    for (const given of [undefined, null, 1, broken, { request: broken }, { request, model: broken }]) {
      expect(() => estimateCost(given as never)).not.toThrow();
    }
    const unreadable = {
      request,
      get model(): string {
        throw new Error('broken');
      },
    };
    expect(estimateCost(unreadable)).toBeUndefined();
    expect(processor.stats.internalErrors).toBe(0);
  });

  it('is the estimate by which a budget refuses', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.string({ maxLength: 300 }), (max_tokens, content) => {
        startTracing();
        const asked = { model: 'gpt-4o', max_tokens, messages: [{ role: 'user', content }] };
        const estimate = estimateCost({ provider: 'openai', request: asked })?.costUsd ?? 0;
        const call = () => withLlm({ provider: 'openai', request: asked }, () => completion(1, 1));
        withTask({ name: 'fits', budgetUsd: estimate }, call);
        const tooLittle = () => withTask({ name: 'fits not', budgetUsd: estimate - 1e-9 }, call);
        expect(tooLittle).toThrow(BudgetExceededError);
      }),
      { numRuns: 30 },
    );
  });
});
