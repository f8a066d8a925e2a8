/** Where calls are let in or refused: before the work of a wrapper begins. */
import type { BudgetExceededError } from '../errors.js';
import type { CallHistory } from '../ledger/history.js';
import type { Demand } from '../ledger/measures.js';
import { Refusal, type Reservation, reserve } from '../ledger/reservation.js';
import { reserveOrWait } from '../ledger/waiting.js';
import type { CallHooks } from '../results/call-watch.js';
import { follow } from '../results/follow.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Bill } from '../spans/bill.js';
import type { SpanRecord } from '../spans/span-record.js';
import { inputTokens, outputTokens } from '../usage/usage.js';
import { budgetsAround } from './around.js';

export type Admission = Reservation | Refusal | Promise<Reservation | Refusal>;

/** A call that budgets may hold back. */
export interface GatedCall {
  /**
   * Asks the budgets around for room; undefined where none is to be asked. Never throws. `work`: the app's function.
   */
  admission(work: unknown): Admission | undefined;
  admitted(reservation: Reservation): void;
  /** Ends the call's span without its work. */
  refused(error: BudgetExceededError): void;
  /** Whether its work is known to answer with a promise. */
  givesPromise(): boolean;
  noteForm(value: unknown): void;
}

/**
 * Does a call's work and watches it, or throws {@link BudgetExceededError} in its place. A call whose work is known to
 * answer with a promise is refused by one that rejects; one that has to wait for room gives a promise in any case.
 * `fn` is the app's function, which `work` calls.
 */
export function gated<R>(call: GatedCall & CallHooks, fn: unknown, work: () => R): R {
  const admission = call.admission(fn);
  return admission === undefined ? follow(work, call) : admit(call, fn, work, admission);
}

function admit<R>(call: GatedCall & CallHooks, fn: unknown, work: () => R, admission: Admission): R {
  const proceed = (outcome: Reservation | Refusal): R => {
    if (outcome instanceof Refusal) throw refuse(call, outcome);
    call.admitted(outcome);
    const value = follow(work, call);
    if (outcome.holdsLasting) lost.register(call, outcome);
    return value;
  };
  // Where the work gives a promise, this one is as good; the caller cannot have its result before it ran.
  if (admission instanceof Promise) return admission.then(proceed) as R;
  if (admission instanceof Refusal && willGivePromise(call, fn)) {
    return Promise.reject(refuse(call, admission)) as R;
  }
  const value = proceed(admission);
  call.noteForm(value);
  return value;
}

/** A stream that is dropped unread never ends: what its call holds is given back when the call is collected. */
const lost = new FinalizationRegistry<Reservation>((reservation) => reservation.release());

function refuse(call: GatedCall, refusal: Refusal): BudgetExceededError {
  const error = refusal.error();
  call.refused(error);
  return error;
}

/** Whether the work of a call is known to answer with a promise. */
export function willGivePromise(call: GatedCall, fn: unknown): boolean {
  return Object.prototype.toString.call(fn) === '[object AsyncFunction]' || call.givesPromise();
}

/** True where a budget around holds calls back: the usual call is in none, and has nothing to work out. Never throws. */
export function isLimited(runtime: Runtime, record: SpanRecord): boolean {
  try {
    for (const budget of budgetsAround(record)) if (budget.isEnforced) return true;
  } catch (error) {
    runtime.caught(error);
  }
  return false;
}

/**
 * Asks the budgets around a span for room; undefined when none of them holds calls back. Never throws: an error of
 * ours must not stop the app's work.
 */
export function askBudgets(
  runtime: Runtime,
  record: SpanRecord,
  isCovered: boolean,
  demand: () => Demand,
  when: { canWait: boolean; givesPromise: boolean },
): Admission | undefined {
  try {
    const around = budgetsAround(record);
    if (!around.some(({ isEnforced }) => isEnforced)) return undefined;
    const request = { budgets: around, demand, around: record.reservation, isCovered };
    return when.canWait ? reserveOrWait(request, when.givesPromise) : reserve(request);
  } catch (error) {
    runtime.caught(error);
    return undefined;
  }
}

/** Remembers what a call of that name cost; what failed before it cost anything says nothing. */
export function learn(history: CallHistory, name: string | undefined, bill: Bill): void {
  const { kind, pico, tokens } = bill;
  if (name === undefined || pico === undefined || (kind !== 'llm' && kind !== 'tool')) return;
  if (bill.failed && pico === 0) return;
  history.learn(kind, name, pico, tokens === undefined ? 0 : inputTokens(tokens) + outputTokens(tokens));
}

/** Remembers whether the work of a call gives a promise: how the next one of its name is to be refused. */
export function noteForm(history: CallHistory, kind: 'llm' | 'tool', name: string, value: unknown): void {
  try {
    history.noteForm(kind, name, value instanceof Promise);
  } catch {
    // A proxy of the app's that cannot be asked for its class.
  }
}
