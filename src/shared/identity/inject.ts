/** The identity of the current task in the headers of requests and messages: `inject` and `extract`. Loads no internals. */
import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api';
import type { Caller } from '../../caller.js';
import { sharedName } from '../../copies.js';

/** Options of `inject`. */
export interface InjectOptions<Carrier> {
  /** Where the carrier goes: a URL, or a name such as `queue:orders`. Nothing is written unless it is in `sendTo`. */
  to: string | URL;
  /** Writes to a carrier of another form than the known ones. The headers that it has are then replaced. */
  setter?: TextMapSetter<Carrier> | undefined;
}

/** Options of `extract`. */
export interface ExtractOptions<Carrier> {
  /** The sender, for `accept`: the request, the message, or whatever else identifies it. */
  from?: unknown;
  /** Reads a carrier of another form than the known ones. */
  getter?: TextMapGetter<Carrier> | undefined;
}

/** The identity that `shareCosts` has set up. */
export interface ProcessIdentity {
  stop(): void;
  inject<Carrier>(carrier: Carrier, options: InjectOptions<Carrier>): boolean;
  extract<Carrier>(carrier: Carrier, options: ExtractOptions<Carrier>): Caller | undefined;
}

/** One for all copies of the same protocol in a process. */
const HOLDER = Symbol.for(sharedName('identity'));
const holder: typeof globalThis & { [HOLDER]?: ProcessIdentity | undefined } = globalThis;

export function ownIdentity(): ProcessIdentity | undefined {
  return holder[HOLDER];
}

/** Returns the former one. */
export function setOwnIdentity(identity: ProcessIdentity | undefined): ProcessIdentity | undefined {
  const former = holder[HOLDER];
  holder[HOLDER] = identity;
  return former;
}

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
