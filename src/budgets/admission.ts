/** Admits or refuses calls, before the work of a wrapper begins. */
import type { BudgetExceededError } from '../errors.js';
import { Budget } from '../ledger/budget.js';
import type { OnStoreDown } from '../ledger/budget-options.js';
import type { CallHistory } from '../ledger/history.js';
import type { Demand, Use } from '../ledger/measures.js';
import { Refusal, type Reservation } from '../ledger/reservation.js';
import { reserve } from '../ledger/room.js';
import { reserveOrWait } from '../ledger/waiting.js';
import type { CallHooks } from '../results/call-watch.js';
import { follow } from '../results/follow.js';
import { currentRuntime } from '../runtime/current-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Bill } from '../spans/bill.js';
import type { SpanRecord } from '../spans/span-record.js';
import { estimatePromptTokens } from '../usage/prompt-size.js';
import { inputTokens, outputTokens } from '../usage/usage.js';
import { budgetsAround } from './around.js';
import { type LlmRequest, llmDemand } from './demand.js';
import { askStore, connectShared } from './shared-admission.js';
import { countUnknown } from './unread-calls.js';

export type Admission = Reservation | Refusal | Promise<Reservation | Refusal>;

/** A call that budgets may refuse or delay. */
export interface GatedCall {
  /**
   * Asks the enclosing budgets for room. Undefined when there is nothing to ask. `work` is the app's function.
   * Never throws.
   */
  admission(work: unknown): Admission | undefined;
  admitted(reservation: Reservation): void;
  /** Ends the call's span without its work. */
  refused(error: BudgetExceededError, onStoreDown?: OnStoreDown): void;
  /** Whether the work is known to return a promise. Undefined: it has never been called. */
  givesPromise(): boolean | undefined;
  noteForm(value: unknown): void;
}

/**
 * Runs a call's work and watches it, or throws {@link BudgetExceededError} instead. If the work is known to return
 * a promise, a refusal is a rejected promise. A call that has to wait for room always returns a promise. `fn` is
 * the app's function, which `work` calls.
 */
export function gated<R>(call: GatedCall & CallHooks, fn: unknown, work: () => R): R {
  const admission = call.admission(fn);
  return admission === undefined ? follow(work, call) : admit(call, fn, work, admission);
}

function admit<R>(call: GatedCall & CallHooks, fn: unknown, work: () => R, admission: Admission): R {
  const proceed = (outcome: Reservation | Refusal): R => {
    if (outcome instanceof Refusal) throw refuse(call, outcome);
    call.admitted(outcome);
    return follow(work, call);
  };
  // If the work returns a promise, this promise replaces it: the caller cannot get a result before the work has run.
  if (admission instanceof Promise) return admission.then(proceed) as R;
  if (admission instanceof Refusal && willGivePromise(call, fn)) {
    return Promise.reject(refuse(call, admission)) as R;
  }
  const value = proceed(admission);
  call.noteForm(value);
  return value;
}

/**
 * A stream that is dropped unread outside a task never ends. When its call is garbage-collected, its reservation is
 * booked, because its cost will stay unknown.
 */
const lost = new FinalizationRegistry<Reservation>((reservation) => {
  const runtime = currentRuntime();
  runtime.guard(() => {
    if (reservation.isOpen) countUnknown(runtime, reservation.keep());
  });
});

/** Called when the work of a call has returned something that the app may never read. */
export function noteMayStayUnread(call: object, reservation: Reservation): void {
  if (reservation.isUnread) return;
  reservation.isUnread = true;
  // Other calls are not registered: the registry keeps an entry for each until long after its end.
  if (reservation.holdsLasting) lost.register(call, reservation);
}

/** Ends the reservation of a call: `release` if its cost is known, else the part that was posted, if any. */
export function endReservation(
  runtime: Runtime,
  record: SpanRecord,
  reservation: Reservation,
  outcome: 'known' | Use | undefined,
): void {
  if (outcome === 'known') reservation.release();
  else countUnknown(runtime, reservation.keep(outcome), record);
}

function refuse(call: GatedCall, refusal: Refusal): BudgetExceededError {
  const error = refusal.error();
  call.refused(error, refusal.isStoreDown ? 'refuse' : undefined);
  return error;
}

/** True when the work of a call is known to return a promise. */
export function willGivePromise(call: GatedCall, fn: unknown): boolean {
  return isAsyncFunction(fn) || (!isGenerator(fn) && call.givesPromise() === true);
}

