/** Surcharges on a list price, for the place or the router of a call. */

import type { RouterFee } from './corrections.js';
import type { DatedRate, DatedRates } from './dated.js';
import type { ListedModel } from './genai-prices.js';
import { type Rate, withInputFee, withTokens } from './rate.js';

/**
 * Anthropic adds 10 % to every token price, but not to the price of searches, for inference within the United States
 * (https://platform.claude.com/docs/en/about-claude/pricing, "Data residency pricing"), and so do regional and
 * multi-region endpoints of Google Cloud for the models from Sonnet 4.5 on (same page, "Third-party platform pricing").
 * The list's prices of Google are those of the global endpoint; for Bedrock, it lists both kinds of profile separately.
 */
const PLACE_FACTOR = 1.1;

const CLAUDE = /^claude-(?:sonnet|haiku|opus|fable|mythos)-(\d+)(?:[-.](\d)(?!\d))?/;
const FIRST_REGIONAL = 4.5;

/** The model at a price that is a tenth higher, for the place in which it ran. */
export function inPlace(listed: ListedModel): ListedModel {
  return { ...listed, rates: mapRates(listed.rates, (rate) => withTokens(rate, PLACE_FACTOR)) };
}

/** True for models of Google's list that cost more at a regional endpoint than at the global one. */
export function isDearerInRegion({ provider, model }: ListedModel): boolean {
  const [, major = '0', minor = '0'] = provider === 'google' ? (CLAUDE.exec(model) ?? []) : [];
  return Number(`${major}.${minor}`) >= FIRST_REGIONAL;
}

/** The rates with a router's fee on every input token, from the day on which it is charged. */
export function withRouterFee(rates: DatedRates, fee: RouterFee): DatedRates {
  const feeFrom = Date.parse(fee.from);
  const charged = ({ rate, ...when }: DatedRate): DatedRate => ({
    ...when,
    rate: withInputFee(rate, fee.inputUsdPerMtok),
    fromMillis: Math.max(feeFrom, when.fromMillis ?? feeFrom),
  });
  const [first, ...later] = rates;
  return [first, ...later, ...[first, ...later].map(charged)];
}

function mapRates([first, ...later]: DatedRates, change: (rate: Rate) => Rate): DatedRates {
  const changed = ({ rate, ...when }: DatedRate): DatedRate => ({ ...when, rate: change(rate) });
  return [changed(first), ...later.map(changed)];
}
