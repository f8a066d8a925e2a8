/** Adds the identity to requests of `fetch`, undici and `node:http`, without a call of the app. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Context, createContextKey, propagation } from '@opentelemetry/api';
import { activeContext } from '../../otel.js';
import { currentRuntime } from '../../runtime/current-runtime.js';
import { isRecord } from '../../validate.js';
import { joinBaggage, splitBaggage } from './baggage-member.js';
import { headerText } from './carriers.js';
import type { Destinations } from './destinations.js';
import type { OutgoingIdentity } from './outgoing-identity.js';
import { keyOf, Redirects, redirectTarget } from './redirects.js';
import { nodeRequest, type OutgoingRequest, undiciRequest } from './request-headers.js';

/** The SDK's own key. Exporters run in the context of the work whose spans they send. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

const TRACE_HEADERS = ['traceparent', 'tracestate'] as const;

type Subscriber = (message: unknown) => void;

/** A redirect that a client may follow in this moment. */
interface Following {
  readonly key: string;
  /** The context in which the request before it was made. Undefined if that had no identity. */
  readonly ctx: Context | undefined;
}

export class OutgoingRequests {
  private readonly redirects = new Redirects();
  /** The contexts of the requests that have an identity. */
  private readonly contexts = new WeakMap<object, Context>();
  private readonly targets = new WeakMap<object, string>();
  private following: Following | undefined;
  private readonly subscribers: readonly (readonly [channel: string, subscriber: Subscriber])[];

  constructor(
    private readonly identity: OutgoingIdentity,
    private readonly sendTo: Destinations,
  ) {
    this.subscribers = [
      [
        'undici:request:create',
        safely(({ request }) => {
          const outgoing = undiciRequest(request);
          this.created(outgoing);
          this.watchLaterHeaders(request, outgoing);
        }),
      ],
      [
        'undici:request:headers',
        safely(({ request, response }) => this.answered(undiciRequest(request), response)),
      ],
      ['undici:request:trailers', safely(({ request }) => this.ended(request))],
      // Published from Node 22.12 on. Before, requests of `node:http` only have what `inject` adds.
      ['http.client.request.created', safely(({ request }) => this.created(nodeRequest(request)))],
      [
        'http.client.response.finish',
        safely(({ request, response }) => this.answered(nodeRequest(request), response)),
      ],
    ];
  }

  start(): void {
    for (const [channel, subscriber] of this.subscribers) subscribe(channel, subscriber);
  }

  stop(): void {
    for (const [channel, subscriber] of this.subscribers) unsubscribe(channel, subscriber);
  }

  /**
   * The identity goes to listed origins only. Where the app injected it, and the client follows a redirect with all
   * headers, it is taken away.
   */
  private created(outgoing: OutgoingRequest | undefined): void {
    if (outgoing === undefined) return;
    const { request, url } = outgoing;
    const { own, others } = splitBaggage(headerText(outgoing.values('baggage').flat()));
    const isListed = this.sendTo.hasOrigin(url.origin);
    const isAllowed = isListed && !this.redirects.isFollowed(request, url);
    const [first] = own;
    const isInjected = own.length === 1 && first !== undefined && this.identity.isOwn(first);
    const ctx = this.contextOf(url);
    const keepsIt = isAllowed && isInjected;
    const value = keepsIt ? first : isAllowed && ctx ? this.identity.valueFor(ctx, others) : undefined;
    if (!keepsIt && (value !== undefined || own.length > 0))
      outgoing.setHeader('baggage', joinBaggage(others, value));
    if (value !== undefined && ctx !== undefined) {
      this.contexts.set(request, ctx);
      addTrace(outgoing, ctx);
    } else if (isInjected && !keepsIt) dropInjectedTrace(outgoing);
    if (isListed && !isAllowed && ctx !== undefined) this.identity.leaveOut(ctx);
  }

