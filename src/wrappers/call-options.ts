import { isCaller } from '../caller.js';
import type { BudgetMeasure } from '../errors.js';
import { InvalidOptionError } from '../errors.js';
import type { BudgetedOptions } from '../ledger/budget-options.js';
import { readBudget } from '../ledger/budget-terms.js';
import { isPostableUsd, MAX_POST_USD } from '../money.js';
import { nearestName, plainName } from '../nearest-name.js';
import { validateToolPrice } from '../pricing/tool-prices.js';
import { shortText, show } from '../short-text.js';
import {
  checked,
  expectFunction,
  expectKnownKeys,
  expectNumber,
  expectRecord,
  expectString,
  isRecord,
  unknownOptionError,
  unreadableOption,
} from '../validate.js';
import { warnOnce } from '../warnings.js';
import type { LlmOptions, ToolOptions } from './options.js';

/** A date in milliseconds is at most this far from 1970. */
const MAX_DATE_MILLIS = 8.64e15;

interface Check {
  /** For errors and warnings. Undefined if another check gives a more precise message. */
  expected?: string;
  isUsable(value: unknown): boolean;
}

const TEXT: Check = { expected: 'a non-empty string', isUsable: isText };
const READABLE: Check = { expected: 'an object that can be read', isUsable: isReadable };
const ANY: Check = { isUsable: () => true };
// An invalid budget throws an error elsewhere. If it were ignored, it would limit nothing.
const BUDGET: Check = { isUsable: (value) => value !== null };

/** The known options of a call with their checks. Nested options are checked where they are used. */
const CHECKS: ReadonlyMap<string, Check> = new Map(
  Object.entries<Check>({
    id: TEXT,
    name: TEXT,
    sessionId: TEXT,
    caller: { expected: 'the result of extract()', isUsable: isCaller },
    model: TEXT,
    provider: TEXT,
    operation: TEXT,
    actions: {
      expected: 'a number above 0',
      isUsable: (value) => typeof value === 'number' && value > 0 && Number.isFinite(value),
    },
    attribution: READABLE,
    counterfactual: READABLE,
    args: { expected: 'a list', isUsable: isList },
    attempt: {
      expected: 'a whole number from 1',
      isUsable: (value) => Number.isSafeInteger(value) && Number(value) > 0,
    },
    budget: BUDGET,
    budgetUsd: BUDGET,
    estimateUsd: { isUsable: isPostableUsd },
    startTimeMillis: {
      expected: 'milliseconds since 1970',
      isUsable: (value) => typeof value === 'number' && value >= 0 && value <= MAX_DATE_MILLIS,
    },
    countTokens: { expected: 'a function', isUsable: (value) => typeof value === 'function' },
    request: ANY,
    costUsd: ANY,
    billable: ANY,
    costIncludesChildren: ANY,
    unwrap: ANY,
    kind: ANY,
  }),
);

/**
 * Unknown option names that are kept, at most. Further ones are no longer reported, for apps that invent one per call.
 */
const MAX_UNKNOWN_NAMES = 100;

/** Names that are often given instead of `costUsd`. */
const PRICE_NAMES: ReadonlySet<string> = new Set(['cost', 'price', 'priceusd', 'usd']);

/** Unknown option names with the known name that was probably meant. */
const meant = new Map<string, string | undefined>();

/**
 * The options of a call; a string is the option `key`. Nothing may throw into the app at run time, so an invalid option
 * is ignored and a missing name becomes `unnamed`. Both are reported once.
 */
export function callOptions<O extends object, K extends keyof O & string>(given: string | O, key: K): O {
  const options = typeof given === 'string' ? { [key]: given } : usable(given);
  if (isText((options as Partial<O>)[key])) return options as O;
  warnOnce(`"${key}" must be a non-empty string; "unnamed" is used instead`);
  return { ...options, [key]: 'unnamed' } as O;
}

/** The options of an LLM call; a string is the model. No option is required. */
export function llmOptions(given: string | LlmOptions): LlmOptions {
  return typeof given === 'string' ? { model: given } : usable(given);
}

/**
 * Returns the options if all are valid, or else a copy of the valid ones. Throws only for a budget that is misspelled or
 * cannot be read.
 */
export function usable<O extends object>(given: O): Partial<O> {
  try {
    return isRecord(given) ? valid(given) : {};
  } catch (error) {
    if (error instanceof InvalidOptionError) throw error;
    warnOnce('options that cannot be read are ignored', error);
    return valid(readOneByOne(given)) as Partial<O>;
  }
}

function valid<O extends object>(given: O): Partial<O> {
  let bad: string[] | undefined;
  let misspelled = false;
  let keys = 0;
  for (const key in given) {
    keys += 1;
    if (keys > MAX_OPTIONS) throw new RangeError('too many');
    const value = given[key];
    if (value === undefined) continue;
    const check = CHECKS.get(key);
    if (check === undefined) misspelled = noteUnknown(key, value) === 'costUsd' || misspelled;
    if (check?.isUsable(value) !== false) continue;
    bad ??= [];
    bad.push(key);
  }
  if (bad === undefined && !misspelled) return given;
  const empty: Record<string, unknown> = {};
  const copy = Object.assign(empty, given);
  // The app gave a price under a misspelled name, so the cost is unknown, not zero.
  if (misspelled) Object.assign(copy, { costUsd: copy.costUsd ?? Number.NaN });
  for (const key of bad ?? []) {
    const value = copy[key];
    // Apps often pass null for "none".
    if (value !== null) warnOnce(mistake(key), `got ${show(value)}`);
    delete copy[key];
  }
  return copy;
}

