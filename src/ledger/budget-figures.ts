/** The figures of one limit, for errors and events. */
import type { BudgetExcess } from '../errors.js';
import type { Budget } from './budget.js';
import type { Hold } from './hold.js';
import type { Limit } from './limit.js';
import { type CountedMeasure, fromUnits } from './measures.js';
import type { Period } from './period.js';
import { minus, plus, type Units } from './units.js';

/** `own`: the hold of a call that has just been billed, which is now spent and no longer reserved. */
export function figuresOf(budget: Budget, limit: Limit, own?: Hold): Omit<BudgetExcess, 'estimate'> {
  const { measure, window, most } = limit;
  const { scope } = budget;
  const spent = budget.spent(limit);
  const reserved = measure === 'wallMillis' ? 0 : reservedIn(budget, limit, measure, minus(most, spent), own);
  return {
    scope: scope.kind,
    scopeName: scope.name,
    measure,
    ...(window !== 'total' && { window }),
    limit: fromUnits(measure, most),
    spent: fromUnits(measure, spent),
    reserved: fromUnits(measure, reserved),
  };
}

/** The amount that calls in flight hold, except `own`. With a shared budget, also what other processes are known to hold. */
function reservedIn(
  budget: Budget,
  limit: Limit,
  measure: CountedMeasure,
  left: Units,
  own: Hold | undefined,
): Units {
  const period = budget.periodOf(limit);
  const isOwnAlone = own?.isOpen === true && own.isAloneIn(measure);
  if (period.alone.of(measure) > (isOwnAlone ? 1 : 0) && left > 0) return left;
  return plus(reservedHere(period, measure, own), budget.sharedUse?.held(measure, limit.window) ?? 0);
}

function reservedHere(period: Period, measure: CountedMeasure, own: Hold | undefined): Units {
  return minus(period.reserved.of(measure), own?.amountIn(measure) ?? 0);
}
