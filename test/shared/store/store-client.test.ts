import { describe, expect, it } from 'vitest';
import { PeriodView } from '../../../src/shared/budgets/period-view.js';
import { StoreClient } from '../../../src/shared/store/store-client.js';

const state = (generation: string | undefined) => ({ generation, nowMillis: Date.now() });

describe('a client of a store', () => {
  it('ignores an answer of a generation that is over', async () => {
    const client = new StoreClient(500);
    await client.ask(async () => state('old'), true);
    let answer: (of: ReturnType<typeof state>) => void = () => {};
    const late = client.ask(
      () =>
        new Promise<ReturnType<typeof state>>((resolve) => {
          answer = resolve;
        }),
      true,
    );
    await client.ask(async () => state('new'), true);
    answer(state('old'));
    expect(await late).toBeUndefined();
    expect(client).toMatchObject({ generation: 'new', dataLosses: 1 });
  });
});

describe('what is known of a period', () => {
  const at = (version: number, usd: string) => ({ spent: { usd }, kept: {}, reserved: {}, version });

  it('is that of the latest answer, also when an earlier one arrives later', () => {
    const view = new PeriodView();
    expect(view.take(at(5, '50'), 0)).toBe('taken');
    expect(view.take(at(3, '30'), 2)).toBe('late');
    expect(view.spent('usd')).toBe(50);
    expect(view.take(at(4, '40'), 5)).toBe('lost');
    expect(view.spent('usd')).toBe(40);
  });
});
