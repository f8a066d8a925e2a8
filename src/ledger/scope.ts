import type { Pico, UsdSum } from '../money.js';
import { Account, type Posting } from './account.js';
import type { Budget } from './budget.js';
import { type PricedLate, rowMove, rowPosting } from './call-rows.js';
import type { FailedCalls } from './failed-calls.js';
import { type ReceiptBill, ReceiptLines } from './receipt.js';
import type { Session } from './sessions.js';
import { SessionsInside } from './sessions-inside.js';
import type { TaskTally } from './task-tally.js';

export type ScopeKind = 'task' | 'agent' | 'step';

/** A task, an agent or a step, running or ended: its account and its enclosing scopes. */
export class Scope {
  readonly account = new Account();
  /** The lines of its receipt. Undefined while the scope is empty. */
  lines: ReceiptLines<Scope> | undefined;
  /** A task's name, or a step's number. */
  name: string | undefined;
  /** True if its span has ended. Later posts are late. */
  ended = false;
  /** True if there were posts since its roll-up was last written. */
  stale = false;
  /** The agent's name, if known. */
  agentName: string | undefined;
  /** True for a task without success: everything in it is wasted. */
  unsuccessful = false;
  /** True for a task that was cancelled rather than failed. */
  cancelled = false;
  /** For a step: the largest part of its model's context window that one of its own calls filled. */
  contextUsedRatio: number | undefined;
  /** For a step: the increase of that ratio since the previous step. */
  contextGrowthRatio: number | undefined;
  private lastStepRatio: number | undefined;
  /** True for a task that the app declared and whose outcome is open. */
  mayFail = false;
  /** Amounts spent in sessions that were entered inside this scope. Undefined while there are none. */
  sessionsInside: SessionsInside | undefined;
  /** Its budget. Undefined means no limit. */
  budget: Budget | undefined;
  /** The calls that failed in it. Undefined while there are none. */
  failedCalls: FailedCalls | undefined;
  /** The tally of all tasks with its name. Undefined unless this is an outermost task. */
  tally: TaskTally | undefined;
  private declaredSteps = 0;
  private directLlmCalls = 0;
  /**
   * Direct LLM calls in sessions that were entered further inside. Kept only for the latest of these sessions,
   * because there may be many.
   */
  private directFurtherIn: { sessions: SessionEntry | undefined; llmCalls: number } | undefined;
  private directInOwnSessions = 0;

  /** Itself, or the nearest agent around it. */
  readonly nearestAgent: Scope | undefined;

  constructor(
    readonly kind: ScopeKind,
    public parent: Scope | undefined,
    /** Also undefined if an enclosing scope joined a session only after this scope had begun. */
    public sessions: SessionEntry | undefined,
  ) {
    this.nearestAgent = kind === 'agent' ? this : parent?.nearestAgent;
    // A scope below an ended one is late. A loop that continues there would otherwise keep all of its turns in memory.
    if (parent === undefined || parent.ended) return;
    parent.lines ??= new ReceiptLines();
    parent.lines.addScope(this);
  }

  /** Adds a call made directly in this scope to the receipt. */
  noteCall(bill: ReceiptBill): void {
    this.lines ??= new ReceiptLines();
    this.lines.addCall(bill);
  }

  /** Moves this scope into a scope further out. The scopes in between are no longer referenced. */
  moveInto(parent: Scope | undefined): void {
    this.sessions = this.sessionsAround();
    this.parent = parent;
  }

  /** The sessions that this scope is in. */
  sessionsAround(): SessionEntry | undefined {
    let at: Scope = this;
    while (at.sessions === undefined && at.parent !== undefined) at = at.parent;
    return at.sessions;
  }

  /** True while the LLM calls made directly in this scope count as its steps. */
  get countsLlmCalls(): boolean {
    return this.kind !== 'step' && this.declaredSteps === 0;
  }

