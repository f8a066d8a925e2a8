/** The fault table: what is wrong, how the app ends, and what is promised. */
import type { Certificates } from './certificates.js';
import type { Fault } from './receiver.js';

export interface Row {
  /** The fault, as the table in docs/reliability.md names it. */
  fault: string;
  receiver?: Fault;
  /** The ends of the app that are tried with it. */
  ends: readonly string[];
  /** Everything arrives; or what does not arrive is counted; or, after SIGKILL, neither. */
  promise: 'delivered' | 'counted' | 'nothing';
  file?: string;
  tasks?: number;
  env?: (certificates: Certificates) => Record<string, string>;
}

/** In the table `SIGTERM` is the end of an app that waits. */
const EVERY_END = ['return', 'SIGTERM', 'exit', 'crash', 'rejection'];

/** Requests are under way when the app ends. */
const IN_FLIGHT = { OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_METRIC_EXPORT_INTERVAL: '50' };
const SHORT_QUEUE = { OTEL_BSP_MAX_QUEUE_SIZE: '2048' };
const LONG_TIMEOUT = { OTEL_EXPORTER_OTLP_TIMEOUT: '60000' };
const DELTA = { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta' };

const ca = ({ files }: Certificates) => ({ OTEL_EXPORTER_OTLP_CERTIFICATE: files.ca });
const clientCertificate = ({ files }: Certificates) => ({
  OTEL_EXPORTER_OTLP_CERTIFICATE: files.ca,
  OTEL_EXPORTER_OTLP_CLIENT_KEY: files.clientKey,
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: files.clientCertificate,
});

export const ROWS: readonly Row[] = [
  { fault: 'none', ends: EVERY_END, promise: 'delivered' },
  { fault: 'none', ends: ['SIGKILL'], promise: 'nothing' },
  {
    fault: 'answers after 3 s',
    receiver: { answerAfterMillis: 3_000 },
    ends: EVERY_END,
    promise: 'delivered',
  },
  {
    fault: 'answers after 3 s, and requests are in flight at the end',
    receiver: { answerAfterMillis: 3_000 },
    ends: ['later'],
    promise: 'delivered',
    env: () => IN_FLIGHT,
  },
  {
    fault: 'never answers traces, but metrics',
    receiver: { hangs: ['traces'] },
    ends: EVERY_END,
    promise: 'counted',
  },
  { fault: 'never answers', receiver: { hangs: ['traces', 'metrics'] }, ends: EVERY_END, promise: 'counted' },
  {
    fault: 'never answers, and requests with a timeout of 60 s are in flight at the end',
    receiver: { hangs: ['traces', 'metrics'] },
    ends: ['later'],
    promise: 'counted',
    env: () => ({ ...IN_FLIGHT, ...LONG_TIMEOUT }),
  },
  { fault: 'refuses connections', receiver: { refuses: true }, ends: EVERY_END, promise: 'counted' },
  { fault: 'answers 503 once', receiver: { unavailable: 1 }, ends: EVERY_END, promise: 'delivered' },
  { fault: 'redirects', receiver: { redirects: true }, ends: EVERY_END, promise: 'counted' },
  {
    fault: 'partial success: takes 100 of 150 spans',
    receiver: { rejectsSpans: 25 },
    ends: EVERY_END,
    promise: 'counted',
  },
  {
    fault: 'partial success: rejects a data point',
    receiver: { rejectsPoints: true },
    ends: EVERY_END,
    promise: 'counted',
  },
  {
    fault: 'wants a user and a password, in the URL',
    receiver: { credentials: 'user:secret' },
    ends: EVERY_END,
    promise: 'delivered',
  },
  {
    fault: 'has a certificate of a private authority',
    receiver: { tls: 'server' },
    ends: EVERY_END,
    promise: 'delivered',
    env: ca,
  },
  {
    fault: 'wants a client certificate',
    receiver: { tls: 'client' },
    ends: EVERY_END,
    promise: 'delivered',
    env: clientCertificate,
  },
  { fault: 'none, over gRPC', receiver: { grpc: true }, ends: EVERY_END, promise: 'delivered' },
  {
    fault: 'none, in protobuf',
    ends: EVERY_END,
    promise: 'delivered',
    env: () => ({ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf' }),
  },
  {
    fault: 'metrics as deltas',
    ends: ['return', 'SIGTERM'],
    promise: 'delivered',
    env: () => DELTA,
  },
  { fault: 'metrics as deltas', ends: ['exit', 'crash', 'rejection'], promise: 'counted', env: () => DELTA },
  {
    fault: 'the queue overflows: 20,000 spans, room for 2,048',
    ends: ['return', 'SIGTERM', 'exit'],
    promise: 'counted',
    tasks: 10_000,
    env: () => SHORT_QUEUE,
  },
  {
    fault: 'the work is done by a second copy, of another version',
    file: 'copies.mjs',
    ends: EVERY_END,
    promise: 'delivered',
    env: () => ({ COPY: 'dependency' }),
  },
  {
    fault: 'the work is done by a second copy, of a version that shares nothing with ours',
    file: 'copies.mjs',
    ends: EVERY_END,
    promise: 'delivered',
    env: () => ({ COPY: 'stranger' }),
  },
  {
    fault: 'the work is done by worker threads',
    file: 'threads.mjs',
    ends: ['SIGTERM', 'exit', 'crash', 'rejection', 'worker-return', 'worker-exit', 'worker-crash'],
    promise: 'delivered',
    tasks: 150,
  },
  {
    fault: 'the work is done by worker threads, which are terminated',
    file: 'threads.mjs',
    ends: ['terminate'],
    promise: 'counted',
    tasks: 150,
  },
  {
    fault: 'the work is done by worker threads, and nothing answers',
    receiver: { hangs: ['traces', 'metrics'] },
    file: 'threads.mjs',
    ends: ['SIGTERM', 'exit', 'worker-return', 'worker-exit'],
    promise: 'counted',
    tasks: 150,
  },
];
