/** Budgets that processes share: the part that every process has. All else is in `src/shared`. */
import type { Posting } from '../ledger/account.js';
import type { Budget } from '../ledger/budget.js';
import { Refusal, type Reservation } from '../ledger/reservation.js';
import type { Request } from '../ledger/room.js';
import { currentSharing } from '../runtime/sharing.js';

const NO_STORE =
  'the budget is shared, but this process has no store: call shareCosts of otel-agent-cost/shared';

/** Connects shared budgets with the store of the process, if it has one. True if one of them is shared. */
export function connectShared(budgets: readonly Budget[]): boolean {
  let isAnyShared = false;
  for (const budget of budgets) {
    if (budget.terms.shared === undefined) continue;
    isAnyShared = true;
    if (budget.sharedUse?.isClosed) budget.sharedUse = undefined;
    if (budget.sharedUse === undefined) currentSharing()?.budgets?.connect(budget);
  }
  return isAnyShared;
}

/** Posts a bill, which is in the accounts already, to the store. A budget that is connected now posts its whole account. */
export function postShared(
  budgets: readonly Budget[],
  posting: Posting,
  reservation: Reservation | undefined,
): void {
  for (const budget of budgets) {
    const { sharedUse } = budget;
    sharedUse?.billed(posting, reservation?.holdIn(budget));
  }
  connectShared(budgets);
}

/** Asks the store, after the decision of this process. */
export function askStore(
  request: Request,
  outcome: Reservation | Refusal,
): Reservation | Refusal | Promise<Reservation | Refusal> {
  const budgets = currentSharing()?.budgets;
  if (budgets !== undefined) return budgets.admit(request, outcome);
  return outcome instanceof Refusal ? outcome : withoutStore(request, outcome);
}

/** True in the modes that refuse calls. In others, the store only counts them. */
export function refusesCalls({ terms: { mode } }: Budget): boolean {
  return mode === 'refuse' || mode === 'abort';
}

function withoutStore({ budgets }: Request, reservation: Reservation): Reservation | Refusal {
  for (const budget of budgets) {
    const { shared } = budget.terms;
    if (shared === undefined || !refusesCalls(budget)) continue;
    const { onStoreDown = 'refuse' } = shared;
    reservation.onStoreDown = onStoreDown;
    if (onStoreDown !== 'refuse') continue;
    reservation.release();
    return Refusal.storeDown(budget, NO_STORE);
  }
  return reservation;
}
