/** A loopback OTLP/HTTP receiver with one fault, which knows what it took. */
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { Server } from 'node:net';
import { decodeJsonMetrics } from '../../../test/support/otlp-metrics.js';
import { type DecodedSpan, decodeSpans } from '../../../test/support/otlp-spans.js';
import type { Certificates } from './certificates.js';

type Signal = 'traces' | 'metrics';

export interface Fault {
  /** Traces come over gRPC. */
  grpc?: boolean;
  /** The pause in front of each answer. */
  answerAfterMillis?: number;
  /** These signals are taken, and answered long after everyone should have given up. */
  hangs?: readonly Signal[];
  /** The first requests of each signal get status 503. */
  unavailable?: number;
  /** Redirects to a path that takes everything. */
  redirects?: boolean;
  /** Every trace request is taken without so many of its spans. */
  rejectsSpans?: number;
  /** Every metrics request is taken without one of its points. */
  rejectsPoints?: boolean;
  /** Closed before the app starts: connections are refused. */
  refuses?: boolean;
  /** Takes only requests with this user and password. */
  credentials?: string;
  /** Listens with TLS; `client` asks for the certificate of the app. */
  tls?: 'server' | 'client';
}

/** Twice as long as any exit may take. */
const HANG_MILLIS = 20_000;

export interface Taken {
  spans: number;
  usd: number;
  /** Answers to requests of a signal that hangs. */
  lateAnswers: number;
  /** The highest value of a metric in a request that was taken. */
  latest(metric: string): number;
}

export interface ChaosReceiver {
  /** The addresses for the app, with credentials if they are asked for. */
  env: Record<string, string>;
  taken(): Taken;
  close(): Promise<void>;
}

export async function startReceiver(fault: Fault, certificates?: Certificates): Promise<ChaosReceiver> {
  const inbox = new Inbox();
  const requests = { traces: 0, metrics: 0 };
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signal = request.url?.includes('metrics') ? 'metrics' : 'traces';
      requests[signal]++;
      const answer = () => {
        const status = statusOf(fault, request, requests[signal]);
        const contentType = request.headers['content-type'] ?? '';
        const isJson = contentType.includes('json');
        const body = Buffer.concat(chunks);
        const content = status === 200 ? inbox.take(signal, body, isJson, fault) : {};
        response.writeHead(status, { 'content-type': contentType, location: '/elsewhere' });
        response.end(isJson ? JSON.stringify(content) : '');
      };
      if (!fault.hangs?.includes(signal)) setTimeout(answer, fault.answerAfterMillis ?? 0);
      else setTimeout(() => inbox.answerLate(request), HANG_MILLIS).unref();
    });
  };
  const server =
    fault.tls === undefined
      ? createHttpServer(handle)
      : createHttpsServer(
          { ...certificates?.server, ca: certificates?.ca, requestCert: fault.tls === 'client' },
          handle,
        );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const grpc = fault.grpc ? await startGrpc(inbox) : undefined;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    grpc?.close();
  };
  const scheme = fault.tls === undefined ? 'http' : 'https';
  const user = fault.credentials === undefined ? '' : `${fault.credentials}@`;
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `${scheme}://${user}127.0.0.1:${portOf(server)}`, ...grpc?.env };
  if (fault.refuses) await close();
  return { env, taken: () => inbox.taken(), close };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  return address.port;
}

/** Takes all traces over gRPC: a message is a byte for compression, four for the length, and the content. */
async function startGrpc(inbox: Inbox) {
  const server = createHttp2Server();
  server.on('stream', (stream) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      inbox.takeSpans(decodeSpans(Buffer.concat(chunks).subarray(5), 'protobuf'));
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.alloc(5));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const env = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${portOf(server)}`,
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc',
  };
  return { env, close: () => server.close() };
}

function statusOf(fault: Fault, request: IncomingMessage, count: number): number {
  if (count <= (fault.unavailable ?? 0)) return 503;
  // A client that follows as browsers do comes back with GET and no content.
  if (fault.redirects && request.url !== '/elsewhere') return 302;
  const expected = `Basic ${Buffer.from(fault.credentials ?? '').toString('base64')}`;
  return fault.credentials !== undefined && request.headers.authorization !== expected ? 401 : 200;
}

/** Everything that was taken. */
class Inbox {
  private readonly spanIds = new Set<string>();
  private readonly usdByInstance = new Map<unknown, number>();
  private readonly highest = new Map<string, number>();
  private lateAnswers = 0;

  answerLate({ socket }: IncomingMessage): void {
    if (socket.destroyed) return;
    this.lateAnswers++;
    socket.destroy();
  }

  /** Returns the body of the answer. */
  take(signal: Signal, body: Buffer, isJson: boolean, fault: Fault): object {
    if (body.length === 0) return {};
    if (signal === 'metrics') return this.takePoints(body, fault);
    return this.takeSpans(decodeSpans(body, isJson ? 'json' : 'protobuf'), fault.rejectsSpans);
  }

  takeSpans(spans: readonly DecodedSpan[], rejects = 0): object {
    const rejectedSpans = Math.min(rejects, spans.length);
    for (const { spanId } of spans.slice(rejectedSpans)) this.spanIds.add(spanId);
    return rejectedSpans === 0 ? {} : { partialSuccess: { rejectedSpans, errorMessage: 'too many' } };
  }

  private takePoints(body: Buffer, { rejectsPoints }: Fault): object {
    if (rejectsPoints) return { partialSuccess: { rejectedDataPoints: 1, errorMessage: 'too old' } };
    const points = decodeJsonMetrics(body);
    const costs = points.filter(({ metric }) => metric === 'cost.usd');
    for (const { metric, value } of points) {
      this.highest.set(metric, Math.max(value, this.highest.get(metric) ?? 0));
    }
    const instance = points[0]?.resource['service.instance.id'];
    const usd = costs.reduce((sum, { value }) => sum + value, 0);
    this.usdByInstance.set(instance, Math.max(usd, this.usdByInstance.get(instance) ?? 0));
    return {};
  }

  taken(): Taken {
    const usd = [...this.usdByInstance.values()].reduce((sum, value) => sum + value, 0);
    return {
      spans: this.spanIds.size,
      usd,
      lateAnswers: this.lateAnswers,
      latest: (metric) => this.highest.get(metric) ?? 0,
    };
  }
}
