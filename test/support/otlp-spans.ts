/** Spans as a receiver reads them: with the module of the viewer in `cli/`. */
import { decodeTraces, type WireFormat } from '../../cli/src/otlp/decode.js';
import type { DecodedSpan } from '../../cli/src/otlp/span.js';

export type { DecodedSpan } from '../../cli/src/otlp/span.js';

/** Throws when one of them cannot be read. */
export function decodeSpans(body: Uint8Array, format: WireFormat): DecodedSpan[] {
  const { spans, rejectedSpans, reasons } = decodeTraces(body, format);
  if (rejectedSpans > 0) throw new Error(`${rejectedSpans} spans cannot be read: ${reasons}`);
  return spans;
}
