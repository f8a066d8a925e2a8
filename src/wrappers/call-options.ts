import type { BudgetMeasure } from '../errors.js';
import { type BudgetedOptions, readBudget } from '../ledger/budget-options.js';
import { isPostableUsd, MAX_POST_USD } from '../money.js';
import { nearestName, plainName } from '../nearest-name.js';
import { validateToolPrice } from '../pricing/tool-prices.js';
import {
  expectFunction,
  expectKnownKeys,
  expectNumber,
  expectRecord,
  expectString,
  InvalidOptionError,
  isRecord,
  show,
  unknownOptionError,
} from '../validate.js';
import { warnOnce } from '../warnings.js';
import type { LlmOptions } from './llm-options.js';

/** A date in milliseconds is at most this far from 1970. */
const MAX_DATE_MILLIS = 8.64e15;

interface Check {
  /** As errors and warnings say it; undefined where another check tells more. */
  expected?: string;
  isUsable(value: unknown): boolean;
}

const TEXT: Check = { expected: 'a non-empty string', isUsable: isText };
const READABLE: Check = { expected: 'an object', isUsable: isReadable };
const ANY: Check = { isUsable: () => true };
// A wrong budget is said by an error: left out, it would hold nothing back.
const BUDGET: Check = { isUsable: (value) => value !== null };

/** What the options of a call may be. Others are checked where they are used. */
const CHECKS: ReadonlyMap<string, Check> = new Map(
  Object.entries<Check>({
    id: TEXT,
    name: TEXT,
    sessionId: TEXT,
    model: TEXT,
    provider: TEXT,
    operation: TEXT,
    actions: {
      expected: 'a number above 0',
      isUsable: (value) => typeof value === 'number' && value > 0 && Number.isFinite(value),
    },
    attribution: READABLE,
    counterfactual: READABLE,
    args: { expected: 'a list', isUsable: Array.isArray },
    attempt: {
      expected: 'a number from 1 without a fraction',
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

/** Names of options that are not known; one made up for each call is looked at no more. */
const MAX_UNKNOWN_NAMES = 100;

/** What people call a price, beside its name here. */
const PRICE_NAMES: ReadonlySet<string> = new Set(['cost', 'price', 'priceusd', 'usd']);

/** What unknown names were probably meant to be. */
const meant = new Map<string, string | undefined>();

/**
 * The options of a call that is being made: a text stands for the one option that names it. At run time nothing may
 * throw into the app, so an option that cannot be used is left out, a missing name becomes `unnamed`, and both are
 * said once.
 */
export function callOptions<O extends object, K extends keyof O & string>(given: string | O, key: K): O {
  const options = typeof given === 'string' ? { [key]: given } : usable(given);
  if (isText((options as Partial<O>)[key])) return options as O;
  warnOnce(`"${key}" must be a non-empty string; it goes by "unnamed"`);
  return { ...options, [key]: 'unnamed' } as O;
}

/** The options of an LLM call: a text is the model, and nothing is required. */
export function llmOptions(given: string | LlmOptions): LlmOptions {
  return typeof given === 'string' ? { model: given } : usable(given);
}

/** The options themselves where all can be used, else a copy of those that can. Throws for a mistyped budget only. */
export function usable<O extends object>(given: O): Partial<O> {
  try {
    if (!isRecord(given)) return {};
    let bad: string[] | undefined;
    let misspelled = false;
    for (const key in given) {
      const value = given[key];
      if (value === undefined) continue;
      const check = CHECKS.get(key);
      if (check === undefined) misspelled = noteUnknown(key, value) === 'costUsd' || misspelled;
      if (check?.isUsable(value) !== false) continue;
      bad ??= [];
      bad.push(key);
    }
    if (bad === undefined && !misspelled) return given;
    const copy: O & Record<string, unknown> = { ...given };
    // A price under another name is one that cannot be read, and not none.
    if (misspelled) Object.assign(copy, { costUsd: copy.costUsd ?? Number.NaN });
    for (const key of bad ?? []) {
      const value = copy[key];
      // Null is how many say that there is none.
      if (value !== null) warnOnce(mistake(key), `got ${show(value)}`);
      delete copy[key];
    }
    return copy;
  } catch (error) {
    if (error instanceof InvalidOptionError) throw error;
    warnOnce('options that throw when they are read are left out', error);
    return {};
  }
}

function mistake(key: string): string {
  const expected = CHECKS.get(key)?.expected;
  return `option "${key}" ${expected === undefined ? 'cannot be used' : `must be ${expected}`}, and is left out`;
}

/**
 * Reports it once, and gives the name that was probably meant. A budget that is left out would hold nothing back: written
 * another way it is an error.
 */
function noteUnknown(key: string, value: unknown): string | undefined {
  if (!meant.has(key)) {
    if (meant.size >= MAX_UNKNOWN_NAMES) return undefined;
    meant.set(key, PRICE_NAMES.has(plainName(key)) ? 'costUsd' : nearestName(key, [...CHECKS.keys()]));
  }
  const name = meant.get(key);
  if (name === undefined) {
    warnOnce(`unknown option "${key}"; it is left out`);
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

/** Reads all of it, here, where a getter that throws is caught. */
function isReadable(value: unknown): boolean {
  return isRecord(value) && Object.values(value).length >= 0;
}

/** Checks what a function is wrapped with: this is construction, so a mistake is said at once. */
export function checkWrapping(wrapper: string, given: unknown, known: readonly string[], fn: unknown): void {
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
    // Null is how many say that there is none.
    if (value === undefined || value === null || check?.expected === undefined) continue;
    if (!check.isUsable(value))
      throw new InvalidOptionError(`${wrapper} options.${key}`, value, check.expected);
  }
}

/** Checks what the calls of a wrapped function may use, and what each is expected to cost. */
export function checkBudget(wrapper: string, given: unknown, measures: readonly BudgetMeasure[]): void {
  if (!isRecord(given)) return;
  const options: BudgetedOptions & { estimateUsd?: unknown } = given;
  readBudget(`${wrapper} options`, options, measures);
  const { estimateUsd } = options;
  if (estimateUsd !== undefined) expectNumber(`${wrapper} options.estimateUsd`, estimateUsd, 0, MAX_POST_USD);
}

/** Checks the price a tool is wrapped with. */
export function checkToolPrice(given: unknown): void {
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
