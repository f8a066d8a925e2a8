/** A loopback OTLP/HTTP receiver for tests: keeps what arrived and decodes it on demand. */
import { createServer, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { type DecodedSpan, decodeJsonTraces, decodeProtobufTraces } from './otlp-decode.js';
import { type DecodedPoint, decodeJsonMetrics } from './otlp-metrics.js';

export type { DecodedSpan } from './otlp-decode.js';
export type { DecodedPoint } from './otlp-metrics.js';

export interface ReceivedRequest {
  /** The path asked for, like `/v1/traces`. */
  path: string;
  contentType: string;
  headers: IncomingMessage['headers'];
  /** The body, unzipped. */
  body: Buffer;
}

export interface ReceiverOptions {
  /** HTTP status of every answer. Default 200. `never` takes the request and does not answer. */
  answer?: number | 'never';
}

export interface Receiver {
  /** Base address, for `OTEL_EXPORTER_OTLP_ENDPOINT`; traces go to `<url>/v1/traces`. */
  url: string;
  requests: ReceivedRequest[];
  /** Every span received so far, in the order of arrival. */
  spans(): DecodedSpan[];
  /** Every point of the latest metrics request, in JSON; none before there was one. */
  points(): DecodedPoint[];
  close(): Promise<void>;
}

export async function startReceiver({ answer = 200 }: ReceiverOptions = {}): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const contentType = request.headers['content-type'] ?? '';
      requests.push({
        path: request.url ?? '',
        contentType,
        headers: request.headers,
        body: bodyOf(request, chunks),
      });
      if (answer === 'never') return;
      response.writeHead(answer, { 'content-type': contentType });
      response.end(contentType.includes('json') ? '{}' : undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    spans: () => requests.filter(({ path }) => path.endsWith('/v1/traces')).flatMap(decode),
    points() {
      const latest = requests.findLast(({ path }) => path.endsWith('/v1/metrics'));
      return latest === undefined ? [] : decodeJsonMetrics(latest.body);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function bodyOf(request: IncomingMessage, chunks: Buffer[]): Buffer {
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

function decode({ contentType, body }: ReceivedRequest): DecodedSpan[] {
  return contentType.includes('json') ? decodeJsonTraces(body) : decodeProtobufTraces(body);
}
