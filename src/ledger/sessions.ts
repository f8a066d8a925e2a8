import { Account } from './account.js';
import { Budget } from './budget.js';
import type { BudgetTerms } from './budget-options.js';
import { costPerAction } from './task-tally.js';

/** One session's account, by its id, across any number of tasks and traces of this process. */
export class Session {
  readonly account = new Account();
  /** Outermost tasks that ended. */
  tasks = 0;
  successfulTasks = 0;
  /** Actions delivered by the successful tasks: the denominator of the cost per action. */
  actions = 0;
  /** Wrappers currently open in this session. While there are any, idle sessions are evicted first. */
  openScopes = 0;
  /** Its budget. Undefined means no limit. */
  budget: Budget | undefined;

  constructor(readonly id: string) {}

  /** Sets the budget from now on. Earlier spending counts. */
  limitTo(terms: BudgetTerms): void {
    if (this.budget === undefined) {
      this.budget = new Budget({ kind: 'session', name: this.id }, this.account, terms);
    } else {
      this.budget.change(terms);
    }
  }

  /**
   * All cost divided by successful actions. Undefined when there were none, or when the result is not a finite
   * number.
   */
  get costPerActionUsd(): number | undefined {
    return costPerAction(this.account.total(), this.actions);
  }
}

/**
 * The default for the most sessions kept. A row takes about 1.5 kB, so the table takes at most about 15 MB. 10,000
 * recent sessions are more than a busy server has open at once.
 */
export const DEFAULT_MAX_SESSIONS = 10_000;

/**
 * Ids of evicted sessions that are remembered, so that a returning session is known to be incomplete. Ids only: a
 * few MB.
 */
const MAX_EVICTED_IDS = 50_000;

/** Rows checked for an idle session before the oldest one is evicted, open or not. Keeps an eviction O(1). */
const EVICTION_LOOKS = 32;

/** The sessions of a process. When the table is full, the least recently used one is evicted first. */
export class Sessions {
  /** Sessions that were evicted because the table was full. */
  evictions = 0;
  private readonly byId = new Map<string, Session>();
  private readonly evictedIds = new Set<string>();

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
    const session = new Session(id);
    session.account.partial = this.evictedIds.has(id);
    if (this.byId.size >= this.maxSessions) this.evictOne();
    this.byId.set(id, session);
    return session;
  }

  /** The highest cost so far, in USD, of a session in which a wrapper is open. 0 if there is none. O(sessions). */
  maxOpenUsd(): number {
    let maxUsd = 0;
    for (const { openScopes, account } of this.byId.values()) {
      if (openScopes > 0) maxUsd = Math.max(maxUsd, account.total().toUsd());
    }
    return maxUsd;
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
