/** Hints on the prompt cache where the recorded runs do not go. */
import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withAgent } from '../../src/index.js';
import { chatAttributes, startTracing, wait } from '../support/tracing.js';
import { answerOf, type Call, hintsOn, hintsOnRun, makeCall, picoOf } from './hint-runs.js';

const MINUTE = 60_000;
const START = Date.parse('2026-01-05T09:00:00Z');

/** A call of Claude so many minutes after the start, by the thousand tokens. */
function claude(minutes: number, counts: Partial<Call>): Call {
  const kilo = Object.fromEntries(
    Object.entries(counts).map(([kind, count]) => [kind, Number(count) * 1000]),
  );
  return {
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    timeMillis: START + minutes * MINUTE,
    input: 0,
    cacheRead: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: 0,
    ...kilo,
  };
}

const usd = (call: Call) => picoOf(call) / 1e12;

/** What a run's cache hints are about. */
async function cacheHints(...run: Call[][]) {
  const { hints } = await hintsOnRun(run);
  return hints
    .filter(({ kind }) => /cache$|uncached/.test(kind))
    .map(({ kind, amountUsd, count, message }) => ({ kind, amountUsd, count, message }));
}

const FIRST = claude(0, { cacheWrite: 10 });
const WARM = claude(1, { cacheRead: 10, cacheWrite: 2 });
const COLD = claude(2, { cacheWrite: 15 });

describe('a hint on a cold cache', () => {
  it('is the difference between writing and reading what was there; new tokens stay as they are', async () => {
    const [hint, ...others] = await cacheHints([FIRST, WARM, COLD]);
    expect(others).toEqual([]);
    expect(hint).toMatchObject({ kind: 'cold_cache', count: 1 });
    expect(hint?.amountUsd).toBe(usd(COLD) - usd(claude(2, { cacheRead: 12, cacheWrite: 3 })));
    expect(hint?.message).toContain('12,000 tokens');
  });

  it('knows calls that were sent without the cache, and those that write for an hour', async () => {
    const plain = claude(2, { input: 15 });
    const long = claude(40, { cacheWrite1h: 20 });
    const hints = await cacheHints(
      [claude(0, { cacheWrite1h: 10 }), WARM, plain, long],
      [FIRST, WARM, plain],
    );
    expect(hints).toEqual([expect.objectContaining({ kind: 'cold_cache', count: 2 })]);
    expect(hints[0]?.amountUsd).toBeCloseTo(2 * 12 * 1000 * 2.7e-6, 12);
    const [again] = await cacheHints([
      claude(0, { cacheWrite1h: 10 }),
      claude(1, { cacheRead: 10, cacheWrite1h: 2 }),
      long,
    ]);
    expect(again).toMatchObject({ kind: 'cold_cache', amountUsd: 12 * 1000 * 5.7e-6 });
  });

  it('claims no more than the whole of a shortened history, and nothing of a compressed one', async () => {
    const grow = [
      FIRST,
      WARM,
      claude(2, { cacheRead: 12, cacheWrite: 1 }),
      claude(3, { cacheRead: 13, cacheWrite: 1 }),
      claude(4, { cacheRead: 14, cacheWrite: 2 }),
    ];
    const [shortened] = await cacheHints([...grow, claude(5, { cacheWrite: 9 })]);
    expect(shortened?.amountUsd).toBeCloseTo(9000 * 3.45e-6, 12);
    expect(await cacheHints([...grow, claude(5, { cacheWrite: 7 })])).toEqual([]);
  });

  it('is not given where a call read half of what it could: only the end of its history changed', async () => {
    expect(await cacheHints([FIRST, WARM, claude(2, { cacheRead: 6, cacheWrite: 9 })])).toEqual([]);
    expect(await cacheHints([FIRST, WARM, claude(2, { cacheRead: 5, cacheWrite: 10 })])).toHaveLength(1);
    // 16,000 tokens are there, of which a history cut to 9,000 can read no more than it has.
    const grown = [
      claude(1.2, { cacheRead: 12, cacheWrite: 2 }),
      claude(1.4, { cacheRead: 14, cacheWrite: 2 }),
    ];
    expect(await cacheHints([FIRST, WARM, ...grown, claude(2, { cacheRead: 6, cacheWrite: 3 })])).toEqual([]);
  });

  it('is not given across loops, or for the calls of another model in the loop', async () => {
    expect(await cacheHints([FIRST, WARM], [COLD], [claude(3, { cacheWrite: 18 })])).toEqual([]);
    const other = { ...COLD, model: 'claude-haiku-4-5' };
    expect(await cacheHints([FIRST, WARM, other])).toEqual([]);
  });

  it('is not given for prompts that do not carry on one history, and for two calls alone', async () => {
    expect(await cacheHints([FIRST, COLD])).toEqual([]);
    const documents = [9, 12, 7, 11, 8, 10].map((size, i) => claude(i, { cacheRead: 2, cacheWrite: size }));
    expect(await cacheHints(documents)).toEqual([]);
  });

  it('takes calls that began before the one before had ended for calls beside it', async () => {
    const inOrder = [FIRST, WARM, claude(2, { cacheRead: 12, cacheWrite: 1, output: 0.5 })];
    const beside = [3, 4, 5].map((minutes) => claude(minutes, { cacheRead: 13, cacheWrite: minutes }));
    const colds = [6, 7].map((minutes) => claude(minutes, { cacheWrite: 20 }));
    const { hints } = await hintsOn(() =>
      withAgent('agent', async () => {
        for (const call of inOrder) await makeCall(call);
        // They end in the opposite order: each was sent before any of the others could be read.
        await Promise.all(
          [...beside, ...colds].map((call, i) =>
            makeCall(call, async () => {
              await wait(10 * (5 - i));
              return answerOf(call);
            }),
          ),
        );
      }),
    );
    const found = hints.filter(({ kind }) => /cache$/.test(kind));
    // Of each of the two what the last one before all of them had left: 13,000 tokens.
    expect(found).toEqual([expect.objectContaining({ kind: 'cold_cache', count: 2 })]);
    expect(found[0]?.amountUsd).toBeCloseTo(2 * 13_000 * 3.45e-6, 12);
  });

  it('counts whole blocks where the provider caches by itself', async () => {
    const gpt = (minutes: number, input: number, cacheRead = 0) => ({
      ...claude(minutes, { input, cacheRead }),
      provider: 'openai',
      model: 'gpt-4.1-mini',
    });
    const [hint] = await cacheHints([gpt(0, 2), gpt(1, 1.08, 1.92), gpt(2, 4), gpt(3, 0.5, 4)]);
    // 3,000 tokens are 23 blocks of 128.
    expect(hint).toMatchObject({ kind: 'cold_cache', count: 1, amountUsd: (2944 * 300_000) / 1e12 });
  });
});

