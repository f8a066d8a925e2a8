/** What a tool returns or throws to say what it cost. Recognised across copies of this package. */

const ACTION = Symbol.for('otel-agent-cost.action');

export interface ActionResultOptions {
  /** USD this call cost, from 0 (known to be free) to 1,000,000; anything else is refused and flagged. */
  costUsd?: number;
}

export interface ActionErrorOptions extends ActionResultOptions {
  cause?: unknown;
}

/** A tool's result together with what it cost. */
export class ActionResult<T> {
  readonly [ACTION] = 'result';
  readonly costUsd: number | undefined;

  constructor(
    readonly data: T,
    options: ActionResultOptions = {},
  ) {
    this.costUsd = options?.costUsd;
  }
}

/** A failure that cost something all the same. Thrown or returned, it is a failed call. */
export class ActionError extends Error {
  readonly [ACTION] = 'error';
  override readonly name = 'ActionError';
  readonly costUsd: number | undefined;

  constructor(message: string, options: ActionErrorOptions = {}) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.costUsd = options?.costUsd;
  }
}

export function isActionResult(value: unknown): value is ActionResult<unknown> {
  return actionOf(value) === 'result';
}

export function isActionError(value: unknown): value is ActionError {
  return actionOf(value) === 'error';
}

function actionOf(value: unknown): unknown {
  try {
    return typeof value === 'object' && value !== null && ACTION in value ? value[ACTION] : undefined;
  } catch {
    // A proxy of the app's that throws.
    return undefined;
  }
}
