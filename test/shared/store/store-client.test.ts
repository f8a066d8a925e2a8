import { afterEach, describe, expect, it, vi } from 'vitest';
import { PeriodView } from '../../../src/shared/budgets/period-view.js';
import { StoreClient } from '../../../src/shared/store/store-client.js';

const state = (generation: string | undefined) => ({ generation, nowMillis: Date.now() });

describe('a client of a store', () => {
  it('ignores an answer of a generation that is over', async () => {
    const client = new StoreClient(500, undefined);
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

describe('a store that does not answer', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  function hangingStore() {
    let answer: (of: ReturnType<typeof state>) => void = () => {};
    const sent = { probes: 0, others: 0 };
    const never = (count: 'probes' | 'others') => () => {
      sent[count] += 1;
      return new Promise<ReturnType<typeof state>>((resolve) => {
        answer = resolve;
      });
    };
    const client = new StoreClient(500, { write: never('probes') });
    return { client, sent, ask: never('others'), answerLatest: () => answer(state('g')) };
  }

  it('gets one small request a second, and those of calls', async () => {
    vi.useFakeTimers();
    const { client, sent, ask } = hangingStore();
    void client.askLater(ask);
    await vi.advanceTimersByTimeAsync(500);
    const answers: unknown[] = [];
    for (let at = 0; at < 100; at++) {
      void client.askLater(ask).then((each) => answers.push(each));
      void client.ask(ask, false, true).then((each) => answers.push(each));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(sent.others).toBe(1);
    expect(sent.probes).toBeGreaterThanOrEqual(9);
    expect(sent.probes).toBeLessThanOrEqual(12);
    await vi.advanceTimersByTimeAsync(500);
    expect(answers).toEqual(answers.map(() => undefined));
    expect(answers).toHaveLength(200);
    void client.ask(ask, false);
    expect(sent.others).toBe(2);
    await vi.advanceTimersByTimeAsync(500);
    await client.idle();
  });

  it('gets all requests again once it has answered one, however late', async () => {
    vi.useFakeTimers();
    const { client, sent, ask, answerLatest } = hangingStore();
    void client.askLater(ask);
    await vi.advanceTimersByTimeAsync(800);
    answerLatest();
    await vi.advanceTimersByTimeAsync(1);
    const answer = client.askLater(ask);
    expect(sent).toEqual({ probes: 0, others: 2 });
    answerLatest();
    expect(await answer).toMatchObject({ generation: 'g' });
  });

  it('gets a request that waited for the small one, as soon as that is answered', async () => {
    vi.useFakeTimers();
    const { client, sent, ask, answerLatest } = hangingStore();
    void client.askLater(ask);
    await vi.advanceTimersByTimeAsync(500);
    const answers = [client.askLater(ask), client.askLater(async () => state('g'))];
    expect(sent).toEqual({ probes: 1, others: 1 });
    answerLatest();
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual({ probes: 1, others: 2 });
    answerLatest();
    expect(await Promise.all(answers)).toMatchObject([{ generation: 'g' }, { generation: 'g' }]);
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