describe('a hint on an expired cache', () => {
  const later = (minutes: number) => claude(minutes, { cacheWrite: 15 });

  it('pays for the calls that would have kept it warm', async () => {
    const [hint] = await cacheHints([FIRST, WARM, later(12)]);
    const warm = claude(12, { cacheRead: 12, cacheWrite: 3 });
    const keepAlive = claude(12, { cacheRead: 12, output: 0.001 });
    expect(hint).toMatchObject({ kind: 'expired_cache', count: 1 });
    expect(hint?.amountUsd).toBeCloseTo(usd(later(12)) - usd(warm) - 2 * usd(keepAlive), 12);
    expect(hint?.message).toContain('more than 5 min after the previous call');
  });

  it('goes by the hour where the call writes for an hour', async () => {
    const loop = (minutes: number) => [FIRST, WARM, claude(minutes, { cacheWrite1h: 15 })];
    expect(await cacheHints(loop(60))).toMatchObject([{ kind: 'cold_cache' }]);
    const [hint] = await cacheHints(loop(62));
    expect(hint?.message).toContain('more than 60 min after the previous call');
  });

  it('is not given where keeping it warm costs more than writing it again', async () => {
    expect(await cacheHints([FIRST, WARM, later(55)])).toHaveLength(1);
    expect(await cacheHints([FIRST, WARM, later(75)])).toEqual([]);
  });
});

describe('a hint on uncached input', () => {
  const LOOP = [2, 4, 6].map((input, i) => claude(i, { input, output: 0.1 }));

  it('is not given where the model has no price for cached tokens, or none at all', async () => {
    for (const model of ['gpt-4', 'no-such-model']) {
      const { hints, costUsd } = await hintsOnRun([
        LOOP.map((call) => ({ ...call, provider: 'openai', model })),
      ]);
      expect(hints).toEqual([]);
      expect(costUsd > 0).toBe(model === 'gpt-4');
    }
  });

  it('pays for what is written to the cache, from the first prompt on that is long enough for one', async () => {
    const loop = [0.5, 2, 4].map((input, i) => claude(i, { input, output: 0.1 }));
    const [hint] = await cacheHints(loop);
    // The first is too short. The second writes 2,000; of these the third reads 15 blocks of 128 and writes the rest.
    expect(hint).toMatchObject({ kind: 'uncached_input', count: 1 });
    expect(hint?.amountUsd).toBeCloseTo((1920 * 2.7 - (2000 + 2080) * 0.75) / 1e6, 12);
  });

  it('is not given where writing to the cache costs more than it saves', async () => {
    expect(await cacheHints(LOOP)).toHaveLength(1);
    // All but the first prompts are new.
    expect(await cacheHints([1.1, 9, 99].map((input, i) => claude(i, { input, output: 0.1 })))).toEqual([]);
    // The cache has expired each time.
    expect(
      await cacheHints(LOOP.map((call, i) => ({ ...call, timeMillis: START + 6 * i * MINUTE }))),
    ).toEqual([]);
  });

  it('is not given for prompts too short for a cache', async () => {
    expect(
      await cacheHints([300, 600, 1000].map((tokens, i) => claude(i, { input: tokens / 1000 }))),
    ).toEqual([]);
  });

  it('is not given where an instrumentation does not report cached tokens', async () => {
    startTracing();
    const loop = (scope: string) =>
      hintsOn(() =>
        withAgent('agent', async () => {
          for (const prompt of [2000, 4000, 6000]) {
            const options = { attributes: chatAttributes(prompt, 100) };
            trace.getTracer(scope).startSpan('chat gpt-4o', options).end();
          }
        }),
      );
    const kinds = async (scope: string) => (await loop(scope)).hints.map(({ kind }) => kind);
    expect(await kinds('another-instrumentation')).toContain('uncached_input');
    expect(await kinds('@opentelemetry/instrumentation-openai')).not.toContain('uncached_input');
  });
});
