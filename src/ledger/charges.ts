import type { Pico } from '../money.js';

/**
 * The most charges kept by id, about 1 MB. Polls of a run and wrappers around a result repeat a charge within minutes.
 * The oldest of this many charges is hours old in all but the largest apps.
 */
const MAX_CHARGES = 10_000;

/**
 * Charges that paid services name with an id: a run, a payment, a request. Every poll of the run and every wrapper that
 * passes the result on states the same charge again, which may have grown in between.
 */
export class Charges {
  private readonly billed = new Map<string, Pico>();
  /** Charges that were forgotten. If one is stated again, it is billed again. */
  evictions = 0;

  /** Books the amount of a charge so far. Returns the part that was billed before; undefined for a new charge. */
  book(id: string, pico: Pico): Pico | undefined {
    const { billed } = this;
    const before = billed.get(id);
    // Set again, so that the latest charge is the last one to be evicted.
    billed.delete(id);
    billed.set(id, Math.max(pico, before ?? 0));
    if (billed.size > MAX_CHARGES) this.evictOldest();
    return before;
  }

  private evictOldest(): void {
    const { value } = this.billed.keys().next();
    if (value !== undefined && this.billed.delete(value)) this.evictions += 1;
  }
}
