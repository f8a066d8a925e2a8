/** The options that sessions, tasks, agents and steps share. */

/**
 * The user, team or other value that a cost is charged to. Set on a session, task or agent; applies to everything
 * below. At run time, whole numbers are also accepted; other values and unknown keys are ignored and reported once.
 *
 * @example
 * withTask({ name: 'answer', attribution: { user: 'u-17', team: 'support' } }, answer);
 */
export interface AttributionOptions {
  /** `user.id` */
  user?: string | undefined;
  /** `cost.tag.team` */
  team?: string | undefined;
  /** `cost.tag.project` */
  project?: string | undefined;
  /** `cost.tag.feature` */
  feature?: string | undefined;
  /** `cost.tag.customer` */
  customer?: string | undefined;
  /** Keys declared by the option `attributionKeys`, written as `cost.tag.<key>`. */
  [declared: string]: string | undefined;
}

/** Options of every scope. */
export interface ScopeOptions {
  /** The user, team or other value that the cost of this scope is charged to. Default: those of the enclosing scope. */
  attribution?: AttributionOptions | undefined;
  /** Start time, ms since 1970, for replays of recorded work. Default: now. */
  startTimeMillis?: number | undefined;
}
