/** Adds the identity to requests of `fetch`, undici and `node:http`, without a call of the app. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createContextKey } from '@opentelemetry/api';
import { activeContext } from '../otel.js';
import { currentRuntime } from '../runtime/current-runtime.js';
import { isRecord } from '../validate.js';
import { joinBaggage, splitBaggage } from './baggage-member.js';
import type { Destinations } from './destinations.js';
import type { OutgoingIdentity } from './outgoing-identity.js';
import { Redirects } from './redirects.js';
import { nodeRequest, type OutgoingRequest, undiciRequest } from './request-headers.js';

/**
 * Node publishes these. `http.client.request.created` is there from Node 22.12 on: on older ones, requests of `node:http`
 * only have what `inject` adds.
 */
const UNDICI_REQUEST = 'undici:request:create';
const UNDICI_RESPONSE = 'undici:request:headers';
const NODE_REQUEST = 'http.client.request.created';
const NODE_RESPONSE = 'http.client.response.finish';

/** The SDK's own key. Exporters run in the context of the work whose spans they send. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

type Subscriber = (message: unknown) => void;

export class OutgoingRequests {
  private readonly redirects = new Redirects();
  private readonly subscribers: readonly (readonly [channel: string, subscriber: Subscriber])[];
  private readonly isListed = (origin: string): boolean => this.sendTo.hasOrigin(origin);

  constructor(
    private readonly identity: OutgoingIdentity,
    private readonly sendTo: Destinations,
  ) {
    this.subscribers = [
      [UNDICI_REQUEST, safely(({ request }) => this.created(undiciRequest(request)))],
      [UNDICI_RESPONSE, safely((message) => this.answered(undiciRequest(message.request), message.response))],
      [NODE_REQUEST, safely(({ request }) => this.created(nodeRequest(request)))],
      [NODE_RESPONSE, safely((message) => this.answered(nodeRequest(message.request), message.response))],
    ];
  }

  start(): void {
    for (const [channel, subscriber] of this.subscribers) subscribe(channel, subscriber);
  }

  stop(): void {
    for (const [channel, subscriber] of this.subscribers) unsubscribe(channel, subscriber);
  }

  /**
   * The identity goes to listed origins only. Where it was injected by the app, and the client follows a redirect with all
   * headers, it is taken away.
   */
  private created(outgoing: OutgoingRequest | undefined): void {
    if (outgoing === undefined) return;
    const { request, url } = outgoing;
    const { own, others } = splitBaggage(outgoing.baggage());
    const isAllowed = this.isListed(url.origin) && !this.redirects.isFollowed(request, url);
    const [first] = own;
    if (isAllowed && own.length === 1 && first !== undefined && this.identity.isOwn(first)) return;
    const ctx = activeContext();
    const isExport = ctx.getValue(SUPPRESS_TRACING) === true;
    const value = isAllowed && !isExport ? this.identity.valueFor(ctx, others) : undefined;
    if (value !== undefined || own.length > 0) outgoing.setBaggage(joinBaggage(others, value));
  }

  private answered(outgoing: OutgoingRequest | undefined, response: unknown): void {
    if (outgoing === undefined || !isRecord(response)) return;
    const { statusCode = response.status, headers } = response;
    const location = () => locationIn(headers);
    this.redirects.noteResponse(outgoing.request, outgoing.url, statusCode, location, this.isListed);
  }
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
