/** One budget of this process in the store: what is known of it, and what has to be posted to it. */
import { createHash } from 'node:crypto';
import type { Posting } from '../../ledger/account.js';
import type { Budget } from '../../ledger/budget.js';
import type { OnStoreDown } from '../../ledger/budget-options.js';
import type { Hold } from '../../ledger/hold.js';
import { type CountedMeasure, Use, useOfAccount, useOfPosting } from '../../ledger/measures.js';
import type { BudgetWindow } from '../../ledger/period.js';
import type { SharedUse } from '../../ledger/shared-use.js';
import type { Units } from '../../ledger/units.js';
import { notifyBudgetCrossed } from '../../runtime/listeners.js';
import { INTERNAL_ERROR, warnOnce } from '../../warnings.js';
import type { SharedStore, StoreBudget, StorePeriod, StorePeriodState } from '../store/store.js';
import type { StoreClient } from '../store/store-client.js';
import { copyOf } from './amounts.js';
import { PeriodView } from './period-view.js';
import { PostQueue, type PostResult, type Seen } from './post-queue.js';
import type { Slices } from './slices.js';
import type { SharedPeriod } from './store-ask.js';
import type { Entry, HoldOwner, StoreHold } from './store-hold.js';
import { storePeriod } from './store-periods.js';

/** The longest name in a store. A longer one ends with its hash. */
const MAX_NAME_CHARS = 256;
const HASH_CHARS = 64;

/** Periods that are remembered: the total, the day, the month, and former ones in which calls are still in flight. */
const MAX_VIEWS = 12;

/** The part that all shared budgets of a process have in common. */
export interface Surroundings {
  readonly store: SharedStore;
  readonly client: StoreClient;
  readonly onStoreDown: OnStoreDown;
  readonly keepSessionsMillis: number;
  readonly isClosed: boolean;
  /** Unique in the store. */
  newId(): string;
  /** There is something to post. */
  notePost(budget: SharedBudget): void;
  noteRunning(hold: StoreHold, budget: SharedBudget): void;
  noteEnded(hold: StoreHold): void;
  noteDropped(budget: StoreBudget): void;
}

/** The use of accounts that was given to a store already, also to one that is closed by now. */
const posted = new WeakMap<object, Use>();

export class SharedBudget implements SharedUse, HoldOwner, PostResult {
  readonly name: StoreBudget;
  readonly posts: PostQueue;
  /** Called when room may have been released. */
  readonly waiters = new Set<() => void>();
  /** Undefined: each call is reserved in the store. */
  slices: Slices | undefined;
  private readonly views = new Map<string, PeriodView>();
  private life: number;

  constructor(
    readonly budget: Budget,
    private readonly around: Surroundings,
  ) {
    const { store, client } = around;
    this.name = storeName(budget);
    this.life = client.life;
    this.posts = new PostQueue(store, client, this.name, around.newId(), this);
    this.postAccount();
  }

  get isClosed(): boolean {
    return this.around.isClosed;
  }

  /** The treatment of calls while the store is down. */
  get policy(): OnStoreDown {
    return this.budget.terms.shared?.onStoreDown ?? this.around.onStoreDown;
  }

  get isOpenToAll(): boolean {
    return this.policy === 'allow' && this.around.client.down !== undefined;
  }

  /** True while this process's own use decides. */
  private get isAlone(): boolean {
    return this.policy === 'local' && this.around.client.down !== undefined;
  }

  /** Sessions have no end of their own. The total of a customer, for example, is kept for good. */
  private get keepTotalMillis(): number | undefined {
    return this.budget.scope.kind === 'session' ? this.around.keepSessionsMillis : undefined;
  }

  /** The periods of its limits, by the clock of the store. */
  periods(nowMillis = this.around.client.nowMillis()): readonly SharedPeriod[] {
    const { limits, terms } = this.budget;
    const windows = new Set(
      limits.flatMap(({ measure, window }) => (measure === 'wallMillis' ? [] : [window])),
    );
    return [...windows].map((window) => ({
      window,
      ...storePeriod(this.keepTotalMillis, window, terms.calendar, nowMillis),
    }));
  }

  spent(measure: CountedMeasure, window: BudgetWindow): Units {
    return this.isAlone ? 0 : (this.view(window)?.spent(measure) ?? 0);
  }

  others(measure: CountedMeasure, window: BudgetWindow): Units {
    return this.isAlone ? 0 : (this.view(window)?.others(measure) ?? 0);
  }

  held(measure: CountedMeasure, window: BudgetWindow): Units {
    return this.isAlone ? 0 : (this.view(window)?.held(measure) ?? 0);
  }

  private view(window: BudgetWindow): PeriodView | undefined {
    this.forgetFormerLife();
    const { calendar } = this.budget.terms;
    const { name } = storePeriod(this.keepTotalMillis, window, calendar, this.around.client.nowMillis());
    return this.views.get(name);
  }

