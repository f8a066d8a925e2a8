/**
 * The counts of one thread. They may lie in shared memory, because a worker that is terminated runs no more code: the
 * main thread then reads from here how many spans and dollars the worker had not delivered. Only the thread itself
 * writes its counts.
 */

/** The position of each count. */
const POSITIONS = {
  /** Sampled spans that ended. */
  ended: 0,
  /** Spans that a receiver confirmed. */
  delivered: 1,
  /** Spans in failed requests, or dropped before there was a request. */
  lost: 2,
  /** The part of `lost` that a confirmed metrics request stated as `cost.lost_spans`. */
  lostStated: 3,
  /** Spans that a notice of the thread itself named as lost. */
  noticed: 4,
  /** Cost counted by this thread's metrics, in pico-dollars. */
  countedPico: 5,
  /** The part of `countedPico` that a receiver confirmed. */
  confirmedPico: 6,
  /** Cost that a notice of the thread itself named as lost, in pico-dollars. */
  noticedPico: 7,
  /** The flushes that the main thread requested and that were carried out. */
  flushes: 8,
} as const;

export type CountName = keyof typeof POSITIONS;

const COUNT_NAMES = Object.keys(POSITIONS).filter((name) => isCountName(name));

/** The number of cells of one thread. */
export const COUNTS_LENGTH = COUNT_NAMES.length;

function isCountName(name: string): name is CountName {
  return Object.hasOwn(POSITIONS, name);
}

export class ThreadCounts {
  constructor(private readonly cells: Float64Array<ArrayBufferLike> = new Float64Array(COUNTS_LENGTH)) {}

  get(name: CountName): number {
    return this.cells[POSITIONS[name]] ?? 0;
  }

  set(name: CountName, value: number): void {
    this.cells[POSITIONS[name]] = value;
  }

  add(name: CountName, value: number): void {
    this.set(name, this.get(name) + value);
  }

  addAll(other: ThreadCounts): void {
    for (const name of COUNT_NAMES) this.add(name, other.get(name));
  }

  clear(): void {
    this.cells.fill(0);
  }

  /** Spans that ended but were not confirmed: waiting, in flight or lost. */
  get missingSpans(): number {
    return this.get('ended') - this.get('delivered');
  }

  /** Cost that was counted but not confirmed, in pico-dollars. */
  get missingPico(): number {
    const missing = this.get('countedPico') - this.get('confirmedPico');
    // The confirmed part is read from doubles in USD, whose last digits differ.
    return missing > this.get('countedPico') * ROUNDING ? missing : 0;
  }

  /** True when another flush could deliver something. */
  get hasMore(): boolean {
    return this.missingSpans > this.get('lost') || this.missingPico > 0;
  }
}

/** The error of a sum of doubles, as a part of the sum. */
const ROUNDING = 1e-12;
