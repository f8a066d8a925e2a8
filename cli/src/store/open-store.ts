/** The store of the viewer: DuckDB in memory or in a file. */
import type { Questions } from '../api.js';
import type { DecodedSpan } from '../otlp/span.js';
import { answerQuestions } from '../questions/questions.js';
import { Database } from './database.js';
import { IdSet } from './id-set.js';
import { Intake } from './intake.js';
import { wholeOf } from './row-values.js';
import type { SpanSink } from './span-sink.js';
import { WriteLock } from './write-lock.js';

export interface StoreOptions {
  /** Path of the file. Default: in memory, lost when the process ends. */
  file?: string | undefined;
  /** Keeps prompts, completions, and arguments and results of tools. Default false. */
  keepContent?: boolean | undefined;
  /** Only questions; the file may be in use by other readers. Default false. */
  readOnly?: boolean | undefined;
  /** Spans that may wait to be kept before senders are told to wait. Default 50,000. */
  maxWaitingSpans?: number | undefined;
  /** Epoch milliseconds. Default `Date.now`. */
  now?: (() => number) | undefined;
}

/** Keeps spans and answers questions about them. */
export interface Store extends SpanSink, Questions {
  /** The file; null in memory. */
  readonly file: string | null;
  /** Size of the file, or of the memory that the tables use. */
  bytes(): Promise<number>;
  /** Writes what is waiting, and everything from the log into the file. */
  close(): Promise<void>;
}

/**
 * Opens a store. Rejects with `StoreFileError` if the file is not a store of this version, or in use.
 */
export async function openStore(options: StoreOptions = {}): Promise<Store> {
  const database = await Database.open(options.file ?? null, { readOnly: options.readOnly ?? false });
  const now = options.now ?? Date.now;
  const lock = new WriteLock();
  const listeners = new Set<(spans: number) => void>();
  const intake = new Intake({
    database,
    lock,
    now,
    keepContent: options.keepContent ?? false,
    maxWaitingSpans: options.maxWaitingSpans,
    ...(await keptIds(database)),
    onCommit: (spans) => {
      for (const listener of listeners) listener(spans);
    },
  });
  return {
    ...answerQuestions({ database, now }),
    file: database.file,
    add: (spans: readonly DecodedSpan[]) => intake.add(spans),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    bytes: () => database.bytes(),
    async close() {
      await intake.idle();
      if (!options.readOnly) await lock.run(() => database.run('CHECKPOINT'));
      database.close();
    },
  };
}

/** The hashes of the spans that are in the file. */
async function keptIds(database: Database) {
  const ids = new IdSet();
  let firstSeq = 1n;
  for await (const rows of database.stream('SELECT id_hash, seq FROM spans WHERE NOT is_priced_here')) {
    for (const row of rows) {
      const hash = wholeOf(row, 'id_hash') ?? 0n;
      ids.add({ high: Number(hash >> 32n), low: Number(hash & 0xffffffffn) });
      const seq = wholeOf(row, 'seq') ?? 0n;
      if (seq >= firstSeq) firstSeq = seq + 1n;
    }
  }
  return { ids, firstSeq, seed: await seedOf(database) };
}

async function seedOf(database: Database): Promise<number> {
  const [row] = await database.run("SELECT value FROM meta WHERE key = 'seed'");
  return Number(row?.value);
}