  billed(posting: Posting, hold: Pick<Hold, 'shared'> | undefined): void {
    const use = useOfPosting(posting);
    posted.get(this.budget.account)?.add(use);
    this.postSteps();
    if (hold?.shared !== undefined) hold.shared.bill(use);
    else this.post(this.periods(), use);
  }

  /** Posts a cost without a hold. */
  post(periods: readonly StorePeriod[], use?: Use): void {
    if (periods.length === 0) return;
    this.posts.addSum(periods, use);
    this.around.notePost(this);
  }

  /** Reads the state of the current periods, in the background. */
  refresh(): void {
    this.post(this.periods());
  }

  /** Posts what the account has that no store was given: the cost before the budget was set, or shared. */
  private postAccount(): void {
    const { account } = this.budget;
    const use = useOfAccount(account);
    const before = posted.get(account);
    posted.set(account, copyOf(use));
    if (before !== undefined) use.subtract(before);
    if (!use.isZero) this.post(this.periods(), use);
  }

  /** Turns of the agent loop are counted in the account, without a bill. */
  private postSteps(): void {
    const { account } = this.budget;
    const before = posted.get(account);
    if (before === undefined || account.steps === before.steps) return;
    const use = new Use();
    use.steps = account.steps - before.steps;
    before.steps = account.steps;
    this.post(this.periods(), use);
  }

  newId(): string {
    return this.around.newId();
  }

  noteChanged(hold: StoreHold): void {
    this.posts.addHold(hold);
    this.around.notePost(this);
  }

  noteRunning(hold: StoreHold): void {
    for (const { name } of hold.periods) this.viewOf(name).heldHere.add(hold.amounts);
    this.around.noteRunning(hold, this);
  }

  noteEnded(hold: StoreHold): void {
    this.around.noteEnded(hold);
  }

  confirmed(entries: readonly Entry[]): void {
    this.forgetFormerLife();
    for (const { settlement, settled, kept, unkept, unheld } of entries) {
      for (const { name } of settlement.periods) {
        const { settledHere, heldHere } = this.viewOf(name);
        if (settled !== undefined) settledHere.add(settled);
        if (kept !== undefined) settledHere.add(kept);
        if (unkept !== undefined) settledHere.subtract(unkept);
        if (unheld !== undefined) heldHere.subtract(unheld);
      }
    }
    // A request that was refused is cancelled, which makes no room.
    if (entries.some(({ unheld, unkept }) => unheld !== undefined || unkept !== undefined))
      this.wakeWaiters();
  }

  /** Calls that wait for room ask again. */
  wakeWaiters(): void {
    for (const wake of [...this.waiters]) wake();
  }

  /** Settlements will not be in the totals of the store. */
  noteDropped(): void {
    this.around.noteDropped(this.name);
  }

  /** The versions that are known now, to compare with those of an answer to a request that is sent now. */
  seen(): Seen {
    this.forgetFormerLife();
    for (const [name, { isStale }] of this.views) if (isStale) this.views.delete(name);
    const versions = new Map([...this.views].map(([name, { version }]) => [name, version]));
    return { life: this.life, versions };
  }

  /** Takes the states of an answer. Thresholds may be passed by what other processes have spent. */
  observe(periods: readonly StorePeriod[], states: readonly StorePeriodState[], seen: Seen): void {
    const { client } = this.around;
    this.forgetFormerLife();
    const known = seen.life === this.life ? seen.versions : undefined;
    periods.forEach(({ name }, at) => {
      const state = states[at];
      if (state === undefined) return;
      const outcome = this.viewOf(name).take(state, known?.get(name) ?? 0);
      if (outcome === 'lost') client.noteDataLost({ cause: 'version', budget: this.name });
    });
    this.budget.clockOffsetMillis = client.offsetMillis;
    try {
      if (this.budget.review()?.crossed) notifyBudgetCrossed(this.budget, undefined);
    } catch (error) {
      warnOnce(INTERNAL_ERROR, error);
    }
  }

  private viewOf(name: string): PeriodView {
    let view = this.views.get(name);
    if (view !== undefined) return view;
    view = new PeriodView();
    this.views.set(name, view);
    const [oldest] = this.views.keys();
    if (this.views.size > MAX_VIEWS && oldest !== undefined) this.views.delete(oldest);
    return view;
  }

  /** Figures from a former generation of the store say nothing about the current one. */
  private forgetFormerLife(): void {
    const { life } = this.around.client;
    if (life === this.life) return;
    this.life = life;
    this.views.clear();
    // The store has lost them.
    this.slices?.end();
  }
}

function storeName({ scope: { kind, name } }: Budget): StoreBudget {
  if (name.length <= MAX_NAME_CHARS) return { kind, name };
  const hash = createHash('sha256').update(name).digest('hex');
  return { kind, name: name.slice(0, MAX_NAME_CHARS - HASH_CHARS) + hash };
}
