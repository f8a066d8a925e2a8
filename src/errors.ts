/** The only errors of this package that may reach the app: at construction, and for a budget that it asked for. */
import { shortText, show } from './short-text.js';

/**
 * The quantity that a budget limits. `usd`, `llmUsd` and `toolUsd` are in US dollars, `wallMillis` is in
 * milliseconds, the others are counts.
 */
export type BudgetMeasure =
  | 'usd'
  | 'llmUsd'
  | 'toolUsd'
  | 'tokens'
  | 'llmCalls'
  | 'toolCalls'
  | 'steps'
  | 'wallMillis';

/** The limit that had no room, in the unit of its measure. */
export interface BudgetExcess {
  /**
   * The kind of scope that has the budget: `call`, `agent`, `task`, `session`, or an attribution key such as
   * `user`.
   */
  scope: string;
  /** The name of that scope: the task's or agent's name, the session's id, or the attribution's value. */
  scopeName: string;
  /** The quantity that is limited. */
  measure: BudgetMeasure;
  /** The time over which the limit counts. Absent: the whole life of the scope. */
  window?: 'day' | 'month';
  /** The limit, in the measure's unit. */
  limit: number;
  /** The amount used so far. */
  spent: number;
  /** The amount reserved for calls in flight, in addition to `spent`. */
  reserved: number;
  /** The amount the refused call was expected to use. Undefined when no estimate was available. */
  estimate: number | undefined;
}

/** The wait of a call that was refused after it. */
export interface BudgetWait {
  /** How long the call waited for room, in ms. */
  waitedMillis: number;
  /** The name of the span of a call in flight that held the room. Undefined when none held it any longer. */
  waitedFor: string | undefined;
}

/**
 * Thrown when a call was refused, or running work was aborted, because an enclosing budget has no room for it. The
 * budget is not always exceeded: with `waitedMillis`, calls in flight held the room for longer than the call may wait.
 *
 * @example
 * if (error instanceof BudgetExceededError) console.log(`${error.scope} spent ${error.spent} of ${error.limit}`);
 */
export class BudgetExceededError extends Error implements BudgetExcess, Partial<BudgetWait> {
  override readonly name = 'BudgetExceededError';
  /** The kind of scope that has the budget: `call`, `agent`, `task`, `session`, or an attribution key such as `user`. */
  readonly scope: string;
  /** The name of that scope: the task's or agent's name, the session's id, or the attribution's value. */
  readonly scopeName: string;
  /** The quantity that is limited. */
  readonly measure: BudgetMeasure;
  /** The time over which the limit counts. Absent: the whole life of the scope. */
  readonly window?: 'day' | 'month';
  /** The limit, in the measure's unit. */
  readonly limit: number;
  /** The amount used so far. */
  readonly spent: number;
  /** The amount reserved for calls in flight, in addition to `spent`. */
  readonly reserved: number;
  /** The amount the refused call was expected to use. Undefined when no estimate was available. */
  readonly estimate: number | undefined;
  /** How long the call waited for room that calls in flight held, in ms. Absent when it was refused at once. */
  readonly waitedMillis?: number;
  /** The span name of a call in flight that it waited for. */
  readonly waitedFor?: string;
  /** True if the store of a shared budget did not answer, or is not open. Absent otherwise. */
  readonly storeDown?: true;

  /** `reason` is a sentence that explains the refusal. It follows the figures in the message. */
  constructor(excess: BudgetExcess, reason: string, wait?: BudgetWait, isStoreDown = false) {
    const { scope, scopeName, measure, window, limit, spent, reserved } = excess;
    const per = window === undefined ? '' : ` per ${window}`;
    const figures = `${measure} limit ${limit}${per}, spent ${spent}, reserved ${reserved}`;
    super(
      `budget of ${scope} "${shorten(scopeName)}" ${describeOutcome(wait, isStoreDown)} ${figures}; ${reason}`,
    );
    this.scope = scope;
    this.scopeName = scopeName;
    this.measure = measure;
    if (window !== undefined) this.window = window;
    this.limit = limit;
    this.spent = spent;
    this.reserved = reserved;
    this.estimate = excess.estimate;
    if (isStoreDown) this.storeDown = true;
    if (wait === undefined) return;
    this.waitedMillis = wait.waitedMillis;
    if (wait.waitedFor !== undefined) this.waitedFor = wait.waitedFor;
  }
}

function describeOutcome(wait: BudgetWait | undefined, isStoreDown: boolean): string {
  if (isStoreDown) return 'could not be checked:';
  return wait === undefined ? 'exceeded:' : `had no room in time: ${describeWait(wait)};`;
}

function describeWait({ waitedMillis, waitedFor }: BudgetWait): string {
  const call = waitedFor === undefined ? '' : ` for "${shorten(waitedFor)}"`;
  return `the call waited ${waitedMillis} ms${call}`;
}

/** The name of the scope in a message, in characters. */
const MAX_SCOPE_CHARS = 100;

function shorten(name: string): string {
  return name.length > MAX_SCOPE_CHARS ? `${shortText(name, MAX_SCOPE_CHARS)}…` : name;
}

/**
 * An invalid option: at construction, of a `wrap…` and of a budget. The message names the option, the value and what was
 * expected.
 */
export class InvalidOptionError extends TypeError {
  override readonly name = 'InvalidOptionError';

  constructor(
    /** The option's path, such as `tools.web_search.costUsd`. */
    readonly option: string,
    value: unknown,
    expected: string,
    /** The whole message, when "must be <expected>" does not fit. */
    message = `option "${option}" must be ${expected}, got ${show(value)}`,
  ) {
    super(`otel-agent-cost: ${message}`);
  }
}
