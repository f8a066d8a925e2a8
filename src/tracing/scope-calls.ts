import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  AGENT_NAME,
  OPERATION_NAME,
  SESSION_ID,
  STEP_NAME,
  STEP_NUMBER,
  TASK_NAME,
  WORKFLOW_NAME,
} from '../attributes.js';
import type { Totals } from '../ledger/account.js';
import { Budget } from '../ledger/budget.js';
import { type BudgetedOptions, type BudgetTerms, readBudget } from '../ledger/budget-options.js';
import { Refusal, Reservation } from '../ledger/reservation.js';
import { Scope, type SessionEntry, type TaskOutcome } from '../ledger/scope.js';
import type { Session } from '../ledger/sessions.js';
import { warnOnce } from '../otel.js';
import { attributeTo } from './attribute.js';
import type { AttributionOptions } from './attribution.js';
import { Call, type Ending } from './call.js';
import { usable } from './call-options.js';
import { STEP_DEMAND } from './demand.js';
import { type Admission, askBudgets } from './gate.js';
import { tellSessionEnded, tellTaskStarted } from './listeners.js';
import { leaveCovers, openScope } from './start.js';
import { Task } from './task.js';

interface ScopeOptions {
  /** Who this is charged to, here and below. */
  attribution?: AttributionOptions;
  /** When it started, ms since 1970. Default: now. For replays of recorded work: prices are dated. */
  startTimeMillis?: number;
}

export interface SessionOptions extends ScopeOptions, BudgetedOptions {
  /** The session's id: `session.id`. The same id goes on counting. */
  id: string;
}

export interface TaskOptions extends ScopeOptions, BudgetedOptions {
  /** What kind of task this is: low-cardinality, for it groups costs. */
  name: string;
  /** The session it belongs to, where no `withSession` is around it. */
  sessionId?: string;
}

export interface AgentOptions extends ScopeOptions, BudgetedOptions {
  name: string;
}

export interface StepOptions extends ScopeOptions {
  name: string;
}

/** Sessions, tasks, agents and steps: what has a roll-up. */
abstract class ScopeCall extends Call {
  protected attribute({ attribution }: ScopeOptions): void {
    const { link, meter } = this;
    attributeTo(meter, link, attribution);
    if (attribution !== undefined) this.context = meter.baggage.write(this.context, link.attribution);
  }

  /** Limits what a scope may use. */
  protected limit(scope: Scope, name: string, terms: BudgetTerms | undefined): void {
    if (terms === undefined) return;
    this.budget = new Budget({ kind: scope.kind, name }, scope.account, terms);
    scope.budget = this.budget;
  }

  protected standInForTask(): void {
    const { link } = this;
    link.task = new Task(undefined, link.task, link.sessions);
    link.ownTask = link.task;
  }

  protected settle(_ending: Ending): void {}
}

export class SessionCall extends ScopeCall {
  private readonly session: Session;

  constructor(options: SessionOptions) {
    const terms = readBudget('withSession', options);
    super();
    const { link, meter } = this;
    this.attribute(options);
    const entry = meter.enterSession(options.id, link.sessions);
    this.session = entry.session;
    this.session.openScopes += 1;
    if (terms !== undefined) this.session.limitTo(terms);
    const isNew = entry !== link.sessions && !isAround(link.sessions, entry);
    link.ownSession = isNew ? entry : { ...entry, outer: undefined };
    if (isNew) link.sessions = entry;
    link.inDeclaredSession = true;
    leaveCovers(link);
    this.begin('session', SpanKind.INTERNAL, { [SESSION_ID]: options.id }, options.startTimeMillis);
  }

  get id(): string {
    return this.session.id;
  }

  /** Everything in this session so far, in this process. Read anew each time it is asked for. */
  get totals(): Totals {
    return this.session.account.totals();
  }

  /** All cost so far by the actions of successful tasks; absent when there was none. */
  get costPerActionUsd(): number | undefined {
    return this.session.costPerActionUsd;
  }

  protected override afterEnd(): void {
    this.session.openScopes -= 1;
    if (this.session.openScopes > 0) return;
    this.session.budget?.close();
    tellSessionEnded(this.session, this.link);
  }
}

function isAround<E extends { outer: E | undefined }>(chain: E | undefined, entry: E): boolean {
  for (let at = chain; at !== undefined; at = at.outer) if (at === entry) return true;
  return false;
}

export class TaskCall extends ScopeCall {
  private readonly task: Task;
  private failReason: string | undefined;
  private readonly scope: Scope;

  constructor(options: TaskOptions) {
    const terms = readBudget('withTask', options);
    super();
    const { link, meter } = this;
    this.attribute(options);
    if (options.sessionId !== undefined) {
      const entry = meter.enterSession(options.sessionId, link.sessions);
      // A session that is further out already goes on counting from there, and so do those in between.
      if (!isAround(link.sessions, entry)) link.sessions = entry;
    }
    this.task = new Task(options.name, link.task, link.sessions);
    this.scope = new Scope('task', link.scope ?? this.task.statedAround(), link.sessions);
    this.scope.mayFail = true;
    this.task.scope = this.scope;
    if (this.task.isOutermost) this.scope.tally = meter.taskTallies.of(options.name);
    this.limit(this.scope, options.name, terms);
    link.task = this.task;
    link.ownTask = this.task;
    link.scope = this.scope;
    leaveCovers(link);
    if (link.sessions !== undefined) link.sessions.session.openScopes += 1;
    const attributes = {
      [OPERATION_NAME]: 'invoke_workflow',
      [WORKFLOW_NAME]: options.name,
      [TASK_NAME]: options.name,
    };
    this.begin(`task ${options.name}`, SpanKind.INTERNAL, attributes, options.startTimeMillis);
    tellTaskStarted(this.task);
  }