/**
 * True for a function that is declared `async`: the only one that is certain to return a plain promise. Others may return
 * a cached value, throw at once, or return a promise with methods of its own, whatever they did before.
 */
export function isAsyncFunction(fn: unknown): boolean {
  return Object.prototype.toString.call(fn) === '[object AsyncFunction]';
}

/** True for a generator function: a promise cannot replace its result. */
export function isGenerator(fn: unknown): boolean {
  return Object.prototype.toString.call(fn).includes('Generator');
}

/** True when there are enclosing budgets. Most calls have none, so nothing has to be estimated for them. Never throws. */
export function isLimited(runtime: Runtime, record: SpanRecord): boolean {
  try {
    return Budget.isUsed && budgetsAround(record).length > 0;
  } catch (error) {
    runtime.caught(error);
  }
  return false;
}

/** How a call may be admitted. */
export interface AdmissionForm {
  name: string;
  /** False for a scope, which is refused at once. */
  mayWait: boolean;
  /** The work is known to return a promise, or assumed to. */
  canWait: boolean;
  isFirst?: boolean;
  /** The work is certain to return a plain promise: see {@link isAsyncFunction}. */
  asksStore?: boolean;
}

/**
 * Asks the budgets around a span for room. Undefined when there are none. Never throws: an error in this package must not
 * stop the app's work.
 */
export function askBudgets(
  runtime: Runtime,
  record: SpanRecord,
  isCovered: boolean,
  demand: () => Demand,
  when: AdmissionForm,
): Admission | undefined {
  try {
    const budgets = budgetsAround(record);
    if (budgets.length === 0) return undefined;
    const { name, mayWait, canWait, isFirst = false, asksStore = false } = when;
    const isShared = Budget.isShared && connectShared(budgets);
    const request = {
      name,
      budgets,
      demand: guarded(runtime, demand),
      around: record.reservation,
      isCovered,
      canWait,
      isFirst,
      asksStore,
      outerReservations: record.task?.outermost.caller?.reservations,
    };
    const outcome = mayWait ? reserveOrWait(request) : reserve(request);
    if (!isShared) return outcome;
    if (!(outcome instanceof Promise)) return askStore(request, outcome);
    return outcome.then((later) => askStore(request, later));
  } catch (error) {
    runtime.caught(error);
    return undefined;
  }
}

/**
 * The demand is computed again in timers and at the end of other calls, where an error from the app's getters must not
 * surface: the previous demand is then used. The first computation may throw.
 */
function guarded(runtime: Runtime, demand: () => Demand): () => Demand {
  let latest: Demand | undefined;
  return () => {
    if (latest === undefined) latest = demand();
    else
      runtime.guard(() => {
        latest = demand();
      });
    return latest;
  };
}

/** Asks the budgets around an LLM call for room. Reads `request` only if there are any. */
export function askForLlm(
  runtime: Runtime,
  record: SpanRecord,
  isCovered: boolean,
  llm: LlmRequest,
  request: unknown,
  when: AdmissionForm,
): Admission | undefined {
  let promptTokens: number | undefined;
  let isSized = false;
  const demand = () => {
    if (!isSized) promptTokens = estimatePromptTokens(request);
    isSized = true;
    const steps = record.scope?.countsLlmCalls === false ? 0 : 1;
    return { ...llmDemand(runtime, llm, promptTokens), steps };
  };
  return askBudgets(runtime, record, isCovered, demand, when);
}

/** Records the cost of a call by its name. A call that failed before it cost anything is ignored. */
export function learn(history: CallHistory, name: string | undefined, bill: Bill): void {
  const { kind, pico, tokens } = bill;
  if (name === undefined || pico === undefined || (kind !== 'llm' && kind !== 'tool')) return;
  if (bill.failed && pico === 0) return;
  history.learn(kind, name, pico, tokens === undefined ? 0 : inputTokens(tokens) + outputTokens(tokens));
}

/**
 * Records whether the work of a call returns a promise, which determines how the next call of that name is refused.
 * Before a function runs, a wrapper cannot know whether it returns a promise, and an app that uses `.catch` would not
 * see an error that is thrown at once.
 */
export function noteForm(history: CallHistory, kind: 'llm' | 'tool', name: string, value: unknown): void {
  try {
    history.noteForm(kind, name, value instanceof Promise);
  } catch {
    // A proxy of the app threw when its class was checked.
  }
}
