import { COUNTS_LENGTH, ThreadCounts } from './thread-counts.js';

/**
 * More worker threads at once are not counted. A thread takes several MB, so no app comes near this number. The table
 * takes 76 kB.
 */
const MAX_THREADS = 1_024;

/** The states of a row; other values are the id of the thread that it belongs to. */
const FREE = 0;
const ENDED = -1;

const COUNTS_BYTES = MAX_THREADS * COUNTS_LENGTH * Float64Array.BYTES_PER_ELEMENT;
const IDS_BYTES = MAX_THREADS * Int32Array.BYTES_PER_ELEMENT;
const TABLE_BYTES = COUNTS_BYTES + 2 * IDS_BYTES + Int32Array.BYTES_PER_ELEMENT;

/** The counts of all worker threads of the process, in shared memory. */
export class ThreadTable {
  private readonly owners: Int32Array;
  /** The ids of the threads that started the owners. */
  private readonly parents: Int32Array;
  /** One cell that threads wait on. Its value has no meaning. */
  private readonly bell: Int32Array;

  private constructor(readonly memory: SharedArrayBuffer) {
    this.owners = new Int32Array(memory, COUNTS_BYTES, MAX_THREADS);
    this.parents = new Int32Array(memory, COUNTS_BYTES + IDS_BYTES, MAX_THREADS);
    this.bell = new Int32Array(memory, TABLE_BYTES - Int32Array.BYTES_PER_ELEMENT, 1);
  }

  static create(): ThreadTable {
    return new ThreadTable(new SharedArrayBuffer(TABLE_BYTES));
  }

  /** The table of another thread. Undefined for any other value, such as the table of another version. */
  static from(memory: unknown): ThreadTable | undefined {
    const isTable = memory instanceof SharedArrayBuffer && memory.byteLength === TABLE_BYTES;
    return isTable ? new ThreadTable(memory) : undefined;
  }

  /** The counts for a thread to write to. Undefined when the table is full. */
  claim(threadId: number, parentId = 0): ThreadCounts | undefined {
    for (let row = 0; row < MAX_THREADS; row++) {
      if (Atomics.compareExchange(this.owners, row, FREE, threadId) !== FREE) continue;
      Atomics.store(this.parents, row, parentId);
      return this.counts(row);
    }
    return undefined;
  }

  /**
   * Called by the thread that started the worker, when the worker has ended in any way. The workers that it started
   * ended with it, and it can no longer report this.
   */
  markEnded(threadId: number): void {
    for (let row = 0; row < MAX_THREADS; row++) {
      const owner = Atomics.load(this.owners, row);
      if (owner > FREE && owner !== threadId && Atomics.load(this.parents, row) === threadId)
        this.markEnded(owner);
      Atomics.compareExchange(this.owners, row, threadId, ENDED);
    }
  }

  /** Returns the counts of the threads that ended, each once. Only for the main thread. */
  takeEnded(): ThreadCounts {
    const sum = new ThreadCounts();
    for (let row = 0; row < MAX_THREADS; row++) {
      if (Atomics.load(this.owners, row) !== ENDED) continue;
      const counts = this.counts(row);
      sum.addAll(counts);
      counts.clear();
      Atomics.store(this.owners, row, FREE);
    }
    return sum;
  }

  /** The counts of the threads that run. */
  running(): ThreadCounts[] {
    const found: ThreadCounts[] = [];
    for (let row = 0; row < MAX_THREADS; row++) {
      if (Atomics.load(this.owners, row) > FREE) found.push(this.counts(row));
    }
    return found;
  }

  /** Wakes the threads that {@link wait}. */
  ring(): void {
    Atomics.add(this.bell, 0, 1);
    Atomics.notify(this.bell, 0);
  }

  /** Blocks until `isDone`, which is checked again after every {@link ring}, or until the time is over. */
  wait(isDone: () => boolean, timeoutMillis: number): void {
    const endMillis = performance.now() + timeoutMillis;
    for (;;) {
      const rung = Atomics.load(this.bell, 0);
      const leftMillis = endMillis - performance.now();
      if (isDone() || leftMillis <= 0) return;
      Atomics.wait(this.bell, 0, rung, leftMillis);
    }
  }

  private counts(row: number): ThreadCounts {
    const offset = row * COUNTS_LENGTH * Float64Array.BYTES_PER_ELEMENT;
    return new ThreadCounts(new Float64Array(this.memory, offset, COUNTS_LENGTH));
  }
}
