import {
  BroadcastChannel,
  getEnvironmentData,
  setEnvironmentData,
  threadId,
  type Worker,
} from 'node:worker_threads';
import { PACKAGE_NAME } from '../version.js';
import { ThreadCounts } from './thread-counts.js';
import { ThreadTable } from './thread-table.js';

/** The name of the table for the threads below, and of the channel on which they are asked to flush. */
const NAME = `${PACKAGE_NAME}.threads`;

/** The name of the id of the thread that started this one. */
const PARENT = `${NAME}.parent`;

/** The pause between two checks of the workers, in ms. */
const POLL_MILLIS = 20;

/** This thread's counts, and its connection to the other threads of the process. */
export interface Threads {
  readonly own: ThreadCounts;
  /** Carries out the main thread's requests to flush. Does nothing in the main thread. */
  onFlushRequest(flush: () => Promise<void>): void;
  /** The workers. Undefined in a worker: the main thread counts the workers of workers, too. */
  readonly workers: Workers | undefined;
}

/** Connects this thread. Never throws: if the runtime lacks a feature, each thread counts only for itself. */
export function connectThreads(): Threads {
  try {
    const inherited = ThreadTable.from(getEnvironmentData(NAME));
    const table = inherited ?? ThreadTable.create();
    const own = inherited?.claim(threadId, Number(getEnvironmentData(PARENT))) ?? new ThreadCounts();
    if (inherited === undefined) setEnvironmentData(NAME, table.memory);
    // Workers of this thread read it when they start.
    setEnvironmentData(PARENT, threadId);
    process.on('worker', (worker: Worker) => followWorker(table, worker));
    if (inherited === undefined) return { own, onFlushRequest: () => {}, workers: new Workers(table) };
    return { own, onFlushRequest: (flush) => answerRequests(table, own, flush), workers: undefined };
  } catch {
    return { own: new ThreadCounts(), onFlushRequest: () => {}, workers: undefined };
  }
}

function followWorker(table: ThreadTable, worker: Worker): void {
  // Afterwards it is -1.
  const id = worker.threadId;
  worker.once('exit', () => table.markEnded(id));
}

function answerRequests(table: ThreadTable, own: ThreadCounts, flush: () => Promise<void>): void {
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = () => {
    void flush().then(() => {
      own.add('flushes', 1);
      table.ring();
    });
  };
  channel.unref();
}

/** The worker threads, seen from the main thread. */
export class Workers {
  private readonly ended = new ThreadCounts();

  constructor(private readonly table: ThreadTable) {}

  /** Spans that workers lost when they ended, and that no metrics of their own stated. */
  get lostSpans(): number {
    const ended = this.endedCounts();
    return ended.missingSpans - ended.get('lostStated');
  }

  /** Cost in metrics that workers lost when they ended, in pico-dollars. */
  get lostPico(): number {
    return this.endedCounts().missingPico;
  }

  /** The counts of all workers up to now. */
  total(): ThreadCounts {
    const sum = new ThreadCounts();
    sum.addAll(this.endedCounts());
    for (const counts of this.table.running()) sum.addAll(counts);
    return sum;
  }

  /** Asks every worker that has something left to flush. Returns a check that is true once all have. */
  requestFlush(): () => boolean {
    const asked = this.table
      .running()
      .filter((counts) => counts.hasMore)
      .map((counts) => ({ counts, before: counts.get('flushes') }));
    if (asked.length === 0) return () => true;
    const channel = new BroadcastChannel(NAME);
    channel.postMessage('flush');
    channel.close();
    return () => asked.every(({ counts, before }) => counts.get('flushes') !== before || !counts.hasMore);
  }

  /** Resolves when every worker has flushed, or the time is over. */
  async flush(timeoutMillis: number): Promise<void> {
    const isDone = this.requestFlush();
    const endMillis = performance.now() + timeoutMillis;
    while (!isDone() && performance.now() < endMillis) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
    }
  }

  /** Blocks until `isDone` or the time is over. */
  wait(isDone: () => boolean, timeoutMillis: number): void {
    this.table.wait(isDone, timeoutMillis);
  }

  private endedCounts(): ThreadCounts {
    this.ended.addAll(this.table.takeEnded());
    return this.ended;
  }
}
