import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Leaf } from '../../src/export/leaf.js';
import { CLASSES, type CompareOptions, compare, totalOf } from '../../src/reconcile/compare.js';
import { dayIn } from '../../src/reconcile/days.js';
import { EXPORT_FORMATS, type ExportRow } from '../../src/reconcile/export-formats.js';
import { modelKey } from '../../src/reconcile/model-key.js';
import { type ProviderExport, readExport } from '../../src/reconcile/read-export.js';
import { listPrice } from '../../src/reconcile/usage-price.js';
import { fixture } from '../support/exports.js';
import { leaf } from '../support/leaf.js';

const day = (date: string, time = '10:00') => Date.parse(`${date}T${time}:00Z`);

function compared(given: ProviderExport, leaves: readonly Leaf[], rest: Partial<CompareOptions> = {}) {
  const priceOf = (row: ExportRow, millis: number) =>
    listPrice(row, given.format.provider, millis, undefined);
  return compare(given, leaves, { dayOf: dayIn('UTC'), keys: [], priceOf, ...rest });
}

const read = (name: string) => readExport(name, fixture(name), undefined);
/** $0.00225: 400 fresh and 600 cached input tokens, and 50 output tokens of gpt-4o. */
const call = (date: string, rest: Partial<Leaf> = {}, time?: string) =>
  leaf({ model: 'gpt-4o-2024-08-06', startMillis: day(date, time), ...rest });
const classes = (row: ReturnType<typeof compared>[number] | undefined) =>
  Object.fromEntries(Object.entries(row?.differences ?? {}).filter(([, amount]) => amount !== 0n));

function costs(
  ...rows: [date: string, model: string | null, pico: bigint, rest?: Partial<ExportRow>][]
): ProviderExport {
  const format = EXPORT_FORMATS.find(({ kind, provider }) => kind === 'cost' && provider === 'openai');
  if (format === undefined) throw new Error('no format');
  const row = ([date, model, billedPico, rest]: (typeof rows)[number]): ExportRow => ({
    ...{ at: { day: date }, model, tier: null, isLong: false, keys: [], tokens: null, listPico: null },
    billedPico,
    ...rest,
  });
  return { format, isInCents: false, rows: rows.map(row) };
}

