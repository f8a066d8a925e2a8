/** The only errors that may reach the app while it runs. */
import { shortText } from './short-text.js';

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

export interface BudgetExcess {
  /**
   * The kind of scope that has the budget: `call`, `agent`, `task`, `session`, or an attribution key such as
   * `user`.
   */
  scope: string;
  /** The name of that scope: the task's or agent's name, the session's id, or the attribution's value. */
  scopeName: string;
  measure: BudgetMeasure;
  /** The limit, in the measure's unit. */
  limit: number;
  /** The amount used so far. */
  spent: number;
  /** The amount reserved for calls in flight, in addition to `spent`. */
  reserved: number;
  /** The amount the refused call was expected to use. Undefined when no estimate was available. */
  estimate: number | undefined;
}

/** Thrown when a call was refused, or running work was aborted, because an enclosing budget has no room for it. */
export class BudgetExceededError extends Error implements BudgetExcess {
  override readonly name = 'BudgetExceededError';
  readonly scope: string;
  readonly scopeName: string;
  readonly measure: BudgetMeasure;
  readonly limit: number;
  readonly spent: number;
  readonly reserved: number;
  readonly estimate: number | undefined;

  /** `reason` is a sentence that explains the refusal. It follows the figures in the message. */
  constructor(excess: BudgetExcess, reason: string) {
    const { scope, scopeName, measure, limit, spent, reserved } = excess;
    const figures = `${measure} limit ${limit}, spent ${spent}, reserved ${reserved}`;
    super(`budget of ${scope} "${shorten(scopeName)}" exceeded: ${figures}; ${reason}`);
    this.scope = scope;
    this.scopeName = scopeName;
    this.measure = measure;
    this.limit = limit;
    this.spent = spent;
    this.reserved = reserved;
    this.estimate = excess.estimate;
  }
}

/** The name of the scope in a message, in characters. */
const MAX_SCOPE_CHARS = 100;

function shorten(name: string): string {
  return name.length > MAX_SCOPE_CHARS ? `${shortText(name, MAX_SCOPE_CHARS)}…` : name;
}
