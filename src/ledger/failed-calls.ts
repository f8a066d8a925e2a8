/** What failed in one scope, so that the same call made again is known as an attempt. */
import { canonicalHash } from '../canonical.js';

/** A row is some 200 bytes. Retries come soon after a failure, so the oldest row is the one least missed. */
export const MAX_FAILED_CALLS = 256;

/** The longest request that is known again, in characters: a context of 250,000 tokens. It takes some 3 ms to read. */
export const MAX_CALL_CHARS = 1_048_576;

interface FailedCall {
  readonly name: string;
  /** The highest attempt that failed, from 1. */
  readonly attempt: number;
  /** When it did, ms since 1970. */
  readonly failedAtMillis: number;
}

/** The failed calls of one scope, by name and arguments. It is made with the first failure, and dies with the scope. */
export class FailedCalls {
  private readonly byKey = new Map<string, FailedCall>();

  get size(): number {
    return this.byKey.size;
  }

  /** Whether any call of that name failed: only then are its arguments to be looked at. */
  has(name: string): boolean {
    for (const failed of this.byKey.values()) if (failed.name === name) return true;
    return false;
  }

  /** The highest attempt of that call that failed, by the time given as ms since 1970; 0 where none did. */
  lastAttempt(key: string, byMillis = Number.POSITIVE_INFINITY): number {
    const failed = this.byKey.get(key);
    return failed === undefined || failed.failedAtMillis > byMillis ? 0 : failed.attempt;
  }

  add(key: string, name: string, attempt: number): void {
    const highest = Math.max(attempt, this.lastAttempt(key));
    this.byKey.delete(key);
    this.byKey.set(key, { name, attempt: highest, failedAtMillis: Date.now() });
    if (this.byKey.size <= MAX_FAILED_CALLS) return;
    for (const oldest of this.byKey.keys()) {
      this.byKey.delete(oldest);
      return;
    }
  }

  /** The call succeeded: made again it is a call of its own. */
  delete(key: string): void {
    this.byKey.delete(key);
  }
}

/**
 * One text for equal calls. Functions and class instances (a client, a model, a signal) are equal to themselves alone.
 * Undefined without an input, and for one that is cyclic, or longer than {@link MAX_CALL_CHARS}. Never throws.
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
