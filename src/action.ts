/** Values that a tool returns or throws to state its cost. Recognised across copies and versions of this package. */
import { nearestName } from './nearest-name.js';
import { shortText } from './short-text.js';
import { isRecord } from './validate.js';

const ACTION = Symbol.for('otel-agent-cost.action');

/** Options of `ActionResult`. An unknown option is refused and flagged, like an amount that cannot be used. */
export interface ActionResultOptions {
  /** USD that this call cost, from 0 (known to be free) to 1,000,000. Any other value is refused and flagged. */
  costUsd?: number | undefined;
}

/** Options of `ActionError`. */
export interface ActionErrorOptions extends ActionResultOptions {
  /** The error behind this one, as of `Error`. */
  cause?: unknown;
}

/**
 * A tool's result and its cost. Unreadable options, such as `{ cost_usd: 1 }`, set the cost to NaN, which is
 * refused and flagged: a mistyped amount is never free. Never throws.
 *
 * @example
 * return new ActionResult(found, { costUsd: 0.02 });
 */
export class ActionResult<T> {
  readonly [ACTION] = 'result';
  /** As given. NaN for unreadable options; undefined without an amount: the declared price then applies. */
  readonly costUsd: number | undefined;

  constructor(
    /** The result for the caller. */
    readonly data: T,
    options: ActionResultOptions = {},
  ) {
    this.costUsd = readCost(this, options, RESULT_OPTIONS);
  }
}

/**
 * A failure that still cost something. Thrown or returned, it counts as a failed call, whose cost is wasted.
 *
 * @example
 * throw new ActionError('not found', { costUsd: 0.001, cause: error });
 */
export class ActionError extends Error {
  readonly [ACTION] = 'error';
  override readonly name = 'ActionError';
  /** As given. NaN for unreadable options; undefined without an amount. */
  readonly costUsd: number | undefined;

  constructor(message: string, options: ActionErrorOptions = {}) {
    super(message, causeOf(options));
    this.costUsd = readCost(this, options, ERROR_OPTIONS);
  }
}

export function isActionResult(value: unknown): value is ActionResult<unknown> {
  return actionOf(value) === 'result';
}

export function isActionError(value: unknown): value is ActionError {
  return actionOf(value) === 'error';
}

/**
 * Why the cost of a result or error could not be read. Undefined when the options were readable: a bad amount is then
 * reported as it is.
 */
export function mistakeOf(action: object): string | undefined {
  return mistakes.get(action);
}

/** The most keys that are checked. An object with more keys cannot be options. */
const MAX_OPTIONS = 100;

const RESULT_OPTIONS: readonly string[] = ['costUsd'];
const ERROR_OPTIONS: readonly string[] = ['costUsd', 'cause'];

const mistakes = new WeakMap<object, string>();

/**
 * NaN for unreadable options and for unknown keys. Null counts as no options, because many callers pass it to mean
 * that.
 */
function readCost(
  action: object,
  options: ActionResultOptions,
  known: readonly string[],
): number | undefined {
  if (options === null) return undefined;
  try {
    const mistake = isRecord(options) ? unknownOption(options, known) : 'options that are not an object';
    // Read once: a getter may return a different value the second time.
    const { costUsd } = options;
    if (mistake === undefined && (costUsd !== undefined || isPlain(options))) return costUsd;
    mistakes.set(action, mistake ?? 'options of a class that has no "costUsd"');
  } catch {
    mistakes.set(action, 'options that throw when they are read');
  }
  return Number.NaN;
}

/**
 * False for an instance of a class, a `Map`, or an object that inherits its properties: it may have an amount outside
 * its own keys. Plain objects of other realms are plain.
 */
function isPlain(options: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(options);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Describes the first unknown option and suggests the name that was probably meant. */
export function unknownOption(options: object, known: readonly string[]): string | undefined {
  const keys = Object.keys(options);
  if (keys.length > MAX_OPTIONS) return `${keys.length} options`;
  for (const key of keys) {
    if (known.includes(key) || Reflect.get(options, key) === undefined) continue;
    const meant = nearestName(key, known);
    return `unknown option "${shortText(key)}"${meant === undefined ? '' : `, did you mean "${meant}"?`}`;
  }
  return undefined;
}

function causeOf(options: ActionErrorOptions): ErrorOptions | undefined {
  try {
    return options?.cause === undefined ? undefined : { cause: options.cause };
  } catch {
    // A getter of the app threw.
    return undefined;
  }
}

function actionOf(value: unknown): unknown {
  try {
    return typeof value === 'object' && value !== null && ACTION in value ? value[ACTION] : undefined;
  } catch {
    // A proxy of the app threw.
    return undefined;
  }
}
