import type { BudgetExcess, BudgetMeasure } from '../errors.js';
import {
  expectFunction,
  expectKnownKeys,
  expectNumber,
  expectRecord,
  InvalidOptionError,
} from '../validate.js';
import { MEASURES, toUnits } from './measures.js';

/** What a budget does when it is used up. */
export type BudgetMode = 'refuse' | 'abort' | 'warn' | 'observe';

/** A share of a limit has been reached. */
export interface BudgetThreshold extends Omit<BudgetExcess, 'estimate'> {
  /** The share of the limit, like 0.8. */
  threshold: number;
}

/**
 * Limits on what one scope may use; each is optional, and every one that is given must have room. 0 refuses every
 * call that uses any of it.
 */
export interface BudgetOptions {
  /** US dollars, all kinds of cost together. From 0 to 1e21, like every limit. */
  usd?: number;
  /** US dollars for LLM calls. */
  llmUsd?: number;
  /** US dollars for tool calls. */
  toolUsd?: number;
  /** Input and output tokens together. Whole, like the other counts. */
  tokens?: number;
  llmCalls?: number;
  toolCalls?: number;
  /** Turns of the agent loop. */
  steps?: number;
  /** Time since the scope began, in ms. What runs already goes on, unless `mode` is `abort`. */
  wallMillis?: number;
  /**
   * `refuse` (default): a call for which there is no room is not made; it throws `BudgetExceededError`. `abort`: that,
   * and the handle's `signal` aborts once a limit is reached. `warn`: calls are made; thresholds are told. `observe`:
   * calls are made; going over is flagged on the spans.
   */
  mode?: BudgetMode;
  /**
   * How long a call that fits the limit waits for room that calls in flight hold, in ms, before it is refused; up to
   * a day. A wrapper that has to wait gives a promise. Default: asynchronous calls wait for up to a minute where one of
   * them has no estimate and has to run alone; else, and with 0 always, a call is refused at once.
   */
  reserveTimeoutMillis?: number;
  /** Calls of a model or billable tool that has no known price: made and flagged, or refused. Default `allow`. */
  unknownPrice?: 'allow' | 'refuse';
  /** Shares of each limit that are told once, above 0 and up to 1. Default `[0.8, 1]`. */
  thresholds?: readonly number[];
  /** Told about each threshold, once, in every mode. What it throws is caught. */
  onThreshold?: (event: BudgetThreshold) => void;
}

/** What a scope may use, checked and in whole units. */
export interface BudgetTerms {
  readonly limits: ReadonlyMap<BudgetMeasure, bigint>;
  readonly mode: BudgetMode;
  readonly reserveTimeoutMillis: number | undefined;
  readonly unknownPrice: 'allow' | 'refuse';
  /** Ascending; empty when nobody is told. */
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
/** A single call has no turns of its own. */
export const CALL_MEASURES: readonly BudgetMeasure[] = ALL_MEASURES.filter((measure) => measure !== 'steps');

const SETTINGS = ['mode', 'reserveTimeoutMillis', 'unknownPrice', 'thresholds', 'onThreshold'];
/** Beyond any bill, and far within what a double and a bigint can hold as pico-dollars. */
const MAX_LIMIT = 1e21;
const MAX_WAIT_MILLIS = 86_400_000;
const MAX_THRESHOLDS = 16;
const DEFAULT_THRESHOLDS: readonly number[] = [0.8, 1];

/** The short form `budgetUsd` beside the long one. */
export interface BudgetedOptions {
  /** What it may use; checked before each LLM and tool call below. Default: no limit. */
  budget?: BudgetOptions;
  /** Short for `budget: { usd }`. From 0 to 1e21. */
  budgetUsd?: number;
}

/** Checks the two forms of a budget; undefined without any. Throws {@link InvalidOptionError}. */
export function readBudget(
  path: string,
  { budget, budgetUsd }: BudgetedOptions,
  measures: readonly BudgetMeasure[] = ALL_MEASURES,
): BudgetTerms | undefined {
  // Null is how many say that there is none.
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
): ReadonlyMap<BudgetMeasure, bigint> {
  const limits = new Map<BudgetMeasure, bigint>();
  for (const measure of measures) {
    const value = given[measure];
    if (value === undefined) continue;
    const option = `${path}.${measure}`;
    const amount = expectNumber(option, value, 0, MAX_LIMIT);
    if (!MEASURES[measure].isMoney && !Number.isInteger(amount)) {
      throw new InvalidOptionError(option, value, 'a whole number');
    }
    limits.set(measure, toUnits(measure, amount));
  }
  if (limits.size === 0) throw new InvalidOptionError(path, given, `at least one of ${measures.join(', ')}`);
  return limits;
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
