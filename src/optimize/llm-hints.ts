/** Hints on the models of LLM calls. */

import { usdFromPico } from '../money.js';
import { counted, type FoundHint, formatUsd, groupBy, sumPico } from './call-groups.js';
import type { CallRecord } from './call-record.js';
import { smallerModels } from './cheaper-models.js';
import { exactPriceOn, type Prices, pricedCalls, savingOf, sumOrUnknown } from './priced-calls.js';

/** The savings if each model's calls had used the nearest cheaper, smaller model of its family. */
export function cheaperModelHints(calls: readonly CallRecord[], prices: Prices): FoundHint[] {
  const hints: FoundHint[] = [];
  for (const [, group] of groupBy(pricedCalls(calls), ({ provider, name }) => `${provider} ${name}`)) {
    const name = group[0]?.name ?? '';
    for (const smaller of smallerModels(name)) {
      const savings = group.map((call) => savingOf(prices, call, exactPriceOn(prices, call, smaller)));
      const savedPico = sumOrUnknown(savings) ?? 0;
      if (savedPico <= 0) continue;
      const [before, after] = [sumPico(group), sumPico(group) - savedPico].map(usdFromPico).map(formatUsd);
      hints.push({
        kind: 'cheaper_model',
        subject: name,
        amountUsd: usdFromPico(savedPico),
        amountIs: 'saving',
        count: group.length,
        of: group,
        message: `${counted(group.length, 'call')} of ${name} cost ${before}; on ${smaller} the same tokens cost ${after}. Look at the cost per successful task before you switch.`,
      });
      break;
    }
  }
  return hints;
}
