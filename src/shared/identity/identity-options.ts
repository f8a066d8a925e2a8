/** The option `identity` of `shareCosts`. */
import { InvalidOptionError } from '../../errors.js';
import { expectFunction, expectKnownKeys, expectNumber, expectRecord } from '../../validate.js';
import { Destinations } from './destinations.js';

/**
 * Whom this process tells which session and task its requests belong to, and whom it believes. Nothing is sent or read
 * without it.
 */
export interface IdentityOptions {
  /**
   * The destinations that get the identity: origins (`https://orders.internal:8443`), hosts (`orders.internal`: http and
   * https, at the default ports), and names (`queue:orders`, `mcp:search`, `rpc:billing`) that `inject` is called with. At
   * most 1,000, without wildcards. Default: none.
   */
  sendTo?: readonly string[] | undefined;
  /**
   * Decides whether the sender of a request is trusted. It gets the value of `from` that `extract` was called with, and
   * answers synchronously: only `true` accepts. Without `accept` and `key`, no identity is read.
   */
  accept?: ((peer: unknown) => boolean) | undefined;
  /**
   * A secret that all trusted processes have: a string or bytes, at least 16 bytes. Outgoing identities are signed with it
   * (HMAC-SHA256), and incoming ones without its signature are ignored.
   */
  key?: string | Uint8Array | undefined;
  /**
   * The age, in ms, from which an identity is ignored: from 1,000 to 31,536,000,000 (a year). Default: 86,400,000 (a day).
   */
  maxAgeMillis?: number | undefined;
}

/** The options in the form that `Identity` uses. */
export interface IdentityRules {
  readonly sendTo: Destinations;
  readonly accept: ((peer: unknown) => unknown) | undefined;
  readonly key: Uint8Array | undefined;
  readonly maxAgeMillis: number;
}

const KNOWN = [
  'sendTo',
  'accept',
  'key',
  'maxAgeMillis',
] as const satisfies readonly (keyof IdentityOptions)[];

const DAY_MILLIS = 86_400_000;
const YEAR_MILLIS = 365 * DAY_MILLIS;
/** A shorter secret can be found by trying. */
const MIN_KEY_BYTES = 16;

/** Throws `InvalidOptionError`, with a path below `option`. */
export function readIdentityOptions(
  options: IdentityOptions | undefined,
  option = 'identity',
): IdentityRules {
  const given = options === undefined ? {} : expectRecord(option, options);
  expectKnownKeys(option, given, KNOWN);
  const { sendTo, accept, key, maxAgeMillis = DAY_MILLIS } = options ?? {};
  if (accept !== undefined) expectFunction(`${option}.accept`, accept);
  return {
    sendTo: new Destinations(`${option}.sendTo`, sendTo),
    accept,
    key: key === undefined ? undefined : readKey(`${option}.key`, key),
    maxAgeMillis: expectNumber(`${option}.maxAgeMillis`, maxAgeMillis, 1000, YEAR_MILLIS),
  };
}

/** A copy, so that the app may clear its own. The message of an error does not show the secret. */
function readKey(option: string, value: unknown): Uint8Array {
  const bytes =
    typeof value === 'string'
      ? Buffer.from(value)
      : value instanceof Uint8Array
        ? Uint8Array.from(value)
        : undefined;
  if (bytes !== undefined && bytes.byteLength >= MIN_KEY_BYTES) return bytes;
  const expected = `a string or bytes, of at least ${MIN_KEY_BYTES} bytes`;
  throw new InvalidOptionError(option, undefined, expected, `option "${option}" must be ${expected}`);
}
