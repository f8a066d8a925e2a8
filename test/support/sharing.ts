/** Processes that share budgets on one store, with faults in between. */
import { Account } from '../../src/ledger/account.js';
import { Budget } from '../../src/ledger/budget.js';
import type { BudgetScope } from '../../src/ledger/budget-figures.js';
import type { BudgetOptions } from '../../src/ledger/budget-options.js';
import { ALL_MEASURES, readTerms } from '../../src/ledger/budget-terms.js';
import type { Demand } from '../../src/ledger/measures.js';
import { Refusal, Reservation } from '../../src/ledger/reservation.js';
import { type Request, reserve } from '../../src/ledger/room.js';
import { reserveOrWait } from '../../src/ledger/waiting.js';
import { picoFromUsd } from '../../src/money.js';
import { SharedBudgets } from '../../src/shared/budgets/shared-budgets.js';
import type { SharedBudgetsOptions } from '../../src/shared/budgets/shared-budgets-options.js';
import type { SharedStore, StoreAnswer, StoreAsk } from '../../src/shared/store/store.js';
import { demandOf, postingOf } from './budgets/simulation.js';

/** A tool call with a certain estimate. */
export function firm(usd: number): Demand {
  return demandOf(picoFromUsd(usd));
}

export function learned(usd: number): Demand {
  return { ...firm(usd), firmPico: undefined };
}

/** One process: its own budgets, and its own connection to the store. */
export class SimulatedProcess {
  readonly sharing: SharedBudgets;
  private readonly budgets = new Map<string, Budget>();

  constructor(store: SharedStore, options: SharedBudgetsOptions = {}) {
    this.sharing = new SharedBudgets(store, options);
  }

  budget(scope: BudgetScope, options: BudgetOptions): Budget {
    const key = `${scope.kind} ${scope.name}`;
    const known = this.budgets.get(key);
    if (known !== undefined) return known;
    const terms = readTerms('budget', { shared: true, ...options }, ALL_MEASURES, true);
    const budget = new Budget(scope, new Account(), terms);
    this.budgets.set(key, budget);
    this.sharing.connect(budget);
    return budget;
  }

  /** Asks for room as a wrapper does. */
  async admit(
    budgets: readonly Budget[],
    demand: Demand,
    more: Partial<Request> = {},
  ): Promise<Reservation | Refusal> {
    const request: Request = { budgets, demand: () => demand, canWait: true, asksStore: true, ...more };
    const outcome = await (request.canWait ? reserveOrWait(request) : reserve(request));
    return this.sharing.admit(request, outcome);
  }

  /** Posts the bill of a call, and ends it. */
  end(reservation: Reservation, usd: number): void {
    this.post(reservation.budgets, usd, reservation);
    reservation.release();
  }

  post(budgets: readonly Budget[], usd: number, reservation?: Reservation): void {
    const posting = postingOf(picoFromUsd(usd));
    for (const budget of budgets) budget.account.add(posting, 0);
    for (const budget of budgets) {
      budget.bookWhereReserved(posting, reservation?.holdIn(budget));
      budget.sharedUse?.billed(posting, reservation?.holdIn(budget));
      budget.review(reservation?.ownHoldIn(budget));
    }
  }
}

export function admitted(outcome: Reservation | Refusal): Reservation {
  if (outcome instanceof Reservation) return outcome;
  throw outcome.error();
}

export function refused(outcome: Reservation | Refusal): Refusal {
  if (outcome instanceof Refusal) return outcome;
  throw new Error('the call was admitted');
}

export type Method = keyof SharedStore;

/** The fate of one request on its way. */
export type Fault = 'none' | 'lost' | 'answer lost' | 'rejected' | 'twice' | 'late';

/** A store behind a network that loses, repeats and delays. `faultOf` is asked for each request. */
export function faultyStore(
  store: SharedStore,
  faultOf: (method: Method) => Fault,
  lateMillis = 50,
): SharedStore {
  const through = async <T>(method: Method, request: () => Promise<T>): Promise<T> => {
    const fault = faultOf(method);
    if (fault === 'lost') return new Promise<T>(() => {});
    if (fault === 'rejected') throw new Error('the connection was reset');
    if (fault === 'late') await sleep(lateMillis);
    const answer = await request();
    if (fault === 'twice') await request();
    if (fault === 'answer lost') return new Promise<T>(() => {});
    return answer;
  };
  return {
    open: () => through('open', () => store.open()),
    write: (rows) => through('write', () => store.write(rows)),
    read: (keys) => through('read', () => store.read(keys)),
    reserve: (ask) => through('reserve', () => store.reserve(ask)),
    settle: (batch) => through('settle', () => store.settle(batch)),
    renew: (leases) => through('renew', () => store.renew(leases)),
  };
}

export function sleep(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

/** The use of a budget in the store, in whole units. */
export async function stateOf(store: SharedStore, kind: string, name: string, period = 'total') {
  const answer = await store.settle({
    budget: { kind, name },
    writer: `reader-${Math.random().toString(36).slice(2)}`,
    version: 1,
    settlements: [{ periods: [{ name: period, keepMillis: undefined }] }],
  });
  const [state] = answer.states;
  if (state === undefined) throw new Error('no state');
  return state;
}

/** Records every request for room. */
export function recordAsks(store: SharedStore): {
  store: SharedStore;
  asks: StoreAsk[];
  answers: StoreAnswer[];
} {
  const asks: StoreAsk[] = [];
  const answers: StoreAnswer[] = [];
  const reserveAndRecord = async (ask: StoreAsk) => {
    asks.push(ask);
    const answer = await store.reserve(ask);
    answers.push(answer);
    return answer;
  };
  const recorded: SharedStore = {
    open: () => store.open(),
    write: (rows) => store.write(rows),
    read: (keys) => store.read(keys),
    reserve: reserveAndRecord,
    settle: (batch) => store.settle(batch),
    renew: (leases) => store.renew(leases),
  };
  return { store: recorded, asks, answers };
}
