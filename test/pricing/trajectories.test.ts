import { describe, expect, it } from 'vitest';
import { picoFromUsd } from '../../src/money.js';
import { PriceBook } from '../../src/pricing/price-book.js';
import recorded from '../fixtures/trajectories.json' with { type: 'json' };
import { NOON, queryOf, usageOf } from './query.js';

describe('recorded agent runs come to the bill that was recorded', () => {
  const book = new PriceBook();

  it.each(recorded.runs)('$id', ({ calls, costUsd }) => {
    let pico = 0;
    for (const { provider, model, counts } of calls) {
      const [input = 0, cacheRead = 0, cacheWrite = 0, cacheWrite1h = 0, output = 0] = counts;
      const usage = usageOf({ input, cacheRead, cacheWrite, cacheWrite1h, output });
      pico +=
        book.price(queryOf(provider ?? undefined, model, { usage, timeMillis: NOON })).pico ?? Number.NaN;
    }
    // Two of the bills were recorded with four decimals only.
    const unit = costUsd > 1 ? 1e8 : 1;
    expect(Math.round(pico / unit)).toBe(Math.round(picoFromUsd(costUsd) / unit));
  });
});
