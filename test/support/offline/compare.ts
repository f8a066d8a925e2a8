/** The spans of a program with their final attributes, in a form that does not depend on ids and times. */
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { OfflineSpan, PricedSpan } from '../../../src/offline.js';

/** Attributes by the name of the span; those of `cost {name}` spans by the name of the span that they are below. */
export type Final = Record<string, Record<string, unknown>>;

const ROLL_UP = /^(task|agent|session|step)\.|^cost\.context_/;
const CORRECTION = 'cost correction';

/** As the processor wrote them: the last correction replaces the roll-ups of its span. */
export function finalOfLive(spans: readonly ReadableSpan[]): Final {
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  const final: Final = {};
  const added: [string, Record<string, unknown>][] = [];
  for (const span of spans) {
    const parent = span.parentSpanContext?.spanId ?? '';
    if (span.instrumentationScope.name !== 'otel-agent-cost')
      final[span.name] = named(span.attributes, names);
    else if (span.name !== CORRECTION)
      added.push([`${names.get(parent)} > ${span.name}`, named(span.attributes, names)]);
  }
  for (const span of spans) {
    if (span.name !== CORRECTION) continue;
    const corrected = final[names.get(span.parentSpanContext?.spanId ?? '') ?? ''] ?? {};
    for (const key of Object.keys(corrected))
      if (ROLL_UP.test(key) && key !== 'session.id') delete corrected[key];
    // Its kind is that of the correction, not of the span that it corrects.
    const { 'openinference.span.kind': _, ...stated } = span.attributes;
    Object.assign(corrected, named(stated, names));
  }
  for (const [name, attributes] of added) put(final, name, attributes);
  return sorted(final);
}

/** The recorded spans that have ended, with what `priceSpans` adds to them. */
export function finalOfOffline(spans: readonly OfflineSpan[], priced: readonly PricedSpan[]): Final {
  const names = new Map(spans.map((span) => [span.spanId, span.name]));
  const final: Final = {};
  for (const span of spans) {
    if (span.endTimeUnixNano === undefined) continue;
    const own = priced.find(({ spanId }) => spanId === span.spanId);
    final[span.name] = named({ ...span.attributes, ...own?.attributes }, names);
  }
  for (const { added, name, parentSpanId, attributes } of priced) {
    if (added) put(final, `${names.get(parentSpanId ?? '')} > ${name}`, named(attributes, names));
  }
  return sorted(final);
}

function put(final: Final, name: string, attributes: Record<string, unknown>): void {
  let free = name;
  while (final[free] !== undefined) free += "'";
  final[free] = attributes;
}

/** Ids of spans differ from run to run. */
function named(attributes: Readonly<Record<string, unknown>>, names: ReadonlyMap<string, string>) {
  const entries = Object.entries(attributes).map(([key, value]): [string, unknown] => [
    key,
    typeof value === 'string' ? (names.get(value) ?? value) : value,
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sorted(final: Final): Final {
  return Object.fromEntries(Object.entries(final).sort(([a], [b]) => (a < b ? -1 : 1)));
}
