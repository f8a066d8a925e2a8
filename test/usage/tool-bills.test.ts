import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActionError, ActionResult } from '../../src/action.js';
import { isFailedJson, isFailedResult, readToolBill } from '../../src/usage/tool-bills.js';

interface Case {
  name: string;
  source: string;
  shape?: unknown;
  headers?: Record<string, string>;
  usd?: number | null;
  id?: string;
  isPartial?: boolean;
  refused?: string;
  unstated?: string;
  failed?: boolean;
}

const file = new URL('../fixtures/tool-bills.json', import.meta.url);
const { cases }: { cases: Case[] } = JSON.parse(readFileSync(file, 'utf8'));
const resultOf = ({ shape, headers }: Case): unknown =>
  headers === undefined ? shape : new Response('{"costDollars":{"total":9}}', { headers });

describe('the bill that a paid service sends', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const bill = readToolBill(resultOf(one));
    if (one.usd === null) expect(bill).toBeUndefined();
    else {
      const { usd, id, isPartial, refused, unstated } = one;
      const wanted = { usd, id, isPartial, refused, unstated };
      for (const [key, value] of Object.entries(wanted))
        if (value !== undefined) expect(bill).toHaveProperty(key, value);
      expect(bill).not.toHaveProperty('differs');
      if (usd !== undefined && one.isPartial !== true) expect(bill).not.toHaveProperty('isPartial', true);
    }
    expect(isFailedResult(resultOf(one))).toBe(one.failed === true);
  });

  it('is the same as JSON text, which tools give to a model and spans record', () => {
    for (const one of cases.filter(({ shape }) => shape !== undefined)) {
      expect([one.name, readToolBill(JSON.stringify(one.shape))]).toEqual([
        one.name,
        readToolBill(one.shape),
      ]);
      expect(isFailedJson(JSON.stringify(one.shape))).toBe(one.failed === true);
    }
  });

  it('is the same inside an ActionResult without a cost of its own', () => {
    for (const one of cases) {
      expect(readToolBill(new ActionResult(resultOf(one)))).toEqual(readToolBill(resultOf(one)));
      expect(isFailedResult(new ActionResult(resultOf(one)))).toBe(one.failed === true);
    }
  });

  it('is the same below `data` of an HTTP client, and in `{ data, response }`', () => {
    const exa = { requestId: 'e1', costDollars: { total: 0.007 } };
    expect(readToolBill({ status: 200, headers: {}, data: exa })).toMatchObject({ usd: 0.007 });
    expect(readToolBill({ data: exa, response: new Response('') })).toMatchObject({ usd: 0.007 });
  });

  it.each([
    Number.NaN,
    -0.01,
    Number.POSITIVE_INFINITY,
    1_000_001,
    '$0.02',
    '0.02 USD',
    '2 credits',
    '-1',
    '0.02',
    '',
    true,
    {},
    [0.02],
    5n,
  ])('is refused where the amount is %o', (value) => {
    for (const shape of [
      { cost_usd: value },
      { costUsd: value },
      { costDollars: { total: value } },
      { usageTotalUsd: value },
      { total_deduction_dollars: value },
      { status_code: 20000, tasks: [], cost: value },
      { costs: { total_cost: value } },
      { _meta: { 'com.apify/ActorRun': { usageTotalUsd: value } } },
      { content: [], structuredContent: { cost_usd: value } },
      [{ cost_usd: 0.01 }, { cost_usd: value }],
      { structuredContent: { cost_usd: 0.01 }, _meta: { cost_usd: value } },
    ])
      expect([shape, readToolBill(shape)]).toEqual([shape, { refused: expect.any(String) }]);
  });

  it('in another currency is refused, and in dollars by name is not', () => {
    expect(readToolBill({ cost_usd: 0.02, currency: 'EUR' })).toEqual({ refused: 'currency is "EUR"' });
    expect(readToolBill({ costDollars: { total: 1, currency: 'GBP' } })).toEqual({
      refused: 'currency is "GBP"',
    });
    expect(readToolBill({ cost_usd: 0.02, currency: 'usd' })).toMatchObject({ usd: 0.02 });
  });

  it('without a total is refused: parts may be rates', () => {
    expect(readToolBill({ costDollars: { search: { neural: 0.005 } } })).toHaveProperty('refused');
  });

  it('is one where the same amount stands at several places', () => {
    const bill = readToolBill({
      cost_usd: 0.02,
      costUsd: 0.02,
      _meta: { cost_usd: 0.02 },
      content: [{ type: 'text', text: '{"cost_usd":0.02}' }],
    });
    expect(bill).toMatchObject({ usd: 0.02 });
    expect(bill).not.toHaveProperty('differs');
  });

  it('is the largest, and not certain, where two contradict each other', () => {
    const shape = { structuredContent: { cost_usd: 0.02 }, _meta: { cost_usd: 0.03 }, content: [] };
    expect(readToolBill(shape)).toMatchObject({ usd: 0.03, differs: 'bills of 0.02 and 0.03 USD' });
  });

  it('of a list of results is their sum, unless a total is stated beside', () => {
    const list = [{ costDollars: { total: 0.007 } }, { costDollars: { total: 0.005 } }];
    expect(readToolBill(list)).toEqual({ usd: 0.012, isPartial: false });
    expect(readToolBill({ headers: {}, data: list })).toMatchObject({ usd: 0.012 });
    expect(readToolBill({ headers: {}, data: list, cost_usd: 0.01 })).toMatchObject({ usd: 0.01 });
    expect(readToolBill([0.1, 0.2].map((cost_usd) => ({ cost_usd })))).toMatchObject({ usd: 0.3 });
  });

  it('of the content of an MCP result, as some clients hand it on, is that of one result', () => {
    const content = [
      { type: 'text', text: '47 items' },
      { type: 'text', text: '{"costDollars":{"total":0.007}}' },
      { type: 'image', data: 'AAAA', mimeType: 'image/png' },
    ];
    expect(readToolBill(content)).toEqual({ usd: 0.007, id: undefined, isPartial: false });
    const twice = content.concat({ type: 'text', text: '{"costDollars":{"total":0.009}}' });
    expect(readToolBill(twice)).toMatchObject({ usd: 0.009, differs: 'bills of 0.007 and 0.009 USD' });
  });

  it('of two lists of results is uncertain where their sums differ', () => {
    const texts = ['[{"cost_usd":1},{"cost_usd":2}]', '[{"cost_usd":4}]'];
    const bill = readToolBill({ content: texts.map((text) => ({ type: 'text', text })) });
    expect(bill).toMatchObject({ usd: 4, differs: 'bills of 3 and 4 USD' });
  });

  it('of a list of results some of which state none is a lower bound', () => {
    expect(readToolBill([{ cost_usd: 0.01 }, { error: 'timeout' }])).toMatchObject({
      usd: 0.01,
      isPartial: true,
    });
    expect(readToolBill([{ hits: 1 }, { hits: 2 }])).toBeUndefined();
    expect(readToolBill([])).toBeUndefined();
  });

  it('is not read from the things that a tool found: their prices are not its own', () => {
    for (const shape of [
      { results: [{ name: 'chair', cost_usd: 18.4 }] },
      { quote: { cost_usd: 18.4 } },
      { data: { cost_usd: 18.4 }, total: 1 },
      { price_usd: 18.4, cost: 18.4, cost_eur: 12, total: 3, amount: '10000' },
      { content: 'the costDollars are {"total": 3}' },
      'cost_usd: 18.4',
    ])
      expect(readToolBill(shape)).toBeUndefined();
  });

  it('of an ActionResult further in is read with its mistakes', () => {
    const inner = Reflect.construct(ActionResult, [1, { cost_usd: 1 }]);
    expect(readToolBill({ content: [], structuredContent: inner })).toEqual({
      refused: 'unknown option "cost_usd", did you mean "costUsd"?',
    });
    const fine = new ActionError('no', { costUsd: 0.5 });
    expect(readToolBill({ content: [], structuredContent: fine })).toMatchObject({ usd: 0.5 });
  });
});

