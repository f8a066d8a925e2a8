/** The scripts: each is one atomic step in one budget, or in one row. */
import { createHash } from 'node:crypto';
import { RESERVE, SETTLE } from './budget-scripts.js';
import { PERIOD, TIME } from './period-script.js';

export interface Script {
  readonly text: string;
  /** The name of the script for `EVALSHA`. */
  readonly sha: string;
}

function script(...parts: string[]): Script {
  const text = parts.join('\n');
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Sets the generation if there is none. Without an argument, it only reads it. */
const STATE = `
if ARGV[1] then redis.call('SET', KEYS[1], ARGV[1], 'NX') end
return { now, redis.call('GET', KEYS[1]) }`;

/** The part of one writer, with its version in front. */
const WRITE = `
local former = redis.call('HGET', KEYS[1], ARGV[1])
local version = tonumber(ARGV[2])
if not former or tonumber(former:match('^%d+')) < version then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ':' .. ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return { now }`;

const READ = `return redis.call('HGETALL', KEYS[1])`;

/** Extends a lease that has not run out. */
const RENEW = `
local ask = cjson.decode(ARGV[1])
for _, p in ipairs(periodsOf(ask.periods, 1)) do
  local due = redis.call('ZSCORE', p.index, 'h:' .. ask.id)
  if due and tonumber(due) > now then
    redis.call('ZADD', p.index, 'GT', now + ask.lease, 'h:' .. ask.id)
  end
  finish(p)
end
return { now }`;

/** Takes back a hold that a store without a generation must not have. */
const UNDO = `
local ask = cjson.decode(ARGV[1])
local periods = periodsOf(ask.periods, 1)
for _, p in ipairs(periods) do leave(p, ask.id) end
return reply({}, periods)`;

export const SCRIPTS = {
  state: script(TIME, STATE),
  write: script(TIME, WRITE),
  read: script(READ),
  reserve: script(TIME, PERIOD, RESERVE),
  settle: script(TIME, PERIOD, SETTLE),
  renew: script(TIME, PERIOD, RENEW),
  undo: script(TIME, PERIOD, UNDO),
};
