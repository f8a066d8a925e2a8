/** Answers each request: guards, then the route, then errors. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Status } from '../api.js';
import { actionRoutes } from './actions.js';
import { BytesInFlight } from './body.js';
import { downloadRoutes } from './downloads.js';
import { type Exchange, type Handler, type Methods, SAFE_HEADERS, send, sendJson } from './exchange.js';
import { SiteGuard } from './guards.js';
import { HttpError } from './http-error.js';
import { LiveChanges } from './live.js';
import { hasPage, type Limits, type ReceiverOptions, type ServerOptions } from './options.js';
import { questionRoutes } from './questions.js';
import { NO_GRPC, Receiver, sendOtlpError } from './receive.js';
import { SignIn } from './sign-in.js';
import { whenOpen } from './store-opening.js';

export interface Place {
  host: string;
  port: number;
  url: string;
  pageToken: string;
  pages: Readonly<Record<string, Methods>>;
}

export class Viewer {
  readonly #options: ServerOptions | ReceiverOptions;
  readonly #guard: SiteGuard;
  readonly #signIn: SignIn | undefined;
  readonly #receiver: Receiver;
  readonly #live: LiveChanges;
  readonly #routes: ReadonlyMap<string, Methods>;
  readonly #url: string;
  #stopListening = () => {};
  #isClosed = false;

  constructor(
    options: ServerOptions | ReceiverOptions,
    limits: Limits,
    { host, port, url, pageToken, pages }: Place,
  ) {
    const { allowedHosts = [], token, sink } = options;
    const bodies = { maxBytes: limits.maxBodyBytes, inFlight: new BytesInFlight(limits.maxBytesInFlight) };
    const wait = limits.storeWaitMillis;
    this.#options = options;
    this.#url = url;
    this.#guard = new SiteGuard({ host, port, allowedHosts });
    this.#signIn = token === undefined ? undefined : new SignIn(token, port, bodies);
    this.#receiver = new Receiver(whenOpen(sink, wait), bodies);
    this.#live = new LiveChanges(limits.maxLiveClients);
    this.#routes = new Map(
      Object.entries({
        ...pages,
        ...this.#receiver.routes,
        ...(hasPage(options) ? this.#routesOfPage(options, wait, pageToken) : {}),
      }),
    );
    this.#follow();
  }

  #routesOfPage(
    options: ServerOptions,
    waitMillis: number,
    pageToken: string,
  ): Readonly<Record<string, Methods>> {
    return {
      ...questionRoutes(whenOpen(options.questions, waitMillis), () => this.#status(options)),
      ...downloadRoutes(whenOpen(options.exports, waitMillis)),
      ...actionRoutes(options, this.#receiver, pageToken),
      '/api/live': { GET: (exchange: Exchange) => this.#live.open(exchange) },
    };
  }

  /** Sends changes of the store to the pages as soon as it is open. */
  #follow(): void {
    Promise.resolve(this.#options.sink).then(
      (sink) => {
        if (!this.#isClosed) this.#stopListening = sink.onChange((spans) => this.#live.add(spans));
      },
      (error: unknown) => this.#options.onError?.(error),
    );
  }

  async #status(options: ServerOptions): Promise<Status> {
    const status = await options.status();
    return {
      ...status,
      endpoint: this.#url,
      rejectedSpans: status.rejectedSpans + this.#receiver.rejectedSpans,
      demo: options.demo?.state() ?? 'unavailable',
    };
  }

  /** Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#answer(request, response).catch(() => response.destroy());
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = exchangeOf(request, response);
    try {
      for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
      this.#guard.check(request);
      if (this.#mayAsk(exchange)) await this.#handlerOf(exchange)(exchange);
    } catch (error) {
      this.#fail(exchange, error);
    } finally {
      // The rest of a body that is not wanted is read and dropped: a sender reads the answer only after it has written all.
      if (!request.readableEnded) request.resume();
    }
  }

  #mayAsk(exchange: Exchange): boolean {
    if (this.#signIn === undefined || this.#signIn.routes.has(exchange.path)) return true;
    if (this.#signIn.isSigned(exchange.request)) return true;
    this.#signIn.refuse(exchange);
    return false;
  }

  #handlerOf({ path, request }: Exchange): Handler {
    const methods = this.#signIn?.routes.get(path) ?? this.#routes.get(path);
    if (methods === undefined) throw new HttpError(404, 'there is nothing at this address');
    const found = Object.entries(methods).find(([name]) => name === request.method);
    if (found !== undefined) return found[1];
    const allow = Object.keys(methods).join(', ');
    throw new HttpError(405, `the method must be ${allow}`, { allow });
  }

  #fail(exchange: Exchange, error: unknown): void {
    const { path, response } = exchange;
    const hasClientGone = isDisconnection(error);
    // After the end, nobody waits for an answer.
    const isNews = !hasClientGone && !this.#isClosed && !(error instanceof HttpError);
    if (isNews) this.#options.onError?.(error);
    // An answer that has begun is cut off, so that its reader does not take it for whole.
    if (hasClientGone || response.headersSent) {
      response.destroy();
      return;
    }
    const answer =
      error instanceof HttpError ? error : new HttpError(500, 'the viewer failed; its output says why');
    if (path.startsWith('/v1/')) sendOtlpError(exchange, answer);
    else if (path.startsWith('/api/')) {
      sendJson(response, { error: answer.message }, answer.status, answer.headers);
    } else {
      send(response, answer.status, 'text/plain; charset=utf-8', `${answer.message}\n`, answer.headers);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    this.#live.close();
  }
}

/** A target that is no address, such as `*`, has no path. */
function exchangeOf(request: IncomingMessage, response: ServerResponse): Exchange {
  const [path = '', query = ''] = splitOnce(request.url ?? '', '?');
  return { request, response, path, search: new URLSearchParams(query) };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

const DISCONNECTIONS = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'];

function isDisconnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && DISCONNECTIONS.includes(String(error.code));
}

/** Answers what is no HTTP/1.1, as far as the connection takes an answer. */
export function refuseConnection(error: Error, socket: Duplex): void {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = REFUSALS[String(code)] ?? ['400 Bad Request', 'this is not HTTP/1.1'];
  const body = `${message}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n` +
      `x-content-type-options: nosniff\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** gRPC starts with the preface of HTTP/2. */
const GRPC_PREFACE = 'HPE_PAUSED_H2_UPGRADE';

export function isGrpcPreface(error: Error): boolean {
  return 'code' in error && error.code === GRPC_PREFACE;
}

const REFUSALS: Readonly<Record<string, readonly [string, string]>> = {
  [GRPC_PREFACE]: ['415 Unsupported Media Type', NO_GRPC],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers are larger than 16 KiB'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not arrive in time'],
};
