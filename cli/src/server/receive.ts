/** OTLP over HTTP: traces are kept; metrics and logs are accepted and left alone. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeTraces, type WireFormat } from '../otlp/decode.js';
import { encodeRpcStatus, encodeTraceResponse } from '../otlp/messages.js';
import { UnreadableError } from '../otlp/values.js';
import { type SpanSink, StoreBusyError } from '../store/span-sink.js';
import { type BodyLimits, drainBody, withBody } from './body.js';
import { type Exchange, type Methods, send } from './exchange.js';
import { HttpError, tryAgain } from './http-error.js';

const CONTENT_TYPES: Readonly<Record<WireFormat, string>> = {
  json: 'application/json',
  protobuf: 'application/x-protobuf',
};

/** Seconds until a sender tries again when the store fails. */
const STORE_RETRY_SECONDS = 5;

export class Receiver {
  readonly #sink: () => Promise<SpanSink>;
  readonly #limits: BodyLimits;
  /** Spans that could not be read. */
  rejectedSpans = 0;

  constructor(sink: () => Promise<SpanSink>, limits: BodyLimits) {
    this.#sink = sink;
    this.#limits = limits;
  }

  readonly routes: Readonly<Record<string, Methods>> = {
    '/v1/traces': { POST: (exchange) => this.receive(exchange) },
    '/v1/metrics': { POST: (exchange) => this.#leaveAlone(exchange) },
    '/v1/logs': { POST: (exchange) => this.#leaveAlone(exchange) },
  };

  /** Answers when the spans of the request are kept. */
  async receive(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const format = formatOf(request);
    await withBody(exchange, this.#limits, async (body) => {
      const { spans, rejectedSpans, reasons } = readable(() => decodeTraces(body, format));
      if (spans.length > 0) await kept(await this.#sink(), spans);
      this.rejectedSpans += rejectedSpans;
      sendSuccess(response, format, rejectedSpans, reasons);
    });
  }

  async #leaveAlone(exchange: Exchange): Promise<void> {
    const format = formatOf(exchange.request);
    await drainBody(exchange, this.#limits.maxBytes);
    sendSuccess(exchange.response, format, 0, '');
  }
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableError) throw new HttpError(400, error.message);
    throw error;
  }
}

async function kept(sink: SpanSink, spans: Parameters<SpanSink['add']>[0]): Promise<void> {
  try {
    await sink.add(spans);
  } catch (error) {
    if (error instanceof StoreBusyError) throw tryAgain(429, error.message, error.retryAfterSeconds);
    const reason = error instanceof Error ? error.message : String(error);
    throw tryAgain(503, `the spans could not be stored: ${reason}`, STORE_RETRY_SECONDS);
  }
}

function formatOf({ headers }: IncomingMessage): WireFormat {
  const [type = ''] = (headers['content-type'] ?? '').toLowerCase().split(';');
  switch (type.trim()) {
    case 'application/json':
      return 'json';
    case 'application/x-protobuf':
      return 'protobuf';
    default:
      throw new HttpError(415, type.startsWith('application/grpc') ? NO_GRPC : NO_OTHER_TYPE);
  }
}

const NO_OTHER_TYPE = 'the Content-Type must be application/x-protobuf or application/json';
export const NO_GRPC =
  'this is OTLP over HTTP, not gRPC: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf and use this address';

function sendSuccess(
  response: ServerResponse,
  format: WireFormat,
  rejectedSpans: number,
  reasons: string,
): void {
  if (format === 'protobuf') {
    send(response, 200, CONTENT_TYPES.protobuf, encodeTraceResponse(rejectedSpans, reasons));
    return;
  }
  // A 64-bit integer is a string in protobuf's JSON.
  const partialSuccess = { rejectedSpans: String(rejectedSpans), errorMessage: reasons };
  send(response, 200, CONTENT_TYPES.json, JSON.stringify(reasons === '' ? {} : { partialSuccess }));
}

/** A `google.rpc.Status` in the format of the request, as OTLP asks for. */
export function sendOtlpError({ request, response }: Exchange, error: HttpError): void {
  const code = RPC_CODES[error.status] ?? UNKNOWN;
  const isProtobuf = request.headers['content-type']?.toLowerCase().startsWith(CONTENT_TYPES.protobuf);
  const body = isProtobuf
    ? encodeRpcStatus(code, error.message)
    : JSON.stringify({ code, message: error.message });
  send(response, error.status, CONTENT_TYPES[isProtobuf ? 'protobuf' : 'json'], body, error.headers);
}

const UNKNOWN = 2;
/** The code of gRPC for a status of HTTP. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  413: 8,
  415: 3,
  429: 8,
  500: 13,
  503: 14,
};
