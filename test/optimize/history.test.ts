import { describe, expect, it } from 'vitest';
import { withLlm, withTask } from '../../src/index.js';
import { compressHistory } from '../../src/optimize/history.js';
import { completion, startTracing } from '../support/tracing.js';

interface Message {
  role: string;
  content: string;
}

/** 4,000 characters each: some 1,000 tokens. */
const LONG = 'word '.repeat(800);
const message = (role: string, content = LONG): Message => ({ role, content });
const SYSTEM = message('system', 'Be brief.');
const conversation = () => [
  SYSTEM,
  ...Array.from({ length: 10 }, (_, i) => message(i % 2 === 0 ? 'user' : 'assistant')),
];

/** The app's own summary by gpt-4o-mini, $0.15 in and $0.60 out per million: $0.0012 for 7,000 and 250 tokens. */
const summarize = async () => {
  await withLlm({ provider: 'openai', model: 'gpt-4o-mini' }, async () =>
    completion(7000, 250, { model: 'gpt-4o-mini' }),
  );
  return 'x'.repeat(1000 - 'Summary of the conversation so far:\n'.length - 'user'.length);
};

function ask(counterfactual: object, inputTokens = 3250) {
  return withLlm({ provider: 'openai', model: 'gpt-4o', counterfactual }, async () =>
    completion(inputTokens, 100),
  );
}

