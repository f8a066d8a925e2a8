/** Writes the parts of this process in sessions and tasks to the store, in batches and off the path of the calls. */
import type { RowKey, SharedStore } from '../store/store.js';
import type { StoreClient } from '../store/store-client.js';

/** The name of a part in its row, and the version that was written last. */
export interface RowWriter {
  readonly name: string;
  version: number;
}

/** A row that this process has a part in. */
export interface PostedRow {
  readonly key: RowKey;
  readonly writer: RowWriter;
  readonly keepMillis: number;
  /** Rows with lower numbers are written first: a caller that sees a task complete then sees its callers complete, too. */
  readonly depth: number;
  /** The part as it is now. */
  text(): string;
}

/** The most rows in one batch: about 100 kB. */
const MAX_BATCH = 200;

const FIRST_RETRY_MILLIS = 100;
const MAX_RETRY_MILLIS = 5_000;

export class RowPosts {
  /** Batches that the store did not confirm. Their rows are written again. */
  failures = 0;
  /** Rows whose part has changed since it was last written. */
  private readonly changed = new Set<PostedRow>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private timerEndMillis = Number.POSITIVE_INFINITY;
  private running: Promise<boolean> | undefined;
  private retryMillis = 0;
  private isStopped = false;

  constructor(
    private readonly store: SharedStore,
    private readonly client: StoreClient,
    private readonly flushMillis: number,
  ) {}

  get size(): number {
    return this.changed.size;
  }

  /** True for a row that still has to be written. */
  has(row: PostedRow): boolean {
    return this.changed.has(row);
  }

  /** `isUrgent`: another process waits for it. */
  add(row: PostedRow, isUrgent = false): void {
    this.changed.add(row);
    this.schedule(isUrgent ? 0 : this.flushMillis);
  }

  /** Writes all rows that have changed. Resolves when the store has confirmed or failed, with false if it failed. */
  async flush(): Promise<boolean> {
    await this.running;
    let isConfirmed = true;
    while (this.changed.size > 0 && isConfirmed) isConfirmed = await this.writeBatch();
    return isConfirmed;
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private schedule(millis: number): void {
    const delayMillis = Math.max(millis, this.retryMillis);
    const endMillis = performance.now() + delayMillis;
    if (this.isStopped || this.running !== undefined || endMillis >= this.timerEndMillis) return;
    clearTimeout(this.timer);
    this.timerEndMillis = endMillis;
    this.timer = setTimeout(() => this.writeSoon(), delayMillis);
    this.timer.unref();
  }

  private async writeSoon(): Promise<void> {
    this.timerEndMillis = Number.POSITIVE_INFINITY;
    if (this.running === undefined) await this.writeBatch();
  }

  private writeBatch(): Promise<boolean> {
    this.running ??= this.write().finally(() => {
      this.running = undefined;
      if (this.changed.size > 0) this.schedule(this.flushMillis);
    });
    return this.running;
  }

  private async write(): Promise<boolean> {
    const rows = [...this.changed].sort((a, b) => a.depth - b.depth).slice(0, MAX_BATCH);
    for (const row of rows) this.changed.delete(row);
    const parts = rows.map((row) => this.rowOf(row));
    if ((await this.client.ask(() => this.store.write(parts), false, true)) !== undefined) {
      this.retryMillis = 0;
      return true;
    }
    this.failures += 1;
    this.retryMillis = Math.min(MAX_RETRY_MILLIS, Math.max(FIRST_RETRY_MILLIS, this.retryMillis * 2));
    // A part replaces the former one, so that it does no harm if the store has written it after all.
    for (const row of rows) this.changed.add(row);
    return false;
  }

  private rowOf(row: PostedRow) {
    const { key, writer, keepMillis } = row;
    writer.version += 1;
    return { ...key, writer: writer.name, version: writer.version, value: row.text(), keepMillis };
  }
}
