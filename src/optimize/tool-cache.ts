import { ActionResult, isActionError, isActionResult } from '../action.js';
import { type Pico, UsdSum } from '../money.js';
import { copyPlain } from '../plain.js';
import type { ToolCacheStats } from './cached-tool-options.js';
import { createLru, type Lru } from './lru.js';
export interface ToolCacheLimits {
  ttlSeconds: number;
  maxEntries: number;
  maxBytes: number;
}

/** A cached result and the cost of getting it. */
export interface CachedResult {
  /** Shares no objects with the app. */
  readonly data: unknown;
  readonly isActionResult: boolean;
  readonly isAsync: boolean;
  readonly bytes: number;
  /** The saving of a call that it answers. */
  costPico: Pico;
}

/** The outcome of a call for the calls that joined it. */
export type FlightOutcome =
  | { how: 'returned'; result: CachedResult }
  | { how: 'threw'; error: unknown }
  /** Its result cannot be shared, or it was aborted: each joined call runs on its own. */
  | { how: 'alone' };

const MILLIS_PER_SECOND = 1000;

/** The results of one tool by key, and its calls in progress. Has no reference to spans. */
export class ToolCache {
  private readonly results: Lru<CachedResult>;
  private readonly flights = new Map<string, Flight>();
  private readonly saved = new UsdSum();
  private readonly counts = {
    hits: 0,
    joined: 0,
    misses: 0,
    refusedArguments: 0,
    refusedResults: 0,
    evictions: 0,
  };
  private generation = 0;

  /** Throws when `lru-cache` is not installed. */
  constructor(private readonly limits: ToolCacheLimits) {
    this.results = createLru<CachedResult>({
      max: limits.maxEntries,
      maxSize: limits.maxBytes,
      sizeCalculation: ({ bytes }) => bytes,
      ttl: limits.ttlSeconds * MILLIS_PER_SECOND,
      dispose: (_result, _key, reason) => {
        if (reason === 'evict') this.counts.evictions += 1;
      },
    });
  }

  get ttlSeconds(): number {
    return this.limits.ttlSeconds;
  }

  find(key: string): CachedResult | undefined {
    return this.results.get(key);
  }

  flight(key: string): Flight | undefined {
    return this.flights.get(key);
  }

  /** Starts a call that equal calls may join. */
  begin(key: string, leader: object): Flight {
    const { generation } = this;
    const flight = new Flight(leader, (outcome) => {
      if (this.flights.get(key) === flight) this.flights.delete(key);
      // A call that was in progress when the app cleared the cache may have an outdated result.
      if (outcome.how === 'returned' && generation === this.generation) this.results.set(key, outcome.result);
    });
    this.flights.set(key, flight);
    return flight;
  }

  /** Copies a result for the cache. Undefined, and counted, when it cannot be shared. */
  keep(value: unknown, isAsync: boolean): CachedResult | undefined {
    const isActionOfTool = isActionResult(value);
    const copy = isActionError(value)
      ? undefined
      : copyPlain(isActionOfTool ? value.data : value, this.limits.maxBytes);
    if (copy === undefined) {
      this.counts.refusedResults += 1;
      return undefined;
    }
    return { data: copy.value, isActionResult: isActionOfTool, isAsync, bytes: copy.bytes, costPico: 0 };
  }

  /** The answer of a hit: a copy, so that no caller can change another's answer. */
  read({ data, isActionResult: isActionOfTool }: CachedResult): unknown {
    const copy = copyPlain(data, Number.POSITIVE_INFINITY)?.value;
    // This call cost nothing, whatever the cached call had cost.
    return isActionOfTool ? new ActionResult(copy, { costUsd: 0 }) : copy;
  }

  countHit(costPico: Pico, joined: boolean): void {
    this.counts.hits += 1;
    if (joined) this.counts.joined += 1;
    this.saved.add(costPico);
  }

  countMiss(): void {
    this.counts.misses += 1;
  }

  countRefused(): void {
    this.counts.refusedArguments += 1;
  }

  clear(): void {
    this.generation += 1;
    this.results.clear();
    this.flights.clear();
  }

  stats(): ToolCacheStats {
    const { hits, misses, refusedArguments } = this.counts;
    const calls = hits + misses + refusedArguments;
    return {
      ...this.counts,
      ...(calls > 0 && { hitRate: hits / calls }),
      savedUsd: this.saved.toUsd(),
      entries: this.results.size,
    };
  }
}

/** A call in progress that equal calls wait for. */
export class Flight {
  readonly outcome: Promise<FlightOutcome>;
  private open = true;
  private resolve: (outcome: FlightOutcome) => void = () => {};

  constructor(
    /** The call that runs. */
    readonly leader: object,
    private readonly onEnd: (outcome: FlightOutcome) => void,
  ) {
    this.outcome = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  /** Ends the call. Only the first end has an effect. */
  end(outcome: FlightOutcome): void {
    if (!this.open) return;
    this.open = false;
    this.onEnd(outcome);
    this.resolve(outcome);
  }
}
