import type { Demand } from '../ledger/measures.js';
import type { Pico } from '../money.js';
import { isAbortError } from '../results/call-watch.js';
import { isPlainPromise } from '../results/thenables.js';
import type { Bill } from '../spans/bill.js';
import type { SpanRecord } from '../spans/span-record.js';
import { isFailedResult } from '../usage/tool-bills.js';
import type { Ending } from '../wrappers/call.js';
import type { ToolOptions } from '../wrappers/options.js';
import { ToolCall } from '../wrappers/tool-call.js';
import type { ToolCost } from '../wrappers/tool-cost.js';
import type { CachedResult, Flight, FlightOutcome, ToolCache } from './tool-cache.js';

const FREE: ToolCost = { usd: 0, source: 'declared' };

/** One call of a tool with a cache: it runs, is answered from the cache, or joins an equal call in progress. */
export class CachedToolCall extends ToolCall {
  override isCacheHit = false;
  readonly cacheTtlSeconds: number;
  private hitPico: Pico = 0;
  private flight: Flight | undefined;
  private mustRun = false;
  /** The result of this call for the cache, until its cost is known. */
  private kept: CachedResult | undefined;

  constructor(
    options: ToolOptions,
    args: readonly unknown[],
    private readonly cache: ToolCache,
    private readonly key: string | undefined,
  ) {
    super(options, args);
    this.cacheTtlSeconds = cache.ttlSeconds;
  }

  /** The answer of the call. `run` is called at most once. */
  answer(run: () => unknown): unknown {
    const { cache, key } = this;
    if (key === undefined) {
      cache.countRefused();
      return run();
    }
    const known = cache.find(key);
    if (known !== undefined) return this.answerFrom(known);
    const flight = cache.flight(key);
    if (flight === undefined) return this.lead(key, run);
    // A tool that calls itself with the same arguments would otherwise wait for itself.
    if (isAround(flight.leader, this.record)) return this.runAlone(run);
    return flight.outcome.then((outcome) => this.join(outcome, this.askingFirst(run)));
  }

  /**
   * A call that joined another one was admitted at no cost. If it has to run after all, the budgets are asked again.
   */
  private askingFirst(run: () => unknown): () => unknown {
    return async () => {
      this.mustRun = true;
      await this.askAgain();
      return run();
    };
  }

  /** A call that need not run is not refused for its price. */
  protected override demand(): Demand {
    const demand = super.demand();
    const { cache, key } = this;
    if (
      this.mustRun ||
      key === undefined ||
      (cache.find(key) === undefined && cache.flight(key) === undefined)
    )
      return demand;
    return { ...demand, isBillable: false, pico: 0 };
  }

  protected override cost(ending: Ending): ToolCost {
    return this.isCacheHit ? FREE : super.cost(ending);
  }

  protected override complete(bill: Bill, ending: Ending): void {
    if (this.isCacheHit) {
      if (!bill.failed) bill.savedPico = this.hitPico;
      return;
    }
    const { flight, kept } = this;
    if (flight === undefined || kept === undefined || ending.how !== 'returned') return;
    kept.costPico = this.wholePico(bill);
    flight.end({ how: 'returned', result: kept });
  }

  protected override afterEnd(): void {
    // However this call ended, no other call waits for it any longer.
    this.flight?.end({ how: 'alone' });
    super.afterEnd();
  }

  private answerFrom(known: CachedResult): unknown {
    this.hit(known.costPico, false);
    const value = this.cache.read(known);
    return known.isAsync ? Promise.resolve(value) : value;
  }

  private join(outcome: FlightOutcome, run: () => unknown): unknown {
    switch (outcome.how) {
      case 'returned':
        this.hit(outcome.result.costPico, true);
        return this.cache.read(outcome.result);
      case 'threw':
        // That call was aborted. This one need not fail because of that.
        if (isAbortError(outcome.error)) return this.answer(run);
        this.hit(0, true);
        throw outcome.error;
      case 'alone':
        return this.runAlone(run);
    }
  }

  private hit(costPico: Pico, joined: boolean): void {
    this.isCacheHit = true;
    this.hitPico = costPico;
    this.cache.countHit(costPico, joined);
  }

  private runAlone(run: () => unknown): unknown {
    this.cache.countMiss();
    return run();
  }

  private lead(key: string, run: () => unknown): unknown {
    const flight = this.cache.begin(key, this.record);
    this.flight = flight;
    this.cache.countMiss();
    let result: unknown;
    try {
      result = run();
    } catch (error) {
      flight.end({ how: 'threw', error });
      throw error;
    }
    if (typeof result === 'object' && result !== null && isPlainPromise(result)) {
      return this.leadOn(result, flight);
    }
    this.keep(result, false, flight);
    return result;
  }

  private async leadOn(result: Promise<unknown>, flight: Flight): Promise<unknown> {
    try {
      const value = await result;
      this.keep(value, true, flight);
      return value;
    } catch (error) {
      flight.end({ how: 'threw', error });
      throw error;
    }
  }

  /**
   * Copies the result immediately, because the app may change it. Calls that joined wait until its cost is known
   * too.
   */
  private keep(value: unknown, isAsync: boolean, flight: Flight): void {
    this.kept = isFailedResult(value) ? undefined : this.cache.keep(value, isAsync);
    if (this.kept === undefined) flight.end({ how: 'alone' });
  }
}

function isAround(outer: object, inner: SpanRecord): boolean {
  for (let at = inner.parent; at !== undefined; at = at.parent) if (at === outer) return true;
  return false;
}
