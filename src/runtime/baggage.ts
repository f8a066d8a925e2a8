/** Propagates attribution between processes as W3C baggage, under the names of its attributes. */
import { type Context, propagation } from '@opentelemetry/api';
import type { AttributionOptions } from '../scope-options.js';
import { warnOfFormerTag } from '../spans/attribution.js';
import type { Attribution } from '../spans/surroundings.js';

/**
 * The longest value that is read from baggage, in characters. Attribution values are names and ids, and a value from
 * another process is written on every billed span here.
 */
const MAX_VALUE_LENGTH = 256;

/** The attribution keys that the app allows to be sent and read, by attribute name. */
type BaggageKeys = ReadonlyMap<string, string>;

/** Returns a context whose outgoing requests carry this attribution, in addition to the app's own baggage. */
export function writeBaggage(keys: BaggageKeys, ctx: Context, attribution: Attribution | undefined): Context {
  if (attribution === undefined || keys.size === 0) return ctx;
  const around = propagation.getBaggage(ctx);
  let baggage = around ?? propagation.createBaggage();
  for (const attribute of keys.keys()) {
    const value = attribution[attribute];
    if (value !== undefined) baggage = baggage.setEntry(attribute, { value });
  }
  return baggage === around ? ctx : propagation.setBaggage(ctx, baggage);
}

/** The attribution in the baggage of a request. Undefined when there is no baggage or no key is allowed. */
export function readBaggage(keys: BaggageKeys, ctx: Context): AttributionOptions | undefined {
  if (keys.size === 0) return undefined;
  const baggage = propagation.getBaggage(ctx);
  if (baggage === undefined) return undefined;
  const read: AttributionOptions = {};
  for (const [attribute, key] of keys) {
    const value = baggage.getEntry(attribute)?.value;
    if (value !== undefined && value !== '' && value.length <= MAX_VALUE_LENGTH) read[key] = value;
    else if (baggage.getEntry(`cost.${key}`) !== undefined) warnOfFormerTag(key);
  }
  return read;
}