  /**
   * Counts an LLM call made directly in a task or an agent as one agent-loop turn, unless the loop declares steps
   * of its own. `sessions` are the sessions of the call.
   */
  countDirectLlmCall(sessions: SessionEntry | undefined = this.sessionsAround()): void {
    if (!this.countsLlmCalls) return;
    this.directLlmCalls += 1;
    const furtherIn = this.directFurtherIn;
    if (sessions === this.sessionsAround()) this.directInOwnSessions += 1;
    else if (furtherIn !== undefined && furtherIn.sessions === sessions) furtherIn.llmCalls += 1;
    else this.directFurtherIn = { sessions, llmCalls: 1 };
    addSteps(this, 1);
    addSessionSteps(sessions, 1);
  }

  /** Counts a turn that the app declared in `sessions`. Returns its number, from 1. */
  countDeclaredStep(sessions: SessionEntry | undefined = this.sessionsAround()): number {
    if (this.declaredSteps === 0) this.takeBackDirectCalls();
    this.declaredSteps += 1;
    addSteps(this, 1);
    addSessionSteps(sessions, 1);
    return this.declaredSteps;
  }

  /** Records the part of its model's context window that a call made directly in this scope filled. */
  noteContext(usedRatio: number): void {
    if (this.contextUsedRatio === undefined || usedRatio > this.contextUsedRatio)
      this.contextUsedRatio = usedRatio;
  }

  /**
   * Ends a step. The next step of the same loop is compared with it: `cost.context_growth_ratio` shows a context that
   * grows with each step.
   */
  endStep(): void {
    const { contextUsedRatio: ratio, parent: loop } = this;
    if (ratio === undefined || loop === undefined) return;
    if (loop.lastStepRatio !== undefined) this.contextGrowthRatio = ratio - loop.lastStepRatio;
    loop.lastStepRatio = ratio;
  }

  /** The number of the next turn. */
  get nextStep(): number {
    return this.declaredSteps + 1;
  }

  private takeBackDirectCalls(): void {
    addSteps(this, -this.directLlmCalls);
    addSessionSteps(this.sessionsAround(), -this.directInOwnSessions);
    const { directFurtherIn } = this;
    if (directFurtherIn !== undefined) addSessionSteps(directFurtherIn.sessions, -directFurtherIn.llmCalls);
  }

  /**
   * Marks a task as not successful. Its spending so far becomes waste in the task, in all enclosing scopes, and in
   * the sessions around and inside it. Returns the amount that was not wasted in any scope before, or undefined for
   * nothing.
   */
  failWhole(): UsdSum | undefined {
    if (this.unsuccessful) return undefined;
    this.unsuccessful = true;
    const stillCounted = this.account.total().minus(this.account.wasted);
    if (stillCounted.isZero) return undefined;
    this.account.addWaste(stillCounted);
    addWasteAround(this, stillCounted);
    return isUnsuccessful(this.parent) ? undefined : stillCounted;
  }

  /** Records the amount that a bill adds to the sessions entered inside this scope. */
  notePostInside(sessions: SessionEntry, pico: Pico, wastedPico: Pico): void {
    const own = this.sessionsAround()?.session;
    let entry: SessionEntry | undefined = sessions;
    for (; entry !== undefined && entry.session !== own; entry = entry.outer) {
      this.sessionsInside ??= new SessionsInside();
      this.sessionsInside.add(entry.session, pico, wastedPico);
    }
  }
}

/** One entry into a session: a session wrapper, or a task or span that names its session. */
export interface SessionEntry {
  readonly session: Session;
  /** The enclosing session, if an app nests them. Never a session that is already in the chain. */
  readonly outer: SessionEntry | undefined;
  /** True if the session wrapper's span has ended. Later posts through this entry are late. */
  ended: boolean;
  stale: boolean;
  /** The calls that failed directly in the session, outside any task. */
  failedCalls?: FailedCalls;
}

