/** The headers of a request that a client of this process has just created, before they are sent. */
import { ClientRequest } from 'node:http';
import { isRecord } from '../../validate.js';

/** The headers that are read and written here. Clients keep the names as the app wrote them. */
type Name = 'baggage' | 'traceparent' | 'tracestate';

/** A request to one URL, whose headers can still be changed. */
export interface OutgoingRequest {
  /** The client's own object. */
  readonly request: object;
  readonly url: URL;
  /** More than one if several headers have that name. */
  values(name: Name): readonly unknown[];
  /** Replaces a header. An empty string takes it away. */
  setHeader(name: Name, value: string): void;
}

/** A request of undici, of which `fetch` is a part. */
export function undiciRequest(request: unknown): OutgoingRequest | undefined {
  if (!isRecord(request) || request.method === 'CONNECT') return undefined;
  const url = urlOf(request.origin, request.path);
  if (url === undefined) return undefined;
  const { headers } = request;
  if (Array.isArray(headers)) {
    // A flat list: name, value, name, value.
    return {
      request,
      url,
      values: (name) => headers.filter((_, at) => at % 2 === 1 && isNamed(headers[at - 1], name)),
      setHeader: (name, value) => {
        for (let at = headers.length - 2; at >= 0; at -= 2)
          if (isNamed(headers[at], name)) headers.splice(at, 2);
        if (value !== '') headers.push(name, value);
      },
    };
  }
  return typeof headers === 'string' ? textRequest(request, url) : undefined;
}

/** Undici 5 keeps the headers as they are sent. */
function textRequest(request: Record<string, unknown>, url: URL): OutgoingRequest {
  const headers = () => (typeof request.headers === 'string' ? request.headers : '');
  const lines = (name: Name) => new RegExp(`^${name}: ?(.*)\r\n`, 'gim');
  return {
    request,
    url,
    values: (name) => [...headers().matchAll(lines(name))].map(([, value]) => value),
    setHeader: (name, value) => {
      const others = headers().replace(lines(name), '');
      request.headers = value === '' ? others : `${others}${name}: ${value}\r\n`;
    },
  };
}

/** A request of `node:http`. */
export function nodeRequest(request: unknown): OutgoingRequest | undefined {
  if (!(request instanceof ClientRequest) || request.method === 'CONNECT') return undefined;
  const host = request.getHeader('host');
  const url = urlOf(`${request.protocol}//${String(host)}`, request.path);
  // A `host` header of the app's own does not show where the request goes, and a socket has no origin.
  if (url === undefined || plainHost(url.hostname) !== plainHost(request.host)) return undefined;
  if (isRecord(request) && request.socketPath) return undefined;
  return {
    request,
    url,
    values: (name) => [request.getHeader(name)].filter((value) => value !== undefined),
    setHeader: (name, value) => {
      // Headers that the app gave as a list are on their way already.
      if (request.headersSent) return;
      if (value === '') request.removeHeader(name);
      else request.setHeader(name, value);
    },
  };
}

/** The origin is that of the connection: a path such as `//host/` does not change it. */
function urlOf(origin: unknown, path: unknown): URL | undefined {
  if (typeof origin !== 'string' && !(origin instanceof URL)) return undefined;
  const base = String(origin);
  if (typeof path !== 'string' || !URL.canParse(base)) return undefined;
  const root = new URL(base).origin;
  const whole = path.startsWith('/') ? root + path : path;
  if (!URL.canParse(whole)) return undefined;
  const url = new URL(whole);
  // The path of a request to a proxy is a whole URL. Nothing is known of the proxy.
  return url.origin === root ? url : undefined;
}

function plainHost(host: string): string {
  return host.replace(/^\[|\]$/g, '').toLowerCase();
}

function isNamed(header: unknown, name: Name): boolean {
  return typeof header === 'string' && header.length === name.length && header.toLowerCase() === name;
}
