/** Spans by their ids, so that one that comes twice counts once, and the dollars of the ledger by process. */
import { decodeJsonMetrics } from '../../../test/support/otlp-metrics.js';
import { type DecodedSpan, decodeSpans } from '../../../test/support/otlp-spans.js';
import { sumUsd } from './agent-figures.js';

/** One OTLP request in JSON. */
export interface TalliedRequest {
  /** The path asked for, like `/v1/traces`. */
  path: string;
  body: Uint8Array;
}

export class SpanTally {
  /** All spans that came, those that came again too. */
  arrivals = 0;
  readonly #ownUsd = new Map<string, { service: string; usd: number }>();
  readonly #ledgerUsd = new Map<string, number>();

  add({ path, body }: TalliedRequest): void {
    if (path.endsWith('/v1/traces')) for (const span of decodeSpans(body, 'json')) this.#addSpan(span);
    if (path.endsWith('/v1/metrics')) this.#addMetrics(body);
  }

  /** Different spans. */
  get spans(): number {
    return this.#ownUsd.size;
  }

  /** Different spans of one service. */
  spansOf(service: string): number {
    return [...this.#ownUsd.values()].filter((span) => span.service === service).length;
  }

  /** The sum of `cost_usd` over different spans of one service. */
  ownUsdOf(service: string): number {
    const own = [...this.#ownUsd.values()].filter((span) => span.service === service);
    return sumUsd(own.map(({ usd }) => usd));
  }

  /** `cost.usd` of one service as it was last stated. */
  ledgerUsdOf(service: string): number {
    return this.#ledgerUsd.get(service) ?? 0;
  }

  /** The part of this that another tally has not. */
  missingIn(other: SpanTally): string[] {
    return [...this.#ownUsd.keys()].filter((spanId) => !other.#ownUsd.has(spanId));
  }

  /** The sum of `cost_usd` over the spans that another tally has. */
  ownUsdWithin(other: SpanTally): number {
    const within = [...this.#ownUsd].filter(([spanId]) => other.#ownUsd.has(spanId));
    return sumUsd(within.map(([, { usd }]) => usd));
  }

  #addSpan({ spanId, attributes, resource }: DecodedSpan): void {
    this.arrivals += 1;
    this.#ownUsd.set(spanId, {
      service: String(resource['service.name']),
      usd: Number(attributes.cost_usd ?? 0),
    });
  }

  #addMetrics(body: Uint8Array): void {
    const byService = new Map<string, number[]>();
    for (const { metric, value, resource } of decodeJsonMetrics(body)) {
      if (metric !== 'cost.usd') continue;
      const service = String(resource['service.name']);
      byService.set(service, [...(byService.get(service) ?? []), value]);
    }
    for (const [service, values] of byService) {
      // Running totals: the largest is the latest, also when an earlier request comes again.
      this.#ledgerUsd.set(service, Math.max(this.ledgerUsdOf(service), sumUsd(values)));
    }
  }
}
