/** The parts of `otel-agent-cost/offline` that the store uses. */
import { costHintsOf, type explainCost, type OfflineOptions, priceSpans } from 'otel-agent-cost/offline';
import { explainSpan } from '../export/span-explanation.js';
import type { Explain } from '../questions/arithmetic.js';
import type { HintsOf } from '../questions/hints.js';
import type { PriceSpans } from './price-spans.js';

/** Options of `priceSpans`, `explainCost` and `costHintsOf`. */
export type PricingChoices = OfflineOptions & NonNullable<Parameters<typeof explainCost>[1]>;

export interface Library {
  price: PriceSpans;
  explain: Explain;
  hintsOf: HintsOf;
}

export function libraryWith(options: PricingChoices = {}): Library {
  // One object for all calls: what it is compiled to is kept with it.
  const { overrides, aliases, providerAliases, priceFactors } = options;
  const rates = { overrides, aliases, providerAliases, priceFactors };
  return {
    price: (spans) => priceSpans(spans, options),
    hintsOf: (spans) => costHintsOf(spans, options),
    explain: (attributes, timeMillis) => explainSpan(attributes, timeMillis, rates),
  };
}
