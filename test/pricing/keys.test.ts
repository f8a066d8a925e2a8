/** The keys of the price list: all that a model has are read. */
import { type ModelInfo, waitForUpdate } from '@pydantic/genai-prices';
import { describe, expect, it } from 'vitest';
import { estimateReason } from '../../src/pricing/estimates.js';
import { compileRate, isReadKey } from '../../src/pricing/list-prices.js';
import { usageOf } from './query.js';

const providers = (await waitForUpdate()) ?? [];

describe('the keys of the price list', () => {
  /** Keys that are not read although a model has them. None today; write down why when there is one. */
  const IRRELEVANT: Readonly<Record<string, string>> = {};

  it('are all read', () => {
    const unread = new Map<string, string>();
    for (const { id, models } of providers)
      for (const model of models)
        for (const prices of pricesOf(model))
          for (const key of Object.keys(prices))
            if (!isReadKey(key) && IRRELEVANT[key] === undefined) unread.set(key, `${id}/${model.id}`);
    expect([...unread]).toEqual([]);
  });

  it('make calls estimated where a later list has one that is not known', () => {
    const rate = compileRate('acme/m', { input_mtok: 1, output_mtok: 2, thoughts_mtok: 3 });
    expect(estimateReason(rate, usageOf({ input: 1 }))).toBe('unread_usage');
    expect(estimateReason(compileRate('acme/m', { input_mtok: 1 }), usageOf({ input: 1 }))).toBeUndefined();
  });
});

function pricesOf({ prices }: ModelInfo): object[] {
  return Array.isArray(prices) ? prices.map((period) => period.prices) : [prices];
}
