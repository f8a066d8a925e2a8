import { isPostableUsd, picoFromUsd, usdFromPico } from '../money.js';
import type { Priced } from '../pricing/price-book.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Usage } from '../usage/usage.js';
import { mayHideCache } from './dropped-cache.js';

/** What is known of one LLM call when it is to be billed. */
export interface LlmFacts {
  usage: Usage | undefined;
  provider: string | undefined;
  /** The model that answered, else the one that was asked for. */
  model: string | undefined;
  requestModel: string | undefined;
  serviceTier: string | undefined;
  /** When the call started, ms since 1970: prices are dated. */
  timeMillis: number;
  /** The provider's id of the response, and who recorded it: several may record one call. */
  responseId: string | undefined;
  recorder: string;
  /** The provider refused the call before the model ran, so that it is known to be free. */
  rejected: boolean;
}

/** A price with what was repaired on the way. */
export interface PricedCall extends Priced {
  anomaly?: string | undefined;
  /** An ended ancestor was billed for all of it. */
  isPaid?: boolean;
}

/** Prices a call as it stands: what the provider reported, else counts by the price book. */
export function priceCall(runtime: Runtime, facts: LlmFacts, usage: Usage | undefined): PricedCall {
  if (usage === undefined) {
    return facts.rejected
      ? { pico: 0, source: 'reported', status: 'free' }
      : listPrice(runtime, facts, undefined);
  }
  const { reportedCostUsd, anomaly } = usage;
  const priced = listPrice(runtime, facts, usage);
  if (isPostableUsd(reportedCostUsd)) {
    const differs = anomaly ?? disagreement(reportedCostUsd, priced);
    const status = reportedCostUsd === 0 ? 'free' : undefined;
    const { contextWindowTokens } = priced;
    return {
      pico: picoFromUsd(reportedCostUsd),
      source: 'reported',
      status,
      anomaly: differs,
      contextWindowTokens,
    };
  }
  if (reportedCostUsd === undefined) {
    const isGuess = priced.status === undefined && mayHideCache(facts.recorder, usage.tokens);
    if (anomaly === undefined && !isGuess) return priced;
    return { ...priced, status: isGuess ? 'estimated' : priced.status, anomaly };
  }
  runtime.stats.refusedAmounts += 1;
  return { ...priced, anomaly: 'reported cost refused' };
}

function listPrice(runtime: Runtime, facts: LlmFacts, usage: Usage | undefined): Priced {
  return runtime.prices.price(usage === facts.usage ? facts : { ...facts, usage });
}

/**
 * How far a reported cost may be from the list price before it is flagged: gateways add some 5 % and round; a cost
 * taken from the wrong model's price is further off.
 */
const REPORTED_MARGIN = 0.1;

/** What is less than this, in USD, is rounding. */
const REPORTED_ROUNDING_USD = 1e-6;

function disagreement(reportedUsd: number, list: Priced): string | undefined {
  if (list.pico === undefined) return undefined;
  const listUsd = usdFromPico(list.pico);
  const difference = Math.abs(reportedUsd - listUsd);
  if (difference <= Math.max(REPORTED_ROUNDING_USD, listUsd * REPORTED_MARGIN)) return undefined;
  return `reported cost differs from list price ${listUsd} USD (${list.source})`;
}
