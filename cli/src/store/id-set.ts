/** Hashes of span ids, to find spans that arrive again. */

/** 64 bits, as two whole numbers of 32 bits. */
export interface IdHash {
  high: number;
  low: number;
}

/** The hash of a trace and span id. `seed` is of the store, so that nobody can choose ids that collide. */
export function hashIds(traceId: string, spanId: string, seed: number): IdHash {
  let high = seed | 0;
  let low = ~seed;
  for (const id of [traceId, spanId]) {
    for (let index = 0; index < id.length; index += 1) {
      const code = id.charCodeAt(index);
      high = Math.imul(high ^ code, 0x9e3779b1);
      high ^= high >>> 15;
      low = Math.imul(low ^ code, 0x85ebca77);
      low ^= low >>> 13;
    }
    high = Math.imul(high ^ id.length, 0xc2b2ae3d);
    low = Math.imul(low ^ (id.length + 1), 0x27d4eb2f);
  }
  return { high: (high ^ (low >>> 16)) >>> 0, low: (low ^ (high >>> 16)) >>> 0 };
}

export function bigintOf({ high, low }: IdHash): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

/**
 * A set of 64-bit hashes in one array: 11 to 23 bytes a hash. A hash that is in it may be of another span, so the
 * caller looks at the ids themselves.
 */
export class IdSet {
  private slots = new Uint32Array(2 * 4096);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** False if it was there. */
  add(hash: IdHash): boolean {
    if (this.count * 10 > (this.slots.length / 2) * 7) this.grow();
    return this.insert(hash.high, hash.low || 1);
  }

  has({ high, low }: IdHash): boolean {
    return this.slots[2 * this.find(high, low || 1) + 1] !== 0;
  }

  clear(): void {
    this.slots = new Uint32Array(2 * 4096);
    this.count = 0;
  }

  private insert(high: number, low: number): boolean {
    const slot = this.find(high, low);
    if (this.slots[2 * slot + 1] !== 0) return false;
    this.slots[2 * slot] = high;
    this.slots[2 * slot + 1] = low;
    this.count += 1;
    return true;
  }

  /** The slot of the hash, or the free one where it belongs. A free slot has a low half of 0. */
  private find(high: number, low: number): number {
    const mask = this.slots.length / 2 - 1;
    let slot = low & mask;
    for (;;) {
      const kept = this.slots[2 * slot + 1];
      if (kept === 0 || (kept === low && this.slots[2 * slot] === high)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    const before = this.slots;
    this.slots = new Uint32Array(before.length * 2);
    this.count = 0;
    for (let index = 0; index < before.length; index += 2) {
      const low = before[index + 1] ?? 0;
      if (low !== 0) this.insert(before[index] ?? 0, low);
    }
  }
}
