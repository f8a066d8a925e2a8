/** The failed calls of one scope. A failed call that is made again counts as a further attempt. */
import { canonicalHash } from '../canonical.js';

/** The most rows, about 200 bytes each. Retries follow soon after a failure, so the oldest row is evicted first. */
export const MAX_FAILED_CALLS = 256;

/**
 * The longest request that is recognised when it is made again, in characters: a context of 250,000 tokens. Reading
 * it takes about 3 ms.
 */
export const MAX_CALL_CHARS = 1_048_576;

interface FailedCall {
  readonly name: string;
  /** The number of the latest failed attempt, from 1. */
  readonly attempt: number;
  /** The time of that failure, in epoch milliseconds. */
  readonly failedAtMillis: number;
}

/** The failed calls of one scope, by name and arguments. Created on the first failure and dropped with the scope. */
export class FailedCalls {
  private readonly byKey = new Map<string, FailedCall>();

  get size(): number {
    return this.byKey.size;
  }

  /** True when any call of that name has failed. The arguments are compared only then. */
  has(name: string): boolean {
    for (const failed of this.byKey.values()) if (failed.name === name) return true;
    return false;
  }

  /** The highest failed attempt of a call until `byMillis` (epoch milliseconds). 0 when none failed. */
  lastAttempt(key: string, byMillis = Number.POSITIVE_INFINITY): number {
    const failed = this.byKey.get(key);
    return failed === undefined || failed.failedAtMillis > byMillis ? 0 : failed.attempt;
  }

  /** `failedAtMillis` is in epoch milliseconds. */
  add(key: string, name: string, attempt: number, failedAtMillis = Date.now()): void {
    const highest = Math.max(attempt, this.lastAttempt(key));
    this.byKey.delete(key);
    this.byKey.set(key, { name, attempt: highest, failedAtMillis });
    if (this.byKey.size <= MAX_FAILED_CALLS) return;
    for (const oldest of this.byKey.keys()) {
      this.byKey.delete(oldest);
      return;
    }
  }

  /** Removes a call that succeeded: the same call made again is then a new one. */
  delete(key: string): void {
    this.byKey.delete(key);
  }
}

/**
 * A string that is the same for equal calls. Functions and class instances (a client, a model, a signal) equal only
 * themselves. Undefined when there is no input, or when it is cyclic or longer than {@link MAX_CALL_CHARS}. Never
 * throws.
 */
export function callKey(name: string, input: unknown): string | undefined {
  return input === undefined ? undefined : canonicalHash(name, input, KEY_OPTIONS);
}

const KEY_OPTIONS = { opaqueText: identityOf, maxChars: MAX_CALL_CHARS };

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

function identityOf(value: object): string {
  const identity = identities.get(value) ?? ++lastIdentity;
  identities.set(value, identity);
  return `#${identity}`;
}
