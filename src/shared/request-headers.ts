/** The baggage of a request that a client of this process has just created, before its headers are sent. */
import { ClientRequest } from 'node:http';
import { isRecord } from '../validate.js';
import { headerText } from './carriers.js';

/** A request to one URL, whose baggage can still be changed. */
export interface OutgoingRequest {
  /** The client's own object. */
  readonly request: object;
  readonly url: URL;
  baggage(): string | undefined;
  /** An empty string takes the header away. False if the client does not allow it. */
  setBaggage(value: string): boolean;
}

const BAGGAGE = 'baggage';

/** A request of undici, of which `fetch` is a part. Its header list is flat: name, value, name, value. */
export function undiciRequest(request: unknown): OutgoingRequest | undefined {
  if (!isRecord(request) || request.method === 'CONNECT') return undefined;
  const url = urlOf(request.origin, request.path);
  const { headers } = request;
  if (url === undefined) return undefined;
  if (Array.isArray(headers)) {
    return {
      request,
      url,
      baggage: () => headerText(baggageIn(headers)),
      setBaggage: (value) => setBaggageIn(headers, value),
    };
  }
  // Undici 5 keeps the headers as they are sent.
  return typeof headers === 'string' ? textRequest(request, url) : undefined;
}

const BAGGAGE_LINES = /^baggage: ?(.*)\r\n/gim;

function textRequest(request: Record<string, unknown>, url: URL): OutgoingRequest {
  const headers = () => (typeof request.headers === 'string' ? request.headers : '');
  return {
    request,
    url,
    baggage: () => headerText([...headers().matchAll(BAGGAGE_LINES)].map(([, value]) => value)),
    setBaggage: (value) => {
      const others = headers().replace(BAGGAGE_LINES, '');
      request.headers = value === '' ? others : `${others}${BAGGAGE}: ${value}\r\n`;
      return true;
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
    baggage: () => headerText(request.getHeader(BAGGAGE)),
    setBaggage: (value) => {
      if (request.headersSent) return false;
      if (value === '') request.removeHeader(BAGGAGE);
      else request.setHeader(BAGGAGE, value);
      return true;
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

function baggageIn(headers: readonly unknown[]): unknown[] {
  return headers.filter((_, at) => at % 2 === 1 && isBaggage(headers[at - 1])).flat();
}

function setBaggageIn(headers: unknown[], value: string): true {
  for (let at = headers.length - 2; at >= 0; at -= 2) if (isBaggage(headers[at])) headers.splice(at, 2);
  if (value !== '') headers.push(BAGGAGE, value);
  return true;
}

function isBaggage(name: unknown): boolean {
  return typeof name === 'string' && name.length === BAGGAGE.length && name.toLowerCase() === BAGGAGE;
}
