import { describe, expect, it } from 'vitest';
import { withLlm, withTask } from '../../src/index.js';
import { PriceBook } from '../../src/pricing/price-book.js';
import { completion, startTracing } from '../support/tracing.js';
import { queryOf, usageOf } from './query.js';

describe('a model that is priced by compute', () => {
  const overrides = { 'our-llama': { pricedBy: 'compute' as const } };
  const book = new PriceBook({ overrides, priceFactors: { 'our-llama': 2 } });
  const free = { pico: 0, status: 'free' };

  it.each([
    ['tokens', usageOf({ input: 1000, output: 100 })],
    ['kinds of tokens without a price', usageOf({ inputAudio: 5, reasoning: 7 })],
    ['units', usageOf({}, { units: { webSearches: 3 } })],
    ['a total without a split', usageOf({}, { unsplitTokens: 100 })],
    ['no usage', undefined],
  ])('costs nothing of its own for %s', (_what, usage) => {
    expect(book.price(queryOf('vllm', 'our-llama', { usage }))).toMatchObject(free);
  });

  it('names the rate as its source', () => {
    const { source } = new PriceBook({ overrides }).price(queryOf('vllm', 'our-llama'));
    expect(source).toBe('override/our-llama');
  });

  it('is complete on the task, even when a call reported no usage', () => {
    const { attributes, spans } = startTracing({ cost: { overrides } });
    withTask('t', () => {
      withLlm({ model: 'our-llama' }, () => completion(1000, 100, { model: 'our-llama' }));
      withLlm({ model: 'our-llama' }, () => 'text alone');
    });
    const calls = spans().filter(({ name }) => name === 'chat our-llama');
    for (const { attributes: own } of calls)
      expect(own).toMatchObject({ cost_usd: 0, 'cost.status': 'free' });
    expect(calls).toHaveLength(2);
    expect(attributes('task t')).toMatchObject({ 'task.cost_complete': true, 'task.llm_calls': 2 });
  });

  it.each([
    [{ pricedBy: 'tokens' }, /"overrides.m.pricedBy" must be "compute", got "tokens"/],
    [
      { pricedBy: 'compute', inputUsdPerMtok: 1 },
      /"overrides.m.inputUsdPerMtok" must be left out beside pricedBy/,
    ],
    [{ pricedBy: 'compute', free: true }, /"overrides.m.free" must be left out/],
    [{ free: true, contextWindowTokens: 0 }, /"overrides.m.contextWindowTokens" must be a number from 1/],
    [{ contextWindowTokens: 8000 }, /a rate with at least one price/],
  ])('refuses %j', (rate, message) => {
    expect(() => new PriceBook({ overrides: { m: Object(rate) } })).toThrow(message);
  });
});

describe('any other model without usage', () => {
  it('has no known price, unless it is always free', () => {
    const book = new PriceBook({ overrides: { f: { free: true }, zero: { totalUsdPerMtok: 0 } } });
    const price = (model: string | undefined) => book.price(queryOf('p', model, { usage: undefined }));
    expect(price('f')).toMatchObject({ pico: 0, status: 'free' });
    for (const model of ['zero', 'gpt-4o', 'unheard-of', undefined])
      expect(price(model)).toMatchObject({ pico: undefined, status: 'unpriced', reason: 'no_usage' });
  });
});
