/** The counters of a process that `CostSpanProcessor` exposes. */

/**
 * Errors, omissions and dropped entries of a `CostSpanProcessor` since it was constructed: counts that are never reset. 0
 * everywhere and an empty `unreadUsage` mean that nothing went wrong.
 */
export interface ProcessorStats {
  /** Errors in this package that were caught before they reached the app. */
  readonly internalErrors: number;
  /** Refused amounts: not finite, negative, or above $1,000,000. */
  readonly refusedAmounts: number;
  /** Processors constructed while another one was active. */
  readonly ignoredProcessors: number;
  /** Zero-length spans that restated a roll-up after late work. */
  readonly corrections: number;
  /**
   * Ended scopes that are no longer corrected for work that continues below them. The nearest seven and the outermost
   * task still are.
   */
  readonly releasedScopes: number;
  /** Calls that were not made because a budget had no room for them. */
  readonly budgetRefusals: number;
  /**
   * Calls under a budget whose cost stayed unknown, and which had no estimate that could be booked instead. The budget
   * counts nothing for them.
   */
  readonly budgetUnknownCalls: number;
  /** Sessions dropped because the table was full: see the option `maxSessions`. */
  readonly sessionEvictions: number;
  /** Attribution values whose budget was dropped. If they appear again, it starts from zero. */
  readonly budgetEvictions: number;
  /** Charges of paid tools that are forgotten because the table of their ids was full. */
  readonly chargeEvictions: number;
  /**
   * The paths of numbers in usage that this package does not know, such as `usage.foo_tokens`. Calls with them are
   * `estimated`. At most 100. See the option `knownUsage`.
   */
  readonly unreadUsage: readonly string[];
}

/** The totals of all tasks with one name. Covers outermost tasks that the app declared; sub-tasks are part of them. */
export interface TaskStats {
  /** The name, or `(other)` for all names after the first 1,000. */
  readonly taskName: string;
  /** Tasks that have ended. */
  readonly tasks: number;
  /** Of these, the ones with the outcome `success`. */
  readonly successfulTasks: number;
  /** Actions delivered by the successful tasks. */
  readonly actions: number;
  /** The cost of all of them in USD, including unsuccessful and running tasks. */
  readonly costUsd: number;
  /** False when a call in one of them has no known cost. */
  readonly costComplete: boolean;
  /** `costUsd` divided by `actions`. Absent when there were no actions. */
  readonly costPerActionUsd?: number;
}
