/** The store of the viewer: DuckDB in memory or in a file. */
import type { Questions, Window } from '../api.js';
import type { Leaf } from '../export/leaf.js';
import type { DecodedSpan } from '../otlp/span.js';
import type { Explain } from '../questions/arithmetic.js';
import { leavesIn } from '../questions/leaves.js';
import { spansOf } from '../questions/overview.js';
import { answerQuestions } from '../questions/questions.js';
import { boundsOf, periodOf } from '../questions/window.js';
import { adviceFor } from './advice.js';
import { Batches } from './batch-writer.js';
import { Database } from './database.js';
import { IdSet } from './id-set.js';
import { Intake } from './intake.js';
import { libraryWith, type PricingChoices } from './library.js';
import { otlpJsonOf } from './otlp-json.js';
import type { PriceSpans } from './price-spans.js';
import { Retention } from './retention.js';
import { wholeOf } from './row-values.js';
import type { SpanSink } from './span-sink.js';
import { TracePricing } from './trace-pricing.js';
import { WriteLock } from './turns.js';
import { waitingTraces } from './unpriced-traces.js';

export interface StoreOptions {
  /** Path of the file. Default: in memory, lost when the process ends. */
  file?: string | undefined;
  /** Keeps prompts, completions, and arguments and results of tools. Default false. */
  keepContent?: boolean | undefined;
  /** Only questions; the file may be in use by other readers. Default false. */
  readOnly?: boolean | undefined;
  /** Spans that may wait to be kept before senders are told to wait. Default 50,000. */
  maxWaitingSpans?: number | undefined;
  /** Traces are deleted when their last span arrived so many days ago. Default: never. */
  keepDays?: number | undefined;
  /** With more spans, the oldest traces are deleted. Default: no limit. */
  maxSpans?: number | undefined;
  /** Prices and readings for spans that come without our keys, as for `priceSpans` and `explainCost`. */
  pricing?: PricingChoices | undefined;
  /** Prices those spans in place of the library. */
  price?: PriceSpans | undefined;
  /** The arithmetic of a cost, in place of the library's. */
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
  readonly trouble: string | null;
  /** Spans that were deleted since the store was opened. */
  readonly deletedSpans: number;
  /** In words, what to move to; null while the store is small. */
  advice(): Promise<string | null>;
  /** Deletes the traces that ended before a time, or all. Resolves to the number of spans. */
  deleteSpans(beforeMillis: number | null): Promise<number>;
  /** The spans as an OTLP request in JSON, in pieces. */
  otlpJson(window: Window): AsyncIterable<string>;
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
  const listeners = new Set<(spans: number) => void>();
  const notify = (spans: number) => {
    for (const listener of listeners) listener(spans);
  };
  const { explain, hintsOf } = libraryWith(options.pricing);
  const parts = await partsOf(database, options, notify);
  const { intake, pricing, retention, context } = parts;
  const notPriced = options.readOnly ? await notPricedYet(database) : null;
  const period = async (window: Window) => periodOf(window, await spansOf(context), context.now());
  return {
    ...answerQuestions({ ...context, explain: options.explain ?? explain, hintsOf }),
    file: database.file,
    add: (spans: readonly DecodedSpan[]) => intake.add(spans),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    leaves: (window) => leavesIn(context, window),
    async *otlpJson(window) {
      yield* otlpJsonOf(database, boundsOf(await period(window)));
    },
    bytes: () => database.bytes(),
    advice: async () => adviceFor((await spansOf(context)).spans, await database.bytes()),
    get trouble() {
      return database.lostFile ?? intake.trouble ?? pricing?.trouble ?? notPriced;
    },
    get deletedSpans() {
      return retention.deletedSpans;
    },
    async deleteSpans(beforeMillis) {
      const spans = await retention.deleteBefore(beforeMillis);
      if (spans > 0) notify(0);
      return spans;
    },
    priceDue: async () => pricing?.priceDue(),
    close: () => closeAll(parts, options.readOnly ?? false),
  };
}

/** The parts of an open store. */
async function partsOf(database: Database, options: StoreOptions, notify: (spans: number) => void) {
  const context = { database, now: options.now ?? Date.now };
  const lock = new WriteLock();
  const batches = new Batches(database);
  const kept = await keptIds(database);
  const intake: Intake = new Intake({
    ...context,
    ...kept,
    batches,
    lock,
    keepContent: options.keepContent ?? false,
    maxWaitingSpans: options.maxWaitingSpans,
    hasPriced: () => pricing?.hasPriced ?? false,
    onCommit: (spans) => {
      pricing?.wake();
      retention.noteAdded(spans);
      notify(spans);
    },
  });
  const price = options.price ?? libraryWith(options.pricing).price;
  const forPricing = {
    ...context,
    batches,
    lock,
    price,
    takeSeq: () => intake.takeSeq(),
    onPriced: () => notify(0),
  };
  const pricing = options.readOnly ? undefined : new TracePricing(forPricing, await hasPricedRows(database));
  pricing?.wake();
  const { keepDays, maxSpans } = options.readOnly ? {} : options;
  const onDeleted = async () => {
    // Hashes of deleted spans cost a look at the ids when they come again, and memory.
    const { spans } = await spansOf(context);
    if (kept.ids.size > 2 * spans) await fillIds(kept.ids, database);
  };
  const retention = new Retention({ ...context, lock, keepDays, maxSpans, onDeleted }, kept.ids.size);
  return { database, context, batches, lock, intake, pricing, retention };
}

async function closeAll(parts: Awaited<ReturnType<typeof partsOf>>, isReadOnly: boolean): Promise<void> {
  const { database, batches, lock, intake, pricing, retention } = parts;
  await intake.close();
  await pricing?.close();
  await retention.close();
  batches.close();
  if (!isReadOnly) await lock.run(() => database.run('CHECKPOINT'));
  await database.close();
}

/** A viewer that was killed leaves traces without a cost. A reader cannot price them. */
async function notPricedYet(database: Database): Promise<string | null> {
  const traces = await waitingTraces(database, Number.MAX_SAFE_INTEGER);
  if (traces === 0) return null;
  return `${traces} ${traces === 1 ? 'trace has' : 'traces have'} spans that are not priced yet: open the file with "view" for a minute`;
}

async function fillIds(ids: IdSet, database: Database): Promise<void> {
  ids.clear();
  for await (const rows of database.stream('SELECT id_hash FROM spans WHERE NOT is_priced_here')) {
    for (const row of rows) {
      const hash = wholeOf(row, 'id_hash') ?? 0n;
      ids.add({ high: Number(hash >> 32n), low: Number(hash & 0xffffffffn) });
    }
  }
}

/** The hashes of the spans that are in the file, and where their order goes on. */
async function keptIds(database: Database) {
  const ids = new IdSet();
  await fillIds(ids, database);
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
