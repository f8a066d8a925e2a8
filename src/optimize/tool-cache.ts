import { ActionResult, isActionError, isActionResult } from '../action.js';
import { type Pico, UsdSum } from '../money.js';
import { copyPlain } from '../plain.js';
import { createLru, type Lru } from './lru.js';

/** What a cache has done since it was made, and holds now. */
export interface ToolCacheStats {
  /** Calls answered from the cache, and calls that joined an equal one under way. */
  hits: number;
  /** Those of the hits that waited for an equal call under way. */
  joined: number;
  /** Calls that ran, and could have been answered from the cache. */
  misses: number;
  /** Calls that ran because their arguments have no key: cyclic, huge, with functions or class instances in them. */
  refusedArguments: number;
  /** Results that were not kept: streams, class instances, functions, or larger than the cache. */
  refusedResults: number;
  /** Hits by all calls; absent before the first call. */
  hitRate?: number;
  /** What the hits would have cost, in USD. */
  savedUsd: number;
  /** Results held now, expired ones that nobody asked for included. */
  entries: number;
  /** Results that were dropped to make room. */
  evictions: number;
}

export interface ToolCacheLimits {
  ttlSeconds: number;
  maxEntries: number;
  maxBytes: number;
}

/** A result that is kept, and what it cost to get. */
export interface CachedResult {
  /** Shares nothing with what the app holds. */
  readonly data: unknown;
  readonly isActionResult: boolean;
  readonly isAsync: boolean;
  readonly bytes: number;
  /** What a call that it answers saves. */
  costPico: Pico;
}

/** How a call ended for those who joined it. */
export type FlightOutcome =
  | { how: 'returned'; result: CachedResult }
  | { how: 'threw'; error: unknown }
  /** Its result cannot be shared, or it was given up: each runs for itself. */
  | { how: 'alone' };

const MILLIS_PER_SECOND = 1000;

/** The results of one tool by key, and its calls under way. Knows no span. */
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

  /** A call begins that equal ones may join. */
  begin(key: string, leader: object): Flight {
    const { generation } = this;
    const flight = new Flight(leader, (outcome) => {
      if (this.flights.get(key) === flight) this.flights.delete(key);
      // What was under way when the app cleared the cache may be older than what it cleared it for.
      if (outcome.how === 'returned' && generation === this.generation) this.results.set(key, outcome.result);
    });
    this.flights.set(key, flight);
    return flight;
  }

  /** A result in the form that is kept; undefined, and counted, when it cannot be shared. */
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

  /** What a hit hands on: a copy, so that no caller can change another's answer. */
  read({ data, isActionResult: isActionOfTool }: CachedResult): unknown {
    const copy = copyPlain(data, Number.POSITIVE_INFINITY)?.value;
    // This call cost nothing, whatever the one that was kept had cost.
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

/** A call under way that equal ones wait for. */
export class Flight {
  readonly outcome: Promise<FlightOutcome>;
  private open = true;
  private tell: (outcome: FlightOutcome) => void = () => {};

  constructor(
    /** Who makes the call. */
    readonly leader: object,
    private readonly onEnd: (outcome: FlightOutcome) => void,
  ) {
    this.outcome = new Promise((resolve) => {
      this.tell = resolve;
    });
  }

  /** Only the first end counts. */
  end(outcome: FlightOutcome): void {
    if (!this.open) return;
    this.open = false;
    this.onEnd(outcome);
    this.tell(outcome);
  }
}
