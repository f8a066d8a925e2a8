import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../src/index.js';
import { type OfflineSpan, priceSpans } from '../../src/offline.js';
import { agent, byId, CHAT, nanos, spanOf } from '../support/offline/spans.js';

/** Calls it as plain JavaScript does. */
const call = (spans: unknown, options?: unknown) => () =>
  (priceSpans as (...all: unknown[]) => unknown)(spans, options);

const good = () => spanOf({ id: 'c', at: [0, 1], attributes: CHAT });

describe('what is no span at all is refused, by name', () => {
  it.each([
    ['no array', 'spans', 'must be an array of spans, got "spans"'],
    ['an object', { resourceSpans: [] }, 'array of spans'],
    ['nothing', undefined, 'array of spans'],
    ['a number inside', [good(), 1], 'spans[1]'],
    ['null inside', [null], 'spans[0]'],
    ['a list inside', [[good()]], 'spans[0]'],
    ['no trace id', [{ ...good(), traceId: undefined }], 'spans[0].traceId'],
    ['bytes for an id', [{ ...good(), spanId: new Uint8Array(8) }], 'spans[0].spanId'],
    [
      'a start as a string, as in OTLP JSON',
      [{ ...good(), startTimeUnixNano: '1780272000000000000' }],
      'spans[0].startTimeUnixNano',
    ],
    ['an end as a number', [{ ...good(), endTimeUnixNano: 1 }], 'spans[0].endTimeUnixNano'],
  ])('%s', (_, spans, message) => {
    expect(call(spans)).toThrow(InvalidOptionError);
    expect(call(spans)).toThrow(message);
  });

  it.each([
    ['an unknown option', { tool: {} }, 'did you mean "tools"'],
    ['an option of a running process', { budgets: {} }, 'budgets'],
    ['a bad price', { tools: { search: { costUsd: -1 } } }, 'search'],
    ['a bad override', { overrides: { x: { inputUsdPerMtok: 'much' } } }, 'overrides'],
    ['no object', 3, 'options'],
  ])('%s', (_, options, message) => {
    expect(call([], options)).toThrow(InvalidOptionError);
    expect(call([], options)).toThrow(message);
  });
});

describe('hostile values inside a span never throw', () => {
  const throwing = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('of the app');
      },
      get: () => {
        throw new Error('of the app');
      },
    },
  );
  const withGetter = Object.defineProperty({ ...CHAT }, 'gen_ai.tool.name', {
    enumerable: true,
    get: () => {
      throw new Error('of the app');
    },
  });
  const nullPrototype = Object.assign(Object.create(null), CHAT);
  const withProto = JSON.parse('{"__proto__": {"gen_ai.usage.cost": 5}, "gen_ai.operation.name": "chat"}');

  it.each<[string, unknown]>([
    ['a getter that throws', withGetter],
    ['a null prototype', nullPrototype],
    ['lists of several types', { ...CHAT, list: ['a', 1, null, {}, []] }],
    [
      'values that are no attributes',
      {
        ...CHAT,
        fn: () => 1,
        symbol: Symbol('x'),
        date: new Date(Number.NaN),
        map: new Map(),
        nested: { deep: { er: 1 } },
      },
    ],
    ['a bigint for a count', { ...CHAT, 'gen_ai.usage.input_tokens': 1000n }],
  ])('%s', (_, attributes) => {
    const span = { ...good(), attributes } as OfflineSpan;
    expect(byId(priceSpans([span])).c?.cost_usd).toBe(0.0035);
  });

  it.each<[string, unknown]>([
    ['attributes that throw', throwing],
    ['no attributes', undefined],
    ['attributes that are a string', 'chat'],
    ['a prototype for an attribute', withProto],
    ['NaN', { ...CHAT, 'gen_ai.usage.input_tokens': Number.NaN }],
    ['a negative count', { ...CHAT, 'gen_ai.usage.input_tokens': -5, 'gen_ai.usage.output_tokens': -1 }],
    ['counts that are text', { ...CHAT, 'gen_ai.usage.input_tokens': 'many' }],
    ['infinite counts', { ...CHAT, 'gen_ai.usage.input_tokens': Number.POSITIVE_INFINITY }],
    ['a huge bill', { ...CHAT, 'gen_ai.usage.cost': 1e300 }],
  ])('%s is nothing, or is not taken for a sure amount', (_, attributes) => {
    const priced = byId(priceSpans([{ ...good(), attributes } as OfflineSpan])).c;
    for (const value of Object.values(priced ?? {}))
      if (typeof value === 'number') expect(value).toBeGreaterThanOrEqual(0);
    if (priced?.cost_usd !== undefined) expect(priced['cost.status'] ?? priced['cost.anomaly']).toBeDefined();
    expect(({} as Record<string, unknown>)['gen_ai.usage.cost']).toBeUndefined();
  });

  it.each<[string, Partial<Record<keyof OfflineSpan, unknown>>]>([
    ['negative times', { startTimeUnixNano: -5n, endTimeUnixNano: -1n }],
    ['times that are no double', { startTimeUnixNano: 10n ** 400n, endTimeUnixNano: 10n ** 400n }],
    ['a name that is no string', { name: 3 }],
    ['a status that is no number', { statusCode: 'ERROR' }],
    ['a scope that is no string', { scopeName: {} }],
    ['a parent that is no string', { parentSpanId: 7 }],
    ['a parent of zeros', { parentSpanId: '0000000000000000' }],
    ['a null end', { endTimeUnixNano: null }],
  ])('%s', (_, fields) => {
    const spans = [
      { ...good(), ...fields } as OfflineSpan,
      spanOf({ id: 'other', at: [0, 1], attributes: CHAT }),
    ];
    expect(byId(priceSpans(spans)).other?.cost_usd).toBe(0.0035);
  });

  it('an id of zeros is left out', () => {
    expect(priceSpans([{ ...good(), spanId: '0000000000000000' }])).toEqual([]);
  });

  it('a span that throws wherever it is read is refused by name', () => {
    expect(call([throwing])).toThrow(/spans\[0\]\.traceId/);
  });
});

