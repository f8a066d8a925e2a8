/** Who may ask: the checks in front of every request. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { HttpError } from './http-error.js';

export interface Address {
  /** The host given to listen on. */
  host: string;
  port: number;
  /** Further names that the viewer is reached by, each with a port or without. */
  allowedHosts: readonly string[];
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** True when both are the same. The time it takes depends on neither. */
export function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Refuses what another site may have sent through the user's browser. A site whose name resolves to this machine (DNS
 * rebinding) has its own name as `Host`; a page of another origin has its own `Origin`, or none and `Sec-Fetch-Site`.
 */
export class SiteGuard {
  readonly #hosts: ReadonlySet<string>;

  constructor(address: Address) {
    this.#hosts = new Set(hostsOf(address));
  }

  /** Throws an {@link HttpError} with status 403. */
  check({ headersDistinct: headers }: IncomingMessage): void {
    const host = single(headers.host)?.toLowerCase();
    if (host === undefined || !this.#hosts.has(host)) {
      throw new HttpError(403, 'the Host of the request is not an address that this viewer listens on');
    }
    if (headers.origin !== undefined && !isOriginOf(host, single(headers.origin))) {
      throw new HttpError(403, 'the Origin of the request is another site');
    }
    const site = single(headers['sec-fetch-site']);
    // Another port of this machine is the same site. Its links may lead here.
    const isForeign = site === 'same-site' && single(headers['sec-fetch-mode']) !== 'navigate';
    if (site === 'cross-site' || isForeign) throw new HttpError(403, 'the request comes from another site');
  }
}

function single(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined;
}

/** In front of the viewer may be a proxy with TLS. */
function isOriginOf(host: string, origin: string | undefined): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

/** Each `Host` that is accepted. */
function hostsOf({ host, port, allowedHosts }: Address): string[] {
  const names = isLoopback(host) ? LOOPBACK_NAMES : [...LOOPBACK_NAMES, ...ownNames(host)];
  const given = allowedHosts.map((name) => name.toLowerCase());
  const withPort = [...names, ...given].map((name) => `${name}:${port}`);
  // Clients leave out the port of HTTP. An allowed name may be that of a proxy on its own port.
  return [...withPort, ...given, ...(port === 80 ? names : [])];
}

/** All addresses of the machine where it listens on all of them. */
function ownNames(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [inAddress(host.toLowerCase())];
  const found = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  return found.map(({ address }) => inAddress(address));
}

/** As it stands in an address: IPv6 in brackets. */
export function inAddress(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