describe('a compressed history', () => {
  it('keeps system messages and the last three, and has a summary of the rest', async () => {
    const messages = conversation();
    const seen: object[] = [];
    const history = await compressHistory(messages, {
      summarize: (old) => {
        seen.push(...old);
        return 'They spoke.';
      },
    });
    expect(history).toMatchObject({ isCompressed: true });
    expect(history.messages).toEqual([
      SYSTEM,
      { role: 'user', content: 'Summary of the conversation so far:\nThey spoke.' },
      ...messages.slice(-3),
    ]);
    expect(seen).toEqual(messages.slice(1, 8));
    expect(messages).toEqual(conversation());
  });

  it('states what each later call saved, and sets the summary against it', async () => {
    const tracing = startTracing();
    const totals = await withTask('chat', async (task) => {
      const history = await compressHistory(conversation(), { summarize });
      // 28,043 characters are some 7,010 tokens, and 1,000 in the summary 250.
      expect(history.removedTokens).toBe(6760);
      await ask(history.counterfactual);
      expect(history.savings().netUsd).toBeCloseTo(0.0169 - 0.0012, 12);
      await ask(history.counterfactual);
      expect(history.savings()).toEqual({
        compressions: 1,
        calls: 2,
        savedUsd: 0.0338,
        summaryCostUsd: 0.0012,
        summaryCostComplete: true,
        netUsd: 0.0326,
      });
      return task.totals;
    });
    expect(totals.savedCostUsd).toBe(0.0338);
    const saved = tracing.spans().map(({ attributes }) => attributes['cost.saved_usd']);
    expect(saved.filter((usd) => usd !== undefined)).toEqual([0.0169, 0.0169]);
    expect(tracing.attributes('invoke_agent history_summary')['agent.cost_usd']).toBe(0.0012);
  });

  it('saves less where the provider had it cached', async () => {
    const tracing = startTracing();
    const history = await compressHistory(conversation(), { summarize: () => 'short', cachedShare: 1 });
    await ask(history.counterfactual);
    const { removedTokens } = history;
    expect(tracing.attributes('chat gpt-4o')['cost.saved_usd']).toBeCloseTo((removedTokens * 1.25) / 1e6, 12);
  });

  it('goes on from an earlier compression', async () => {
    const first = await compressHistory(conversation(), { summarize });
    const waiting = await compressHistory(first.messages, { summarize, previous: first, minTokens: 100_000 });
    expect(waiting).toMatchObject({ isCompressed: false, removedTokens: first.removedTokens });
    const grown = [...waiting.messages, ...conversation().slice(1)];
    const second = await compressHistory(grown, { summarize, previous: waiting });
    expect(second.messages).toHaveLength(5);
    expect(second.removedTokens).toBeGreaterThan(first.removedTokens + 9000);
    expect(second.savings()).toMatchObject({ compressions: 2, summaryCostUsd: 0.0024, calls: 0 });
    expect(second.savings()).toEqual(first.savings());
  });

  it.each([
    ['few messages', conversation().slice(0, 5), {}],
    ['little text', conversation().map(({ role }) => message(role, 'short')), {}],
    ['up to the step it starts after', conversation(), { step: 4, startAfterStep: 4 }],
    ['a summary that is no shorter', conversation(), { summarize: () => LONG.repeat(9) }],
  ])('leaves a history as it is: %s', async (_name, messages, more) => {
    const history = await compressHistory(messages, { summarize: () => 'short', ...more });
    expect(history).toMatchObject({ isCompressed: false, removedTokens: 0 });
    expect(history.messages).toEqual(messages);
    expect(history.messages).not.toBe(messages);
    expect(history.savings()).toMatchObject({ compressions: 0, savedUsd: 0 });
  });

  it('starts after the given step', async () => {
    const history = await compressHistory(conversation(), {
      summarize: () => 'short',
      step: 5,
      startAfterStep: 4,
    });
    expect(history.isCompressed).toBe(true);
  });

  it('leaves the history as it is when no summary comes, and counts what trying cost', async () => {
    const down = new Error('down');
    const failing = async () => {
      await summarize();
      throw down;
    };
    const history = await compressHistory(conversation(), { summarize: failing });
    expect(history).toMatchObject({ isCompressed: false, error: down });
    expect(history.savings()).toMatchObject({ summaryCostUsd: 0.0012, netUsd: -0.0012 });
    const silent = await compressHistory(conversation(), { summarize: () => '  ' });
    expect(silent).toMatchObject({ isCompressed: false, error: expect.any(TypeError) });
  });

  it('says when the cost of a summary is not known', async () => {
    const unknown = async () => {
      await withLlm('no-such-model', async () => completion(1, 1, { model: 'no-such-model' }));
      return 'short';
    };
    const history = await compressHistory(conversation(), { summarize: unknown });
    expect(history.savings()).toMatchObject({ summaryCostComplete: false, summaryCostUsd: 0 });
  });

  it('counts tokens as the app does, and estimates where it cannot', async () => {
    const counts = await Promise.all(
      [(list: readonly object[]) => list.length * 2000, () => Number.NaN, () => JSON.parse('{')].map(
        async (countTokens) =>
          (await compressHistory(conversation(), { summarize: () => 'short', countTokens })).removedTokens,
      ),
    );
    expect(counts).toEqual([12_000, 6999, 6999]);
  });

  it('does not take pictures for text', async () => {
    const picture = {
      role: 'user',
      content: [{ type: 'image_url', image_url: { url: `data:${LONG.repeat(50)}` } }],
    };
    const history = await compressHistory(
      Array.from({ length: 9 }, () => picture),
      { summarize: () => 'short' },
    );
    expect(history.isCompressed).toBe(false);
  });

  it('writes the summary in the form the app wants', async () => {
    const history = await compressHistory(conversation(), {
      summarize: () => 'short',
      summaryMessage: (text) => message('assistant', text),
    });
    expect(history.messages[1]).toEqual({ role: 'assistant', content: 'short' });
  });

  it('is refused with wrong options', async () => {
    const wrong = [
      { keepLast: 0 },
      { cachedShare: 2 },
      { minTokens: Number.NaN },
      { countTokens: 5 },
      { other: 1 },
    ];
    for (const options of wrong) {
      const [key] = Object.keys(options);
      const refused = compressHistory(conversation(), { summarize: () => 'short', ...options } as never);
      await expect(refused).rejects.toThrow(`compressHistory options.${key}`);
    }
    await expect(compressHistory([], {} as never)).rejects.toThrow('compressHistory options.summarize');
  });
});
