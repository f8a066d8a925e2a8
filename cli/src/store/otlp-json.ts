/** The kept spans as an OTLP request in JSON. */
import type { Database, Row } from './database.js';
import { attributesIn } from './priced-trace.js';
import { sumOf, textOf, wordOf } from './row-values.js';

/** In pieces: one request with all spans that ended from `from` to `to`, in nanoseconds. Content that was not kept is not in it. */
export async function* otlpJsonOf(
  database: Pick<Database, 'stream'>,
  bounds: { from: bigint; to: bigint },
): AsyncGenerator<string> {
  const rows = database.stream(
    `SELECT s.*, r.attributes AS resource_attributes
     FROM spans s LEFT JOIN (SELECT hash, any_value(attributes) AS attributes FROM resources GROUP BY hash) r
       ON r.hash = s.resource
     WHERE NOT is_priced_here AND end_ns >= $from AND end_ns < $to ORDER BY s.resource, s.instrumentation, s.seq`,
    bounds,
  );
  let open: string | undefined;
  yield '{"resourceSpans":[';
  for await (const chunk of rows) {
    const pieces: string[] = [];
    for (const row of chunk) {
      const group = `${sumOf(row, 'resource')} ${textOf(row, 'instrumentation')}`;
      if (group !== open) pieces.push(`${open === undefined ? '' : ']}]},'}${groupOf(row)}`);
      else pieces.push(',');
      pieces.push(JSON.stringify(spanOf(row)));
      open = group;
    }
    yield pieces.join('');
  }
  yield open === undefined ? ']}' : ']}]}]}';
}

function groupOf(row: Row): string {
  const resource = JSON.stringify({ attributes: keyValues(textOf(row, 'resource_attributes')) });
  const scope = JSON.stringify({ name: textOf(row, 'instrumentation') ?? '' });
  return `{"resource":${resource},"scopeSpans":[{"scope":${scope},"spans":[`;
}

function spanOf(row: Row) {
  const original = attributesIn(textOf(row, 'original_times') ?? '');
  const parent = textOf(row, 'parent_id');
  const message = textOf(row, 'status_message');
  return {
    traceId: wordOf(row, 'trace_id'),
    spanId: wordOf(row, 'span_id'),
    ...(parent === null ? {} : { parentSpanId: parent }),
    name: wordOf(row, 'name'),
    kind: 1,
    startTimeUnixNano: String(original.start ?? sumOf(row, 'start_ns')),
    endTimeUnixNano: String(original.end ?? sumOf(row, 'end_ns')),
    attributes: keyValues(textOf(row, 'attributes')),
    status: { code: Number(sumOf(row, 'status_code')), ...(message === null ? {} : { message }) },
  };
}

function keyValues(json: string | null) {
  return Object.entries(attributesIn(json ?? '')).map(([key, value]) => ({ key, value: anyValue(value) }));
}

/** Whole numbers are ints, as JavaScript sends them. */
function anyValue(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value !== 'object' || value === null) return {};
  return {
    kvlistValue: { values: Object.entries(value).map(([key, item]) => ({ key, value: anyValue(item) })) },
  };
}
