/** The request for room of one call in one budget, and the refusal that an answer means. */
import type { Budget } from '../../ledger/budget.js';
import type { Hold } from '../../ledger/hold.js';
import type { Limit } from '../../ledger/limit.js';
import { fromUnits, type Needs, type Use } from '../../ledger/measures.js';
import type { BudgetWindow } from '../../ledger/period.js';
import { Refusal, type Reservation } from '../../ledger/reservation.js';
import type { Request } from '../../ledger/room.js';
import type { Units } from '../../ledger/units.js';
import type { StoreAnswer, StoreAsk, StoreBudget, StoreLimit, StorePeriod } from '../store/store.js';
import { amountsOf, copyOf } from './amounts.js';

/** The most ids of reservations around a call. Those further out may then block it, as other calls do. */
const MAX_AROUND = 32;

export interface SharedPeriod extends StorePeriod {
  readonly window: BudgetWindow;
}

/** The amounts of a call that no enclosing call has reserved. */
export interface OpenNeeds {
  readonly use: Use;
  readonly firm: Use;
}

export function openNeeds(budget: Budget, { needs }: Hold, { isCovered, around }: Request): OpenNeeds {
  const covering = isCovered ? around?.coveringIn(budget) : undefined;
  if (covering === undefined) return needs;
  const [use, firm] = [copyOf(needs.use), copyOf(needs.firm)];
  use.subtractDownToZero(covering);
  firm.subtractDownToZero(covering);
  return { use, firm };
}

/** The ids of the reservations around a call, in this process and in that of its caller. */
function idsAround({ around, outerReservations = [] }: Request): readonly string[] {
  return [...new Set([...openStoreIds(around), ...outerReservations])].slice(0, MAX_AROUND);
}

/** The ids in the store of a reservation and those around it, from the nearest one outwards. */
export function openStoreIds(reservation: Reservation | undefined): readonly string[] {
  const ids: string[] = [];
  for (let at = reservation; at !== undefined; at = at.outer) if (at.isOpen) ids.push(...at.storeIds);
  return ids;
}

export interface AskInput {
  readonly name: StoreBudget;
  readonly id: string;
  readonly leaseMillis: number;
  readonly periods: readonly SharedPeriod[];
  readonly isForced: boolean;
}

export function askOf(
  budget: Budget,
  { needs }: Hold,
  { use, firm }: OpenNeeds,
  request: Request,
  { name, id, leaseMillis, periods, isForced }: AskInput,
  /** The slices of this process. They may be given back only after the call has ended. */
  ownSlices: readonly string[],
): StoreAsk {
  const isLlm = needs.kind === 'llm';
  return {
    budget: name,
    id,
    leaseMillis,
    periods: periods.map(({ window, name: period, keepMillis }) => ({
      name: period,
      keepMillis,
      limits: limitsIn(budget, needs, window).map((limit) => storeLimit(limit, use, firm)),
    })),
    amounts: amountsOf(use) ?? {},
    holds: { money: needs.isBillable, tokens: isLlm },
    alone: { money: needs.isBillable && !needs.knowsMoney, tokens: isLlm && !needs.knowsTokens },
    around: [...idsAround(request), ...ownSlices.slice(0, MAX_AROUND)],
    isForced,
  };
}

function limitsIn(budget: Budget, needs: Needs, wanted: BudgetWindow): readonly Limit[] {
  return budget.limits.filter(
    ({ measure, window }) => window === wanted && measure !== 'wallMillis' && needs.uses(measure),
  );
}

function storeLimit({ measure, most }: Limit, use: Use, firm: Use): StoreLimit {
  if (measure === 'wallMillis') throw new Error('a limit on time is not shared');
  return { measure, most: String(most), need: String(use.of(measure)), firm: String(firm.of(measure)) };
}

/** The refusal that an answer without room means. Undefined when it names no limit of the budget. */
export function refusalOf(
  budget: Budget,
  hold: Hold,
  { use, firm }: OpenNeeds,
  { periods }: Pick<AskInput, 'periods'>,
  { outcome, period, limit }: StoreAnswer,
): Refusal | undefined {
  const { needs } = hold;
  const window = periods[period ?? 0]?.window;
  const found = window === undefined ? undefined : limitsIn(budget, needs, window)[limit ?? 0];
  if (found === undefined || found.measure === 'wallMillis') return undefined;
  const { measure } = found;
  const need = needs.knows(measure) ? use.of(measure) : undefined;
  const refuse = (reason: string) => new Refusal(budget, found, false, false, need, reason);
  switch (outcome) {
    case 'reached':
      return refuse('the limit has been reached');
    case 'too_large':
      return refuse(`${describe(found, firm.of(measure))} does not fit`);
    case 'overflow':
      return refuse('the amount is beyond the range of the store');
    default: {
      const reason = `calls in flight in this or other processes, or costs not written yet, hold the room that ${describe(found, need)} needs`;
      return new Refusal(budget, found, true, !needs.isFirm(measure), need, reason);
    }
  }
}

function describe({ measure }: Limit, need: Units | undefined): string {
  return need === undefined ? 'a call without an estimate' : `an estimate of ${fromUnits(measure, need)}`;
}
