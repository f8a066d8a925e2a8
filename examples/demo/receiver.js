/**
 * A small OTLP/HTTP backend on a free loopback port: accepts traces and metrics as JSON (plain or gzip) and keeps the spans
 * and the latest points.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

/**
 * One span as it arrived, attributes as a plain object.
 * @typedef {object} ReceivedSpan
 * @property {string} traceId
 * @property {string} spanId
 * @property {string | undefined} parentSpanId
 * @property {string} name
 * @property {number} startTimeMillis
 * @property {number} endTimeMillis
 * @property {Record<string, any>} attributes
 * @property {boolean} failed true when the span's status is ERROR
 * @property {string} statusMessage
 */

/**
 * One point of a metric as it arrived.
 * @typedef {object} ReceivedPoint
 * @property {string} metric
 * @property {number} value of a histogram its sum
 * @property {Record<string, any>} attributes
 */

const MAX_BODY_BYTES = 64 * 1024 * 1024;
const STATUS_ERROR = 2;

/**
 * Starts the receiver. `spans` grows as they arrive; `points()` are those of the latest metrics request, which holds the
 * totals of the one process that sends; `url` is what `OTEL_EXPORTER_OTLP_ENDPOINT` takes.
 */
export async function startReceiver() {
  /** @type {ReceivedSpan[]} */
  const spans = [];
  /** @type {ReceivedPoint[]} */
  let points = [];
  const keep = {
    '/v1/traces': (/** @type {any} */ payload) => spans.push(...decodeTraces(payload)),
    '/v1/metrics': (/** @type {any} */ payload) => {
      points = decodeMetrics(payload);
    },
  };
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request, keep);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    points: () => points,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {Record<string, (payload: any) => void>} keep what to do with the content, by path
 */
async function answer(request, keep) {
  if (request.method !== 'POST') return { status: 405, body: { message: 'POST only' } };
  const take = keep[request.url ?? ''];
  if (take === undefined) {
    return { status: 404, body: { message: `only ${Object.keys(keep).join(' and ')} are kept` } };
  }
  if (!request.headers['content-type']?.startsWith('application/json')) {
    return { status: 415, body: { message: 'only OTLP as JSON is understood' } };
  }
  try {
    const bytes = await readBody(request);
    const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
    take(JSON.parse(text.toString('utf8')));
    return { status: 200, body: {} };
  } catch (error) {
    return { status: 400, body: { message: String(error) } };
  }
}

/** @param {import('node:http').IncomingMessage} request */
async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error(`body is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @param {any} payload an `ExportTraceServiceRequest` as JSON @returns {ReceivedSpan[]} */
function decodeTraces(payload) {
  const scopes = (payload.resourceSpans ?? []).flatMap((r) => r.scopeSpans ?? []);
  return scopes.flatMap((scope) => (scope.spans ?? []).map(decodeSpan));
}

/** @param {any} payload an `ExportMetricsServiceRequest` as JSON @returns {ReceivedPoint[]} */
function decodeMetrics(payload) {
  const scopes = (payload.resourceMetrics ?? []).flatMap((r) => r.scopeMetrics ?? []);
  return scopes.flatMap((scope) => (scope.metrics ?? []).flatMap(decodeMetric));
}

/** @param {any} metric @returns {ReceivedPoint[]} */
function decodeMetric({ name, sum, gauge, histogram }) {
  const { dataPoints = [] } = sum ?? gauge ?? histogram ?? {};
  return dataPoints.map((point) => ({
    metric: name,
    value: Number(point.asDouble ?? point.asInt ?? point.sum),
    attributes: decodeAttributes(point.attributes),
  }));
}

/** @param {any} span @returns {ReceivedSpan} */
function decodeSpan(span) {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId || undefined,
    name: span.name,
    startTimeMillis: Number(span.startTimeUnixNano) / 1e6,
    endTimeMillis: Number(span.endTimeUnixNano) / 1e6,
    attributes: decodeAttributes(span.attributes),
    failed: span.status?.code === STATUS_ERROR,
    statusMessage: span.status?.message ?? '',
  };
}

/** @param {any[]} [attributes] @returns {Record<string, any>} */
function decodeAttributes(attributes = []) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, decodeValue(value)]));
}

/** OTLP JSON may carry whole numbers as `intValue`, in digits or in quotes. @param {any} value @returns {any} */
function decodeValue(value) {
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.doubleValue !== undefined) return Number(value.doubleValue);
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(decodeValue);
  return value.stringValue ?? value.boolValue;
}
