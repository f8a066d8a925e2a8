/**
 * A connection on which the scripts see a clock that the test sets. The scripts are the real ones, but for the lines
 * that ask Redis for the time: they read one more argument, which this connection adds.
 */
import { createHash } from 'node:crypto';
import type { SendCommand } from '../../src/client.js';
import { TIME } from '../../src/period-script.js';
import { SCRIPTS } from '../../src/scripts.js';

const SET_TIME = `
local now = tonumber(ARGV[#ARGV])
ARGV[#ARGV] = nil`;

export function withClock(send: SendCommand, nowMillis: () => number): SendCommand {
  const texts = new Map<string, string>();
  for (const { text, sha } of Object.values(SCRIPTS)) {
    if (text.includes(TIME)) texts.set(sha, text.replace(TIME, SET_TIME));
  }
  return (args, key) => {
    const [command, name = '', ...rest] = args;
    const sha = command === 'EVAL' ? sha1(name) : name;
    const text = texts.get(sha);
    if ((command !== 'EVAL' && command !== 'EVALSHA') || text === undefined) return send(args, key);
    return send([command, command === 'EVAL' ? text : sha1(text), ...rest, String(nowMillis())], key);
  };
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
