/** What of ours may throw into the app while it runs. */

/** What a budget limits. `usd`, `llmUsd` and `toolUsd` are in US dollars, `wallMillis` in ms, the rest are counts. */
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
  /** Whose budget it is: `call`, `agent`, `task`, `session`, or an attribution key like `user`. */
  scope: string;
  /** Which one: the task's or agent's name, the session's id, the attribution's value. */
  scopeName: string;
  measure: BudgetMeasure;
  /** The most that may be used, in the measure's unit. */
  limit: number;
  /** Used by now. */
  spent: number;
  /** Held for calls in flight, beside what is spent. */
  reserved: number;
  /** What the refused call was expected to use; undefined when that was not known. */
  estimate: number | undefined;
}

/** A call was not made, or running work was aborted, because a budget around it has no room for it. */
export class BudgetExceededError extends Error implements BudgetExcess {
  override readonly name = 'BudgetExceededError';
  readonly scope: string;
  readonly scopeName: string;
  readonly measure: BudgetMeasure;
  readonly limit: number;
  readonly spent: number;
  readonly reserved: number;
  readonly estimate: number | undefined;

  /** `reason` is a sentence that says why, after the figures. */
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

const MAX_NAME_CHARS = 100;

function shorten(name: string): string {
  return name.length > MAX_NAME_CHARS ? `${name.slice(0, MAX_NAME_CHARS)}…` : name;
}
