import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FOCUS_COLUMNS, focusRows } from '../../src/export/focus.js';
import type { Leaf } from '../../src/export/leaf.js';
import { CostSplitter } from '../../src/export/split.js';
import { picoFromDecimal } from '../../src/money.js';
import { leaf, tool } from '../support/leaf.js';

const rowsOf = (given: Leaf, splitter = new CostSplitter()) => focusRows(given, splitter, { accountId: 'a' });

function sumOf(rows: ReturnType<typeof rowsOf>, column: string): bigint {
  return rows.reduce((sum, row) => sum + (picoFromDecimal(String(row[column])) ?? -(10n ** 30n)), 0n);
}

describe('rows of FOCUS', () => {
  it('are one a token kind, and add up to the cost of the span', () => {
    const given = leaf();
    const rows = rowsOf(given);
    expect(
      rows.map((row) => [row.SkuMeter, row.PricingQuantity, row.ListUnitPrice, row.EffectiveCost]),
    ).toEqual([
      ['input tokens', '400.0', '0.0000025', '0.001'],
      ['cached input tokens', '600.0', '0.00000125', '0.00075'],
      ['output tokens', '50.0', '0.00001', '0.0005'],
    ]);
    expect(sumOf(rows, 'EffectiveCost')).toBe(given.pico);
    expect(rows[0]).toMatchObject({
      BillingAccountId: 'a',
      BillingPeriodStart: '2026-11-01T00:00:00Z',
      BillingPeriodEnd: '2026-12-01T00:00:00Z',
      ChargePeriodStart: '2026-11-10T12:00:00Z',
      ChargePeriodEnd: '2026-11-10T12:00:02Z',
      ProviderName: 'openai',
      ServiceCategory: 'AI and Machine Learning',
      SkuId: 'gpt-4o',
      SkuPriceId: 'genai-prices/openai/gpt-4o/gpt-4o/input tokens',
      PricingUnit: 'Tokens',
      InvoiceId: null,
      Tags: '{"team":"support"}',
      x_AmountBasis: 'estimate of list price, not an invoice',
      x_CostStatus: 'priced',
      x_TaskOutcome: 'success',
      x_TaskCostComplete: 'true',
      x_SessionId: 's-1',
      x_AgentName: 'planner',
    });
  });

  it('add up for any count and factor, and unit price times quantity is the list cost to the last digit', () => {
    const count = fc.nat({ max: 3_000_000 });
    const models = fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'o3', 'gpt-4.1-nano');
    let split = 0;
    const law = fc.property(
      models,
      count,
      count,
      count,
      fc.constantFrom('1', '0.9', '1.05'),
      (model, ...rest) => {
        const [fresh, cacheRead, output, factor] = rest;
        const tokens = { input: fresh + cacheRead, output, cacheRead, cacheWrite: 0, reasoning: 0 };
        const whole = leaf({ model, tokens });
        const paid = BigInt(Math.round((Number(whole.pico) / 1e12) * Number(factor) * 1e12));
        const given =
          factor === '1' ? whole : { ...whole, pico: paid, source: `${whole.source};factor=${factor}` };
        const rows = rowsOf(given);
        expect(sumOf(rows, 'EffectiveCost')).toBe(given.pico);
        expect(sumOf(rows, 'BilledCost')).toBe(given.pico);
        if (rows.length > 1) split++;
        for (const {
          ListUnitPrice,
          PricingQuantity,
          ListCost,
          ContractedUnitPrice,
          ContractedCost,
        } of rows) {
          expect(Number(ListCost)).toBeCloseTo(Number(ListUnitPrice) * Number(PricingQuantity), 12);
          expect(Number(ContractedCost)).toBeCloseTo(
            Number(ContractedUnitPrice) * Number(PricingQuantity),
            12,
          );
        }
      },
    );
    fc.assert(law);
    expect(split).toBeGreaterThan(50);
  });

  it('are one where the arithmetic is not that of the amount', () => {
    const reported = leaf({ pico: 1_234n, source: 'reported' });
    expect(rowsOf(reported)).toMatchObject([
      {
        SkuMeter: 'llm calls',
        PricingQuantity: '1.0',
        PricingUnit: 'Requests',
        EffectiveCost: '0.000000001234',
      },
    ]);
    expect(rowsOf(leaf({ source: 'override/ours', pico: 7n }))).toHaveLength(1);
  });

  it('use the rates of the app where they are given', () => {
    const given = leaf({ model: 'ours', source: 'override/ours', pico: 2_100_000_000n, status: null });
    const own = { overrides: { ours: { inputUsdPerMtok: 2, outputUsdPerMtok: 2 } } };
    expect(rowsOf(given, new CostSplitter(own)).map(({ PricingQuantity }) => PricingQuantity)).toEqual([
      '400.0',
      '600.0',
      '50.0',
    ]);
    expect(rowsOf(given)).toHaveLength(1);
  });

  it('have quantities and no amount for an unknown cost', () => {
    const rows = rowsOf(leaf({ model: 'made-up-model' }));
    expect(rows.map(({ SkuMeter, PricingQuantity }) => [SkuMeter, PricingQuantity])).toEqual([
      ['input tokens', '400.0'],
      ['cached input tokens', '600.0'],
      ['output tokens', '50.0'],
    ]);
    for (const row of rows) {
      for (const column of ['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost', 'ListUnitPrice'])
        expect(row[column]).toBeNull();
      expect(row).toMatchObject({ x_CostStatus: 'unpriced', x_CostReason: 'unknown_model' });
    }
    expect(rowsOf(tool({ pico: null, status: 'unpriced' }))).toMatchObject([{ EffectiveCost: null }]);
  });

  it('of a tool are one call', () => {
    expect(rowsOf(tool())).toMatchObject([
      {
        ServiceName: 'tool: search',
        SkuId: 'search',
        SkuMeter: 'tool calls',
        PricingQuantity: '1.0',
        ListUnitPrice: '0.005',
        EffectiveCost: '0.005',
        ServiceCategory: 'Other',
        ProviderName: 'unknown',
        x_ToolName: 'search',
      },
    ]);
  });

  it('have all columns, each once', () => {
    const names = FOCUS_COLUMNS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(rowsOf(leaf())[0] ?? {}).sort()).toEqual([...names].sort());
  });
});
