import type { Span } from '@opentelemetry/api';
import { Account, type Posting } from '../ledger/account.js';
import { Scope, type SessionEntry, type TaskOutcome } from '../ledger/scope.js';
import type { Session } from '../ledger/sessions.js';
import type { OpenTask } from '../metrics/open-tasks.js';
import type { UsdSum } from '../money.js';
import { isValidSpanId, type SdkSpan } from '../otel.js';
import { Responses } from './responses.js';

/**
 * A task: one the app declared, or a span that stands in for one when the app declared none (then its scope is
 * made with the first AI work below it, and it states nothing when tasks turn up further in).
 */
export class Task {
  scope: Scope | undefined;
  outcome: TaskOutcome | undefined;
  /** What it delivers when it succeeds. */
  actions = 1;
  readonly startMillis = Date.now();
  /** What its outcome made waste that was none before. */
  becameWaste: UsdSum | undefined;
  /** The watch that metrics keep over it while it runs. */
  openTask: OpenTask | undefined;
  /** Its span went out with `task.*`: what comes later must be corrected there, tasks further in or not. */
  wasStated = false;
  /** The first session that something below was posted to while this task itself was in none. */
  private postedTo: Session | undefined;
  /** What was not posted to that one in the time. */
  private postedElsewhere: Account | undefined;
  private ownResponses: Responses | undefined;
  private taskBelow = false;
  private span: SdkSpan | undefined;
  private spanName: string | undefined;
  /** Its span has the id of another one. */
  private isRepeat = false;
  private madeUpId: string | undefined;

  constructor(
    /** The declared name; undefined for an implicit task, which goes by its span's. */
    private readonly declaredName: string | undefined,
    /** The task around this one, declared or not. */
    public around: Task | undefined,
    public sessions: SessionEntry | undefined,
  ) {
    for (let at = around; at !== undefined && !at.taskBelow; at = at.around) at.taskBelow = true;
  }

  /** Makes it a part of a task further out: those in between are not kept any more. */
  moveInto(around: Task | undefined): void {
    this.around = around;
  }

  /** An implicit task is known by its span from the start; a declared one as soon as its span is there. */
  bindSpan(span: Span, name?: string, isRepeat = false): void {
    this.span = span;
    this.spanName = name;
    this.isRepeat = isRepeat;
  }

  get isExplicit(): boolean {
    return this.declaredName !== undefined;
  }

  /** So far, in USD. */
  get costUsd(): number {
    return this.scope?.account.total().toUsd() ?? 0;
  }

  /** True when its span carries `task.*`. */
  get isStated(): boolean {
    return this.isExplicit || this.wasStated || (this.scope !== undefined && !this.taskBelow);
  }

  /** True when no declared task is around this one: the tasks that a session counts. */
  get isOutermost(): boolean {
    for (let at = this.around; at !== undefined; at = at.around) if (at.isExplicit) return false;
    return true;
  }

  get id(): string {
    const spanContext = this.isRepeat ? undefined : this.span?.spanContext();
    if (spanContext !== undefined && isValidSpanId(spanContext)) return spanContext.spanId;
    this.madeUpId ??= randomId();
    return this.madeUpId;
  }

  /** True when this is the id of its span, be that a span that repeats the one around it. */
  hasSpanId(spanId: string): boolean {
    return this.span?.spanContext().spanId === spanId;
  }

  get name(): string {
    return this.declaredName ?? this.span?.name ?? this.spanName ?? '';
  }

  /** Notes where a bill of something below is about to be posted while this task itself is in no session. */
  notePost(session: Session | undefined, posting: Posting, isStep: boolean): void {
    if (this.sessions !== undefined) return;
    if (this.postedElsewhere === undefined) {
      if (session === undefined) return;
      this.postedTo = session;
      this.postedElsewhere = new Account();
      if (this.scope !== undefined) this.postedElsewhere.addAccount(this.scope.account);
    } else if (session !== this.postedTo) {
      this.postedElsewhere.add(posting, posting.wastedPico);
      if (isStep) this.postedElsewhere.steps += 1;
    }
  }

  /**
   * Its span named a session only after the work began: that session takes over what was spent so far and was not
   * posted to it. Not where spans below named sessions of their own and this one was not the first of them.
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

  /** What it delivered: nothing without success. */
  get delivered(): number {
    return this.outcome === 'success' ? this.actions : 0;
  }

  /** The responses billed in this task; a sub-task shares those of the task around it. */
  responses(): Responses {
    let outermost: Task = this;
    for (let at = this.around; at !== undefined; at = at.around) if (at.isExplicit) outermost = at;
    outermost.ownResponses ??= new Responses();
    return outermost.ownResponses;
  }

  /** The scope that AI work outside any other scope belongs to. */
  ensureScope(): Scope {
    if (this.scope === undefined) {
      this.scope = new Scope('task', this.statedAround(), this.sessions);
      this.scope.name = this.name;
      this.scope.ended = this.span?.ended === true;
    }
    return this.scope;
  }

  /** The scope of a task around that was implicit when its span went out, so that this one is a part of it. */
  statedAround(): Scope | undefined {
    for (let at = this.around; at !== undefined; at = at.around) if (at.wasStated) return at.scope;
    return undefined;
  }
}

/** True in a task that the app declared, whatever stands in for one further in. */
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
