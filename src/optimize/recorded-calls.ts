/** The calls that are recorded for `costHints`. */
import { InvalidOptionError } from '../errors.js';
import { expectKnownKeys, expectNumber, expectRecord } from '../validate.js';
import { startCallLog } from './call-log.js';

/** Options of `recordCalls`. */
export interface CallLogOptions {
  /** The most calls kept, from 1 to 1,000,000. The oldest ones are dropped first. Default 10,000. */
  maxCalls?: number | undefined;
  /** The most tasks kept, from 1 to 1,000,000. Default 1,000. */
  maxTasks?: number | undefined;
}

/** About 4 MB at 400 bytes per call: the last hundred tasks with a hundred calls each. */
const DEFAULT_MAX_CALLS = 10_000;
/** Enough for the median of tens of kinds of tasks. */
const DEFAULT_MAX_TASKS = 1000;
const MAX_RECORDS = 1_000_000;

/**
 * Starts recording the calls of this process for `costHints`, and counts them in the metrics behind the hints if a meter
 * provider is registered. Returns a function that stops it and discards the records. A second call of `recordCalls` starts again with an empty log. Throws `InvalidOptionError` for invalid
 * options.
 */
export function recordCalls(options: CallLogOptions = {}): () => void {
  const path = 'recordCalls options';
  expectKnownKeys(path, expectRecord(path, options), ['maxCalls', 'maxTasks']);
  return startCallLog(
    wholeNumber('maxCalls', options.maxCalls ?? DEFAULT_MAX_CALLS),
    wholeNumber('maxTasks', options.maxTasks ?? DEFAULT_MAX_TASKS),
  );
}

function wholeNumber(key: string, value: number): number {
  const option = `recordCalls options.${key}`;
  if (!Number.isInteger(expectNumber(option, value, 1, MAX_RECORDS))) {
    throw new InvalidOptionError(option, value, 'a whole number');
  }
  return value;
}