describe('an export beside our sum', () => {
  it('is equal when we have seen the same calls', () => {
    const leaves = ['10:00', '11:00', '12:00'].map((time) => call('2026-11-06', {}, time));
    const [row, ...more] = compared(read('openai-cost.csv'), leaves);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ day: '2026-11-06', model: 'gpt-4o-2024-08-06', exported: 6_750_000_000n });
    expect(row?.ours).toBe(6_750_000_000n);
    expect(classes(row)).toEqual({});
  });

  it('of counts is priced at list price, and knows other keys from a model that we never saw', () => {
    const leaves = ['10:00', '11:00', '12:00'].map((time) => call('2026-11-06', {}, time));
    const rows = compared(read('openai-usage.csv'), leaves, { keys: ['key_agents'] });
    // 400 input and 10 output tokens of the other key; gpt-4o-mini was never seen.
    expect(rows.map((row) => [row.day, classes(row)])).toEqual([
      ['2026-11-06', { otherKeys: 1_100_000_000n }],
      ['2026-11-08', { notSeen: 270_000_000n }],
    ]);
    expect(rows[0]?.exported).toBe(7_850_000_000n);
  });

  it('of Anthropic prices cache writes, searches and long prompts at their own rates', () => {
    const [haiku, sonnet] = compared(read('anthropic-usage.csv'), []);
    expect(haiku?.exported).toBe(850_000_000n);
    // 1000 × 3 + 100 × 3.75 + 10 × 6 + 5000 × 0.3 + 200 × 15 + two searches, and 250,000 × 6 + 100 × 22.5
    expect(sonnet?.exported).toBe(7_935_000_000n + 20_000_000_000n + 1_500_000_000_000n + 2_250_000_000n);
  });

  it('without models is compared by day', () => {
    const leaves = [call('2026-11-06'), call('2026-11-06', { model: 'gpt-4o-mini' })];
    const [row, ...more] = compared(read('openai-cost-by-day.csv'), leaves);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ model: null, exported: 6_750_000_000n });
  });

  it('knows a model by its display name, and its dated names', () => {
    for (const name of ['Claude Haiku 3.5', 'claude-3-5-haiku-20241022', 'claude-3-5-haiku-latest'])
      expect(modelKey(name)).toBe(modelKey('claude-3-5-haiku'));
    expect(modelKey('gpt-4o-2024-08-06')).toBe(modelKey('gpt-4o'));
    expect(modelKey('gpt-4o-mini')).not.toBe(modelKey('gpt-4o'));
    expect(modelKey('Claude Opus 4.5')).not.toBe(modelKey('Claude Opus 4'));
  });

  it('explains a discount that the export itself states', () => {
    const sonnet = leaf({ provider: 'anthropic', model: 'claude-sonnet-4-5', pico: 18n * 10n ** 12n });
    const rows = compared(read('anthropic-cost.csv'), [
      { ...sonnet, startMillis: 0, endMillis: day('2026-11-06') },
    ]);
    expect(rows.map((row) => [row.model, classes(row)])).toEqual([
      ['Claude Haiku 4.5', { notSeen: 5n * 10n ** 10n }],
      ['Claude Sonnet 4.5', { discount: -18n * 10n ** 11n }],
    ]);
  });

  it('explains our own price factor beside counts at list price', () => {
    const half = (time: string) => ({
      ...call('2026-11-06', { pico: 1_125_000_000n }, time),
      source: 'genai-prices/openai/gpt-4o@0.1.8;factor=0.5',
    });
    const leaves = ['10:00', '11:00', '12:00'].map(half);
    const [row] = compared(read('openai-usage.csv'), leaves, { keys: ['key_agents'] });
    expect(classes(row)).toEqual({ discount: 3_375_000_000n, otherKeys: 1_100_000_000n });
  });

  it('gives calls without a known cost at most their part of the tokens', () => {
    const unpriced = { pico: null, status: 'unpriced' as const, source: null };
    const leaves = [call('2026-11-06'), call('2026-11-06', unpriced), call('2026-11-06', {}, '12:00')];
    const exported = costs(['2026-11-06', 'gpt-4o', 9_000_000_000n]);
    const [row] = compared(exported, leaves);
    expect(row?.unpricedCalls).toBe(1);
    expect(classes(row)).toEqual({ unpriced: 3_000_000_000n, rest: 1_500_000_000n });
  });

  it('does not explain by calls without a known cost that we have more than the export', () => {
    const unpriced = { pico: null, status: 'unpriced' as const, source: null };
    const leaves = [call('2026-11-06'), call('2026-11-06', unpriced)];
    const [row] = compared(costs(['2026-11-06', 'gpt-4o', 1_000_000_000n]), leaves);
    expect(classes(row)).toEqual({ rest: -1_250_000_000n });
  });

  it('gives estimated amounts at most what they are', () => {
    const leaves = [
      call('2026-11-06', { status: 'estimated', pico: 1_000n }),
      call('2026-11-06', {}, '12:00'),
    ];
    const [row] = compared(costs(['2026-11-06', 'gpt-4o', 2_250_000_000n]), leaves);
    expect(classes(row)).toEqual({ estimated: -1_000n });
  });

  it('sees a shift of the day, of one model', () => {
    const leaves = [
      call('2026-11-06', {}, '23:59'),
      call('2026-11-06'),
      call('2026-11-07', { model: 'gpt-4o-mini' }),
    ];
    const rows = compared(
      costs(['2026-11-06', 'gpt-4o', 2_250_000_000n], ['2026-11-07', 'gpt-4o', 2_250_000_000n]),
      leaves,
    );
    const moved = rows
      .filter(({ model }) => model?.startsWith('gpt-4o') && model !== 'gpt-4o-mini')
      .map(classes);
    expect(moved).toEqual([{ timeZone: -2_250_000_000n }, { timeZone: 2_250_000_000n }]);
  });

  it('sees no shift between days that do not follow each other', () => {
    const exported = costs(['2026-11-05', 'gpt-4o', 5n], ['2026-11-08', 'gpt-4o', 2_250_000_000n]);
    const rows = compared(exported, [call('2026-11-05')]);
    expect(rows.map(classes)).toEqual([{ rest: 5n - 2_250_000_000n }, { rest: 2_250_000_000n }]);
  });

  it('takes the days of the zone', () => {
    const late = call('2026-11-06', {}, '23:30');
    const exported = costs(['2026-11-07', 'gpt-4o', 2_250_000_000n]);
    expect(classes(compared(exported, [late], { dayOf: dayIn('Europe/Berlin') })[0])).toEqual({});
    expect(compared(exported, [late])[0]?.ours).toBe(0n);
    expect(() => dayIn('Berlin')).toThrow('--timezone is "Berlin"');
  });

  it('in cents is only exact to half a cent a row', () => {
    const exported = { ...costs(['2026-11-06', 'gpt-4o', 10n ** 10n]), isInCents: true };
    const leaves = ['10:00', '11:00', '12:00'].map((time) => call('2026-11-06', {}, time));
    expect(classes(compared(exported, leaves)[0])).toEqual({ rounding: 3_250_000_000n });
  });

  it('leaves out other providers, tools, and days outside', () => {
    const leaves = [
      call('2026-11-06'),
      call('2026-11-05'),
      call('2026-11-06', { provider: 'azure.ai.openai' }),
      call('2026-11-06', { kind: 'tool' }),
    ];
    expect(compared(costs(['2026-11-06', 'gpt-4o', 1n]), leaves).map(({ ours }) => ours)).toEqual([
      2_250_000_000n,
    ]);
  });

  it('has no amount for a row whose model has no price', () => {
    const usage = read('openai-usage.csv');
    const unknown = { ...usage, rows: usage.rows.map((row) => ({ ...row, model: 'made-up' })) };
    const total = totalOf(compared(unknown, []));
    expect(total).toMatchObject({ exported: 0n, unpricedRows: 3 });
  });

  it('is explained to the last pico-dollar, whatever the figures', () => {
    const models = fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'o3');
    const days = fc.constantFrom('2026-11-05', '2026-11-06', '2026-11-07');
    const pico = fc.bigInt({ min: 0n, max: 10n ** 14n });
    const status = fc.constantFrom(null, 'estimated' as const);
    const ours = fc.array(fc.tuple(days, models, fc.option(pico), status), { maxLength: 12 });
    const theirs = fc.array(fc.tuple(days, models, pico, fc.option(pico)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(ours, theirs, fc.boolean(), (leaves, rows, isInCents) => {
        const exported = costs(
          ...rows.map(
            ([date, model, billed, listPico]) =>
              [date, model, billed, { listPico }] as [string, string, bigint, Partial<ExportRow>],
          ),
        );
        const made = leaves.map(([date, model, amount, kind]) =>
          call(date, { model, pico: amount, status: kind }),
        );
        const all = compared({ ...exported, isInCents }, made);
        for (const { exported: is, ours: was, differences } of [...all, totalOf(all)])
          expect(CLASSES.reduce((sum, kind) => sum + differences[kind], 0n)).toBe(is - was);
      }),
    );
  });
});
