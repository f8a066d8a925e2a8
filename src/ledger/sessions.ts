import { Account } from './account.js';
import { Budget } from './budget.js';
import type { BudgetTerms } from './budget-options.js';
import { costPerAction } from './task-tally.js';

/** One session's book, by its id, over any number of tasks and traces of this process. */
export class Session {
  readonly account = new Account();
  /** Outermost tasks that ended. */
  tasks = 0;
  successfulTasks = 0;
  /** What the successful tasks delivered: the denominator of the cost per action. */
  actions = 0;
  /** Wrappers open in this session now; while there is one, the session is not evicted before idle ones. */
  openScopes = 0;
  /** What it may use; undefined: whatever it takes. */
  budget: Budget | undefined;

  constructor(readonly id: string) {}

  /** Sets what it may use from here on. What it has used counts. */
  limitTo(terms: BudgetTerms): void {
    if (this.budget === undefined) {
      this.budget = new Budget({ kind: 'session', name: this.id }, this.account, terms);
    } else {
      this.budget.change(terms);
    }
  }

  /** All cost by successful actions; absent when there was none, or too little of one for a number. */
  get costPerActionUsd(): number | undefined {
    return costPerAction(this.account.total(), this.actions);
  }
}

/**
 * Sessions kept, by default. A row is about 1.5 kB, so the table holds at most some 15 MB; 10,000 sessions seen
 * within one process's recent past is more than a busy server has open at once.
 */
export const DEFAULT_MAX_SESSIONS = 10_000;

/** Ids of evicted sessions remembered, so that a returning one is known to be incomplete: ids only, a few MB. */
const MAX_EVICTED_IDS = 50_000;

/** How many rows are looked at for an idle one before the oldest goes, open or not: keeps an eviction O(1). */
const EVICTION_LOOKS = 32;

/** The sessions of a process: least recently used goes first when the table is full. */
export class Sessions {
  /** Sessions that were dropped because the table was full. */
  evictions = 0;
  private readonly byId = new Map<string, Session>();
  private readonly evictedIds = new Set<string>();

  constructor(private readonly maxSessions: number = DEFAULT_MAX_SESSIONS) {}

  get size(): number {
    return this.byId.size;
  }

  /** The session of that id: the one that is kept, or a new one. */
  enter(id: string): Session {
    const known = this.byId.get(id);
    if (known !== undefined) {
      this.byId.delete(id);
      this.byId.set(id, known);
      return known;
    }
    const session = new Session(id);
    session.account.partial = this.evictedIds.has(id);
    if (this.byId.size >= this.maxSessions) this.evictOne();
    this.byId.set(id, session);
    return session;
  }

  /** What the dearest session with a wrapper open in it has cost so far; 0 without one. O(sessions). */
  dearestOpenUsd(): number {
    let dearestUsd = 0;
    for (const { openScopes, account } of this.byId.values()) {
      if (openScopes > 0) dearestUsd = Math.max(dearestUsd, account.total().toUsd());
    }
    return dearestUsd;
  }

  private evictOne(): void {
    const id = this.oldestIdle();
    if (id === undefined) return;
    this.byId.delete(id);
    this.evictions += 1;
    this.evictedIds.delete(id);
    this.evictedIds.add(id);
    if (this.evictedIds.size > MAX_EVICTED_IDS) {
      for (const oldest of this.evictedIds) {
        this.evictedIds.delete(oldest);
        break;
      }
    }
  }

  private oldestIdle(): string | undefined {
    let oldest: string | undefined;
    let looks = 0;
    for (const [id, session] of this.byId) {
      oldest ??= id;
      if (session.openScopes === 0) return id;
      looks += 1;
      if (looks === EVICTION_LOOKS) break;
    }
    return oldest;
  }
}