/**
 * Reads each option by itself, so that one that throws does not drop the others. A price that throws is unknown and not
 * free, and a budget that throws is refused, because an ignored one would limit nothing.
 */
function readOneByOne(given: object): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  const listed = listedKeys(given);
  for (const key of new Set([...CHECKS.keys(), ...listed])) {
    try {
      const value: unknown = Reflect.get(given, key);
      if (value !== undefined) options[key] = value;
    } catch {
      const name = CHECKS.has(key) ? key : (noteUnknown(key, undefined) ?? '');
      if (name === 'costUsd') options.costUsd ??= Number.NaN;
      if (name === 'billable') options.billable = true;
      if (listed.includes(key) && CHECKS.get(name) === BUDGET) throw unreadableOption(key);
    }
  }
  return options;
}

/** None where they cannot be listed, or where there are too many. */
function listedKeys(given: object): readonly string[] {
  const keys: string[] = [];
  try {
    for (const key in given) keys.push(key);
  } catch {
    // A proxy of the app threw.
  }
  return keys.length > MAX_OPTIONS ? [] : keys;
}

function mistake(key: string): string {
  const expected = CHECKS.get(key)?.expected;
  return `option "${key}" ${expected === undefined ? 'cannot be used' : `must be ${expected}`}; it is ignored`;
}

/**
 * Reports an unknown option once, and returns the name that was probably meant. Throws for a misspelled budget, because
 * an ignored budget would limit nothing.
 */
function noteUnknown(key: string, value: unknown): string | undefined {
  if (!meant.has(key)) {
    if (meant.size >= MAX_UNKNOWN_NAMES) return undefined;
    meant.set(key, PRICE_NAMES.has(plainName(key)) ? 'costUsd' : nearestName(key, [...CHECKS.keys()]));
  }
  const name = meant.get(key);
  if (name === undefined) {
    warnOnce(`unknown option "${shortText(key)}"; it is ignored`);
    return undefined;
  }
  if (CHECKS.get(name) === BUDGET && plainName(key) === plainName(name)) {
    throw unknownOptionError(key, value, name, []);
  }
  warnOnce(`unknown option "${key}"; did you mean "${name}"?`);
  return name;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** An object with more keys was given by mistake, such as data in place of options. */
const MAX_OPTIONS = 1_000;

/** Reads every value, because a getter that throws is caught here. */
function isReadable(value: unknown): boolean {
  if (!isRecord(value)) return false;
  try {
    const keys = Object.keys(value);
    if (keys.length > MAX_OPTIONS) return false;
    for (const key of keys) Reflect.get(value, key);
    return true;
  } catch {
    return false;
  }
}

function isList(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    // A revoked proxy.
    return false;
  }
}

/** Checks the options of a `wrap…`. Throws `InvalidOptionError`, because wrapping is construction and not run time. */
export function checkWrapping(wrapper: string, given: unknown, known: readonly string[], fn: unknown): void {
  checked(`${wrapper} options`, () => checkOptions(wrapper, given, known, fn));
}

function checkOptions(wrapper: string, given: unknown, known: readonly string[], fn: unknown): void {
  expectFunction(`${wrapper} fn`, fn);
  if (typeof given === 'string') {
    expectString(`${wrapper} name`, given);
    return;
  }
  const options = expectRecord(`${wrapper} options`, given);
  expectKnownKeys(`${wrapper} options`, options, known);
  if (known.includes('name')) expectString(`${wrapper} options.name`, options.name);
  for (const [key, value] of Object.entries(options)) {
    const check = CHECKS.get(key);
    // Apps often pass null for "none".
    if (value === undefined || value === null || check?.expected === undefined) continue;
    if (!check.isUsable(value))
      throw new InvalidOptionError(`${wrapper} options.${key}`, value, check.expected);
  }
}

/** Checks the budget of a wrapped function's calls, and the estimated cost of each call. */
export function checkBudget(wrapper: string, given: unknown, measures: readonly BudgetMeasure[]): void {
  if (!isRecord(given)) return;
  const options: BudgetedOptions & { estimateUsd?: unknown } = given;
  readBudget(`${wrapper} options`, options, measures);
  const { estimateUsd } = checked(`${wrapper} options`, () => ({ estimateUsd: options.estimateUsd }));
  if (estimateUsd !== undefined) expectNumber(`${wrapper} options.estimateUsd`, estimateUsd, 0, MAX_POST_USD);
}

/** The option names. The type check requires all of them and no others. */
export const TOOL_OPTIONS = Object.keys({
  name: 1,
  costUsd: 1,
  billable: 1,
  costIncludesChildren: 1,
  unwrap: 1,
  attempt: 1,
  args: 1,
  estimateUsd: 1,
  startTimeMillis: 1,
  budget: 1,
  budgetUsd: 1,
} satisfies Record<keyof ToolOptions, 1>);
/** Checks the price options of `wrapTool`. */
export function checkToolPrice(given: unknown): void {
  checked('wrapTool options', () => checkPrice(given));
}

function checkPrice(given: unknown): void {
  if (!isRecord(given)) return;
  const { costUsd, billable, costIncludesChildren, unwrap } = given;
  validateToolPrice('wrapTool options', {
    ...(costUsd !== undefined && { costUsd }),
    ...(billable !== undefined && { billable }),
    ...(costIncludesChildren !== undefined && { costIncludesChildren }),
  });
  if (unwrap !== undefined && typeof unwrap !== 'boolean') {
    throw new InvalidOptionError('wrapTool options.unwrap', unwrap, 'true or false');
  }
}
