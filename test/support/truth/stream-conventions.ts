/** How providers and frameworks spread the counts of one call, or of several, over a stream. */
import type { Counts } from './counts.js';
import type { Expected } from './mutations.js';

/** The counts that one event states, and of which response. */
export interface Event {
  /** Undefined: an event without counts. */
  readonly says: Counts | undefined;
  readonly response: string;
}

export interface Convention {
  readonly name: string;
  readonly expected: Expected;
  /** How many calls there are in the stream. */
  readonly calls: 1 | 2;
  /** False where the numbers could as well be those of one call so far. */
  readonly isTold: (calls: readonly Counts[]) => boolean;
  readonly events: (calls: readonly Counts[]) => Event[];
}

const FIRST = 'resp_1';
const SECOND = 'resp_2';

export const CONVENTIONS: readonly Convention[] = [
  one('counts in the last event', 'right', (c) => [undefined, undefined, c]),
  one('counts in the last event but one', 'right', (c) => [undefined, c, undefined]),
  one('counts stated twice', 'right', (c) => [undefined, c, c]),
  one('zeros after the counts', 'right', (c) => [undefined, c, nothing(c)]),
  one('the totals first, the parts of them after', 'right', (c) => [undefined, withoutParts(c), c]),
  one('output so far beside the whole input', 'not wrong', (c) => [share(c, 0.2), share(c, 0.6), c]),
  one('zero output first', 'not wrong', (c) => [share(c, 0), share(c, 0.5), c]),
  one('input first, output after, zeros for what was said', 'not wrong', (c) => [share(c, 0), onlyOutput(c)]),
  one('input first, deltas of the output', 'not wrong', (c) => [share(c, 0), ...deltas(c)]),
  one('deltas of the output beside the whole cache', 'not wrong', (c) => [
    share(c, 0),
    ...deltas(c).map((delta) => ({ ...delta, cacheRead: c.cacheRead })),
  ]),
  two('two responses with ids of their own', [FIRST, SECOND]),
  two('two turns without ids, each with its own counts', [FIRST, FIRST]),
];

function one(
  name: string,
  expected: Expected,
  spread: (counts: Counts) => (Counts | undefined)[],
): Convention {
  const events = ([counts]: readonly Counts[]) =>
    counts === undefined ? [] : spread(counts).map((says) => ({ says, response: FIRST }));
  return { name, expected, calls: 1, isTold: () => true, events };
}

function two(name: string, ids: readonly [string, string]): Convention {
  const events = (calls: readonly Counts[]) =>
    calls.flatMap((says, at): Event[] => {
      const response = ids[at] ?? FIRST;
      return [
        { says: undefined, response },
        { says, response },
      ];
    });
  return {
    name,
    expected: 'not wrong',
    calls: 2,
    isTold: (calls) => ids[0] !== ids[1] || hasFall(calls),
    events,
  };
}

function nothing(counts: Counts): Counts {
  return { ...counts, input: 0, cacheRead: 0, output: 0, reasoning: 0 };
}

/** The cache and reasoning are told later. */
function withoutParts({ input, cacheRead, output, reasoning, ...rest }: Counts): Counts {
  return { ...rest, input: input + cacheRead, cacheRead: 0, output: output + reasoning, reasoning: 0 };
}

/** A part of the output, with the whole input. */
function share(counts: Counts, part: number): Counts {
  return {
    ...counts,
    output: Math.floor(counts.output * part),
    reasoning: part === 0 ? 0 : counts.reasoning,
  };
}

function onlyOutput(counts: Counts): Counts {
  return { ...nothing(counts), output: counts.output, reasoning: counts.reasoning };
}

/** The output in three parts of different size, none larger than all before it. */
function deltas(counts: Counts): Counts[] {
  const first = Math.floor(counts.output * 0.5);
  const second = Math.floor(counts.output * 0.2);
  const parts = [first, second, counts.output - first - second];
  return parts.map((output, at) => ({
    ...nothing(counts),
    output,
    reasoning: at === 0 ? counts.reasoning : 0,
  }));
}

/** Counts so far never fall. */
function hasFall([first, second]: readonly Counts[]): boolean {
  if (first === undefined || second === undefined) return false;
  const input = (counts: Counts) => counts.input + counts.cacheRead;
  const output = (counts: Counts) => counts.output + counts.reasoning;
  return input(second) < input(first) || output(second) < output(first);
}
