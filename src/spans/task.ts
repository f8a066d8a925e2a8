import type { Span } from '@opentelemetry/api';
import type { Caller } from '../caller.js';
import { Account, type Posting } from '../ledger/account.js';
import { rowPosting } from '../ledger/call-rows.js';
import { Scope, type SessionEntry } from '../ledger/scope.js';
import type { Session } from '../ledger/sessions.js';
import type { OpenTask } from '../metrics/open-tasks.js';
import type { UsdSum } from '../money.js';
import { type SdkSpan, spanIdOf } from '../sdk-span.js';
import { Responses } from '../settlement/responses.js';
import type { TaskOutcome } from '../totals.js';

/**
 * A task: declared by the app, or implicit. A local root span is an implicit task when the app declares none. The scope
 * of an implicit task is created with the first AI work below it, and it has no roll-up when a task is declared below
 * it.
 */
export class Task {
  scope: Scope | undefined;
  outcome: TaskOutcome | undefined;
  /** Number of actions that the task delivers when it succeeds. */
  actions = 1;
  readonly startMillis = Date.now();
  /** Cost that became wasted by the task's outcome and was not wasted before. */
  becameWaste: UsdSum | undefined;
  /** Its entry among the open tasks of the metrics. */
  openTask: OpenTask | undefined;
  /** A budget refused a call in it. */
  wasRefused = false;
  /** The span was written with `task.*`, so later changes need a correction even if a task is declared below. */
  wasStated = false;
  /** The task of another process that this one is a part of. Only for a task in no other declared task of this process. */
  caller: Caller | undefined;
  /** The first session that received a bill from below while this task was in no session. */
  private postedTo: Session | undefined;
  /** The bills that `postedTo` did not receive. */
  private postedElsewhere: Account | undefined;
  private ownResponses: Responses | undefined;
  private taskBelow = false;
  private span: SdkSpan | undefined;
  private spanName: string | undefined;
  /** The span id, or a generated one if the span has no id of its own. */
  private ownId: string | undefined;

  constructor(
    /** The declared name. Undefined for an implicit task, which has the name of its span. */
    private readonly declaredName: string | undefined,
    /** The enclosing task, declared or implicit. */
    public around: Task | undefined,
    public sessions: SessionEntry | undefined,
  ) {
    for (let at = around; at !== undefined && !at.taskBelow; at = at.around) at.taskBelow = true;
  }

  /** Moves it into a task further out. The tasks in between are no longer kept. */
  moveInto(around: Task | undefined): void {
    this.around = around;
  }

  /** Sets the span. `isRepeat` when the span repeats the enclosing one, as without an SDK; the id is then generated. */
  bindSpan(span: Span, name?: string, isRepeat = false): void {
    this.span = span;
    this.spanName = name;
    if (!isRepeat) this.ownId = spanIdOf(span) ?? this.ownId;
  }

  get isExplicit(): boolean {
    return this.declaredName !== undefined;
  }

  /** The cost so far, in USD. */
  get costUsd(): number {
    return this.scope?.account.total().toUsd() ?? 0;
  }

  /** The id of the outermost task around a sub-task, which may run in another process. Undefined for other tasks. */
  get rootId(): string | undefined {
    const root = this.outermost;
    return root.caller?.taskIds.at(-1) ?? (root === this ? undefined : root.id);
  }

  /** The outermost declared task of this process around this one, or this one. */
  get outermost(): Task {
    let outermost: Task = this;
    for (let at = this.around; at !== undefined; at = at.around) if (at.isExplicit) outermost = at;
    return outermost;
  }

  /** True when its span carries `task.*`. */
  get isStated(): boolean {
    return this.isExplicit || this.wasStated || (this.scope !== undefined && !this.taskBelow);
  }

  /** True when no declared task is around this one, here or in a calling process. Sessions count only these tasks. */
  get isOutermost(): boolean {
    if (this.caller !== undefined) return false;
    for (let at = this.around; at !== undefined; at = at.around) if (at.isExplicit) return false;
    return true;
  }

  get id(): string {
    this.ownId ??= randomId();
    return this.ownId;
  }

  /** True when its span has this id, even if the span repeats the enclosing one. */
  hasSpanId(spanId: string): boolean {
    return this.span?.spanContext().spanId === spanId;
  }

  get name(): string {
    return this.declaredName ?? this.span?.name ?? this.spanName ?? '';
  }

  /** Records the session that is about to receive a bill from below while this task is in no session. */
  notePost(session: Session | undefined, posting: Posting, isStep: boolean): void {
    if (this.sessions !== undefined) return;
    if (this.postedElsewhere === undefined) {
      if (session === undefined) return;
      this.postedTo = session;
      this.postedElsewhere = new Account();
      if (this.scope !== undefined) this.postedElsewhere.addAccount(this.scope.account);
    } else if (session !== this.postedTo) {
      this.postedElsewhere.add(posting, posting.wastedPico, rowPosting(posting));
      if (isStep) this.postedElsewhere.steps += 1;
    }
  }

  /**
   * Called when the span names a session after work has begun. The session takes over the cost so far that it did not
   * receive. Ignored when bills from below went to another session first.
   */
  joinLate(entry: SessionEntry | undefined): void {
    const { scope, postedTo } = this;
    if (entry === undefined) return;
    const hasPart = postedTo === entry.session;
    if (postedTo !== undefined && !hasPart) return;
    this.sessions = entry;
    if (scope === undefined) return;
    scope.sessions = entry;
    const missing = hasPart ? this.postedElsewhere : scope.account;
    if (missing !== undefined) entry.session.account.addAccount(missing);
  }

  /** Number of actions delivered; 0 without success. */
  get delivered(): number {
    return this.outcome === 'success' ? this.actions : 0;
  }

  /** The responses billed in this task. A sub-task shares those of the outermost task. */
  responses(): Responses {
    const { outermost } = this;
    outermost.ownResponses ??= new Responses();
    return outermost.ownResponses;
  }

  /** The scope of AI work that is in no other scope. Created if needed. */
  ensureScope(): Scope {
    if (this.scope === undefined) {
      this.scope = new Scope('task', this.statedAround(), this.sessions);
      this.scope.name = this.name;
      this.scope.ended = this.span?.ended === true;
    }
    return this.scope;
  }

  /** The scope of an enclosing task that had a roll-up when its span was written, so this task is part of it. */
  statedAround(): Scope | undefined {
    for (let at = this.around; at !== undefined; at = at.around) if (at.wasStated) return at.scope;
    return undefined;
  }
}

/** True inside a task that the app declared, even if an implicit task is in between. */
export function isInDeclaredTask(task: Task | undefined): boolean {
  for (let at = task; at !== undefined; at = at.around) if (at.isExplicit) return true;
  return false;
}

function randomId(): string {
  let id = '';
  while (id.length < 16)
    id += Math.floor(Math.random() * 0x10000)
      .toString(16)
      .padStart(4, '0');
  return id;
}
