/** The amount that a budget books for a call whose cost stays unknown. */
import type { Budget } from './budget.js';
import type { Hold } from './hold.js';
import { isMoney, type Needs, Use } from './measures.js';
import { minus, type Units } from './units.js';

/** The effect on one budget of a call whose cost stays unknown. */
export interface Kept {
  readonly budget: Budget;
  /** Nothing could be booked for a limited measure. */
  readonly isBlind: boolean;
  /** The booked amount took the budget over a limit. */
  readonly crossed: boolean;
}

/**
 * Ends a hold whose call has no known cost: its reservation stays booked, less the posted part. A call without an
 * estimate has reserved no amount, so nothing is booked. The exception is a budget that refuses unknown prices: there,
 * a completely unknown call has used all that was left.
 */
export function keepUnknown(budget: Budget, hold: Hold, posted: Use | undefined): Kept {
  const { needs } = hold;
  const isPartlyKnown = posted !== undefined && posted.of('usd') > 0;
  const isStrict = budget.terms.unknownPrice === 'refuse' && !isPartlyKnown;
  hold.release();
  const use = new Use();
  use.add(needs.use);
  if (isStrict && !needs.knowsMoney)
    use[needs.kind === 'llm' ? 'llmPico' : 'toolPico'] = moneyLeft(budget, needs);
  if (posted !== undefined) use.subtractPosted(posted);
  const crossed = budget.keep(hold, use)?.crossed === true;
  const isBooked = budget.limits.every(({ measure }) => {
    if (measure === 'wallMillis' || !needs.uses(measure) || needs.knows(measure)) return true;
    return isMoney(measure) && (isStrict || isPartlyKnown);
  });
  return { budget, isBlind: !isBooked, crossed };
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
