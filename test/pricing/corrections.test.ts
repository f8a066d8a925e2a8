/** The table of corrections: its prices at both sides of each date, and that each row is still needed. */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { calcPrice, type ModelInfo, waitForUpdate } from '@pydantic/genai-prices';
import { describe, expect, it } from 'vitest';
import { CORRECTIONS, type Correction, ROUTER_FEES, statementOf } from '../../src/pricing/corrections.js';
import { rateAt } from '../../src/pricing/dated.js';
import { findListed } from '../../src/pricing/genai-prices.js';
import { compileRates } from '../../src/pricing/list-prices.js';
import { PriceBook } from '../../src/pricing/price-book.js';
import { queryOf, usageOf } from './query.js';

const book = new PriceBook();
const million = 1_000_000;
await waitForUpdate();

function listedModel(provider: string, name: string): ModelInfo | undefined {
  return calcPrice({}, name, { providerId: provider })?.model;
}

/** Both sides of each change, and each hour of a week in each period. */
function timesOf({ periods }: Correction): number[] {
  const changes = [...periods.map(({ from }) => Date.parse(from ?? '2025-01-01')), Date.parse('2026-12-01')];
  const hours = Array.from({ length: 7 * 24 }, (_, hour) => hour * 3_600_000);
  return changes.flatMap((change) => [change - 1, ...hours.map((hour) => change + hour)]);
}

