/** Runs scripts in one round trip, and reads the generation after them. */
import type { SendCommand } from './client.js';
import type { Script } from './scripts.js';

/** A script with its keys, all of one slot, and its arguments. */
export interface Call {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

export interface Replies {
  /** In the order of the calls. */
  readonly replies: readonly unknown[];
  /** The reply to the last command. */
  readonly last: unknown;
}

/**
 * Sends all calls and then `last` without waiting in between: on one connection, Redis runs them in this order. Where Redis
 * does not know a script (any more), it is sent again with its text, and `last` once more after it.
 */
export async function runAll(
  send: SendCommand,
  calls: readonly Call[],
  last: (byText: boolean) => Promise<unknown>,
): Promise<Replies> {
  const sent = [...calls.map((call) => run(send, call, false)), last(false)];
  const results = await Promise.allSettled(sent);
  if (!results.some(isMissing)) return repliesOf(results.map(fulfilled));
  const again = results.map((result, at) => {
    const call = calls[at];
    if (call === undefined) return last(true);
    return isMissing(result) ? run(send, call, true) : fulfilledLater(result);
  });
  return repliesOf(await Promise.all(again));
}

function repliesOf(all: readonly unknown[]): Replies {
  return { replies: all.slice(0, -1), last: all.at(-1) };
}

/** Sends one script by its name, or with its text. */
export function run(send: SendCommand, { script, keys, args }: Call, byText: boolean): Promise<unknown> {
  const name = byText ? ['EVAL', script.text] : ['EVALSHA', script.sha];
  return send([...name, String(keys.length), ...keys, ...args], keys[0] ?? '');
}

function isMissing(result: PromiseSettledResult<unknown>): boolean {
  if (result.status === 'fulfilled') return false;
  return result.reason instanceof Error && result.reason.message.startsWith('NOSCRIPT');
}

function fulfilled(result: PromiseSettledResult<unknown>): unknown {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

async function fulfilledLater(result: PromiseSettledResult<unknown>): Promise<unknown> {
  return fulfilled(result);
}
