import type { BudgetMeasure } from '../errors.js';
import { InvalidOptionError } from '../errors.js';
import {
  expectFunction,
  expectKnownKeys,
  expectNumber,
  expectRecord,
  isRecord,
  unreadableOption,
} from '../validate.js';
import type { BudgetedOptions, BudgetMode, BudgetThreshold } from './budget-options.js';
import { isMoney, toUnits } from './measures.js';
import { type BudgetWindow, Calendar, WINDOWS } from './period.js';
import { readShared, type SharedTerms } from './shared-terms.js';
import type { Units } from './units.js';
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
  /** Undefined: each process has its own budget. */
  readonly shared: SharedTerms | undefined;
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

const SETTINGS = [
  'mode',
  'timeZone',
  'reserveTimeoutMillis',
  'unknownPrice',
  'shared',
  'thresholds',
  'onThreshold',
];
/** More than any bill, and well within the range of doubles and bigints in pico-dollars. */
const MAX_LIMIT = 1e21;
const MAX_WAIT_MILLIS = 86_400_000;
const MAX_THRESHOLDS = 16;
const DEFAULT_THRESHOLDS: readonly number[] = [0.8, 1];

/** Checks the two forms of a budget. Undefined when neither is set. Throws {@link InvalidOptionError}. */
export function readBudget(
  path: string,
  options: BudgetedOptions,
  measures: readonly BudgetMeasure[] = ALL_MEASURES,
  isSharable = false,
): BudgetTerms | undefined {
  try {
    const { budget, budgetUsd } = options;
    // Many callers pass null for "no budget".
    if ((budget ?? budgetUsd ?? undefined) === undefined) return undefined;
    return readForms(path, budget, budgetUsd, measures, isSharable);
  } catch (error) {
    if (error instanceof InvalidOptionError) throw error;
    throw unreadableOption(`${path}.budget`);
  }
}

function readForms(
  path: string,
  budget: unknown,
  budgetUsd: unknown,
  measures: readonly BudgetMeasure[],
  isSharable: boolean,
): BudgetTerms | undefined {
  if ((budgetUsd ?? undefined) === undefined && limitsNothing(`${path}.budget`, budget, measures))
    return undefined;
  if (budgetUsd === undefined || budgetUsd === null)
    return readTerms(`${path}.budget`, budget, measures, isSharable);
  expectNumber(`${path}.budgetUsd`, budgetUsd, 0, MAX_LIMIT);
  const given = (budget ?? undefined) === undefined ? {} : expectRecord(`${path}.budget`, budget);
  if ((given.usd ?? undefined) !== undefined) {
    throw new InvalidOptionError(`${path}.budgetUsd`, budgetUsd, 'left out beside budget.usd');
  }
  return readTerms(`${path}.budget`, { ...given, usd: budgetUsd }, measures, isSharable);
}

/** True for `{ usd: null }`: all limits that it names are null. */
function limitsNothing(path: string, budget: unknown, measures: readonly BudgetMeasure[]): boolean {
  if (!isRecord(budget)) return false;
  expectKnownKeys(path, budget, [...measures, ...SETTINGS]);
  const named = measures.filter((measure) => budget[measure] !== undefined);
  return named.length > 0 && named.every((measure) => budget[measure] === null);
}

/** Checks a budget in its long form. Throws {@link InvalidOptionError}. */
export function readTerms(
  path: string,
  value: unknown,
  measures: readonly BudgetMeasure[],
  isSharable = false,
): BudgetTerms {
  const given = expectRecord(path, value, 'an object like { usd: 0.5 }; budgetUsd takes the number alone');
  expectKnownKeys(path, given, [...measures, ...SETTINGS]);
  const { onThreshold } = given;
  if (onThreshold !== undefined) expectFunction(`${path}.onThreshold`, onThreshold);
  const mode = oneOf(`${path}.mode`, given.mode, MODES, 'refuse');
  const isTold = mode === 'warn' || onThreshold !== undefined || given.thresholds !== undefined;
  const limits = readLimits(path, given, measures);
  return {
    limits,
    calendar: readCalendar(`${path}.timeZone`, given.timeZone),
    mode,
    reserveTimeoutMillis:
      given.reserveTimeoutMillis === undefined
        ? undefined
        : expectNumber(`${path}.reserveTimeoutMillis`, given.reserveTimeoutMillis, 0, MAX_WAIT_MILLIS),
    unknownPrice: oneOf(`${path}.unknownPrice`, given.unknownPrice, POLICIES, 'allow'),
    shared: readShared(`${path}.shared`, given.shared, limits, isSharable),
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
    if (value === undefined || value === null) continue;
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
