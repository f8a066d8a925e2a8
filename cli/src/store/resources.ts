/** The resources of spans: each is kept once, and found by a hash of its attributes. */
import { createHash } from 'node:crypto';
import { toJson } from './span-rows.js';

/** As many resources are recognised without looking them up: restarted processes have new ones. */
const MAX_KNOWN = 10_000;

export interface KeptResource {
  hash: bigint;
  json: string;
}

/** Hashes of resources. The decoder uses one object for all spans of a resource in a request. */
export class Resources {
  private readonly byObject = new WeakMap<object, KeptResource>();
  private known = new Set<bigint>();

  hashOf(resource: Readonly<Record<string, unknown>>): KeptResource {
    let kept = this.byObject.get(resource);
    if (kept === undefined) {
      const entries = Object.entries(resource).sort(([a], [b]) => (a < b ? -1 : 1));
      const json = toJson(Object.fromEntries(entries));
      const digest = createHash('sha256').update(json).digest();
      kept = { hash: digest.readBigUInt64BE(0), json };
      this.byObject.set(resource, kept);
    }
    return kept;
  }

  /** True until it was said to be kept. A resource that is kept twice does no harm: its rows are equal. */
  isNew({ hash }: KeptResource): boolean {
    return !this.known.has(hash);
  }

  noteKept(resources: Iterable<KeptResource>): void {
    for (const { hash } of resources) {
      if (this.known.size >= MAX_KNOWN) this.known = new Set();
      this.known.add(hash);
    }
  }
}