  get id(): string {
    return this.task.id;
  }

  /** What this task has cost so far, read anew each time; at its end, what its span says. */
  get totals(): Totals {
    return this.scope.account.totals();
  }

  /** Says that the task succeeded, and how many actions it delivered: above 0, default 1. */
  succeed(options: { actions?: number } = {}): void {
    const { actions = 1 } = usable(options);
    this.decide('success', actions);
  }

  /** Says that the task failed, whatever its function returns: all it spent is wasted. */
  fail(reason?: string): void {
    this.decide('failure');
    this.failReason = typeof reason === 'string' ? reason : undefined;
  }

  /** Says that the task was given up: all it spent is wasted. */
  cancel(): void {
    this.decide('cancelled');
  }

  private decide(outcome: TaskOutcome, actions = this.task.actions): void {
    if (this.link.ended) {
      warnOnce('an outcome came after the task had ended; it is ignored', outcome);
      return;
    }
    this.task.outcome = outcome;
    this.task.actions = actions;
  }

  protected override settle(ending: Ending): void {
    const { task } = this;
    task.outcome ??= outcomeOf(ending);
    if (task.outcome !== 'success') task.becameWaste = this.scope.failWhole();
    // An error that was thrown is on the span already, and tells more.
    if (task.outcome === 'failure' && ending.how !== 'threw') this.markStatus();
    this.scope.tally?.end(task.outcome === 'success', task.delivered);
    if (task.sessions === undefined || !task.isOutermost) return;
    // Its cost counts in the sessions around, too.
    for (let entry: SessionEntry | undefined = task.sessions; entry !== undefined; entry = entry.outer) {
      entry.session.tasks += 1;
      if (task.outcome === 'success') entry.session.successfulTasks += 1;
      entry.session.actions += task.delivered;
    }
  }

  private markStatus(): void {
    const message = this.failReason;
    this.span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
  }

  protected override afterEnd(): void {
    if (this.task.sessions !== undefined) this.task.sessions.session.openScopes -= 1;
  }
}

function outcomeOf(ending: Ending): TaskOutcome {
  if (ending.how === 'threw') return 'failure';
  return ending.how === 'stopped' ? 'cancelled' : 'success';
}

export class AgentCall extends ScopeCall {
  private readonly scope: Scope;

  constructor(options: AgentOptions) {
    const terms = readBudget('withAgent', options);
    super();
    const { link } = this;
    this.attribute(options);
    if (this.standsInForTask()) this.standInForTask();
    this.scope = openScope(link, 'agent');
    this.scope.agentName = options.name;
    this.limit(this.scope, options.name, terms);
    const attributes = { [OPERATION_NAME]: 'invoke_agent', [AGENT_NAME]: options.name };
    this.begin(`invoke_agent ${options.name}`, SpanKind.INTERNAL, attributes, options.startTimeMillis);
  }

  get totals(): Totals {
    return this.scope.account.totals();
  }

  /** The outermost agent directly in a session is the task, when the app declares none. */
  private standsInForTask(): boolean {
    const { link } = this;
    return link.parent === undefined || (link.inDeclaredSession && link.scope === undefined);
  }
}

export class StepCall extends ScopeCall {
  /** Which turn of its loop this is, from 1. */
  readonly number: number;
  private readonly scope: Scope;
  private readonly refusal: Refusal | undefined;

  constructor(options: StepOptions) {
    super();
    this.attribute(options);
    if (this.link.parent === undefined) this.standInForTask();
    const around = this.link.scope ?? this.link.task?.ensureScope();
    this.refusal = this.askForStep();
    this.number = (this.refusal ? around?.nextStep : around?.countDeclaredStep(this.link.sessions)) ?? 1;
    this.scope = openScope(this.link, 'step');
    const attributes = {
      [OPERATION_NAME]: 'agent_step',
      [STEP_NUMBER]: this.number,
      [STEP_NAME]: options.name,
    };
    this.begin(`agent_step ${options.name}`, SpanKind.INTERNAL, attributes, options.startTimeMillis);
  }

  /** A turn is counted as it begins, so that nothing is held for it. */
  override admission(): Admission | undefined {
    return this.refusal;
  }

  protected override settle(): void {
    this.scope.endStep();
  }

  private askForStep(): Refusal | undefined {
    const outcome = askBudgets(this.meter, this.link, false, () => STEP_DEMAND, {
      canWait: false,
      givesPromise: false,
    });
    if (outcome instanceof Reservation) outcome.release();
    return outcome instanceof Refusal ? outcome : undefined;
  }

  get totals(): Totals {
    return this.scope.account.totals();
  }
}
