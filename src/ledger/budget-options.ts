import type { BudgetExcess, BudgetMeasure } from '../errors.js';
import {
  expectFunction,
  expectKnownKeys,
  expectNumber,
  expectRecord,
  InvalidOptionError,
} from '../validate.js';
import { isMoney, toUnits } from './measures.js';
import { type BudgetWindow, Calendar, WINDOWS } from './period.js';
import type { Units } from './units.js';

/** The behaviour of a budget that is used up. */
export type BudgetMode = 'refuse' | 'abort' | 'warn' | 'observe';

/** An event: the use of a limit has reached a threshold. */
export interface BudgetThreshold extends Omit<BudgetExcess, 'estimate'> {
  /** The share of the limit, such as 0.8. */
  threshold: number;
}

/** Limits of one measure by the time that they count over. At least one. */
export interface WindowLimits {
  /** From midnight to midnight in `timeZone`. */
  day?: number;
  /** From the first of the month in `timeZone`. */
  month?: number;
  /** The whole life of the scope in this process. */
  total?: number;
}

/**
 * Limits for one scope. Each is optional; every limit that is set must have room for a call. A limit of 0 refuses
 * every call that uses its measure. A plain number is a limit for the whole life of the scope; `{ day: 5, month: 100 }`
 * has one for each day and one for each month. A call in flight over midnight is booked where it was reserved.
 */
export interface BudgetOptions {
  /** US dollars, all kinds of cost together. From 0 to 1e21, like every limit. */
  usd?: number | WindowLimits;
  /** US dollars for LLM calls. */
  llmUsd?: number | WindowLimits;
  /** US dollars for tool calls. */
  toolUsd?: number | WindowLimits;
  /** Input and output tokens together. A whole number, as for the other counts. */
  tokens?: number | WindowLimits;
  llmCalls?: number | WindowLimits;
  toolCalls?: number | WindowLimits;
  /** Turns of the agent loop. */
  steps?: number | WindowLimits;
  /** Time since the scope began, in ms. Calls that already run continue, unless `mode` is `abort`. */
  wallMillis?: number;
  /**
   * `refuse` (default): a call without room is not made, and throws `BudgetExceededError`. `abort`: the same, and
   * the handle's `signal` aborts when a limit is reached. `warn`: calls are made, and thresholds are reported.
   * `observe`: calls are made, and spans are flagged when a limit is exceeded.
   */
  mode?: BudgetMode;
  /** The time zone of days and months: a name of the IANA database, such as `Europe/Berlin`. Default `UTC`. */
  timeZone?: string;
  /**
   * How long a call waits, in ms, for room that calls in flight have reserved, before it is refused. Up to one day.
   * Only calls that fit the limit wait. A wrapper that has to wait returns a promise, and keeps the process alive until
   * the call runs or is refused. Default: asynchronous calls wait for up to ten minutes if they, or a call in flight,
   * have no estimate or one learned from earlier calls; all others are refused at once. With 0, every call is refused at
   * once.
   */
  reserveTimeoutMillis?: number;
  /**
   * Whether calls of a model or billable tool without a known price are made and flagged, or refused. With `refuse`, a
   * call without an estimate whose cost then stays unknown has used all that was left. Default `allow`.
   */
  unknownPrice?: 'allow' | 'refuse';
  /** Shares of each limit that are reported once, above 0 and up to 1. Default `[0.8, 1]`. */
  thresholds?: readonly number[];
  /** Called once for each threshold, in every mode. Errors that it throws are caught. */
  onThreshold?: (event: BudgetThreshold) => void;
}

export interface LimitTerms {
  readonly measure: BudgetMeasure;
  readonly window: BudgetWindow;
  /** In whole units. */
  readonly most: Units;
}

/** A scope's limits and settings, checked and in whole units. */
export interface BudgetTerms {
  readonly limits: readonly LimitTerms[];
  readonly calendar: Calendar;
  readonly mode: BudgetMode;
  readonly reserveTimeoutMillis: number | undefined;
  readonly unknownPrice: 'allow' | 'refuse';
  /** Ascending. Empty when thresholds are not reported. */
  readonly thresholds: readonly number[];
  readonly onThreshold: ((event: BudgetThreshold) => void) | undefined;
}

const MODES: readonly BudgetMode[] = ['refuse', 'abort', 'warn', 'observe'];
const POLICIES = ['allow', 'refuse'] as const;
export const ALL_MEASURES: readonly BudgetMeasure[] = [
  'usd',
  'llmUsd',
  'toolUsd',
  'tokens',
  'llmCalls',
  'toolCalls',
  'steps',
  'wallMillis',
];
/** A single call has no agent-loop turns. */
export const CALL_MEASURES: readonly BudgetMeasure[] = ALL_MEASURES.filter((measure) => measure !== 'steps');

const SETTINGS = ['mode', 'timeZone', 'reserveTimeoutMillis', 'unknownPrice', 'thresholds', 'onThreshold'];
/** More than any bill, and well within the range of doubles and bigints in pico-dollars. */
const MAX_LIMIT = 1e21;
const MAX_WAIT_MILLIS = 86_400_000;
const MAX_THRESHOLDS = 16;
const DEFAULT_THRESHOLDS: readonly number[] = [0.8, 1];

/** The two forms of a budget: `budget` and the short form `budgetUsd`. */
export interface BudgetedOptions {
  /** The budget, checked before each LLM and tool call below. Default: no limit. */
  budget?: BudgetOptions;
  /** Short for `budget: { usd }`. From 0 to 1e21. */
  budgetUsd?: number;
}

