import type { BudgetExcess, BudgetMeasure } from '../errors.js';
import {
  expectFunction,
  expectKnownKeys,
  expectNumber,
  expectRecord,
  InvalidOptionError,
} from '../validate.js';
import { MEASURES, toUnits } from './measures.js';

/** The behaviour of a budget that is used up. */
export type BudgetMode = 'refuse' | 'abort' | 'warn' | 'observe';

/** An event: the use of a limit has reached a threshold. */
export interface BudgetThreshold extends Omit<BudgetExcess, 'estimate'> {
  /** The share of the limit, such as 0.8. */
  threshold: number;
}

/**
 * Limits for one scope. Each is optional; every limit that is set must have room for a call. A limit of 0 refuses
 * every call that uses its measure.
 */
export interface BudgetOptions {
  /** US dollars, all kinds of cost together. From 0 to 1e21, like every limit. */
  usd?: number;
  /** US dollars for LLM calls. */
  llmUsd?: number;
  /** US dollars for tool calls. */
  toolUsd?: number;
  /** Input and output tokens together. A whole number, as for the other counts. */
  tokens?: number;
  llmCalls?: number;
  toolCalls?: number;
  /** Turns of the agent loop. */
  steps?: number;
  /** Time since the scope began, in ms. Calls that already run continue, unless `mode` is `abort`. */
  wallMillis?: number;
  /**
   * `refuse` (default): a call without room is not made, and throws `BudgetExceededError`. `abort`: the same, and
   * the handle's `signal` aborts when a limit is reached. `warn`: calls are made, and thresholds are reported.
   * `observe`: calls are made, and spans are flagged when a limit is exceeded.
   */
  mode?: BudgetMode;
  /**
   * How long a call waits, in ms, for room that calls in flight have reserved, before it is refused. Up to one day.
   * Only calls that fit the limit wait. A wrapper that has to wait returns a promise. Default: asynchronous calls
   * wait for up to a minute if one of them has no estimate and must run alone; all others are refused at once. With
   * 0, every call is refused at once.
   */
  reserveTimeoutMillis?: number;
  /**
   * Whether calls of a model or billable tool without a known price are made and flagged, or refused. Default
   * `allow`.
   */
  unknownPrice?: 'allow' | 'refuse';
  /** Shares of each limit that are reported once, above 0 and up to 1. Default `[0.8, 1]`. */
  thresholds?: readonly number[];
  /** Called once for each threshold, in every mode. Errors that it throws are caught. */
  onThreshold?: (event: BudgetThreshold) => void;
}

/** A scope's limits and settings, checked and in whole units. */
export interface BudgetTerms {
  readonly limits: ReadonlyMap<BudgetMeasure, bigint>;
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

const SETTINGS = ['mode', 'reserveTimeoutMillis', 'unknownPrice', 'thresholds', 'onThreshold'];
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
