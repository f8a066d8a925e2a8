/**
 * The amounts that a server has booked, by its append-only file: it has every change that the server ever made, in order, and those of a
 * script together.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Booked {
  /** Every amount that was added to the spent dollars of the budget, in pico-dollars, in order. */
  readonly settled: readonly bigint[];
  /** The most that was spent and kept at any time, and with what was reserved. In pico-dollars. */
  readonly mostBooked: bigint;
  readonly mostHeld: bigint;
  /** The periods in which anything was spent. */
  readonly periods: readonly string[];
  /** Since the latest loss of all data. */
  readonly spent: bigint;
  readonly kept: bigint;
  readonly reserved: bigint;
}

const PARTS = ['spent', 'kept', 'reserved'] as const;

/** Of the dollars of one budget, over all of its periods. */
export function readBooked(folder: string, budget: string): Booked {
  const settled: bigint[] = [];
  const periods = new Set<string>();
  let sums = { spent: 0n, kept: 0n, reserved: 0n };
  let mostBooked = 0n;
  let mostHeld = 0n;
  let isInside = false;
  for (const [command = '', key = '', field = '', amount = ''] of commandsIn(folder)) {
    const name = command.toUpperCase();
    if (name === 'MULTI') isInside = true;
    if (name === 'EXEC') isInside = false;
    if (name === 'FLUSHALL') sums = { spent: 0n, kept: 0n, reserved: 0n };
    const part = PARTS.find((each) => field === `${each}.usd`);
    if (name === 'HINCRBY' && part !== undefined && key.includes(`{budget:${budget}}`)) {
      sums[part] += BigInt(amount);
      if (part === 'spent') {
        settled.push(BigInt(amount));
        periods.add(key.slice(key.lastIndexOf(':') + 1));
      }
    }
    if (isInside) continue;
    const { spent, kept, reserved } = sums;
    if (spent + kept > mostBooked) mostBooked = spent + kept;
    if (spent + kept + reserved > mostHeld) mostHeld = spent + kept + reserved;
  }
  return { settled, mostBooked, mostHeld, periods: [...periods], ...sums };
}

/** The commands in the files, in the form in which clients send them. A cut one at the end was never acknowledged. */
function* commandsIn(folder: string): Generator<string[]> {
  const directory = join(folder, 'appendonlydir');
  const files = readdirSync(directory).filter((name) => name.endsWith('.incr.aof'));
  const sequence = (name: string) => Number(/\.(\d+)\.incr/.exec(name)?.[1]);
  files.sort((a, b) => sequence(a) - sequence(b));
  for (const file of files) {
    const bytes = readFileSync(join(directory, file));
    let at = 0;
    const line = () => {
      const end = bytes.indexOf('\r\n', at);
      const text = bytes.toString('latin1', at, end);
      at = end + 2;
      return text;
    };
    while (at < bytes.length && bytes.indexOf('\r\n', at) >= 0) {
      const head = line();
      if (head.startsWith('#')) continue;
      const command: string[] = [];
      for (let left = Number(head.slice(1)); left > 0; left -= 1) {
        const length = Number(line().slice(1));
        command.push(bytes.toString('latin1', at, at + length));
        at += length + 2;
      }
      if (at <= bytes.length) yield command;
    }
  }
}
