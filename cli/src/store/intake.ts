/** Takes spans in: batches that wait are kept in one transaction, each span once. */
import type { DecodedSpan } from '../otlp/span.js';
import type { Database } from './database.js';
import { hashIds, type IdHash, type IdSet } from './id-set.js';
import { type KeptResource, Resources } from './resources.js';
import type { RowOf } from './schema.js';
import { rowsOf, type SpanRows } from './span-rows.js';
import { StoreBusyError } from './span-sink.js';
import { TableWriter } from './table-writer.js';
import type { WriteLock } from './write-lock.js';

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
  lock: WriteLock;
  keepContent: boolean;
  now: () => number;
  /** Seed of the id hashes, kept in the store. */
  seed: number;
  firstSeq: bigint;
  ids: IdSet;
  maxWaitingSpans?: number | undefined;
  onCommit: (spans: number) => void;
}

export class Intake {
  private readonly waiting: Waiting[] = [];
  private waitingSpans = 0;
  private running: Promise<void> | undefined;
  private readonly resources = new Resources();
  private readonly knownIds: IdSet;
  private nextSeq: bigint;

  constructor(private readonly options: IntakeOptions) {
    this.knownIds = options.ids;
    this.nextSeq = options.firstSeq;
  }

  /** Resolves after the commit. */
  add(spans: readonly DecodedSpan[]): Promise<void> {
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

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
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
        for (const { resolve } of batches) resolve();
        if (kept > 0) this.options.onCommit(kept);
      } catch (error) {
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
    const { database } = this.options;
    const batch = await BatchWriter.open(database);
    await database.writer.run('BEGIN');
    try {
      for (let start = 0; start < fresh.length; start += SLICE) {
        if (start > 0) await nextTurn();
        this.write(batch, fresh.slice(start, start + SLICE));
      }
      batch.flush();
      await database.writer.run('COMMIT');
    } catch (error) {
      batch.abandon();
      await database.writer.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
    batch.close();
    for (const { hash } of fresh) this.knownIds.add(hash);
    this.resources.noteKept(batch.newResources.values());
    return fresh.length;
  }

  private write(batch: BatchWriter, slice: readonly NewSpan[]): void {
    const arrivedMillis = this.options.now();
    const rows = slice.map(({ span, hash }) => {
      const resource = this.resources.hashOf(span.resource);
      if (this.resources.isNew(resource)) batch.newResources.set(resource.hash, resource);
      return rowsOf(span, {
        seq: this.takeSeq(),
        idHash: hash,
        resource: resource.hash,
        arrivedMillis,
        keepContent: this.options.keepContent,
        isPricedHere: false,
      });
    });
    batch.append(rows, arrivedMillis);
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

/** The tables that a batch of spans goes into. */
export class BatchWriter {
  readonly newResources = new Map<bigint, KeptResource>();

  private constructor(
    private readonly spans: TableWriter<'spans'>,
    private readonly costs: TableWriter<'costs'>,
    private readonly rollups: TableWriter<'rollups'>,
    private readonly marks: TableWriter<'budget_marks'>,
    private readonly resources: TableWriter<'resources'>,
    private readonly tracesToPrice: TableWriter<'traces_to_price'>,
  ) {}

  static async open(database: Database): Promise<BatchWriter> {
    return new BatchWriter(
      await TableWriter.open(database, 'spans'),
      await TableWriter.open(database, 'costs'),
      await TableWriter.open(database, 'rollups'),
      await TableWriter.open(database, 'budget_marks'),
      await TableWriter.open(database, 'resources'),
      await TableWriter.open(database, 'traces_to_price'),
    );
  }

  append(rows: readonly SpanRows[], arrivedMillis: number): void {
    this.spans.append(rows.map(({ span }) => span));
    this.appendFigures(rows);
    this.tracesToPrice.append(tracesOf(rows, arrivedMillis));
  }

  appendFigures(rows: readonly SpanRows[]): void {
    this.costs.append(rows.flatMap(({ cost }) => (cost === null ? [] : [cost])));
    this.rollups.append(rows.flatMap((row) => row.rollups));
    this.marks.append(rows.flatMap((row) => row.marks));
  }

  appendSpans(rows: readonly SpanRows[]): void {
    this.spans.append(rows.map(({ span }) => span));
  }

  flush(): void {
    this.resources.append(
      [...this.newResources.values()].map(({ hash, json }) => ({ hash, attributes: json })),
    );
    for (const writer of this.writers()) writer.flush();
  }

  close(): void {
    for (const writer of this.writers()) writer.close();
  }

  /** After an error, an appender may refuse to close. */
  abandon(): void {
    for (const writer of this.writers()) {
      try {
        writer.close();
      } catch {
        // The transaction is rolled back all the same.
      }
    }
  }

  private writers() {
    return [this.spans, this.costs, this.rollups, this.marks, this.resources, this.tracesToPrice];
  }
}

/** The traces that pricing looks at: those with a span of an LLM instrumentation that is not metered. */
function tracesOf(rows: readonly SpanRows[], arrivedMillis: number): RowOf<'traces_to_price'>[] {
  const byTrace = new Map<string, RowOf<'traces_to_price'>>();
  for (const { span } of rows) {
    if (span.trace_id === null || !span.looks_ai || span.is_metered) continue;
    byTrace.set(span.trace_id, { trace_id: span.trace_id, seq: span.seq, since_ms: BigInt(arrivedMillis) });
  }
  return [...byTrace.values()];
}

/** Lets timers, requests and pages run. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
