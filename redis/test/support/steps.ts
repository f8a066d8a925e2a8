/** Random steps of processes with a store, weighted so that they meet: few budgets, ids and writers, and small limits. */
import fc from 'fast-check';
import type {
  StoreAmounts,
  StoreAsk,
  StoreBatch,
  StoreLease,
  StoreLimit,
  StoreMeasure,
  StorePeriod,
  StoreRow,
} from 'otel-agent-cost/shared';
import { MEASURES } from 'otel-agent-cost/src/shared/store/store-rules';

export type Step =
  | { readonly kind: 'reserve'; readonly ask: StoreAsk }
  /** `lag`: 0 for the next version of the writer, 1 for the same again, and so on. */
  | { readonly kind: 'settle'; readonly batch: Omit<StoreBatch, 'version'>; readonly lag: number }
  | { readonly kind: 'renew'; readonly leases: readonly StoreLease[] }
  | { readonly kind: 'write'; readonly rows: readonly StoreRow[] }
  | { readonly kind: 'pass'; readonly millis: number }
  | { readonly kind: 'open' | 'flush' | 'forget scripts' };

const MINUTE_MILLIS = 60_000;
const DAY_MILLIS = 86_400_000;

const budget = fc.constantFrom(
  { kind: 'customer', name: 'acme' },
  { kind: 'session', name: 'a{b}:c\u0000%7b\u{1f600}\ud800' },
);
const PERIODS: readonly StorePeriod[] = [
  { name: 'total', keepMillis: undefined },
  // The clock of the keys is that of Redis, which a test does not set: long enough that none runs out.
  { name: '2026-11-30@Europe/Berlin', keepMillis: 40 * DAY_MILLIS },
  { name: '2026-11', keepMillis: 400 * DAY_MILLIS + 0.5 },
];
const periods = fc.subarray([...PERIODS], { minLength: 1 });
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'A-1_2.3');
/** 19 more, so that more leases run out at once than one request ends. */
const manyIds = fc.integer({ min: 0, max: 18 }).map((n) => `n${String(n).padStart(2, '0')}`);
const anyId = fc.oneof({ weight: 5, arbitrary: id }, { weight: 2, arbitrary: manyIds });
const writer = fc.constantFrom('w', 'v{}', 'ü');
const leaseMillis = fc.constantFrom(1000, 1999.5, MINUTE_MILLIS, DAY_MILLIS);

/** Up to there, a Lua number or a field of a hash is exact. */
const EDGES = [2n ** 53n, 2n ** 63n - 1n, 2n ** 62n].flatMap((edge) => [
  edge - 1n,
  edge,
  edge + 1n,
  edge + 2n,
]);
const amount = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 12 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom(...EDGES).map(String) },
  { weight: 1, arbitrary: fc.bigInt({ min: 2n ** 53n, max: 2n ** 54n }).map(String) },
);
const signed = fc.oneof(
  { weight: 4, arbitrary: amount },
  { weight: 1, arbitrary: amount.map((text) => (text === '0' ? text : `-${text}`)) },
);
const most = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 30 }).map(String) },
  { weight: 2, arbitrary: fc.constantFrom(...EDGES).map(String) },
);

function amounts(each: fc.Arbitrary<string>): fc.Arbitrary<StoreAmounts> {
  return fc
    .uniqueArray(fc.tuple(fc.constantFrom<StoreMeasure>('usd', 'usd', 'usd', ...MEASURES), each), {
      maxLength: 3,
      selector: ([measure]) => measure,
    })
    .map((entries) => Object.fromEntries(entries));
}

const limit: fc.Arbitrary<StoreLimit> = fc
  .tuple(fc.constantFrom<StoreMeasure>('usd', 'usd', 'tokens', 'llmCalls'), most, amount, fc.nat({ max: 2 }))
  // A declared price; an estimate learned from other calls; one with a bound.
  .map(([measure, atMost, need, how]) => ({
    measure,
    most: atMost,
    need,
    firm: how === 0 ? need : how === 1 ? '0' : String(BigInt(need) / 2n),
  }));