  /**
   * An instrumentation that is called after this one adds its own trace context, and the baggage of its context to every
   * host. The identity that came in with such baggage is that of the caller, and not for this request.
   */
  private watchLaterHeaders(request: unknown, outgoing: OutgoingRequest | undefined): void {
    if (!isRecord(request) || typeof request.addHeader !== 'function') return;
    const { addHeader } = request;
    const hasOurTrace = this.contexts.has(request);
    request.addHeader = (name: unknown, value: unknown): unknown => {
      let added = value;
      currentRuntime().guard(() => {
        const header = String(name).toLowerCase();
        if (header === 'baggage') added = withoutOwnMember(value);
        else if (hasOurTrace)
          for (const ours of TRACE_HEADERS) if (header === ours) outgoing?.setHeader(ours, '');
      });
      if (added === '' && value !== '') return request;
      return Reflect.apply(addHeader, request, [name, added]);
    };
  }

  /** Undefined for a request that gets no identity. */
  private contextOf(url: URL): Context | undefined {
    const { following } = this;
    if (following?.key === keyOf(url)) return following.ctx;
    const ctx = activeContext();
    return ctx.getValue(SUPPRESS_TRACING) === true ? undefined : ctx;
  }

  private answered(outgoing: OutgoingRequest | undefined, response: unknown): void {
    if (outgoing === undefined || !isRecord(response)) return;
    const { statusCode, headers } = response;
    const { request, url } = outgoing;
    const target = redirectTarget(url, statusCode, () => locationIn(headers));
    // A redirect through origins that get nothing is noted by the last one of them.
    if (target === undefined || !this.sendTo.hasOrigin(target.origin)) return;
    this.redirects.note(request, url, target);
    this.targets.set(request, keyOf(target));
  }

  /**
   * Undici's own redirect handler goes on in this moment, in the context in which the connection was opened: it may be
   * that of another task.
   */
  private ended(request: unknown): void {
    if (!isRecord(request)) return;
    const key = this.targets.get(request);
    if (key === undefined) return;
    this.following = { key, ctx: this.contexts.get(request) };
    queueMicrotask(() => {
      this.following = undefined;
    });
  }
}

/** Adds the trace context to a request that has none, and sees to it that it has one only: two would be invalid. */
function addTrace(outgoing: OutgoingRequest, ctx: Context): void {
  const headers: Record<string, string> = {};
  const isTraced = outgoing.values('traceparent').length > 0;
  if (!isTraced) propagation.inject(ctx, headers);
  for (const name of TRACE_HEADERS) {
    const added = headers[name];
    if (isTraced) keepLast(outgoing, name);
    else if (added !== undefined) outgoing.setHeader(name, added);
  }
}

/** Empty if the identity was all that there was. */
function withoutOwnMember(baggage: unknown): unknown {
  if (typeof baggage !== 'string') return baggage;
  const { own, others } = splitBaggage(baggage);
  return own.length === 0 ? baggage : joinBaggage(others, undefined);
}

/** Takes away what `inject` wrote, of a request that was redirected elsewhere. */
function dropInjectedTrace(outgoing: OutgoingRequest): void {
  for (const name of TRACE_HEADERS) {
    if (outgoing.values(name).length === 1) outgoing.setHeader(name, '');
    else keepLast(outgoing, name);
  }
}

/** The header of an instrumentation of the client is behind the one that the app injected. */
function keepLast(outgoing: OutgoingRequest, name: (typeof TRACE_HEADERS)[number]): void {
  const values = outgoing.values(name);
  const last = values.at(-1);
  if (values.length > 1 && typeof last === 'string') outgoing.setHeader(name, last);
}

/** The client of the app would fail with an error of a subscriber. */
function safely(work: (message: Record<string, unknown>) => void): Subscriber {
  return (message) => {
    if (isRecord(message)) currentRuntime().guard(() => work(message));
  };
}

/** Undici has a flat list of bytes: name, value, name, value. Node has an object. */
function locationIn(headers: unknown): string | undefined {
  if (!Array.isArray(headers))
    return isRecord(headers) && typeof headers.location === 'string' ? headers.location : undefined;
  const at = headers.findIndex((name, index) => index % 2 === 0 && String(name).toLowerCase() === 'location');
  return at < 0 ? undefined : String(headers[at + 1]);
}
