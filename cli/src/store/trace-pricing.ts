/**
 * Prices traces whose spans come without our keys. The result is derived: it is computed from all spans of a trace that
 * have arrived, and replaces what was computed before.
 */
import { type Batches, PRICE_AFTER_MILLIS } from './batch-writer.js';
import type { Database, Row } from './database.js';
import type { PriceSpans } from './price-spans.js';
import { pricedRows, unpricedSpans } from './priced-trace.js';
import { countOf, isTrue, sumOf, wordOf } from './row-values.js';
import type { SpanRows } from './span-rows.js';
import { nextTurn, type WriteLock } from './turns.js';
import { unmeteredTraces, unpricedRows, waitingTraces } from './unpriced-traces.js';

const STEP_MILLIS = 250;
/** Traces that are looked at in one step, and those of them that are priced. */
const MAX_LOOKED_AT = 2_000;
const MAX_PRICED = 200;
/** Spans that are priced without a pause: about 40 ms. */
const MAX_SPANS_A_TURN = 1_000;
/** Spans of one trace that are priced: about 400 ms, in which nothing else runs. */
const MAX_PRICED_SPANS = 10_000;
/** A large trace is priced again only after this many times as long as it took. */
const REST_RATIO = 20;
const MAX_RESTING = 1_000;
/** At the end, traces that wait are priced for so long. */
const MAX_CLOSING_MILLIS = 5_000;
/** A parent that has not arrived so long after the last span never comes: one of another process, or of the same one. */
const REMOTE_PARENT_MILLIS = 60_000;
const LOCAL_PARENT_MILLIS = 900_000;

export interface PricingOptions {
  database: Database;
  batches: Batches;
  lock: WriteLock;
  price: PriceSpans;
  now: () => number;
  takeSeq: () => bigint;
  /** Called when figures have changed. */
  onPriced: () => void;
}

interface DueTrace {
  traceId: string;
  /** The last span that was there when the trace was read. */
  seq: bigint;
}

/** Priced as far as it is, and again at a time when its parent has come or never does. */
interface WaitingTrace extends DueTrace {
  dueMillis: number;
}

interface PricedTrace {
  rows: SpanRows[];
  waitsUntil: number | null;
}

export class TracePricing {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isClosed = false;
  private readonly restUntil = new Map<string, number>();
  private tooLarge = 0;
  private failure: string | null = null;

  constructor(
    private readonly options: PricingOptions,
    private isUsed: boolean,
  ) {}

  /** True once anything was looked at that may be priced here. */
  get hasPriced(): boolean {
    return this.isUsed;
  }

  /** In words, what could not be priced. */
  get trouble(): string | null {
    if (this.failure !== null) return `Pricing failed: ${this.failure}`;
    if (this.tooLarge === 0) return null;
    return `${this.tooLarge} ${this.tooLarge === 1 ? 'trace has' : 'traces have'} more than ${MAX_PRICED_SPANS.toLocaleString('en-US')} spans; only so many were priced here, and their totals are lower bounds.`;
  }

