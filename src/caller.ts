/** The work in another process that this process was called for. */
import type { Context } from '@opentelemetry/api';
import { sharedName } from './copies.js';
import type { AttributionOptions } from './scope-options.js';

/** Recognizes callers of every copy of this package in the process. */
export const IS_CALLER = Symbol.for(sharedName('is-caller'));

/**
 * The work in another process that a request or message comes from, as `extract` of `otel-agent-cost/shared` reads it. Give
 * it to `withTask` or `startTask`: the task is then a part of the caller's task and session. Identity only: it has no
 * amounts.
 */
export interface Caller {
  readonly [IS_CALLER]: true;
  /** `session.id` of the caller. Undefined outside a session. */
  readonly sessionId: string | undefined;
  /** The caller's task and the tasks around it, from the nearest to the outermost: `task.id`. At least one, at most 16. */
  readonly taskIds: readonly string[];
  /** The values that the caller's cost is charged to. */
  readonly attribution: AttributionOptions | undefined;
  /** The call itself: a process, and the number of the call in its task. */
  readonly call: { readonly writer: string; readonly number: number };
  /** The ids of the caller's open reservations in shared budgets, from the nearest one outwards. At most 8. */
  readonly reservations: readonly string[];
  /** The parent for the task's span: the given context with the caller's span, unless a span is current there already. */
  contextIn(context: Context): Context;
}

export function isCaller(value: unknown): value is Caller {
  return typeof value === 'object' && value !== null && IS_CALLER in value;
}
