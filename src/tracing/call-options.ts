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

/**
 * The options of a call that is being made: a text stands for the one option that names it. At run time nothing may
 * throw into the app, so a missing name becomes `unnamed` and is said once.
 */
export function callOptions<O extends object, K extends keyof O & string>(given: string | O, key: K): O {
  const options = typeof given === 'string' ? { [key]: given } : isRecord(given) ? given : {};
  const name = (options as Record<string, unknown>)[key];
  if (typeof name === 'string' && name !== '') return options as O;
  warnOnce(`"${key}" must be a non-empty string, got ${String(name)}; it goes by "unnamed"`);
  return { ...options, [key]: 'unnamed' } as O;
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
