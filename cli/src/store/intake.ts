/** Takes spans in: batches that wait are kept in one transaction, each span once. */
import type { DecodedSpan } from '../otlp/span.js';
import type { Batches, BatchWriter } from './batch-writer.js';
import { type Database, StoreFileError } from './database.js';
import { hashIds, type IdHash, type IdSet } from './id-set.js';
import { type KeptResource, Resources } from './resources.js';
import { rowsOf } from './span-rows.js';
import { StoreBusyError } from './span-sink.js';
import { nextTurn, type WriteLock } from './turns.js';

/** Spans that may wait: some seconds of work, and about 200 MB of decoded spans. */
const MAX_WAITING_SPANS = 50_000;
/** Spans in a transaction. More makes the first of them wait longer and saves nothing. */
const MAX_SPANS_A_COMMIT = 10_000;
/** Rows are built in slices, so that requests and pages are answered between them. */
const SLICE = 512;
const RETRY_AFTER_SECONDS = 1;

interface Waiting {
  spans: readonly DecodedSpan[];
  resolve: () => void;
  reject: (error: unknown) => void;
}

export interface IntakeOptions {
  database: Database;
  batches: Batches;
  lock: WriteLock;
  keepContent: boolean;
  now: () => number;
  /** Seed of the id hashes, kept in the store. */
  seed: number;
  firstSeq: bigint;
  ids: IdSet;
  /** True when something was priced here, so that metered spans that arrive later may replace it. */
  hasPriced: () => boolean;
  maxWaitingSpans?: number | undefined;
  onCommit: (spans: number) => void;
}

export class Intake {
  private readonly waiting: Waiting[] = [];
  private waitingSpans = 0;
  private running: Promise<void> | undefined;
  private isClosed = false;
  private readonly resources = new Resources();
  private readonly knownIds: IdSet;
  private nextSeq: bigint;
  private failure: string | null = null;

  constructor(private readonly options: IntakeOptions) {
    this.knownIds = options.ids;
    this.nextSeq = options.firstSeq;
  }

  /** Resolves after the commit. */
  add(spans: readonly DecodedSpan[]): Promise<void> {
    if (this.isClosed) return Promise.reject(new Error('the store is closed'));
    if (spans.length === 0) return Promise.resolve();
    const limit = this.options.maxWaitingSpans ?? MAX_WAITING_SPANS;
    // A batch larger than the whole queue is taken when nothing else waits, or it could never be sent.
    if (this.waitingSpans > 0 && this.waitingSpans + spans.length > limit) {
      return Promise.reject(new StoreBusyError(RETRY_AFTER_SECONDS));
    }
    this.waitingSpans += spans.length;
    return new Promise((resolve, reject) => {
      this.waiting.push({ spans, resolve, reject });
      this.running ??= this.drain();
    });
  }

  /** In words, why the last spans could not be kept; null when they were. */
  get trouble(): string | null {
    return this.failure === null ? null : `The last spans could not be stored: ${this.failure}`;
  }

  /** Takes nothing more, and resolves when nothing waits. */
  async close(): Promise<void> {
    this.isClosed = true;
    while (this.running !== undefined) await this.running;
  }

  takeSeq(): bigint {
    const seq = this.nextSeq;
    this.nextSeq += 1n;
    return seq;
  }

  private async drain(): Promise<void> {
    // Batches that are added in the same turn share the first commit.
    await nextTurn();
    while (this.waiting.length > 0) {
      const batches = this.takeBatches();
      const count = batches.reduce((sum, { spans }) => sum + spans.length, 0);
      try {
        const kept = await this.options.lock.run(() => this.commit(batches.flatMap(({ spans }) => spans)));
        this.failure = null;
        for (const { resolve } of batches) resolve();
        if (kept > 0) this.options.onCommit(kept);
      } catch (error) {
        this.failure = error instanceof Error ? error.message : String(error);
        for (const { reject } of batches) reject(error);
      } finally {
        this.waitingSpans -= count;
      }
    }
    this.running = undefined;
  }

  private takeBatches(): Waiting[] {
    let spans = 0;
    let end = 0;
    for (const batch of this.waiting) {
      if (end > 0 && spans + batch.spans.length > MAX_SPANS_A_COMMIT) break;
      spans += batch.spans.length;
      end += 1;
    }
    return this.waiting.splice(0, end);
  }

  /** Returns the number of spans that were new. */
  private async commit(spans: readonly DecodedSpan[]): Promise<number> {
    const fresh = await this.newSpans(spans);
    if (fresh.length === 0) return 0;
    const { database, batches } = this.options;
    // DuckDB would go on writing to a file that has no name any more.
    if (database.lostFile !== null) throw new StoreFileError(database.lostFile);
    const resources = new Map<bigint, KeptResource>();
    await batches.commit(async (batch) => {
      for (let start = 0; start < fresh.length; start += SLICE) {
        if (start > 0) await nextTurn();
        this.write(batch, fresh.slice(start, start + SLICE), resources);
      }
      batch.appendResources(resources.values());
    });
    for (const { hash } of fresh) this.knownIds.add(hash);
    this.resources.noteKept(resources.values());
    return fresh.length;
  }

  private write(batch: BatchWriter, slice: readonly NewSpan[], resources: Map<bigint, KeptResource>): void {
    const arrivedMillis = this.options.now();
    const rows = slice.map(({ span, hash }) => {
      const resource = this.resources.hashOf(span.resource);
      if (this.resources.isNew(resource)) resources.set(resource.hash, resource);
      return rowsOf(span, {
        seq: this.takeSeq(),
        idHash: hash,
        resource: resource.hash,
        arrivedMillis,
        keepContent: this.options.keepContent,
        isPricedHere: false,
      });
    });
    batch.append(rows, arrivedMillis, this.options.hasPriced());
  }

  /** Without those that are kept already or come twice here. The first one wins. */
  private async newSpans(spans: readonly DecodedSpan[]): Promise<NewSpan[]> {
    const fresh: NewSpan[] = [];
    const doubtful: NewSpan[] = [];
    const here = new Set<string>();
    for (const span of spans) {
      const ids = `${span.traceId}/${span.spanId}`;
      if (here.has(ids)) continue;
      here.add(ids);
      const hash = hashIds(span.traceId, span.spanId, this.options.seed);
      (this.knownIds.has(hash) ? doubtful : fresh).push({ span, hash, ids });
    }
    if (doubtful.length > 0) {
      const kept = await this.keptIds(doubtful);
      for (const span of doubtful) if (!kept.has(span.ids)) fresh.push(span);
    }
    return fresh;
  }

  private async keptIds(doubtful: readonly NewSpan[]): Promise<Set<string>> {
    const rows = await this.options.database.run(
      `SELECT trace_id || '/' || span_id AS ids FROM spans
       WHERE NOT is_priced_here AND span_id IN (SELECT unnest($spans))`,
      { spans: doubtful.map(({ span }) => span.spanId) },
    );
    return new Set(rows.map(({ ids }) => String(ids)));
  }
}

interface NewSpan {
  span: DecodedSpan;
  hash: IdHash;
  ids: string;
}
