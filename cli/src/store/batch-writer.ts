/** Writes the rows of spans into their tables. */
import type { Database } from './database.js';
import type { KeptResource } from './resources.js';
import type { RowOf } from './schema.js';
import type { SpanRows } from './span-rows.js';
import { TableWriter } from './table-writer.js';

/** The rest of a trace is about to arrive: its spans are priced together after so long. */
export const PRICE_AFTER_MILLIS = 300;

/** The tables that a batch of spans goes into. */
export class BatchWriter {
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

  /** `hasPriced`: also traces without a span that would be priced are looked at. */
  append(rows: readonly SpanRows[], arrivedMillis: number, hasPriced: boolean): void {
    this.appendSpans(rows);
    this.appendFigures(rows);
    this.appendTraces(tracesOf(rows, arrivedMillis, hasPriced));
  }

  appendTraces(rows: readonly RowOf<'traces_to_price'>[]): void {
    this.tracesToPrice.append(rows);
  }

  appendFigures(rows: readonly SpanRows[]): void {
    this.costs.append(rows.flatMap(({ cost }) => (cost === null ? [] : [cost])));
    this.rollups.append(rows.flatMap((row) => row.rollups));
    this.marks.append(rows.flatMap((row) => row.marks));
  }

  appendSpans(rows: readonly SpanRows[]): void {
    this.spans.append(rows.map(({ span }) => span));
  }

  appendResources(resources: Iterable<KeptResource>): void {
    this.resources.append([...resources].map(({ hash, json }) => ({ hash, attributes: json })));
  }

  flush(): void {
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

/** Transactions that write spans: one at a time, by those who hold the lock. */
export class Batches {
  private open: BatchWriter | undefined;

  constructor(private readonly database: Database) {}

  /** Commits what `work` appends and runs, all of it or nothing. */
  async commit(work: (batch: BatchWriter) => Promise<void>): Promise<void> {
    this.open ??= await BatchWriter.open(this.database);
    await this.database.run('BEGIN');
    try {
      await work(this.open);
      this.open.flush();
      await this.database.run('COMMIT');
    } catch (error) {
      // It may still hold rows of this transaction.
      this.open.abandon();
      this.open = undefined;
      await this.database.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  close(): void {
    this.open?.close();
    this.open = undefined;
  }
}

/** The traces that pricing looks at: those with a span of an LLM instrumentation that is not metered. */
function tracesOf(
  rows: readonly SpanRows[],
  arrivedMillis: number,
  hasPriced: boolean,
): RowOf<'traces_to_price'>[] {
  const due = BigInt(arrivedMillis + PRICE_AFTER_MILLIS);
  const byTrace = new Map<string, RowOf<'traces_to_price'>>();
  for (const { span } of rows) {
    if (span.trace_id === null || !(hasPriced || (span.looks_ai && !span.is_metered))) continue;
    byTrace.set(span.trace_id, { trace_id: span.trace_id, seq: span.seq, due_ms: due });
  }
  return [...byTrace.values()];
}
