/** Attribution on its way between processes, as W3C baggage under the names of its attributes. */
import { type Context, propagation } from '@opentelemetry/api';
import { type AttributionOptions, attributeOf } from '../spans/attribution.js';
import type { Attribution } from '../spans/span-record.js';

/**
 * The longest value that is taken from baggage, in characters. Attribution is names and ids; what another process sends
 * goes on every billed span here.
 */
const MAX_VALUE_LENGTH = 256;

/** Carries the attribution keys that the app lets travel: none by default. */
export class AttributionBaggage {
  /** Keys of attribution by the attribute that each is written as. */
  private readonly keys: ReadonlyMap<string, string>;

  constructor(keys: readonly string[]) {
    this.keys = new Map(keys.map((key) => [attributeOf(key), key]));
  }

  /** A context whose outgoing requests carry this attribution, beside the baggage that the app has there. */
  write(ctx: Context, attribution: Attribution | undefined): Context {
    if (attribution === undefined || this.keys.size === 0) return ctx;
    const around = propagation.getBaggage(ctx);
    let baggage = around ?? propagation.createBaggage();
    for (const attribute of this.keys.keys()) {
      const value = attribution[attribute];
      if (value !== undefined) baggage = baggage.setEntry(attribute, { value });
    }
    return baggage === around ? ctx : propagation.setBaggage(ctx, baggage);
  }

  /** The attribution that came with a request; undefined when there is none. */
  read(ctx: Context): AttributionOptions | undefined {
    if (this.keys.size === 0) return undefined;
    const baggage = propagation.getBaggage(ctx);
    if (baggage === undefined) return undefined;
    const read: AttributionOptions = {};
    for (const [attribute, key] of this.keys) {
      const value = baggage.getEntry(attribute)?.value;
      if (value !== undefined && value !== '' && value.length <= MAX_VALUE_LENGTH) read[key] = value;
    }
    return read;
  }
}
