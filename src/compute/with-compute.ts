import { type Span, trace } from '@opentelemetry/api';
import { activeContext } from '../otel.js';
import { chargeOnChild } from '../pipeline/charge.js';
import { follow } from '../results/follow.js';
import { type AnyFunction, inPlaceOf } from '../results/in-place-of.js';
import { currentRuntime } from '../runtime/current-runtime.js';
import { recordIn } from '../spans/record-lookup.js';
import { checked, expectFunction, isRecord } from '../validate.js';
import { billOf, ComputeCall, readPlan } from './compute-call.js';
import { type ComputeOptions, checkPlan } from './plan.js';
import type { ComputeAmounts, ComputeRates } from './rates.js';

/** The handle of compute: {@link withCompute}. */
export interface ComputeHandle {
  /** The span of the call, for the app's own attributes and events. It is ended by the wrapper: do not end it. */
  readonly span: Span;
}

/**
 * Runs `fn` inside a span `compute {name}` and bills the compute it uses, even when it fails. Returns the result of
 * `fn`: a value, a promise, a generator or a stream. Invalid options make the call unpriced; use
 * {@link wrapCompute} to check them in advance.
 */
export function withCompute<R>(options: ComputeOptions, fn: (call: ComputeHandle) => R): R {
  const call = new ComputeCall(readPlan('withCompute options', options));
  return follow(() => fn(call), call);
}

/**
 * Returns a function of the same type whose calls are billed for compute. Throws `InvalidOptionError` for invalid
 * options.
 */
export function wrapCompute<F extends AnyFunction>(options: ComputeOptions, fn: F): F {
  expectFunction('wrapCompute fn', fn);
  const plan = checked('wrapCompute options', () => checkPlan('wrapCompute options', options));
  return inPlaceOf(fn, function (this: unknown, ...args: unknown[]): unknown {
    return follow(() => Reflect.apply(fn, this, args), new ComputeCall(plan));
  });
}

/** Compute that was measured elsewhere. */
export interface RecordedCompute {
  /** A low-cardinality name: the span is `cost {name}`. */
  name: string;
  /** USD for a unit of each. */
  rates: ComputeRates;
  /** The amounts that are billed. */
  amounts: ComputeAmounts;
  /** The compute time, in seconds. Default: unknown, and not counted. */
  seconds?: number | undefined;
}

/**
 * Bills compute that was measured elsewhere: a remote worker, a batch job, an invoice line. An amount that cannot
 * be priced is refused and flagged, and makes the totals incomplete. Never throws.
 */
export function recordCompute(recorded: RecordedCompute): void {
  const runtime = currentRuntime();
  runtime.guard(() => {
    const { name, rates, amounts, seconds = 0 } = readable(recorded);
    const ctx = activeContext();
    const bill = billOf(runtime, rates, amounts, seconds);
    const isNamed = typeof name === 'string' && name !== '';
    chargeOnChild(runtime, recordIn(ctx), trace.getSpan(ctx), isNamed ? name : 'compute', bill);
  });
}

/** A copy; one that is refused if a getter or proxy of the app throws. */
function readable(recorded: RecordedCompute): RecordedCompute {
  try {
    return isRecord(recorded) ? { ...recorded } : NOTHING_READABLE;
  } catch {
    return NOTHING_READABLE;
  }
}

const NOTHING_READABLE: RecordedCompute = {
  name: '',
  rates: {},
  amounts: { platformUnits: Number.NaN },
};