describe('large traces', () => {
  it('of 100,000 spans take time in proportion', () => {
    const wide = (size: number) => [
      spanOf({ id: 'root', at: [0, 1e6] }),
      ...Array.from({ length: size }, (_, at) =>
        spanOf({ id: `c${at}`, parent: 'root', at: [at, at + 5], attributes: CHAT }),
      ),
    ];
    const time = (spans: OfflineSpan[]) => {
      const begin = process.cpuUsage();
      const priced = priceSpans(spans);
      const { user } = process.cpuUsage(begin);
      return { user, priced };
    };
    time(wide(5_000));
    const small = time(wide(10_000));
    const large = time(wide(100_000));
    expect(byId(large.priced).root?.['task.cost_usd']).toBeCloseTo(350, 9);
    expect(large.user / small.user).toBeLessThan(25);
  });

  it.each(['down', 'up'])('of depth 10,000, given from the %s', (order) => {
    const deep = Array.from({ length: 10_000 }, (_, at) =>
      spanOf({
        id: `s${at}`,
        ...(at > 0 && { parent: `s${at - 1}` }),
        at: [at, 20_000 - at],
        attributes: at % 2 === 0 ? agent('a') : CHAT,
      }),
    );
    const priced = priceSpans(order === 'up' ? deep.reverse() : deep);
    expect(priced.length).toBe(10_000);
    // A call contains what is below it, so each call repeats the one inside.
    expect(byId(priced).s0?.['task.cost_usd']).toBe(0.0035);
  });

  it('of a cycle of 10,000 spans', () => {
    const cycle = Array.from({ length: 10_000 }, (_, at) =>
      spanOf({
        id: `s${at}`,
        parent: `s${(at + 1) % 10_000}`,
        at: [at, at + 1],
        attributes: at === 0 ? CHAT : {},
      }),
    );
    expect(byId(priceSpans(cycle)).s0?.cost_usd).toBe(0.0035);
  });

  it('of times in nanoseconds that a double does not hold', () => {
    const start = nanos(0);
    const spans = [
      { ...spanOf({ id: 'root', at: [0, 1] }), startTimeUnixNano: start, endTimeUnixNano: start + 3n },
      { ...good(), parentSpanId: 'root', startTimeUnixNano: start + 1n, endTimeUnixNano: start + 2n },
    ];
    expect(byId(priceSpans(spans)).root?.['task.cost_usd']).toBe(0.0035);
  });
});