describe('a result that may state anything', () => {
  it('is not searched beyond its bounds, and says so', () => {
    const large = { unstated: 'result too large to be searched for a bill' };
    expect(readToolBill(`{"cost_usd":1,"text":"${'x'.repeat(1_000_001)}"}`)).toEqual(large);
    expect(readToolBill(new Array(5_001).fill({ cost_usd: 1 }))).toEqual(large);
    const keys = Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`k${i}`, {}]));
    expect(readToolBill({ _meta: keys })).toEqual(large);
    // Long text without a bill is not parsed.
    expect(readToolBill(`{"text":"${'x'.repeat(2_000_000)}"}`)).toBeUndefined();
  });

  it('is not followed for ever', () => {
    const round: Record<string, unknown> = { jsonrpc: '2.0' };
    round.result = round;
    round.structuredContent = round;
    expect(readToolBill(round)).toBeUndefined();
    const list: unknown[] = [];
    list.push(list);
    expect(readToolBill(list)).toBeUndefined();
    let looks = 0;
    const wide: unknown[] = [];
    const counted = new Proxy(wide, {
      get(target, key) {
        looks += 1;
        return Reflect.get(target, key);
      },
    });
    for (let i = 0; i < 5_000; i++) wide.push(counted);
    expect(readToolBill(wide)).toHaveProperty('unstated');
    expect(looks).toBeLessThan(200_000);
  });

  it('never throws, whatever throws in it', () => {
    const throwing = {
      get() {
        throw new Error('trap');
      },
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const hostile of [new Proxy({}, throwing), new Proxy([], throwing), proxy, { headers: { get: 1 } }])
      for (const shape of [
        hostile,
        [hostile],
        { _meta: hostile },
        { structuredContent: hostile, content: [hostile] },
      ]) {
        expect(readToolBill(shape)).toBeUndefined();
        expect(isFailedResult(shape)).toBe(false);
      }
  });

  it('does not start a stream or a promise in it', () => {
    const touched: PropertyKey[] = [];
    const lazy = new Proxy(
      { [Symbol.asyncIterator]: () => {}, cost_usd: 1 },
      {
        get(target, key) {
          touched.push(key);
          return Reflect.get(target, key);
        },
      },
    );
    expect(readToolBill(lazy)).toBeUndefined();
    expect(touched.filter((key) => key === 'cost_usd')).toEqual([]);
  });

  it('never gives an amount that cannot be posted', () => {
    fc.assert(
      fc.property(
        fc.anything({ maxDepth: 4, withBigInt: true, withNullPrototype: true }),
        fc.constantFrom(...cases),
        (junk, one) => {
          const mixed = Array.isArray(one.shape)
            ? [...one.shape, junk]
            : { ...Object(one.shape), ...Object(junk) };
          const bill = readToolBill(mixed);
          if (bill === undefined || !('usd' in bill)) return true;
          return bill.usd >= 0 && bill.usd <= 1_000_000;
        },
      ),
    );
  });
});

describe('a failed result', () => {
  it('is an MCP result that says so, not any object with such a field', () => {
    expect(isFailedResult({ isError: true, content: [] })).toBe(true);
    expect(isFailedResult({ isError: true, structuredContent: {} })).toBe(true);
    for (const fine of [
      { isError: true },
      { isError: 'true', content: [] },
      { isError: false, content: [] },
      null,
      'x',
    ])
      expect(isFailedResult(fine)).toBe(false);
  });
});
