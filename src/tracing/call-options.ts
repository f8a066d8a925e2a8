import type { BudgetMeasure } from '../errors.js';
import { type BudgetedOptions, readBudget } from '../ledger/budget-options.js';
import { isPostableUsd, MAX_POST_USD } from '../money.js';
import { warnOnce } from '../otel.js';
import { validateToolPrice } from '../pricing/tool-prices.js';
import {
  expectFunction,
  expectNumber,
  expectRecord,
  expectString,
  InvalidOptionError,
  isRecord,
} from '../validate.js';
import type { LlmOptions } from './llm-options.js';

/** A date in milliseconds is at most this far from 1970. */
const MAX_DATE_MILLIS = 8.64e15;

/** What the options of a call may be. Others are checked where they are used. */
const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  id: isText,
  name: isText,
  sessionId: isText,
  model: isText,
  provider: isText,
  operation: isText,
  actions: (value) => typeof value === 'number' && value > 0 && Number.isFinite(value),
  attribution: isReadable,
  counterfactual: isReadable,
  args: Array.isArray,
  attempt: (value) => Number.isSafeInteger(value) && Number(value) > 0,
  // A wrong budget is said by an error: left out, it would hold nothing back.
  budget: (value) => value !== null,
  budgetUsd: (value) => value !== null,
  estimateUsd: isPostableUsd,
  startTimeMillis: (value) => typeof value === 'number' && value >= 0 && value <= MAX_DATE_MILLIS,
};

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

/** The options themselves where all can be used, else a copy of those that can. Never throws. */
export function usable<O extends object>(given: O): Partial<O> {
  try {
    if (!isRecord(given)) return {};
    let bad: string[] | undefined;
    for (const key in given) {
      const value = given[key];
      if (value === undefined || CHECKS[key]?.(value) !== false) continue;
      bad ??= [];
      bad.push(key);
    }
    if (bad === undefined) return given;
    const copy: O & Record<string, unknown> = { ...given };
    for (const key of bad) {
      // Null is how many say that there is none.
      if (copy[key] !== null) warnOnce(`option "${key}" cannot be used; it is left out`);
      delete copy[key];
    }
    return copy;
  } catch (error) {
    warnOnce('options that throw when they are read are left out', error);
    return {};
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** Reads all of it, here, where a getter that throws is caught. */
function isReadable(value: unknown): boolean {
  return isRecord(value) && Object.values(value).length >= 0;
}

/** Checks what a function is wrapped with: this is construction, so a mistake is said at once. */
export function checkWrapping(
  wrapper: string,
  given: unknown,
  nameKey: string | undefined,
  fn: unknown,
): void {
  expectFunction(`${wrapper} fn`, fn);
  if (typeof given === 'string') {
    expectString(`${wrapper} name`, given);
    return;
  }
  const options = expectRecord(`${wrapper} options`, given);
  if (nameKey !== undefined) expectString(`${wrapper} options.${nameKey}`, options[nameKey]);
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
  const { costUsd, billable, costIncludesChildren, unwrap, attempt } = given;
  validateToolPrice('wrapTool options', {
    ...(costUsd !== undefined && { costUsd }),
    ...(billable !== undefined && { billable }),
    ...(costIncludesChildren !== undefined && { costIncludesChildren }),
  });
  if (unwrap !== undefined && typeof unwrap !== 'boolean') {
    throw new InvalidOptionError('wrapTool options.unwrap', unwrap, 'true or false');
  }
  if (attempt !== undefined) expectNumber('wrapTool options.attempt', attempt, 1, Number.MAX_SAFE_INTEGER);
}
