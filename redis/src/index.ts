/** A store on Redis for `shareCosts` of `otel-agent-cost/shared`. */
import type { SharedStore } from 'otel-agent-cost/shared';
import { InvalidOptionError } from 'otel-agent-cost/src/errors';
import { expectKnownKeys, expectRecord } from 'otel-agent-cost/src/validate';
import { type RedisClient, senderOf } from './client.js';
import { Keys } from './keys.js';
import { RedisStore } from './redis-store.js';

export type { RedisClient, SendCommand } from './client.js';

export interface RedisStoreOptions {
  /**
   * The beginning of all keys: 1 to 64 characters of A-Z a-z 0-9 - _ . : and the same in all processes of an installation.
   * Default: `agent-cost`.
   */
  prefix?: string | undefined;
}

/**
 * A store that all processes with the same Redis share. It sends its commands through the app's own client, which the app
 * connects and closes, and never subscribes or blocks.
 *
 * @throws InvalidOptionError if `client` is not a client, or an option is unknown or invalid.
 *
 * @example
 * const client = await createClient({ url }).connect();
 * shareCosts({ store: redisStore(client) });
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): SharedStore {
  expectKnownKeys('', expectRecord('options', options), ['prefix']);
  const { prefix = 'agent-cost' } = options;
  if (typeof prefix !== 'string' || !/^[\w.:-]{1,64}$/.test(prefix)) {
    throw new InvalidOptionError('prefix', prefix, '1 to 64 characters of A-Z a-z 0-9 - _ . :');
  }
  return new RedisStore(senderOf(client), new Keys(prefix));
}
