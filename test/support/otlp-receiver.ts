/** A loopback OTLP/HTTP receiver for tests: keeps what arrived and decodes it on demand. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { type DecodedPoint, decodeJsonMetrics } from './otlp-metrics.js';
import { type DecodedSpan, decodeSpans } from './otlp-spans.js';

export type { DecodedPoint } from './otlp-metrics.js';
export type { DecodedSpan } from './otlp-spans.js';

export interface ReceivedRequest {
  /** The path asked for, like `/v1/traces`. */
  path: string;
  contentType: string;
  headers: IncomingMessage['headers'];
  /** The body, unzipped. */
  body: Buffer;
}

/** An HTTP status; `never` takes the request and does not answer; success that leaves out some spans. */
export type Answer = number | 'never' | PartialSuccess | Refusal;

/** A status with what the receiver says about it. */
export interface Refusal {
  status: number;
  body: string;
}

export interface PartialSuccess {
  rejectedSpans: number;
  errorMessage: string;
}

export interface ReceiverOptions {
  /** To every request. Default 200. */
  answer?: Answer;
  /** Default: any free one. */
  port?: number;
}

export interface Receiver {
  /** Base address, for `OTEL_EXPORTER_OTLP_ENDPOINT`; traces go to `<url>/v1/traces`. */
  url: string;
  requests: ReceivedRequest[];
  /** Every span received so far, in the order of arrival. */
  spans(): DecodedSpan[];
  /** Every point of the latest metrics request, in JSON; none before there was one. */
  points(): DecodedPoint[];
  /** From now on traces are answered so, and metrics as before. */
  answerTraces(answer: Answer): void;
  close(): Promise<void>;
}

export async function startReceiver({ answer = 200, port = 0 }: ReceiverOptions = {}): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  let traceAnswer = answer;
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
      const given = request.url?.endsWith('/v1/traces') ? traceAnswer : answer;
      if (given === 'never') return;
      response.writeHead(statusOf(given), { 'content-type': contentType });
      response.end(answerBody(given, contentType));
    });
  });
  server.listen(port, '127.0.0.1');
  // Rejects where the port is taken.
  await once(server, 'listening');
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
    answerTraces(next) {
      traceAnswer = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function statusOf(answer: number | PartialSuccess | Refusal): number {
  if (typeof answer === 'number') return answer;
  return 'status' in answer ? answer.status : 200;
}

function answerBody(answer: number | PartialSuccess | Refusal, contentType: string): string | Buffer {
  const isJson = contentType.includes('json');
  if (typeof answer === 'object' && 'body' in answer) return answer.body;
  if (typeof answer === 'number') return isJson ? '{}' : '';
  const { rejectedSpans, errorMessage } = answer;
  // As protobuf's JSON has it, 64 bits are text.
  if (isJson)
    return JSON.stringify({ partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage } });
  const message = Buffer.from(errorMessage);
  // Fields 1, a small number, and 2, text, in field 1.
  const partialSuccess = Buffer.from([0x08, rejectedSpans, 0x12, message.length, ...message]);
  return Buffer.from([0x0a, partialSuccess.length, ...partialSuccess]);
}

function bodyOf(request: IncomingMessage, chunks: Buffer[]): Buffer {
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

function decode({ contentType, body }: ReceivedRequest): DecodedSpan[] {
  return decodeSpans(body, contentType.includes('json') ? 'json' : 'protobuf');
}
