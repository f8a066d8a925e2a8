import { describe, expect, it, vi } from 'vitest';
import type { Saving } from '../../src/counterfactual.js';
import { withLlm, withTask } from '../../src/index.js';
import { completion, startTracing } from '../support/tracing.js';

const MINI = { provider: 'openai', model: 'gpt-4o-mini' };

/** One call of gpt-4o-mini, $0.15 in and $0.60 out per million, of 1,000 and 100 tokens: $0.00021. */
function mini(counterfactual: object) {
  return withLlm({ ...MINI, counterfactual }, async () =>
    completion(1000, 100, { model: 'gpt-4o-mini-2024-07-18' }),
  );
}

describe('the counterfactual of an LLM call', () => {
  it('states what a smaller model saved', async () => {
    const tracing = startTracing();
    const settled: Saving[] = [];
    await withTask('t', () => mini({ model: 'gpt-4o', onSettled: (saving: Saving) => settled.push(saving) }));
    // gpt-4o: $2.50 in, $10 out: $0.0035.
    expect(tracing.attributes('chat gpt-4o-mini')).toMatchObject({
      cost_usd: 0.00021,
      'cost.saved_usd': 0.00329,
    });
    expect(tracing.attributes('task t')['task.saved_cost_usd']).toBe(0.00329);
    expect(settled).toEqual([{ costUsd: 0.00021, tokensUsd: 0, modelUsd: 0.00329 }]);
  });

  it('states what tokens that were not sent saved, at the rates of the model that ran', async () => {
    const tracing = startTracing();
    await mini({ inputTokens: 10_000, cacheReadTokens: 10_000 });
    expect(tracing.attributes('chat gpt-4o-mini')['cost.saved_usd']).toBe(0.00225);
  });

  it('is never negative, and counts a more expensive model separately', async () => {
    const tracing = startTracing();
    const onSettled = vi.fn();
    await mini({ model: 'gpt-4.1-nano', onSettled });
    expect(tracing.attributes('chat gpt-4o-mini')).not.toHaveProperty('cost.saved_usd');
    // gpt-4.1-nano: $0.10 in, $0.40 out.
    expect(onSettled).toHaveBeenCalledWith({ costUsd: 0.00021, tokensUsd: 0, modelUsd: -0.00007 });
  });

  it('counts both together once', async () => {
    const tracing = startTracing();
    const onSettled = vi.fn();
    await mini({ model: 'gpt-4o', inputTokens: 1000, onSettled });
    expect(tracing.attributes('chat gpt-4o-mini')['cost.saved_usd']).toBe(0.006 - 0.00021);
    expect(onSettled).toHaveBeenCalledWith({
      costUsd: 0.00021,
      tokensUsd: 0.00015,
      modelUsd: 0.006 - 0.00036,
    });
  });

  it('says nothing where a price is not known, and takes no odd counts', async () => {
    const tracing = startTracing();
    await mini({ model: 'no-such-model' });
    await mini({ inputTokens: Number.NaN, cacheReadTokens: -5 });
    for (const { attributes } of tracing.spans()) expect(attributes).not.toHaveProperty('cost.saved_usd');
  });

  it('does not reach the app when onSettled throws', async () => {
    const tracing = startTracing();
    const onSettled = () => {
      throw new Error('broken');
    };
    await expect(mini({ model: 'gpt-4o', onSettled })).resolves.toBeDefined();
    expect(tracing.attributes('chat gpt-4o-mini')['cost.saved_usd']).toBe(0.00329);
  });
});
