/** Deletes old spans: whole traces, the oldest first. */
import type { Database } from './database.js';
import { countOf } from './row-values.js';
import { nanosOf } from './span-times.js';
import type { WriteLock } from './turns.js';

const DAY_MILLIS = 86_400_000;
/** When there are too many, some more are deleted, so that not every batch deletes. */
const KEPT_SHARE = 0.9;
const CHECK_MILLIS = 60_000;
/** Deleting takes some hundred milliseconds, in which no span is kept: at most so often. */
const PAUSE_MILLIS = 5_000;

const TABLES_WITH_TRACES = ['spans', 'costs', 'rollups', 'budget_marks', 'traces_to_price'];

export interface RetentionOptions {
  database: Database;
  lock: WriteLock;
  now: () => number;
  /** Traces whose last span arrived earlier are deleted. */
  keepDays: number | undefined;
  /** With more spans, the traces whose last span arrived first are deleted. The newest trace is always kept. */
  maxSpans: number | undefined;
  /** Called inside the lock after spans were deleted. */
  onDeleted: (spans: number) => Promise<void>;
}

export class Retention {
  private readonly timer: NodeJS.Timeout;
  private running: Promise<unknown> | undefined;
  private lastRun = Number.NEGATIVE_INFINITY;
  /** Since the store was opened. */
  deletedSpans = 0;

  constructor(
    private readonly options: RetentionOptions,
    private storedSpans: number,
  ) {
    this.timer = setInterval(() => this.runSoon(), CHECK_MILLIS);
    this.timer.unref();
  }

  noteAdded(spans: number): void {
    this.storedSpans += spans;
    const { maxSpans, now } = this.options;
    if (maxSpans === undefined || this.storedSpans <= maxSpans) return;
    if (now() - this.lastRun >= PAUSE_MILLIS) this.runSoon();
  }

  /** Deletes what is too old or too much now. */
  async run(): Promise<void> {
    const { keepDays, maxSpans, now } = this.options;
    this.lastRun = now();
    if (keepDays !== undefined) {
      const before = BigInt(Math.floor(now() - keepDays * DAY_MILLIS));
      await this.delete('HAVING max(arrived_ms) < $before', { before });
    }
    if (maxSpans !== undefined && this.storedSpans > maxSpans) {
      await this.delete(
        `QUALIFY sum(count(*)) OVER (ORDER BY max(seq) DESC) > $kept
           AND row_number() OVER (ORDER BY max(seq) DESC) > 1`,
        { kept: BigInt(Math.floor(maxSpans * KEPT_SHARE)) },
      );
    }
  }

  /** Deletes the traces that ended before a time, or all. Returns the number of spans. */
  deleteBefore(millis: number | null): Promise<number> {
    return millis === null
      ? this.delete('', {})
      : this.delete('HAVING max(end_ns) < $before', { before: nanosOf(millis) });
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private runSoon(): void {
    this.running ??= this.run()
      .catch(() => undefined)
      .finally(() => {
        this.running = undefined;
      });
  }

  /** `which`: the end of a query over traces, from the code only. */
  private delete(which: string, parameters: Readonly<Record<string, bigint>>): Promise<number> {
    const { database, lock } = this.options;
    return lock.run(async () => {
      await database.run(
        `CREATE OR REPLACE TEMP TABLE old_traces AS
         SELECT trace_id, count(*) FILTER (NOT is_priced_here) AS spans FROM spans GROUP BY trace_id ${which}`,
        parameters,
      );
      const [row = {}] = await database.run('SELECT coalesce(sum(spans), 0) AS spans FROM old_traces');
      const spans = countOf(row, 'spans');
      if (spans === 0) return 0;
      await this.deleteTraces();
      this.storedSpans -= spans;
      this.deletedSpans += spans;
      await this.options.onDeleted(spans);
      return spans;
    });
  }

  private async deleteTraces(): Promise<void> {
    const { database } = this.options;
    await database.run('BEGIN');
    try {
      for (const table of TABLES_WITH_TRACES) {
        await database.run(`DELETE FROM ${table} WHERE trace_id IN (SELECT trace_id FROM old_traces)`);
      }
      await database.run('COMMIT');
    } catch (error) {
      await database.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }
}