describe('each correction', () => {
  it.each(CORRECTIONS.map((row) => [`${row.provider}/${row.names[0]}`, row] as const))(
    '%s is still needed',
    (id, row) => {
      const [name = ''] = row.names;
      const model = listedModel(row.provider, name);
      const statement = statementOf(model?.prices);
      expect(
        statement,
        `the list says something else about ${id} than when it was corrected. Compare it with the source, then delete ` +
          `the row, or correct it and its "listed"`,
      ).toBe(row.listed);
      if (model === undefined) return;
      const listed = compileRates(id, model.prices);
      const corrected = findListed(row.provider, name)?.rates ?? listed;
      const isChange = (time: number): boolean => {
        const [ours, theirs] = [rateAt(corrected, time), rateAt(listed, time)];
        return !isDeepStrictEqual(
          [ours.bands, ours.doubt, ours.unknown],
          [theirs.bands, theirs.doubt, theirs.unknown],
        );
      };
      expect(
        timesOf(row).some(isChange),
        `the list says the same as the correction of ${id} at all times: delete the row`,
      ).toBe(true);
    },
  );

  it('has a source beside it, names in lower case and periods in order', () => {
    for (const { names, periods } of CORRECTIONS) {
      for (const name of names) expect(name).toBe(name.toLowerCase());
      const starts = periods.map(({ from }) => (from === undefined ? 0 : Date.parse(from)));
      expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    }
    const table = readFileSync(new URL('../../src/pricing/corrections.ts', import.meta.url), 'utf8');
    const sources = table.match(/^ {4}\/\/ Source: .*(?:https:|#\d)/gm) ?? [];
    expect(sources).toHaveLength(CORRECTIONS.length + ROUTER_FEES.length);
  });

  it('is named in the source of the cost, with the date of the table last', () => {
    const { source, rateMatch } = book.price(queryOf('mistral', 'mistral-large-latest'));
    expect(source).toMatch(/^corrections\/mistral\/mistral-large-latest@\d{4}-\d\d-\d\d$/);
    expect(rateMatch).toBeUndefined();
  });
});

describe('the price of a million tokens', () => {
  const usdAt = (
    model: string,
    time: string,
    kind: 'input' | 'cacheRead' | 'output',
    provider = 'deepseek',
  ) => {
    const usage = usageOf({ [kind]: million });
    const { pico, status } = book.price(queryOf(provider, model, { timeMillis: Date.parse(time), usage }));
    return { usd: (pico ?? Number.NaN) / 1e12, status };
  };

  it.each([
    ['deepseek-chat', '2025-02-08T15:59:59Z', 0.14, 0.014, 0.28],
    ['deepseek-chat', '2025-02-08T16:00:00Z', 0.27, 0.07, 1.1],
    ['deepseek-chat', '2025-02-25T20:00:00Z', 0.27, 0.07, 1.1],
    ['deepseek-chat', '2025-06-02T16:29:59Z', 0.27, 0.07, 1.1],
    ['deepseek-chat', '2025-06-02T16:30:00Z', 0.135, 0.035, 0.55],
    ['deepseek-chat', '2025-06-02T00:29:59Z', 0.135, 0.035, 0.55],
    ['deepseek-chat', '2025-06-02T00:30:00Z', 0.27, 0.07, 1.1],
    ['deepseek-reasoner', '2025-02-01T12:00:00Z', 0.55, 0.14, 2.19],
    ['deepseek-reasoner', '2025-06-02T16:30:00Z', 0.135, 0.035, 0.55],
    ['deepseek-reasoner', '2025-06-02T12:00:00Z', 0.55, 0.14, 2.19],
    ['deepseek-reasoner', '2025-09-05T16:00:00Z', 0.56, 0.07, 1.68],
    ['deepseek-chat', '2025-09-05T16:00:00Z', 0.56, 0.07, 1.68],
    ['deepseek-chat', '2025-09-20T17:00:00Z', 0.56, 0.07, 1.68],
    ['deepseek-chat', '2025-09-29T00:00:00Z', 0.28, 0.028, 0.42],
    ['deepseek-chat', '2026-01-01T17:00:00Z', 0.28, 0.028, 0.42],
    ['deepseek-reasoner', '2026-04-24T00:00:00Z', 0.14, 0.028, 0.28],
    ['deepseek-chat', '2026-04-26T12:15:00Z', 0.14, 0.0028, 0.28],
    ['deepseek-v4-flash', '2026-08-16T15:59:59Z', 0.14, 0.0028, 0.28],
    ['deepseek-v4-flash', '2026-08-16T16:00:00Z', 0.22, 0.007, 0.66],
    // Monday and Saturday, at a peak hour.
    ['deepseek-v4-flash', '2026-08-17T01:00:00Z', 0.44, 0.014, 1.32],
    ['deepseek-v4-flash', '2026-08-22T01:00:00Z', 0.22, 0.007, 0.66],
    ['deepseek-v4-flash', '2026-09-10T00:00:00Z', 0.15, 0.003, 0.6],
    ['deepseek-flash', '2026-11-27T09:59:59Z', 0.3, 0.006, 1.2],
    ['deepseek-flash', '2026-11-27T10:00:00Z', 0.15, 0.003, 0.6],
    ['deepseek-v4-pro', '2026-08-22T07:00:00Z', 0.66, 0.022, 1.98],
    ['deepseek-v4-pro', '2026-08-21T07:00:00Z', 1.32, 0.044, 3.96],
  ])('of %s at %s', (model, time, input, cacheRead, output) => {
    expect(usdAt(model, time, 'input')).toEqual({ usd: input, status: undefined });
    expect(usdAt(model, time, 'cacheRead')).toEqual({ usd: cacheRead, status: undefined });
    expect(usdAt(model, time, 'output')).toEqual({ usd: output, status: undefined });
  });

  it.each([
    ['mistral', 'mistral-large-latest', '2025-12-01T23:59:59Z', 2, 6],
    ['mistral', 'mistral-large-latest', '2025-12-02T00:00:00Z', 0.5, 1.5],
    ['mistral', 'mistral-large-2411', '2026-06-01T00:00:00Z', 2, 6],
    ['mistral', 'mistral-small-latest', '2026-01-01T00:00:00Z', 0.1, 0.3],
    ['mistral', 'mistral-small-latest', '2026-07-01T00:00:00Z', 0.15, 0.6],
    ['mistral', 'mistral-medium', '2026-06-15T00:00:00Z', 0.4, 2],
    ['mistral', 'mistral-medium', '2026-06-16T00:00:00Z', 1.5, 7.5],
    ['mistral', 'mistral-medium-latest', '2026-06-16T00:00:00Z', 1.5, 7.5],
    ['mistral', 'codestral-latest', '2026-06-16T00:00:00Z', 0.3, 0.9],
  ])('of %s %s at %s', (provider, model, time, input, output) => {
    expect(usdAt(model, time, 'input', provider)).toEqual({ usd: input, status: undefined });
    expect(usdAt(model, time, 'output', provider)).toEqual({ usd: output, status: undefined });
  });

  it('is the same for a process that runs across the change, with the rate in its memory', () => {
    const running = new PriceBook();
    const usage = usageOf({ input: million });
    const at = (time: string): number =>
      running.price(queryOf('mistral', 'mistral-large-latest', { timeMillis: Date.parse(time), usage }))
        .pico ?? Number.NaN;
    expect(['2025-12-01T23:59:59.999Z', '2025-12-02T00:00:00Z', '2025-12-01T23:59:59.999Z'].map(at)).toEqual([
      2e12, 0.5e12, 2e12,
    ]);
    const opus = (time: string): number =>
      running.price(queryOf('anthropic', 'claude-opus-4-6', { timeMillis: Date.parse(time), usage })).pico ??
      Number.NaN;
    expect(['2026-03-12T23:59:59.999Z', '2026-03-13T00:00:00Z'].map(opus)).toEqual([10e12, 5e12]);
  });

  it('has the fee of a request with the search context that is used by default', () => {
    const usd = (model: string) =>
      (book.price(queryOf('perplexity', model, { usage: usageOf({}) })).pico ?? 0) / 1e12;
    expect(['sonar', 'sonar-reasoning', 'sonar-pro', 'sonar-reasoning-pro'].map(usd)).toEqual([
      0.005, 0.005, 0.006, 0.006,
    ]);
  });

  it('of the audio that the list leaves out', () => {
    const usage = usageOf({ inputAudio: 1000, outputAudio: 1000 });
    expect(book.price(queryOf('openai', 'gpt-4o-audio-preview', { usage }))).toMatchObject({
      pico: 0.12e12,
      status: undefined,
    });
  });
});

describe('names that move', () => {
  it.each([
    ['mistral', 'magistral-small-latest'],
    ['mistral', 'devstral-small-latest'],
    ['openai', 'gpt-chat-latest'],
    ['x-ai', 'grok-latest'],
    ['openrouter', '~google/gemini-flash-latest'],
    ['mistral', 'mistral-small-latest'],
    ['deepseek', 'deepseek-v4-pro'],
  ])('%s %s is estimated where nothing says when for which model', (provider, model) => {
    const timeMillis = Date.parse(
      model === 'deepseek-v4-pro' ? '2026-10-01T12:00:00Z' : '2026-05-01T12:00:00Z',
    );
    expect(book.price(queryOf(provider, model, { timeMillis }))).toMatchObject({
      status: 'estimated',
      reason: 'moving_alias',
    });
  });

  it.each([
    ['anthropic', 'claude-3-5-sonnet-latest'],
    ['openai', 'chatgpt-4o-latest'],
    ['openai', 'gpt-5-chat-latest'],
    ['x-ai', 'grok-4-latest'],
    ['mistral', 'ministral-8b-latest'],
    ['google', 'gemini-2.5-flash-latest'],
    ['mistral', 'pixtral-large-latest'],
  ])('%s %s stays with its version', (provider, model) => {
    expect(book.price(queryOf(provider, model)).status).toBeUndefined();
  });
});
