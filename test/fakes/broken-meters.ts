/**
 * Meters that break one law each, as such programs do: the property of that law has to find them out. Each breaks the
 * library in place and gives what mends it.
 */
import { Account, type Posting } from '../../src/ledger/account.js';
import { Sessions } from '../../src/ledger/sessions.js';
import { UsdSum, usdFromPico } from '../../src/money.js';
import { PriceBook } from '../../src/pricing/price-book.js';
import type { PriceQuery } from '../../src/pricing/priced.js';
import { CallWatch } from '../../src/results/call-watch.js';
import { SettlementNode } from '../../src/settlement/node.js';
import { SpanRecord } from '../../src/spans/span-record.js';
import { LlmCall } from '../../src/wrappers/llm-call.js';

export type Mend = () => void;

/** Books each bill rounded to whole micro-dollars. */
export function roundingMeter(): Mend {
  return replace(
    Account.prototype,
    'add',
    (add) =>
      function (this: Account, posting: Posting, wastedPico: number) {
        const { pico } = posting;
        add.call(
          this,
          { ...posting, pico: pico === undefined ? pico : Math.round(pico / 1e6) * 1e6 },
          wastedPico,
        );
      },
  );
}

/** Adds up dollars as doubles. */
export function floatingMeter(): Mend {
  const usd = new WeakMap<UsdSum, number>();
  const usdOf = (sum: UsdSum) => usd.get(sum) ?? 0;
  const mends = [
    replace(
      UsdSum.prototype,
      'add',
      () =>
        function (this: UsdSum, pico: number) {
          usd.set(this, usdOf(this) + usdFromPico(pico));
        },
    ),
    replace(
      UsdSum.prototype,
      'addSum',
      () =>
        function (this: UsdSum, other: UsdSum) {
          usd.set(this, usdOf(this) + usdOf(other));
        },
    ),
    replace(
      UsdSum.prototype,
      'toUsd',
      () =>
        function (this: UsdSum) {
          return usdOf(this);
        },
    ),
  ];
  return () => {
    for (const mend of mends.reverse()) mend();
  };
}

/** Forgets what an ended span was billed for in advance. */
export function forgetfulMeter(): Mend {
  return replace(
    SettlementNode.prototype,
    'settle',
    (settle) =>
      function (this: SettlementNode, ...statement: Parameters<SettlementNode['settle']>) {
        const increase = settle.apply(this, statement);
        Reflect.set(this, 'credit', undefined);
        return increase;
      },
  );
}

/** Takes a model without a price for one that is free. */
export function inventiveMeter(): Mend {
  return replace(
    PriceBook.prototype,
    'price',
    (price) =>
      function (this: PriceBook, query: PriceQuery) {
        const priced = price.call(this, query);
        return priced.pico === undefined ? { ...priced, pico: 0, status: 'free' as const } : priced;
      },
  );
}

/** Leaves unpriced calls out of the roll-ups. */
export function silentMeter(): Mend {
  return replace(
    Account.prototype,
    'add',
    (add) =>
      function (this: Account, posting: Posting, wastedPico: number) {
        add.call(this, { ...posting, unpricedCalls: 0 }, wastedPico);
      },
  );
}

/** Throws an error of its own when the app's function throws. */
export function meddlingMeter(): Mend {
  return replace(
    CallWatch.prototype,
    'threw',
    () =>
      function (this: CallWatch, error: unknown) {
        throw new Error('the call failed', { cause: error });
      },
  );
}

/** Bills only calls whose spans are recorded. */
export function samplingMeter(): Mend {
  return replace(
    LlmCall.prototype,
    'returned',
    (returned) =>
      function (this: LlmCall, value: unknown) {
        if (this.span.isRecording()) returned.call(this, value);
      },
  );
}

/** Takes a session that was evicted for a new one. */
export function amnesicMeter(): Mend {
  return replace(
    Sessions.prototype,
    'enter',
    (enter) =>
      function (this: Sessions, id: string) {
        const session = enter.call(this, id);
        session.account.partial = false;
        return session;
      },
  );
}

/** Drops what is posted to a scope after it has ended. */
export function punctualMeter(): Mend {
  return replace(
    SpanRecord.prototype,
    'end',
    (end) =>
      function (this: SpanRecord) {
        end.call(this);
        for (const scope of [this.ownScope, this.ownTask?.scope]) {
          if (scope !== undefined) scope.account.add = () => {};
        }
      },
  );
}

/** Keeps everything it ever saw. */
export function hoardingMeter(): Mend {
  const hoard: SpanRecord[] = [];
  return replace(
    SpanRecord.prototype,
    'end',
    (end) =>
      function (this: SpanRecord) {
        hoard.push(this);
        end.call(this);
      },
  );
}

function replace<T extends object, K extends keyof T>(
  target: T,
  key: K,
  make: (original: T[K]) => T[K],
): Mend {
  const original = target[key];
  target[key] = make(original);
  return () => {
    target[key] = original;
  };
}
