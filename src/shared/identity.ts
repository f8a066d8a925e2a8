/** The identity of session and task between processes: who gets it, and from whom it is believed. */
import type { Caller } from '../caller.js';
import { sharedName } from '../copies.js';
import { type IdentityOptions, readIdentityOptions } from './identity-options.js';
import { type ExtractOptions, IncomingIdentity } from './incoming-identity.js';
import { type InjectOptions, OutgoingIdentity, type OwnCalls } from './outgoing-identity.js';
import { OutgoingRequests } from './outgoing-requests.js';

export class Identity {
  private readonly outgoing: OutgoingIdentity;
  private readonly incoming: IncomingIdentity;
  private readonly requests: OutgoingRequests | undefined;

  /** Throws `InvalidOptionError`, with a path below `identity`. */
  constructor(options: IdentityOptions | undefined, calls: OwnCalls) {
    const rules = readIdentityOptions(options);
    this.outgoing = new OutgoingIdentity(rules, calls);
    this.incoming = new IncomingIdentity(rules);
    this.requests = rules.sendTo.hasOrigins ? new OutgoingRequests(this.outgoing, rules.sendTo) : undefined;
  }

  /** Number of requests that went out without the identity because it did not fit. */
  get leftOut(): number {
    return this.outgoing.leftOut;
  }

  /** Number of identities that came in and were ignored. */
  get ignored(): number {
    return this.incoming.ignored;
  }

  /** Makes it the identity of the process, and adds it to requests of `fetch`. */
  start(): void {
    holder[HOLDER]?.stop();
    holder[HOLDER] = this;
    this.requests?.start();
  }

  stop(): void {
    this.requests?.stop();
    if (holder[HOLDER] === this) holder[HOLDER] = undefined;
  }

  inject<Carrier>(carrier: Carrier, options: InjectOptions<Carrier>): boolean {
    return this.outgoing.inject(carrier, options);
  }

  extract<Carrier>(carrier: Carrier, options: ExtractOptions<Carrier>): Caller | undefined {
    return this.incoming.extract(carrier, options);
  }
}

/** One for all copies of the same protocol in a process. */
const HOLDER = Symbol.for(sharedName('identity'));
const holder: typeof globalThis & { [HOLDER]?: Identity | undefined } = globalThis;

/**
 * Writes the ids of the current session and task, the attribution and the trace context into the headers of a request or
 * message, so that the work of the called process is a part of this task. True if they were written. Nothing is written
 * without `shareCosts({ identity: { sendTo } })`, to a destination that is not in `sendTo`, or outside a task. Requests of
 * `fetch` and undici have it without this call. Never throws.
 *
 * `carrier`: a plain object, `Headers`, a `Map`, an array of pairs, or `params._meta` of MCP; others with the option `setter`.
 *
 * @example
 * const headers = {};
 * inject(headers, { to: 'queue:orders' });
 * await producer.send({ topic: 'orders', messages: [{ value, headers }] });
 */
export function inject<Carrier>(carrier: Carrier, options: InjectOptions<Carrier>): boolean {
  return holder[HOLDER]?.inject(carrier, options) ?? false;
}

/**
 * Reads the caller of this process from the headers of a request or message, for the option `caller` of a task. Undefined
 * without `shareCosts({ identity: { accept } })` or `key`, from a sender that these do not accept, and for headers without
 * a valid identity. Never throws.
 *
 * `carrier`: a plain object such as `request.headers`, `Headers`, a `Map`, an array of pairs, or `_meta` of MCP; others with
 * the option `getter`.
 *
 * @example
 * const caller = extract(request.headers, { from: request });
 * await withTask({ name: 'search', caller }, () => search(request));
 */
export function extract<Carrier>(
  carrier: Carrier,
  options: ExtractOptions<Carrier> = {},
): Caller | undefined {
  return holder[HOLDER]?.extract(carrier, options);
}
