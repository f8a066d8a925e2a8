/**
 * Remembers where responses redirect to, for a few seconds: a request that another origin has caused gets no identity,
 * whatever list its own origin is on.
 */

/** A client follows a redirect at once. */
const KEPT_MILLIS = 10_000;
/** At most about 200 kB. Beyond it, the whole origin gets nothing until the oldest are forgotten. */
const MAX_KEPT = 1000;

const REDIRECTS: ReadonlySet<unknown> = new Set([301, 302, 303, 307, 308]);

/** Where a response redirects to. Undefined if it does not. */
export function redirectTarget(
  url: URL,
  status: unknown,
  location: () => string | undefined,
): URL | undefined {
  const given = REDIRECTS.has(status) ? location() : undefined;
  return given !== undefined && URL.canParse(given, url.href) ? new URL(given, url.href) : undefined;
}

export class Redirects {
  /** When a URL, or an origin, may get the identity again. */
  private readonly until = new Map<string, number>();
  /** Requests that a redirect from another origin has caused, so that the redirects after it are remembered, too. */
  private readonly followed = new WeakSet<object>();

  /** True for a request that a redirect from another origin may have caused. */
  isFollowed(request: object, url: URL): boolean {
    this.forgetOld();
    if (!this.until.has(keyOf(url)) && !this.until.has(url.origin)) return false;
    this.followed.add(request);
    return true;
  }

  /** Remembers a redirect, unless it stays in the origin of its request. */
  note(request: object, url: URL, target: URL): void {
    if (target.origin === url.origin && !this.followed.has(request)) return;
    const key = this.until.size < MAX_KEPT ? keyOf(target) : target.origin;
    // Deleted first, so that the entries stay in the order of their times.
    this.until.delete(key);
    this.until.set(key, Date.now() + KEPT_MILLIS);
  }

  private forgetOld(): void {
    const now = Date.now();
    for (const [key, until] of this.until) {
      if (until > now) return;
      this.until.delete(key);
    }
  }
}

/** A fragment stays in the client. Unlike an origin, it has a path. */
export function keyOf({ origin, pathname, search }: URL): string {
  return origin + pathname + search;
}