/** Checks the two forms of a budget. Undefined when neither is set. Throws {@link InvalidOptionError}. */
export function readBudget(
  path: string,
  { budget, budgetUsd }: BudgetedOptions,
  measures: readonly BudgetMeasure[] = ALL_MEASURES,
): BudgetTerms | undefined {
  // Many callers pass null for "no budget".
  if ((budget ?? budgetUsd ?? undefined) === undefined) return undefined;
  if (budgetUsd === undefined || budgetUsd === null) return readTerms(`${path}.budget`, budget, measures);
  expectNumber(`${path}.budgetUsd`, budgetUsd, 0, MAX_LIMIT);
  const given = (budget ?? undefined) === undefined ? {} : expectRecord(`${path}.budget`, budget);
  if (given.usd !== undefined) {
    throw new InvalidOptionError(`${path}.budgetUsd`, budgetUsd, 'left out beside budget.usd');
  }
  return readTerms(`${path}.budget`, { ...given, usd: budgetUsd }, measures);
}

/** Checks a budget in its long form. Throws {@link InvalidOptionError}. */
export function readTerms(path: string, value: unknown, measures: readonly BudgetMeasure[]): BudgetTerms {
  const given = expectRecord(path, value, 'an object like { usd: 0.5 }; budgetUsd takes the number alone');
  expectKnownKeys(path, given, [...measures, ...SETTINGS]);
  const { onThreshold } = given;
  if (onThreshold !== undefined) expectFunction(`${path}.onThreshold`, onThreshold);
  const mode = oneOf(`${path}.mode`, given.mode, MODES, 'refuse');
  const isTold = mode === 'warn' || onThreshold !== undefined || given.thresholds !== undefined;
  return {
    limits: readLimits(path, given, measures),
    calendar: readCalendar(`${path}.timeZone`, given.timeZone),
    mode,
    reserveTimeoutMillis:
      given.reserveTimeoutMillis === undefined
        ? undefined
        : expectNumber(`${path}.reserveTimeoutMillis`, given.reserveTimeoutMillis, 0, MAX_WAIT_MILLIS),
    unknownPrice: oneOf(`${path}.unknownPrice`, given.unknownPrice, POLICIES, 'allow'),
    thresholds: isTold ? readThresholds(`${path}.thresholds`, given.thresholds) : [],
    onThreshold: isCallback(onThreshold) ? onThreshold : undefined,
  };
}

function readLimits(
  path: string,
  given: Record<string, unknown>,
  measures: readonly BudgetMeasure[],
): readonly LimitTerms[] {
  const limits: LimitTerms[] = [];
  for (const measure of measures) {
    const value = given[measure];
    const option = `${path}.${measure}`;
    if (value === undefined) continue;
    if (typeof value !== 'object' || measure === 'wallMillis')
      limits.push(readLimit(option, measure, 'total', value));
    else limits.push(...readWindows(option, measure, value));
  }
  if (limits.length === 0)
    throw new InvalidOptionError(path, given, `at least one of ${measures.join(', ')}`);
  return limits;
}

function readWindows(option: string, measure: BudgetMeasure, value: unknown): readonly LimitTerms[] {
  const expected = `a number, or an object with ${WINDOWS.join(', ')}`;
  const given = expectRecord(option, value, expected);
  expectKnownKeys(option, given, WINDOWS);
  const set = WINDOWS.filter((window) => given[window] !== undefined);
  if (set.length === 0) throw new InvalidOptionError(option, value, expected);
  return set.map((window) => readLimit(`${option}.${window}`, measure, window, given[window]));
}

function readLimit(option: string, measure: BudgetMeasure, window: BudgetWindow, value: unknown): LimitTerms {
  const amount = expectNumber(option, value, 0, MAX_LIMIT);
  if (!isMoney(measure) && !Number.isInteger(amount)) {
    throw new InvalidOptionError(option, value, 'a whole number');
  }
  return { measure, window, most: toUnits(measure, amount) };
}

const UTC = new Calendar('UTC');

function readCalendar(option: string, value: unknown): Calendar {
  if (value === undefined) return UTC;
  try {
    if (typeof value === 'string') return new Calendar(value);
  } catch {
    // A RangeError: no such time zone.
  }
  throw new InvalidOptionError(option, value, 'a time zone such as "Europe/Berlin"');
}

function readThresholds(option: string, value: unknown): readonly number[] {
  if (value === undefined) return DEFAULT_THRESHOLDS;
  const isList = Array.isArray(value) && value.length <= MAX_THRESHOLDS;
  if (!isList || !value.every((share) => typeof share === 'number' && share > 0 && share <= 1)) {
    throw new InvalidOptionError(
      option,
      value,
      `a list of up to ${MAX_THRESHOLDS} shares above 0 and up to 1`,
    );
  }
  return [...new Set<number>(value)].sort((a, b) => a - b);
}

function oneOf<T extends string>(option: string, value: unknown, known: readonly T[], usual: T): T {
  if (value === undefined) return usual;
  const found = known.find((name) => name === value);
  if (found === undefined) throw new InvalidOptionError(option, value, `one of ${known.join(', ')}`);
  return found;
}

function isCallback(value: unknown): value is (event: BudgetThreshold) => void {
  return typeof value === 'function';
}
