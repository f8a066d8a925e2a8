import type { Pico, UsdSum } from '../money.js';
import { Account, type Posting } from './account.js';
import type { Budget } from './budget.js';
import type { FailedCalls } from './failed-calls.js';
import { type ReceiptBill, ReceiptLines } from './receipt.js';
import type { Session } from './sessions.js';
import { SessionsInside } from './sessions-inside.js';
import type { TaskTally } from './task-tally.js';

export type ScopeKind = 'task' | 'agent' | 'step';
export type TaskOutcome = 'success' | 'failure' | 'cancelled';

/** A task, an agent or a step that is running or ran: its book, and the scopes around it. */
export class Scope {
  readonly account = new Account();
  /** The lines of its receipt; undefined as long as nothing is in it. */
  lines: ReceiptLines<Scope> | undefined;
  /** A task's name, or a step's number. */
  name: string | undefined;
  /** Its span ended; what is posted from now on is late. */
  ended = false;
  /** Posted to since its roll-up was last stated. */
  stale = false;
  /** The agent's name, where it is known. */
  agentName: string | undefined;
  /** A task without success: everything in it is wasted. */
  unsuccessful = false;
  /** A task that was given up, rather than one that failed. */
  cancelled = false;
  /** Of a step: the most that one of its own calls filled of its model's context window. */
  contextUsedRatio: number | undefined;
  /** Of a step: how much more that is than in the step before it. */
  contextGrowthRatio: number | undefined;
  private lastStepRatio: number | undefined;
  /** A task that the app declared, whose outcome is open. */
  mayFail = false;
  /** What was spent in sessions that were entered inside it; undefined while it is in none of them. */
  sessionsInside: SessionsInside | undefined;
  /** What it may use; undefined: whatever it takes. */
  budget: Budget | undefined;
  /** What failed in it; undefined as long as nothing has. */
  failedCalls: FailedCalls | undefined;
  /** Of all tasks of its name; undefined for what is no outermost task. */
  tally: TaskTally | undefined;
  private declaredSteps = 0;
  private directLlmCalls = 0;
  /** Those of them in sessions that were entered only further in: of the latest, for there may be many. */
  private directFurtherIn: { sessions: SessionEntry | undefined; llmCalls: number } | undefined;
  private directInOwnSessions = 0;

  constructor(
    readonly kind: ScopeKind,
    public parent: Scope | undefined,
    /** Undefined, too, where a scope around has joined a session only after this one had begun. */
    public sessions: SessionEntry | undefined,
  ) {
    // Below one that has ended it is late, and a loop that goes on there would hold on to all of its turns.
    if (parent === undefined || parent.ended) return;
    parent.lines ??= new ReceiptLines();
    parent.lines.addScope(this);
  }

  /** Notes a call made directly in here. */
  noteCall(bill: ReceiptBill): void {
    this.lines ??= new ReceiptLines();
    this.lines.addCall(bill);
  }

  /** Makes it a part of a scope further out: those in between are not kept any more. */
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

  /** True as long as the LLM calls directly here are its steps. */
  get countsLlmCalls(): boolean {
    return this.kind !== 'step' && this.declaredSteps === 0;
  }

  /**
   * An LLM call directly under a task or an agent is one turn of a loop, as long as the loop declares no steps
   * of its own. `sessions` are those the call is in.
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

  /** One more turn that the app declared, in `sessions`; gives its number, from 1. */
  countDeclaredStep(sessions: SessionEntry | undefined = this.sessionsAround()): number {
    if (this.declaredSteps === 0) this.takeBackDirectCalls();
    this.declaredSteps += 1;
    addSteps(this, 1);
    addSessionSteps(sessions, 1);
    return this.declaredSteps;
  }

  /** A call directly here filled so much of its model's context window. */
  noteContext(usedRatio: number): void {
    if (this.contextUsedRatio === undefined || usedRatio > this.contextUsedRatio)
      this.contextUsedRatio = usedRatio;
  }

  /** A step ended: the next one of the same loop is compared with it. */
  endStep(): void {
    const { contextUsedRatio: ratio, parent: loop } = this;
    if (ratio === undefined || loop === undefined) return;
    if (loop.lastStepRatio !== undefined) this.contextGrowthRatio = ratio - loop.lastStepRatio;
    loop.lastStepRatio = ratio;
  }

  /** The number that the next turn has. */
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
   * Marks a task as not successful: what it spent so far becomes waste, here, in all scopes around it, and in the
   * sessions around it and inside. Gives what was no waste before, anywhere; undefined for nothing.
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

  /** Notes what a bill adds to the sessions that were entered inside. */
  notePostInside(sessions: SessionEntry, pico: Pico, wastedPico: Pico): void {
    const own = this.sessionsAround()?.session;
    let entry: SessionEntry | undefined = sessions;
    for (; entry !== undefined && entry.session !== own; entry = entry.outer) {
      this.sessionsInside ??= new SessionsInside();
      this.sessionsInside.add(entry.session, pico, wastedPico);
    }
  }
}

/** One entry into a session: a session wrapper, or a task or span that names the session it belongs to. */
export interface SessionEntry {
  readonly session: Session;
  /** The session around this one, when an app nests them. Never one that is already in the chain. */
  readonly outer: SessionEntry | undefined;
  /** The session wrapper's span ended; what is posted from now on through this entry is late. */
  ended: boolean;
  stale: boolean;
  /** What failed directly in it, outside any task. */
  failedCalls?: FailedCalls;
}

/** Books a bill in every scope from the innermost outward, and in the sessions. O(enclosing scopes). */
export function post(posting: Posting, scope: Scope | undefined, sessions: SessionEntry | undefined): void {
  let wastedPico: Pico = posting.wastedPico;
  for (let at = scope; at !== undefined; at = at.parent) {
    if (at.unsuccessful) wastedPico = posting.pico ?? 0;
    at.account.add(posting, wastedPico);
    at.tally?.add(posting);
    if (at.mayFail && sessions !== undefined && sessions !== at.sessions) {
      at.notePostInside(sessions, posting.pico ?? 0, wastedPico);
    }
    if (at.ended) at.stale = true;
  }
  for (let entry = sessions; entry !== undefined; entry = entry.outer) {
    entry.session.account.add(posting, wastedPico);
    if (entry.ended) entry.stale = true;
  }
}

/** True inside a task without success: all that is spent there is wasted. */
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

function addWasteAround(task: Scope, waste: UsdSum): void {
  for (let at = task.parent; at !== undefined; at = at.parent) {
    // What is below an unsuccessful task is wasted there already, the moment it is posted.
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

/** So that a task further out that fails, too, does not waste it again. */
function addSessionWaste(session: Session, waste: UsdSum, task: Scope): void {
  session.account.addWaste(waste);
  for (let at = task.parent; at !== undefined; at = at.parent) at.sessionsInside?.addWaste(session, waste);
}
