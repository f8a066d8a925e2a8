/** Calls whose cost stays unknown: their estimate is booked in the budgets. */
import { type Use, useOfPosting } from '../ledger/measures.js';
import type { Kept } from '../ledger/unknown-cost.js';
import { notifyBudgetBlind, notifyBudgetCrossed } from '../runtime/listeners.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Bill } from '../spans/bill.js';
import type { SpanRecord } from '../spans/span-record.js';

/**
 * Called when a task ends while a stream that its work returned has not been read to its end. It may never be, so it
 * stops holding room; its estimate stays booked until its cost is known.
 */
export function giveUpUnread(runtime: Runtime, record: SpanRecord): void {
  const { reservation } = record;
  // A call without a reservation of its own shows the one of the call around it.
  if (reservation === undefined || reservation === record.parent?.reservation) return;
  if (reservation.isOpen && reservation.isUnread) countUnknown(runtime, reservation.keep(), record);
}

/** Notifies of what is booked for a call of unknown cost, and counts the call if nothing could be. */
export function countUnknown(runtime: Runtime, kept: readonly Kept[], record?: SpanRecord): void {
  for (const { budget, crossed } of kept) if (crossed) notifyBudgetCrossed(budget, record);
  const blind = kept.filter(({ isBlind }) => isBlind);
  if (blind.length === 0) return;
  runtime.stats.budgetUnknownCalls += 1;
  for (const { budget } of blind) notifyBudgetBlind(budget, record);
}

/** The posted part of a call with an unknown price. Its tokens are known, so no reserved tokens stay booked. */
export function postedOf(bill: Bill, isCut: boolean): Use {
  const posted = useOfPosting(bill);
  if (bill.tokens !== undefined && !bill.isLowerBound && !isCut) posted.tokens = Number.MAX_SAFE_INTEGER;
  return posted;
}
