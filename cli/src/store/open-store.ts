/** The store of the viewer: DuckDB in memory or in a file. */
import type { Questions, Window } from '../api.js';
import type { Leaf } from '../export/leaf.js';
import type { DecodedSpan } from '../otlp/span.js';
import type { Explain } from '../questions/arithmetic.js';
import { leavesIn } from '../questions/leaves.js';
import { answerQuestions } from '../questions/questions.js';
import { Database } from './database.js';
import { IdSet } from './id-set.js';
import { Intake } from './intake.js';
import type { PriceSpans } from './price-spans.js';
import { wholeOf } from './row-values.js';
import type { SpanSink } from './span-sink.js';
import { TracePricing } from './trace-pricing.js';
import { WriteLock } from './turns.js';

export interface StoreOptions {
  /** Path of the file. Default: in memory, lost when the process ends. */
  file?: string | undefined;
  /** Keeps prompts, completions, and arguments and results of tools. Default false. */
  keepContent?: boolean | undefined;
  /** Only questions; the file may be in use by other readers. Default false. */
  readOnly?: boolean | undefined;
  /** Spans that may wait to be kept before senders are told to wait. Default 50,000. */
  maxWaitingSpans?: number | undefined;
  /** Prices spans that come without our keys. Default: they have no cost. */
  price?: PriceSpans | undefined;
  /** The arithmetic of a cost, for the page. Default: none is shown. */
  explain?: Explain | undefined;
  /** Epoch milliseconds. Default `Date.now`. */
  now?: (() => number) | undefined;
}

/** Keeps spans and answers questions about them. */
export interface Store extends SpanSink, Questions {
  /** The file; null in memory. */
  readonly file: string | null;
  /** The spans with own cost that ended in the window, in the order of their ends. */
  leaves(window: Window): AsyncIterable<Leaf>;
  /** Size of the file, or of the memory that the tables use. */
  bytes(): Promise<number>;
  /** In words, what does not work. */
  trouble(): string | null;
  /** Prices now what would be priced soon. */
  priceDue(): Promise<void>;
  /** Writes what is waiting, and everything from the log into the file. */
  close(): Promise<void>;
}

/**
 * Opens a store. Rejects with `StoreFileError` if the file is not a store of this version, or in use.
 */
export async function openStore(options: StoreOptions = {}): Promise<Store> {
  const database = await Database.open(options.file ?? null, { readOnly: options.readOnly ?? false });
  const { price, now = Date.now } = options;
  const lock = new WriteLock();
  const listeners = new Set<(spans: number) => void>();
  const notify = (spans: number) => {
    for (const listener of listeners) listener(spans);
  };
  const intake: Intake = new Intake({
    database,
    lock,
    now,
    keepContent: options.keepContent ?? false,
    maxWaitingSpans: options.maxWaitingSpans,
    ...(await keptIds(database)),
    hasPriced: () => pricing?.hasPriced ?? false,
    onCommit: (spans) => {
      pricing?.wake();
      notify(spans);
    },
  });
  const pricing =
    price === undefined || options.readOnly
      ? undefined
      : new TracePricing(
          { database, lock, price, now, takeSeq: () => intake.takeSeq(), onPriced: () => notify(0) },
          await hasPricedRows(database),
        );
  pricing?.wake();
  return {
    ...answerQuestions({ database, now, explain: options.explain }),
    file: database.file,
    add: (spans: readonly DecodedSpan[]) => intake.add(spans),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    leaves: (window) => leavesIn({ database, now }, window),
    bytes: () => database.bytes(),
    trouble: () => pricing?.trouble ?? null,
    priceDue: async () => pricing?.priceDue(),
    async close() {
      await intake.idle();
      await pricing?.close();
      if (!options.readOnly) await lock.run(() => database.run('CHECKPOINT'));
      database.close();
    },
  };
}

/** The hashes of the spans that are in the file, and where their order goes on. */
async function keptIds(database: Database) {
  const ids = new IdSet();
  for await (const rows of database.stream('SELECT id_hash FROM spans WHERE NOT is_priced_here')) {
    for (const row of rows) {
      const hash = wholeOf(row, 'id_hash') ?? 0n;
      ids.add({ high: Number(hash >> 32n), low: Number(hash & 0xffffffffn) });
    }
  }
  const [last = {}] = await database.run(
    `SELECT max(seq) AS seq FROM (SELECT max(seq) AS seq FROM spans UNION ALL SELECT max(seq) FROM costs
       UNION ALL SELECT max(seq) FROM rollups)`,
  );
  return { ids, firstSeq: (wholeOf(last, 'seq') ?? 0n) + 1n, seed: await seedOf(database) };
}

async function seedOf(database: Database): Promise<number> {
  const [row] = await database.run("SELECT value FROM meta WHERE key = 'seed'");
  return Number(row?.value);
}

async function hasPricedRows(database: Database): Promise<boolean> {
  const rows = await database.run('SELECT 1 AS row FROM costs WHERE is_priced_here LIMIT 1');
  return rows.length > 0;
}
