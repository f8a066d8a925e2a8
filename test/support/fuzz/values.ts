/** Values that an app may hand over by mistake or by malice: wrong types, huge, cyclic, frozen, or throwing on access. */
import { USAGE_SHAPES } from './keys.js';
import type { Random } from './random.js';

/** Thrown by the getters and traps of hostile values. */
export class HostileError extends Error {}

function fail(): never {
  throw new HostileError('looked at');
}

/** Throws whatever is done with it. */
const HOSTILE: object = new Proxy({}, new Proxy({}, { get: () => fail }));

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const NUMBERS = [0, -0, 1, -1, 0.1, 1e-13, 1e6, 1_000_001, 1e12, 1e21, 2 ** 53, 1e308, Number.MIN_VALUE];
const STRINGS = [
  '',
  ' ',
  '5',
  '1e3',
  'gpt-4o',
  'claude-sonnet-4',
  '\ud800',
  'x'.repeat(201),
  '😀'.repeat(300),
];
const LONG = 'long '.repeat(4_000);
const ODD = [null, undefined, true, false, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

export function primitive(random: Random): unknown {
  switch (random.int(9)) {
    case 0:
    case 1:
      return random.pick(NUMBERS);
    case 2:
      return random.int(100_000);
    case 3:
    case 4:
      return random.pick(STRINGS);
    case 5:
      return random.chance(0.2) ? LONG : `name-${random.int(5)}`;
    case 6:
      return random.pick([1n, -1n, 10n ** 30n]);
    case 7:
      return random.chance(0.3) ? Symbol('value') : random.pick(ODD);
    default:
      return random.pick(ODD);
  }
}

/** Anything at all, promises and streams left out: those are forms of work. */
export function value(random: Random, depth = 3): unknown {
  const kind = random.int(14);
  if (depth <= 0 || kind < 4) return primitive(random);
  if (kind < 7) return mutated(random, random.pick(USAGE_SHAPES), depth);
  if (kind === 7) return Array.from({ length: random.int(5) }, () => value(random, depth - 1));
  if (kind === 8) return withGetter(random, depth);
  if (kind === 9) return cyclic(random);
  if (kind === 10) return Object.freeze({ ...record(random, depth) });
  if (kind === 11) return oddity(random);
  return record(random, depth);
}

const KEYS = [
  'usage,model,id,cost_usd,costUsd,name,message,status,type,content,choices,candidates,output,steps,response,data',
  'modelUsage,iterations,providerMetadata,usage_metadata,response_metadata,total_cost_usd,done,metadata,delta,stats',
]
  .join(',')
  .split(',');

export function record(random: Random, depth = 2, keys: readonly string[] = KEYS): Record<string, unknown> {
  const made: Record<string, unknown> = random.chance(0.1) ? Object.create(null) : {};
  const count = random.int(6);
  for (let at = 0; at < count; at++) made[random.pick(keys)] = value(random, depth - 1);
  return made;
}

/** A recorded response or usage with some of its parts replaced. */
export function mutated(random: Random, shape: unknown, depth = 2): unknown {
  if (random.chance(0.05)) return value(random, Math.min(depth, 1));
  if (Array.isArray(shape)) return shape.map((part: unknown) => mutated(random, part, depth));
  if (typeof shape !== 'object' || shape === null) return random.chance(0.1) ? primitive(random) : shape;
  const copy: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(shape)) {
    if (!random.chance(0.05)) copy[key] = mutated(random, part, depth);
  }
  if (random.chance(0.05)) copy[random.pick(KEYS)] = value(random, depth - 1);
  return copy;
}

function withGetter(random: Random, depth: number): object {
  const made = record(random, depth);
  const get = random.chance(0.7) ? fail : () => value(random, 0);
  return Object.defineProperty(made, random.pick(KEYS), { get, enumerable: true, configurable: true });
}

function cyclic(random: Random): object {
  const made = record(random, 1);
  const list: unknown[] = [made];
  made[random.pick(KEYS)] = random.chance(0.5) ? list : made;
  return made;
}

class Instance {
  usage = { prompt_tokens: 3, completion_tokens: 1 };
  get broken(): never {
    return fail();
  }
}

const HUGE = new Array(300_000).fill(0);

function oddity(random: Random): unknown {
  const oddities: readonly (() => unknown)[] = [
    () => HOSTILE,
    revoked,
    () => new Proxy({}, { get: (_, key) => (key === 'then' ? undefined : HOSTILE) }),
    () => new Proxy([], { get: (_, key) => (key === 'length' ? 4e9 : HOSTILE) }),
    () => new Map([['usage', 1]]),
    () => new Set([1]),
    () => new Date(Number.NaN),
    () => new Date(0),
    () => /x/,
    () => new Instance(),
    () => new Uint8Array(8),
    () => () => HOSTILE,
    () => class {},
    () => HUGE,
    () => new Array(4e9),
    () => ({ usage: { iterations: HUGE, prompt_tokens_details: HUGE }, steps: HUGE, output: HUGE }),
    () => new URL('https://user:password@example.com/?api_key=secret'),
    () => errorOf(random),
    () => Object.defineProperty([1], 'extra', { get: fail, enumerable: true }),
  ];
  return random.pick(oddities)();
}

/** A value to throw: mostly errors, with odd messages, names and statuses. */
export function errorOf(random: Random): unknown {
  if (random.chance(0.3)) return value(random, 1);
  const error = new Error(random.pick(['failed', LONG, 'https://user:password@example.com/?key=secret']));
  if (random.chance(0.3)) Object.assign(error, { status: primitive(random), code: primitive(random) });
  if (random.chance(0.2))
    Object.defineProperty(error, random.pick(['message', 'name', 'status']), { get: fail });
  return random.chance(0.1) ? Object.freeze(error) : error;
}
