/** Limits that the app sets. */
import type { BudgetExcess } from '../errors.js';

/** The behaviour of a budget that is used up. */
export type BudgetMode = 'refuse' | 'abort' | 'warn' | 'observe';

/** The treatment of a call in a shared budget while the store does not answer, or is not open. */
export type OnStoreDown = 'refuse' | 'allow' | 'local';

/** Settings of a budget that processes share. */
export interface SharedBudgetOptions {
  /**
   * Takes that many US dollars from the store at a time, and admits calls within them without asking it. From above 0 to
   * 1,000,000. Only beside limits on `usd`. Default: each call is reserved in the store.
   */
  sliceUsd?: number | undefined;
  /**
   * Calls while the store does not answer in time, or is not open. `refuse`: they are refused. `allow`: they run, whatever
   * the limits say. `local`: the limits apply to this process's own use. Default: that of `shareCosts`.
   */
  onStoreDown?: OnStoreDown | undefined;
}

/** An event: the use of a limit has reached a threshold. */
export interface BudgetThreshold extends Omit<BudgetExcess, 'estimate'> {
  /** The share of the limit, such as 0.8. */
  threshold: number;
}

/** Limits of one measure by the time that they count over. At least one. */
export interface WindowLimits {
  /** From midnight to midnight in `timeZone`. */
  day?: number | undefined;
  /** From the first of the month in `timeZone`. */
  month?: number | undefined;
  /** The whole life of the scope in this process. */
  total?: number | undefined;
}

/**
 * Limits for one scope. Each is optional; every limit that is set must have room for a call. A limit of 0 refuses every
 * call that uses its measure. A plain number is a limit for the whole life of the scope; `{ day: 5, month: 100 }` has
 * one for each day and one for each month. A call that is in flight at midnight is booked in the day and month in which
 * it was reserved.
 */
export interface BudgetOptions {
  /** US dollars, all kinds of cost together. From 0 to 1e21, like every limit. */
  usd?: number | WindowLimits | undefined;
  /** US dollars for LLM calls. */
  llmUsd?: number | WindowLimits | undefined;
  /** US dollars for tool calls. */
  toolUsd?: number | WindowLimits | undefined;
  /** Input and output tokens together. A whole number, as for the other counts. */
  tokens?: number | WindowLimits | undefined;
  llmCalls?: number | WindowLimits | undefined;
  toolCalls?: number | WindowLimits | undefined;
  /** Turns of the agent loop. */
  steps?: number | WindowLimits | undefined;
  /** Time since the scope began, in ms. Calls that already run continue, unless `mode` is `abort`. */
  wallMillis?: number | undefined;
  /**
   * `refuse` (default): a call without room is not made, and throws `BudgetExceededError`. `abort`: the same, and
   * the handle's `signal` aborts when a limit is reached. `warn`: calls are made, and thresholds are reported.
   * `observe`: calls are made, and spans are flagged when a limit is exceeded.
   */
  mode?: BudgetMode | undefined;
  /** The time zone of days and months: a name of the IANA database, such as `Europe/Berlin`. Default `UTC`. */
  timeZone?: string | undefined;
  /**
   * How long a call waits, in ms, for room that calls in flight have reserved, before it is refused. Up to one day.
   * Only calls that fit the limit wait. A wrapper that has to wait returns a promise, and keeps the process alive until
   * the call runs or is refused. Default: asynchronous calls wait for up to ten minutes if they, or a call in flight,
   * have no estimate or one learned from earlier calls; all others are refused at once. With 0, every call is refused at
   * once.
   */
  reserveTimeoutMillis?: number | undefined;
  /**
   * Whether calls of a model or billable tool without a known price are made and flagged, or refused. With `refuse`, a
   * call without an estimate whose cost then stays unknown has used all that was left. Default `allow`.
   */
  unknownPrice?: 'allow' | 'refuse' | undefined;
  /**
   * True: one budget for all processes that share a store (`shareCosts` of `otel-agent-cost/shared`). For sessions and
   * attribution keys. `wallMillis` is still measured in each process by itself. Default false.
   */
  shared?: boolean | SharedBudgetOptions | undefined;
  /** Shares of each limit that are reported once, above 0 and up to 1. Default `[0.8, 1]`. */
  thresholds?: readonly number[] | undefined;
  /** Called once for each threshold, in every mode. Errors that it throws are caught. */
  onThreshold?: ((event: BudgetThreshold) => void) | undefined;
}

/** The two forms of a budget: `budget` and the short form `budgetUsd`. */
export interface BudgetedOptions {
  /** The budget, checked before each LLM and tool call below. Default: no limit. */
  budget?: BudgetOptions | undefined;
  /** Short for `budget: { usd }`. From 0 to 1e21. */
  budgetUsd?: number | undefined;
}
