import { Account } from './account.js';
import { Budget } from './budget.js';
import type { BudgetMemory } from './budget-periods.js';
import type { BudgetTerms } from './budget-terms.js';
import { dropIdle } from './idle-rows.js';
import { costPerAction } from './task-tally.js';

/** Outermost tasks of a session that have ended, those that succeeded, and the actions that these delivered. */
export interface TaskCounts {
  readonly tasks: number;
  readonly successfulTasks: number;
  readonly actions: number;
}

const NO_TASKS: TaskCounts = { tasks: 0, successfulTasks: 0, actions: 0 };

/** One session's account, by its id, across any number of tasks and traces of this process. */
export class Session {
  readonly account = new Account();
  /** Outermost tasks that ended. */
  tasks = 0;
  successfulTasks = 0;
  /** Actions delivered by the successful tasks: the denominator of the cost per action. */
  actions = 0;
  /** The tasks of other processes in this session, as last read from the shared store. */
  remote: TaskCounts = NO_TASKS;
  /** Wrappers currently open in this session. While there are any, idle sessions are evicted first. */
  openScopes = 0;
  /** Its budget. Undefined means no limit. */
  budget: Budget | undefined;

  constructor(
    readonly id: string,
    /** The use of its budget before it was evicted. */
    private memory?: BudgetMemory,
  ) {}

  /** True while a wrapper or a call is open in it. */
  get isInUse(): boolean {
    return this.openScopes > 0 || this.budget?.isInUse === true;
  }

  /** Sets the budget from now on. Earlier spending counts. */
  limitTo(terms: BudgetTerms): void {
    if (this.budget === undefined) {
      const scope = { kind: 'session', name: this.id };
      this.budget = new Budget(scope, this.account, terms, undefined, this.memory);
      this.memory = undefined;
    } else {
      this.budget.change(terms);
    }
  }

  /** Remembered when the session is evicted. */
  memoryOfBudget(): BudgetMemory | undefined {
    this.budget?.close();
    return this.budget === undefined ? this.memory : this.budget.memory();
  }

  /** Its tasks, here and in other processes. */
  get shownTasks(): TaskCounts {
    const { remote } = this;
    return {
      tasks: this.tasks + remote.tasks,
      successfulTasks: this.successfulTasks + remote.successfulTasks,
      actions: this.actions + remote.actions,
    };
  }

  /**
   * All cost divided by successful actions. Undefined when there were none, or when the result is not a finite
   * number.
   */
  get costPerActionUsd(): number | undefined {
    return costPerAction(this.account.shown.total(), this.shownTasks.actions);
  }
}

/**
 * The default for the most sessions kept. A row with a few models and tools takes about 2 kB, so the table takes about 20 MB.
 * 10,000 recent sessions are more than a busy server has open at once.
 */
export const DEFAULT_MAX_SESSIONS = 10_000;

/**
 * Ids of evicted sessions that are remembered, so that a returning session is known to be incomplete, with the use of
 * its budget if it has one. A few MB; about 10 MB if all have a budget.
 */
const MAX_EVICTED_IDS = 50_000;

/** The sessions of a process. When the table is full, the least recently used idle one is evicted first. */
export class Sessions {
  /** Sessions that were evicted because the table was full. */
  evictions = 0;
  /** Evicted sessions with a budget whose use is no longer remembered. */
  forgottenBudgets = 0;
  private readonly byId = new Map<string, Session>();
  private readonly evictedIds = new Set<string>();
  /** Those of them that had a budget. */
  private readonly evictedBudgets = new Map<string, BudgetMemory>();

  constructor(private readonly maxSessions: number = DEFAULT_MAX_SESSIONS) {}

  get size(): number {
    return this.byId.size;
  }

  /** The session with that id: the existing one, or a new one. */
  enter(id: string): Session {
    const known = this.byId.get(id);
    if (known !== undefined) {
      this.byId.delete(id);
      this.byId.set(id, known);
      return known;
    }
    const session = new Session(id, this.evictedBudgets.get(id));
    session.account.partial = this.evictedIds.has(id);
    if (this.byId.size >= this.maxSessions)
      dropIdle(this.byId, this.maxSessions, (...row) => this.evict(...row));
    this.byId.set(id, session);
    return session;
  }

  all(): Iterable<Session> {
    return this.byId.values();
  }

  /** The highest cost so far, in USD, of a session in which a wrapper is open. 0 if there is none. O(sessions). */
  maxOpenUsd(): number {
    let maxUsd = 0;
    for (const { openScopes, account } of this.byId.values()) {
      if (openScopes > 0) maxUsd = Math.max(maxUsd, account.total().toUsd());
    }
    return maxUsd;
  }

  private evict(id: string, session: Session): void {
    this.evictions += 1;
    this.evictedIds.delete(id);
    this.evictedIds.add(id);
    const memory = session.memoryOfBudget();
    if (memory === undefined) this.evictedBudgets.delete(id);
    else this.evictedBudgets.set(id, memory);
    if (this.evictedIds.size <= MAX_EVICTED_IDS) return;
    const [oldest] = this.evictedIds.keys();
    if (oldest === undefined) return;
    this.evictedIds.delete(oldest);
    if (this.evictedBudgets.delete(oldest)) this.forgottenBudgets += 1;
  }
}
