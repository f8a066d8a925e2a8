/** Everything random is worked out from a seed, so that each build is given the same work. */

/** @param {number} seed @returns {() => number} from 0 to below 1 */
function generator(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {number} seed */
export function randomOf(seed) {
  const next = generator(Math.imul(seed, 7919) + 13);
  const below = (/** @type {number} */ count) => Math.floor(next() * count);
  return {
    /** True in that share of all cases. @param {number} share */
    chance: (share) => next() < share,
    below,
    /** @template T @param {readonly T[]} values @returns {T} */
    pick: (values) => values[below(values.length)],
  };
}

/** @param {number[]} parts */
function mixed(parts) {
  let hash = 0x811c9dc5;
  for (const part of parts) hash = Math.imul(hash ^ part, 0x01000193) ^ (hash >>> 13);
  return hash >>> 0;
}

/**
 * Lets one waiting piece of work go on at a time, without timers. Who is next follows from the seed and the number of the
 * work alone: where one build refuses a call, the others keep their order.
 * @param {number} seed @param {() => void} tick called before each turn
 */
export function scheduler(seed, tick) {
  /** @type {{ priority: number, go: () => void }[]} */
  const waiting = [];
  const turns = new Map();
  return {
    /** Waits for a turn. @param {number} number of the work */
    turn(number) {
      const turn = (turns.get(number) ?? 0) + 1;
      turns.set(number, turn);
      return new Promise((resolve) =>
        waiting.push({ priority: mixed([seed, number, turn]), go: () => resolve(undefined) }),
      );
    },
    /** Gives turns until nobody waits for one. */
    async run() {
      // The consequences of the last turn are done once the queue of promises is empty.
      for (await emptied(); waiting.length > 0; await emptied()) {
        tick();
        waiting.sort((a, b) => a.priority - b.priority);
        waiting.shift()?.go();
      }
    },
  };
}

function emptied() {
  return new Promise((resolve) => setImmediate(resolve));
}