  /** Looks for traces to price soon. */
  wake(): void {
    if (this.isClosed || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.running = this.step().finally(() => {
        this.running = undefined;
      });
    }, STEP_MILLIS);
    this.timer.unref();
  }

  /** Prices what is due now. For tests, and before questions about a store that was just filled. */
  async priceDue(): Promise<void> {
    await this.running;
    for (let before = Number.POSITIVE_INFINITY; ; ) {
      await this.priceOnce();
      const left = await this.dueTraces();
      // Those that rest stay.
      if (left === 0 || left >= before) return;
      before = left;
    }
  }

  private dueTraces(earlyMillis = 0): Promise<number> {
    return waitingTraces(this.options.database, this.options.now() + earlyMillis);
  }

  /** Prices what arrived just now, so that readers of the file see its cost. What takes too long waits for the next start. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.running;
    if (this.options.database.file === null) return;
    this.restUntil.clear();
    const begun = performance.now();
    try {
      while ((await this.dueTraces(PRICE_AFTER_MILLIS)) > 0) {
        if (performance.now() - begun > MAX_CLOSING_MILLIS) return;
        await this.priceOnce(PRICE_AFTER_MILLIS);
      }
    } catch {
      // They are still in `traces_to_price`.
    }
  }

  private async step(): Promise<void> {
    try {
      if (await this.priceOnce()) this.wake();
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  /** True when traces wait, now or later. */
  private async priceOnce(earlyMillis = 0): Promise<boolean> {
    const { database, now } = this.options;
    const due = await database.all(
      `SELECT trace_id, max(seq) AS seq FROM traces_to_price GROUP BY trace_id HAVING min(due_ms) <= $now
       ORDER BY min(due_ms) LIMIT ${MAX_LOOKED_AT}`,
      { now: BigInt(now() + earlyMillis) },
    );
    const traces = due
      .map((row) => ({ traceId: wordOf(row, 'trace_id'), seq: sumOf(row, 'seq') }))
      .filter(({ traceId }) => !((this.restUntil.get(traceId) ?? 0) > now()));
    if (traces.length > 0) await this.priceTraces(traces);
    const [left = {}] = await database.all('SELECT count(*) AS rows FROM traces_to_price');
    return countOf(left, 'rows') > 0;
  }

  private async priceTraces(traces: readonly DueTrace[]): Promise<void> {
    const { database, lock, onPriced } = this.options;
    const ids = traces.map(({ traceId }) => traceId);
    let relevant = await unmeteredTraces(database, ids);
    if (relevant.size > 0 && !this.isUsed) {
      // Before the spans are read: metered spans that come during the first pricing must lead to a second one.
      this.isUsed = true;
      await lock.run(async () => undefined);
      relevant = await unmeteredTraces(database, ids);
    }
    const priced = new Set([...relevant.keys()].slice(0, MAX_PRICED));
    const done = traces.filter(({ traceId }) => priced.has(traceId) || !relevant.has(traceId));
    const rows: SpanRows[] = [];
    const waiting: WaitingTrace[] = [];
    for (const group of groupsOf(done, relevant)) {
      await nextTurn();
      const spans = await unpricedRows(
        database,
        group.map(({ traceId }) => traceId),
        MAX_PRICED_SPANS + 1,
      );
      for (const trace of group) {
        const result = this.priceSafely(trace.traceId, spans.get(trace.traceId) ?? []);
        for (const row of result.rows) rows.push(row);
        if (result.waitsUntil !== null) waiting.push({ ...trace, dueMillis: result.waitsUntil });
      }
    }
    await lock.run(() => this.replace(done, rows, waiting));
    onPriced();
  }

  /** A trace that makes pricing fail is left without a cost, and does not stop the others. */
  private priceSafely(traceId: string, rows: readonly Row[]): PricedTrace {
    try {
      return this.priceTrace(traceId, rows);
    } catch (error) {
      this.failure = `trace ${traceId}: ${error instanceof Error ? error.message : String(error)}`;
      return { rows: [], waitsUntil: null };
    }
  }

  private priceTrace(traceId: string, rows: readonly Row[]): PricedTrace {
    const { price, now } = this.options;
    const isTooLarge = rows.length > MAX_PRICED_SPANS;
    if (isTooLarge) this.tooLarge += 1;
    const lastArrival = rows.reduce((last, row) => Math.max(last, countOf(row, 'arrived_ms')), 0);
    const isLocal = rows.some((row) => isTrue(row, 'is_parent_local') && !isTrue(row, 'has_parent'));
    const waitsUntil = lastArrival + (isLocal ? LOCAL_PARENT_MILLIS : REMOTE_PARENT_MILLIS);
    const { spans, hasOpenParent } = unpricedSpans(rows.slice(0, MAX_PRICED_SPANS), {
      waits: now() < waitsUntil,
    });
    const begun = performance.now();
    const priced = price(spans);
    this.rest(traceId, performance.now() - begun);
    const arrival = { now: now(), takeSeq: this.options.takeSeq, isComplete: !isTooLarge };
    return { rows: pricedRows(rows, priced, arrival), waitsUntil: hasOpenParent ? waitsUntil : null };
  }

  private rest(traceId: string, tookMillis: number): void {
    if (tookMillis < STEP_MILLIS / REST_RATIO) return;
    if (this.restUntil.size >= MAX_RESTING) this.restUntil.clear();
    this.restUntil.set(traceId, this.options.now() + tookMillis * REST_RATIO);
  }

  /** One transaction: what was computed before goes, and what was computed now comes. */
  private async replace(
    done: readonly DueTrace[],
    rows: readonly SpanRows[],
    waiting: readonly WaitingTrace[],
  ): Promise<void> {
    const { database, batches } = this.options;
    const traces = done.map(({ traceId }) => traceId);
    // Spans may have been deleted since they were read.
    const stored = await database.run(
      'SELECT DISTINCT trace_id FROM spans WHERE NOT is_priced_here AND trace_id IN (SELECT unnest($traces))',
      { traces },
    );
    const isStored = new Set(stored.map((row) => wordOf(row, 'trace_id')));
    const kept = rows.filter(({ span }) => isStored.has(span.trace_id ?? ''));
    await batches.commit(async (batch) => {
      if (this.isUsed) {
        await database.run(
          'DELETE FROM spans WHERE is_priced_here AND trace_id IN (SELECT unnest($traces))',
          { traces },
        );
        await database.run(
          'DELETE FROM costs WHERE is_priced_here AND trace_id IN (SELECT unnest($traces))',
          { traces },
        );
        await database.run(
          'DELETE FROM rollups WHERE is_priced_here AND trace_id IN (SELECT unnest($traces))',
          { traces },
        );
      }
      await database.run(
        `DELETE FROM traces_to_price t USING (SELECT unnest($traces) AS trace_id, unnest($seqs) AS seq) done
         WHERE t.trace_id = done.trace_id AND t.seq <= done.seq`,
        { traces, seqs: done.map(({ seq }) => seq) },
      );
      batch.appendSpans(kept.filter(({ span }) => span.is_priced_here));
      batch.appendFigures(kept);
      batch.appendTraces(
        waiting.map(({ traceId, seq, dueMillis }) => ({
          trace_id: traceId,
          seq,
          due_ms: BigInt(dueMillis),
        })),
      );
    });
  }
}

/**
 * The traces that have spans to price, in groups that are read with one statement and priced without a pause. DuckDB
 * takes about as long, and as much memory that only the garbage collector returns, for one trace as for many.
 */
function groupsOf(traces: readonly DueTrace[], spansOf: ReadonlyMap<string, number>): DueTrace[][] {
  const groups: DueTrace[][] = [];
  let spansInGroup = Number.POSITIVE_INFINITY;
  for (const trace of traces) {
    const spans = spansOf.get(trace.traceId);
    if (spans === undefined) continue;
    if (spansInGroup + spans > MAX_SPANS_A_TURN) {
      groups.push([]);
      spansInGroup = 0;
    }
    groups.at(-1)?.push(trace);
    spansInGroup += spans;
  }
  return groups;
}
