/** The amount that a budget books for a call whose cost stays unknown. */
import type { Budget } from './budget.js';
import type { Hold } from './hold.js';
import { isMoney, type Needs, Use } from './measures.js';
import { minus, type Units } from './units.js';

/**
 * Ends a hold whose call has no known cost: its reservation stays booked, less what was posted of it. A call without an
 * estimate has reserved no amount, so nothing is booked, except in a budget that refuses unknown prices: there the call
 * has used all that was left. Returns false if nothing was booked for a limited measure.
 */
export function keepUnknown(budget: Budget, hold: Hold, posted: Use | undefined): boolean {
  const { needs } = hold;
  const isStrict = budget.terms.unknownPrice === 'refuse';
  hold.release();
  const use = new Use();
  use.add(needs.use);
  if (isStrict && !needs.knowsMoney)
    use[needs.kind === 'llm' ? 'llmPico' : 'toolPico'] = moneyLeft(budget, needs);
  if (posted !== undefined) use.subtractPosted(posted);
  budget.keep(hold, use);
  return budget.limits.every(({ measure }) => {
    if (measure === 'wallMillis' || !needs.uses(measure)) return true;
    return needs.knows(measure) || (isStrict && isMoney(measure));
  });
}

/** The money that a call may use up, in whole pico-dollars. */
function moneyLeft(budget: Budget, needs: Needs): Units {
  let least: Units | undefined;
  for (const limit of budget.limits) {
    const { measure } = limit;
    if (measure === 'wallMillis' || !isMoney(measure) || !needs.uses(measure)) continue;
    const left = minus(limit.most, budget.spent(limit));
    if (least === undefined || left < least) least = left;
  }
  return least !== undefined && least > 0 ? least : 0;
}
