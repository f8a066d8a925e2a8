/** Sends commands through the client that the app has: `redis`, `ioredis`, a cluster of either, or a function. */
import { InvalidOptionError } from 'otel-agent-cost/src/errors';

/** `createClient` of the package `redis`. */
interface NodeRedisClient {
  sendCommand(args: string[]): Promise<unknown>;
}

/** `createCluster` of the package `redis`. */
interface NodeRedisCluster {
  readonly nodeByAddress: unknown;
  sendCommand(firstKey: string, isReadonly: boolean, args: string[]): Promise<unknown>;
}

/** `Redis` and `Cluster` of the package `ioredis`. */
interface IoRedisClient {
  call(command: string, ...args: string[]): Promise<unknown>;
}

/**
 * Sends one command on one connection, in the order of the calls. `args` starts with the name of the command, `key` is the
 * first of its keys.
 */
export type SendCommand = (args: string[], key: string) => Promise<unknown>;

/**
 * A connected client of the app's: of `redis` (4, 5 and 6) or `ioredis` (5 and 6), a cluster of either, or a function that
 * sends a command.
 */
export type RedisClient = NodeRedisClient | NodeRedisCluster | IoRedisClient | SendCommand;

const EXPECTED = 'a client or cluster of "redis" or "ioredis", or a function that sends a command';

/** @throws InvalidOptionError if it is not a client. */
export function senderOf(client: RedisClient): SendCommand {
  const send = knownSender(client);
  // A client that throws, because it is closed or for a bad argument, rejects like one that cannot send.
  return async (args, key) => send(args, key);
}

function knownSender(client: RedisClient): SendCommand {
  if (typeof client === 'function') return client;
  // Both have `sendCommand`, but a generation read on another connection may be older than the answer before it.
  if (has(client, 'totalClients') || has(client, 'getSentinelNode')) {
    const advice =
      'a pool and a sentinel send commands on several connections; give it a function that uses one';
    throw new InvalidOptionError('client', client, '', `option "client" must be ${EXPECTED}: ${advice}`);
  }
  if (isCluster(client)) return (args, key) => client.sendCommand(key, false, args);
  if (isNodeRedis(client)) return (args) => client.sendCommand(args);
  if (isIoRedis(client)) return ([command = '', ...args]) => client.call(command, ...args);
  throw new InvalidOptionError('client', client, EXPECTED);
}

function has<K extends string>(value: unknown, key: K): value is Record<K, unknown> {
  return typeof value === 'object' && value !== null && key in value;
}

function hasMethod(value: unknown, key: string): boolean {
  return has(value, key) && typeof value[key] === 'function';
}

function isCluster(client: unknown): client is NodeRedisCluster {
  return hasMethod(client, 'sendCommand') && has(client, 'nodeByAddress');
}

/** `sendCommand` of ioredis takes an object of its own. */
function isNodeRedis(client: unknown): client is NodeRedisClient {
  return hasMethod(client, 'sendCommand') && !isIoRedis(client);
}

function isIoRedis(client: unknown): client is IoRedisClient {
  return hasMethod(client, 'call');
}
