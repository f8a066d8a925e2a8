import { describe, expect, it } from 'vitest';
import { CommandError } from '../../src/commands/command.js';
import { readExport } from '../../src/reconcile/read-export.js';
import { fixture } from '../support/exports.js';

const read = (name: string) => readExport(name, fixture(name), undefined);

describe('the exports of providers', () => {
  it.each([
    ['openai-usage.csv', "OpenAI's usage export (completions)", 3],
    ['openai-cost.csv', "OpenAI's cost export", 3],
    ['openai-cost-by-day.csv', "OpenAI's cost export", 1],
    ['anthropic-usage.csv', "Anthropic's usage export", 3],
    ['anthropic-cost.csv', "Anthropic's cost export", 3],
  ])('%s is %s, with %d rows of use', (name, format, rows) => {
    const exported = read(name);
    expect(exported.format.name).toBe(format);
    expect(exported.rows).toHaveLength(rows);
  });

  it('are read into disjoint counts', () => {
    expect(read('openai-usage.csv').rows[0]).toEqual({
      at: { millis: Date.parse('2026-11-06') },
      model: 'gpt-4o-2024-08-06',
      tier: 'default',
      isLong: false,
      keys: ['key_agents', 'proj_agents'],
      tokens: {
        input: 1200,
        cacheRead: 1800,
        cacheWrite: 0,
        cacheWrite1h: 0,
        output: 150,
        webSearches: 0,
        requests: 3,
      },
      billedPico: null,
      listPico: null,
    });
    expect(read('anthropic-usage.csv').rows.map(({ isLong }) => isLong)).toEqual([false, true, false]);
    expect(read('anthropic-usage.csv').rows[0]?.tokens).toEqual({
      ...{ input: 1000, cacheRead: 5000, cacheWrite: 100, cacheWrite1h: 10 },
      ...{ output: 200, webSearches: 2, requests: 0 },
    });
  });

  it('are read into exact amounts', () => {
    expect(read('openai-cost.csv').rows.map(({ model, billedPico }) => [model, billedPico])).toEqual([
      ['gpt-4o-2024-08-06', 3_000_000_000n],
      ['gpt-4o-2024-08-06', 2_250_000_000n],
      ['gpt-4o-2024-08-06', 1_500_000_000n],
    ]);
    expect(read('anthropic-cost.csv')).toMatchObject({ isInCents: true });
    expect(read('anthropic-cost.csv').rows[0]).toMatchObject({
      billedPico: 27n * 10n ** 11n,
      listPico: 3n * 10n ** 12n,
    });
    expect(read('openai-cost.csv').isInCents).toBe(false);
  });

  it('may be separated by tabs, begin with a mark, and have other columns and another order', () => {
    const lines = fixture('openai-cost-by-day.csv').trim().split('\n');
    const turned = lines.map((line) => `new,${line}`.replaceAll(',', '\t')).join('\r\n');
    expect(readExport('x', `\ufeff${turned}`, 'openai').rows).toHaveLength(1);
  });

  it('are refused with the columns that are read', () => {
    const refusal = (text: string, provider?: 'openai') => {
      try {
        readExport('x.csv', text, provider);
      } catch (error) {
        if (error instanceof CommandError) return { message: error.message, exitCode: error.exitCode };
      }
      return undefined;
    };
    const unknown = refusal('request_id,cost\n1,2\n');
    expect(unknown?.exitCode).toBe(3);
    expect(unknown?.message).toContain('Its columns are: request_id, cost');
    expect(unknown?.message).toContain("Anthropic's usage export: usage_date_utc, model_version");
    expect(refusal(fixture('anthropic-cost.csv'), 'openai')?.message).not.toContain('Anthropic');
    expect(refusal('')?.exitCode).toBe(3);
    expect(refusal(fixture('anthropic-cost.csv').split('\n')[0] ?? '')?.message).toContain(
      'no rows with use',
    );
    const wrong = fixture('anthropic-usage.csv').replace(',1000,', ',-1000,');
    expect(refusal(wrong)?.message).toContain('row 2: usage_input_tokens_no_cache is "-1000", not a count');
    const euros = fixture('openai-cost.csv').replace('usd', 'eur');
    expect(refusal(euros)?.message).toContain('amount_currency is "eur", not usd');
    expect(refusal(fixture('openai-usage.csv').replace('1800.0', '9800.0'))?.message).toContain(
      'input_cached_tokens',
    );
  });
});
