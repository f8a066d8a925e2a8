/** The figures of one limit, for errors and events. */
import type { BudgetExcess } from '../errors.js';
import type { Hold } from './hold.js';
import type { Limit } from './limit.js';
import { type CountedMeasure, fromUnits } from './measures.js';
import type { Period } from './period.js';
import type { SharedUse } from './shared-use.js';
import { minus, plus, type Units } from './units.js';

/** The scope that has the budget. */
export interface BudgetScope {
  kind: 'call' | 'agent' | 'task' | 'session' | (string & {});
  name: string;
}

/** `own`: the hold of a call that has just been billed, which is now spent and no longer reserved. */
export function figuresOf(
  scope: BudgetScope,
  { measure, window, most }: Limit,
  spent: Units,
  period: Period,
  own: Hold | undefined,
  sharedUse: SharedUse | undefined,
): Omit<BudgetExcess, 'estimate'> {
  let reserved: Units = 0;
  if (measure !== 'wallMillis') {
    const elsewhere = sharedUse?.held(measure, window) ?? 0;
    reserved = reservedIn(period, measure, minus(most, spent), own, elsewhere);
  }
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

/** The amount that calls in flight hold, except `own`. `elsewhere`: those of other processes, as far as they are known. */
function reservedIn(
  period: Period,
  measure: CountedMeasure,
  left: Units,
  own: Hold | undefined,
  elsewhere: Units,
): Units {
  const isOwnAlone = own?.isOpen === true && own.isAloneIn(measure);
  if (period.alone.of(measure) > (isOwnAlone ? 1 : 0) && left > 0) return left;
  return plus(minus(period.reserved.of(measure), own?.amountIn(measure) ?? 0), elsewhere);
}