const flags = fc.record({
  money: fc.boolean(),
  tokens: fc.boolean(),
});
const few = fc.record({
  money: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  tokens: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
});

const ask: fc.Arbitrary<StoreAsk> = fc.record({
  budget,
  id: anyId,
  leaseMillis,
  periods: fc
    .tuple(periods, fc.array(limit, { maxLength: 3 }))
    .map(([chosen, limits]) => chosen.map((period) => ({ ...period, limits }))),
  amounts: amounts(amount),
  holds: flags,
  alone: few,
  around: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(anyId, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.tuple(id, id).map(([one, two]) => [one, two, one]) },
  ),
  isForced: fc.integer({ min: 0, max: 6 }).map((n) => n === 0),
});

const settlement = fc.record({
  periods,
  id: fc.option(anyId, { nil: undefined, freq: 5 }),
  amounts: fc.option(amounts(signed), { nil: undefined }),
  end: fc.constantFrom('release' as const, 'keep' as const, 'cancel' as const, undefined),
  kept: fc.option(amounts(amount), { nil: undefined }),
});

const row: fc.Arbitrary<StoreRow> = fc.record({
  kind: fc.constantFrom('session', 'task'),
  id: fc.constantFrom('s1', '{s1}', 'x'.repeat(300)),
  writer,
  version: fc.integer({ min: 1, max: 6 }),
  value: fc.string({ unit: 'binary', maxLength: 20 }),
  keepMillis: fc.constant(40 * DAY_MILLIS),
});

const PASSING = [1, 999, 1000, 1001, MINUTE_MILLIS, 10 * MINUTE_MILLIS, 2 * DAY_MILLIS, 7 * DAY_MILLIS];

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: ask.map((request) => ({ kind: 'reserve' as const, ask: request })) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      batch: fc.record({ budget, writer, settlements: fc.array(settlement, { maxLength: 4 }) }),
      lag: fc.oneof(
        { weight: 4, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.constantFrom(1, 2) },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('renew' as const),
      leases: fc.array(fc.record({ budget, id: anyId, periods, leaseMillis }), { maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.array(row, { maxLength: 3 }).map((rows) => ({ kind: 'write' as const, rows })),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(...PASSING).map((millis) => ({ kind: 'pass' as const, millis })),
  },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: 'open' }, { kind: 'forget scripts' }) },
);
const loss = fc.constantFrom<Step>({ kind: 'flush' });

/** More leases that run out at once than one request ends, and then the last of them once more. */
const crowd: fc.Arbitrary<readonly Step[]> = fc
  .tuple(ask, fc.constantFrom(999, 1000, 1001))
  .map(([first, millis]) => {
    const reserve = (n: number, isForced: boolean): Step => ({
      kind: 'reserve',
      ask: {
        ...first,
        id: `n${String(n).padStart(2, '0')}`,
        leaseMillis: 1000,
        amounts: { usd: '1' },
        isForced,
      },
    });
    const all = Array.from({ length: 19 }, (_, n) => reserve(n, true));
    return [...all, { kind: 'pass', millis }, reserve(18, false)];
  });

const part = fc.oneof(
  { weight: 40, arbitrary: step.map((one): readonly Step[] => [one]) },
  { weight: 1, arbitrary: crowd },
);

/** Many steps in an open store; some lose the data, and are opened again or not. */
export const steps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.array(part, { minLength: 1, maxLength: 60, size: 'max' }),
    fc.option(fc.tuple(loss, fc.array(part, { maxLength: 15, size: 'max' })), { nil: undefined, freq: 2 }),
  )
  .map(([first, second]) => [
    { kind: 'open' as const },
    ...first.flat(),
    ...(second === undefined ? [] : [second[0], ...second[1].flat()]),
  ]);
