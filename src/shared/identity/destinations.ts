/** The hosts, queues and servers that the app trusts with its identity. */
import { InvalidOptionError } from '../../errors.js';

/** More than any service calls, and few enough that a generated list is noticed. */
const MAX_ENTRIES = 1000;
const MAX_ENTRY_CHARS = 300;

/** Destinations that are no origins: `queue:orders`, `mcp:search`, `rpc:billing`. */
const NAME = /^(?:queue|mcp|rpc):[^\p{Cc}\s/][^\p{Cc}\s]*$/u;
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;
const EXPECTED =
  'an origin without a path, such as "https://orders.internal:8443", a host, such as "orders.internal", or a name, such as "queue:orders", "mcp:search" or "rpc:billing"';

export class Destinations {
  private readonly names = new Set<string>();
  private readonly origins = new Set<string>();

  /** Throws `InvalidOptionError` for an entry that is none of the forms. There are no wildcards. */
  constructor(option: string, entries: unknown) {
    if (entries === undefined) return;
    if (!Array.isArray(entries) || entries.length > MAX_ENTRIES)
      throw new InvalidOptionError(
        option,
        entries,
        `a list of at most ${MAX_ENTRIES} entries, each ${EXPECTED}`,
      );
    entries.forEach((entry: unknown, at) => {
      if (!this.add(entry)) throw new InvalidOptionError(`${option}[${at}]`, entry, EXPECTED);
    });
  }

  /** True if requests of this process may have the identity. */
  get hasOrigins(): boolean {
    return this.origins.size > 0;
  }

  /** `to` is a URL or a name. Anything else is on no list. */
  has(to: unknown): boolean {
    if (typeof to === 'string' && this.names.has(to)) return true;
    return to instanceof URL || typeof to === 'string' ? this.hasOrigin(originOf(to)) : false;
  }

  /** `origin` as `URL.origin` has it. */
  hasOrigin(origin: string | undefined): boolean {
    return origin !== undefined && this.origins.has(origin);
  }

  private add(entry: unknown): boolean {
    if (typeof entry !== 'string' || entry.length > MAX_ENTRY_CHARS) return false;
    if (NAME.test(entry)) {
      this.names.add(entry);
      return true;
    }
    const urls = HOST.test(entry) ? [`http://${entry}`, `https://${entry}`] : [entry];
    return urls.every((url) => this.addOrigin(url));
  }

  private addOrigin(text: string): boolean {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    // A path, a query or a password in an entry would look like a narrower rule than there is.
    if (url === undefined || !isHttp(url) || url.href !== `${url.origin}/` || text.includes('*'))
      return false;
    this.origins.add(url.origin);
    return true;
  }
}

/** Undefined for anything but an HTTP URL. */
function originOf(to: string | URL): string | undefined {
  const url = typeof to !== 'string' ? to : URL.canParse(to) ? new URL(to) : undefined;
  return url !== undefined && isHttp(url) ? url.origin : undefined;
}

function isHttp({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
}
