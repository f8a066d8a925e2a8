/** Budgets that processes share: the part that every process has. All else is in `src/shared`. */
import type { Posting } from '../ledger/account.js';
import type { Budget } from '../ledger/budget.js';
import { Refusal, type Reservation } from '../ledger/reservation.js';
import type { Request } from '../ledger/room.js';
import { currentSharing } from '../runtime/sharing.js';
import { INTERNAL_ERROR, warnOnce } from '../warnings.js';

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
  try {
    const sharing = currentSharing()?.budgets;
    const isConnected = request.budgets.some(({ sharedUse }) => sharedUse !== undefined);
    if (sharing !== undefined && isConnected) return sharing.admit(request, outcome);
    return outcome instanceof Refusal ? outcome : withoutStore(request, outcome);
  } catch (error) {
    // An error in this package must not stop the app's work.
    warnOnce(INTERNAL_ERROR, error);
    return outcome;
  }
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