/** A scope's or a session's book, on one span. */
export type Book = Scope | SessionEntry;

export function accountOf(book: Book): Account {
  return 'session' in book ? book.session.account : book.account;
}

/** Where a bill is posted. */
export interface Place {
  readonly scope: Scope | undefined;
  readonly sessions: SessionEntry | undefined;
}

/** Posts a bill to every scope from the innermost outwards, and to the sessions. O(enclosing scopes). */
export function post(posting: Posting, scope: Scope | undefined, sessions: SessionEntry | undefined): void {
  let wastedPico: Pico = posting.wastedPico;
  const row = rowPosting(posting);
  for (let at = scope; at !== undefined; at = at.parent) {
    if (at.unsuccessful) wastedPico = posting.pico ?? 0;
    at.account.add(posting, wastedPico, row);
    at.tally?.add(posting);
    if (at.mayFail && sessions !== undefined && sessions !== at.sessions) {
      at.notePostInside(sessions, posting.pico ?? 0, wastedPico);
    }
    if (at.ended) at.stale = true;
  }
  for (let entry = sessions; entry !== undefined; entry = entry.outer) {
    entry.session.account.add(posting, wastedPico, row);
    if (entry.ended) entry.stale = true;
  }
}

/** True inside a task without success, where everything spent is wasted. */
export function isUnsuccessful(scope: Scope | undefined): boolean {
  for (let at = scope; at !== undefined; at = at.parent) if (at.unsuccessful) return true;
  return false;
}

function addSteps(scope: Scope, count: number): void {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    at.account.steps += count;
    if (at.ended) at.stale = true;
  }
}

function addSessionSteps(sessions: SessionEntry | undefined, count: number): void {
  for (let entry = sessions; entry !== undefined; entry = entry.outer) {
    entry.session.account.steps += count;
    if (entry.ended) entry.stale = true;
  }
}

/** Adds calls of unknown cost to a place, or takes them back. */
export function addUnpriced({ scope, sessions }: Place, unpricedCalls: number): void {
  for (let at = scope; at !== undefined; at = at.parent) {
    at.account.unpricedCalls += unpricedCalls;
    at.tally?.add({ pico: 0, unpricedCalls });
    if (at.ended) at.stale = true;
  }
  for (let entry = sessions; entry !== undefined; entry = entry.outer) {
    entry.session.account.unpricedCalls += unpricedCalls;
    if (entry.ended) entry.stale = true;
  }
}

/** Counts a call that was unpriced in the row of the bill that prices it now. */
export function moveRow({ scope, sessions }: Place, bill: PricedLate): void {
  const move = rowMove(bill);
  if (move === undefined) return;
  for (let at = scope; at !== undefined; at = at.parent) at.account.moveRow(move);
  for (let entry = sessions; entry !== undefined; entry = entry.outer) entry.session.account.moveRow(move);
}

function addWasteAround(task: Scope, waste: UsdSum): void {
  for (let at = task.parent; at !== undefined; at = at.parent) {
    // Costs below an unsuccessful task were already wasted there when they were posted.
    if (at.unsuccessful) return;
    at.account.addWaste(waste);
    if (at.ended) at.stale = true;
  }
  for (let entry = task.sessionsAround(); entry !== undefined; entry = entry.outer) {
    addSessionWaste(entry.session, waste, task);
    if (entry.ended) entry.stale = true;
  }
  if (task.sessionsInside === undefined) return;
  for (const [session, part] of task.sessionsInside.stillCounted()) addSessionWaste(session, part, task);
}

/**
 * Adds waste to a session, and notes it in the enclosing scopes so that an outer task that also fails does not
 * waste it again.
 */
function addSessionWaste(session: Session, waste: UsdSum, task: Scope): void {
  session.account.addWaste(waste);
  for (let at = task.parent; at !== undefined; at = at.parent) at.sessionsInside?.addWaste(session, waste);
}
