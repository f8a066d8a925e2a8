import type { ExploreQuery, Questions, Status, TaskQuery, Window } from '../api.js';
import type { SpanSink } from '../store/span-sink.js';

/** Rows of a download in pieces of text; the first one comes when the query is answered. */
export interface Exports {
  /** All rows of all pages: `limit` and `offset` are absent. */
  tasksCsv(query: TaskQuery): AsyncIterable<string>;
  exploreCsv(query: ExploreQuery): AsyncIterable<string>;
  focusCsv(window: Window): AsyncIterable<string>;
  /** The spans as an OTLP request in JSON. */
  spansJson(window: Window): AsyncIterable<string>;
}

interface Demo {
  state(): Status['demo'];
  /** Resolves when it has started. */
  start(): Promise<void>;
}

/** Receives spans, and has no page. */
export interface ReceiverOptions {
  /** Default `127.0.0.1`. Another one than loopback needs a token. */
  host?: string;
  /** Default 4318, or the next one that is free. */
  port?: number;
  /** True when `port` was asked for: a taken one is an error then. Default false. */
  isPortFixed?: boolean;
  /** Names besides `host` that the viewer is reached by. */
  allowedHosts?: readonly string[];
  /** At least 16 characters. Asked for as `Authorization: Bearer` or by the sign-in page. */
  token?: string;
  /** May come later: requests wait for them. */
  sink: SpanSink | Promise<SpanSink>;
  /** Called with errors that no request can be blamed for. Default: nothing. */
  onError?(error: unknown): void;
  limits?: Partial<Limits>;
}

export interface ServerOptions extends ReceiverOptions {
  questions: Questions | Promise<Questions>;
  exports: Exports | Promise<Exports>;
  /** Answers before the store is open, too. The server adds its own rejected spans. */
  status(): Promise<Omit<Status, 'endpoint' | 'demo'>>;
  demo?: Demo;
  /** Deletes the spans that ended before a time, or all; resolves to their number. */
  deleteSpans(beforeMillis: number | null): Promise<number>;
  /** The folder with the built page. */
  pageFolder: string;
}

/** False for a receiver without a page. */
export function hasPage(options: ReceiverOptions | ServerOptions): options is ServerOptions {
  return 'pageFolder' in options;
}

export interface Limits {
  /** Of one body, as sent and inflated. Default 32 MiB. */
  maxBodyBytes: number;
  /** Of all requests that are not answered yet. Default 128 MiB. */
  maxBytesInFlight: number;
  /** Default 512. */
  maxConnections: number;
  /** Until the headers have arrived. Default 10 s. */
  headersTimeoutMillis: number;
  /** Until the whole request has arrived. Default 60 s. */
  requestTimeoutMillis: number;
  /** Until the store is open. Default 15 s. */
  storeWaitMillis: number;
  /** Clients of `/api/live`. Default 32. */
  maxLiveClients: number;
}

export const DEFAULT_LIMITS: Limits = {
  maxBodyBytes: 32 * 2 ** 20,
  maxBytesInFlight: 128 * 2 ** 20,
  maxConnections: 512,
  headersTimeoutMillis: 10_000,
  requestTimeoutMillis: 60_000,
  storeWaitMillis: 15_000,
  maxLiveClients: 32,
};
