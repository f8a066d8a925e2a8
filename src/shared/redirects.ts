/**
 * Remembers where responses redirect to, for a few seconds: a request that another origin has caused gets no identity,
 * whatever list its own origin is on.
 */

/** A client follows a redirect at once. */
const KEPT_MILLIS = 10_000;
/** At most about 200 kB. Beyond it, the whole origin gets nothing until the oldest are forgotten. */
const MAX_KEPT = 1000;

const REDIRECTS: ReadonlySet<unknown> = new Set([301, 302, 303, 307, 308]);

export class Redirects {
  /** When a URL, or an origin, may get the identity again. */
  private readonly until = new Map<string, number>();
  /** Requests that a redirect from another origin has caused, so that the redirects after it are remembered, too. */
  private readonly followed = new WeakSet<object>();

  /** True for a request that a redirect from another origin may have caused. */
  isFollowed(request: object, url: URL): boolean {
    this.forgetOld();
    if (!this.until.has(keyOf(url)) && !this.until.has(url.origin)) return this.followed.has(request);
    this.followed.add(request);
    return true;
  }

  /** Called for each response. `isListed`: whether an origin could get the identity at all. */
  noteResponse(
    request: object,
    url: URL,
    status: unknown,
    location: () => string | undefined,
    isListed: (origin: string) => boolean,
  ): void {
    if (!REDIRECTS.has(status)) return;
    const given = location();
    if (given === undefined || !URL.canParse(given, url.href)) return;
    const target = new URL(given, url.href);
    // A redirect through hosts that get nothing is remembered by the last one of them.
    if (!isListed(target.origin) || (target.origin === url.origin && !this.followed.has(request))) return;
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
function keyOf({ origin, pathname, search }: URL): string {
  return origin + pathname + search;
}
