/** Totals of sessions and tasks over all processes that share a store. */
import type { Caller } from '../../caller.js';
import type { Account } from '../../ledger/account.js';
import type { Scope, SessionEntry } from '../../ledger/scope.js';
import { currentRuntime } from '../../runtime/current-runtime.js';
import type { LedgerListener } from '../../runtime/listeners.js';
import type { CostView, ViewSharing } from '../../runtime/sharing.js';
import type { Bill } from '../../spans/bill.js';
import type { SpanRecord } from '../../spans/span-record.js';
import type { Task } from '../../spans/task.js';
import type { SharedStore } from '../store/store.js';
import type { StoreClient } from '../store/store-client.js';
import { type CallerTask, CallerTasks } from './caller-tasks.js';
import { EndedView, type OwnParts } from './ended-view.js';
import { OpenViews } from './open-views.js';
import { OpenWork } from './open-work.js';
import { OutstandingCalls } from './outstanding-calls.js';
import { RemoteWaste } from './remote-waste.js';
import { RowPosts } from './row-posts.js';
import { SentCalls } from './sent-calls.js';
import { SessionRows } from './session-rows.js';

export interface SharedViewsOptions {
  readonly flushMillis: number;
  readonly waitForCalleesMillis: number;
  readonly keepTasksMillis: number;
  readonly keepSessionsMillis: number;
}

/** How often a process that has nothing to write asks the store whether it has lost its data. */
const PROBE_MILLIS = 10_000;

export class SharedViews implements ViewSharing, LedgerListener, OwnParts {
  /** Parts in the store that this version cannot read. Their sessions and tasks are incomplete. */
  unreadableParts = 0;
  readonly posts: RowPosts;
  readonly open: OpenViews;
  readonly sent: SentCalls;
  readonly outstanding = new OutstandingCalls();
  readonly sessions: SessionRows;
  readonly waste = new RemoteWaste((scope) => this.watchLate(scope));
  private readonly callers: CallerTasks;
  private readonly joined = new WeakMap<Caller, readonly CallerTask[]>();
  private readonly views = new WeakMap<Account, CostView>();
  /** Spans that have ended, by their task's scope. */
  private readonly ended = new WeakMap<Scope, SpanRecord>();
  private readonly openWork = new OpenWork((task) => this.posts.add(task, true));
  private readonly probe: ReturnType<typeof setInterval>;
  private parts = 0;

  constructor(
    store: SharedStore,
    options: SharedViewsOptions,
    /** Unique for this process. */
    readonly writer: string,
    private readonly client: StoreClient,
  ) {
    const newWriter = () => {
      this.parts += 1;
      return `${writer}.${this.parts.toString(36)}`;
    };
    const { keepTasksMillis, keepSessionsMillis } = options;
    const isChanged = (task: CallerTask) => this.posts.has(task);
    this.posts = new RowPosts(store, client, options.flushMillis);
    this.open = new OpenViews(store, client, options.waitForCalleesMillis);
    this.sent = new SentCalls(client, (scope) => this.watchLate(scope));
    this.callers = new CallerTasks({
      newWriter,
      keepMillis: keepTasksMillis,
      waste: this.waste,
      store: client,
      isChanged,
    });
    client.onDataLost(() => this.noteDataLost());
    this.probe = setInterval(() => void client.ask(() => store.write([]), false, true), PROBE_MILLIS);
    this.probe.unref();
    this.sessions = new SessionRows(newWriter, keepSessionsMillis, client, this.waste);
  }

  /** The rows that live in this process say from now on that an earlier part of them is lost. */
  noteDataLost(): void {
    for (const task of this.callers.open()) this.posts.add(task);
    for (const session of currentRuntime().sessions.all()) {
      const row = this.sessions.known(session);
      if (row !== undefined) this.posts.add(row);
    }
  }

  join(caller: Caller): Scope | undefined {
    const tasks = this.joined.get(caller) ?? this.callers.enter(caller);
    this.joined.set(caller, tasks);
    for (const task of tasks) task.receive(caller.call);
    this.noteOpen(caller);
    return tasks.at(-1)?.scope;
  }

  billed(_bill: Bill, record: SpanRecord): void {
    this.noteChange(record.scope ?? record.task?.scope, record.sessions);
  }

  taskEnded(task: Task, record: SpanRecord): void {
    this.noteChange(task.scope, task.sessions ?? record.sessions);
  }

  wait(record: SpanRecord, write: () => void): boolean {
    if (record.ownTask === undefined && record.ownSession === undefined) return false;
    if (record.ownTask?.scope !== undefined) this.ended.set(record.ownTask.scope, record);
    let isNow = true;
    const view = new EndedView(this, record, () => {
      if (!isNow) write();
    });
    if (view.keys.length > 0 && this.open.add(record, view)) {
      isNow = false;
      return true;
    }
    view.write(false);
    view.end(view.keys.length > 0);
    return false;
  }

  watch(record: SpanRecord): void {
    const { ownTask } = record;
    if (ownTask?.scope === undefined) return;
    this.ended.set(ownTask.scope, record);
    if (this.sent.of(ownTask.scope) === undefined) return;
    const view = new EndedView(this, record, () => {});
    view.write(false);
    this.correctLater(record, view);
  }

  isWaiting(record: SpanRecord): boolean {
    return this.open.isWaiting(record);
  }

  writeNow(): void {
    this.open.writeAll();
  }

  /** Ends the spans that wait, and stops all timers. */
  stop(): void {
    this.open.stop();
    this.openWork.stop();
    clearInterval(this.probe);
    this.posts.stop();
  }

  viewOf(account: Account): CostView {
    return this.views.get(account) ?? 'process';
  }

  setView(account: Account, view: CostView): void {
    this.views.set(account, view);
  }

  get losses(): number {
    return this.client.losses;
  }

  noteUnreadable(): void {
    this.unreadableParts += 1;
  }

  enter(record: SpanRecord): void {
    this.noteOpen(record.ownTask?.caller);
  }

  leave(record: SpanRecord, missingCalls: number): void {
    const { ownTask } = record;
    // Its waste may have grown by that of its callees.
    this.noteChange(ownTask?.scope, ownTask?.sessions);
    for (const task of this.tasksOf(ownTask?.caller)) {
      task.leave(record, missingCalls);
      this.posts.add(task, true);
      if (task.hasOpenWork) this.openWork.add(task);
    }
  }

  private tasksOf(caller: Caller | undefined): readonly CallerTask[] {
    return (caller === undefined ? undefined : this.joined.get(caller)) ?? [];
  }

  /** The caller's total is not complete while work for it is open here. */
  private noteOpen(caller: Caller | undefined): void {
    for (const task of this.tasksOf(caller)) {
      task.open += 1;
      this.posts.add(task, true);
    }
  }

  /**
   * Work that continues after the end of its task has called another process, or the cost of one became waste: a correction
   * follows.
   */
  private watchLate(scope: Scope): void {
    const record = this.ended.get(scope);
    if (record === undefined || this.open.has(record)) return;
    this.enter(record);
    this.correctLater(record, new EndedView(this, record, () => {}));
  }

  /** Its span has ended. */
  private correctLater(record: SpanRecord, view: EndedView): void {
    if (!this.open.add(record, view, true)) view.end(true);
  }

  private noteChange(from: Scope | undefined, sessions: SessionEntry | undefined): void {
    for (let scope = from; scope !== undefined; scope = scope.parent) {
      const task = this.callers.of(scope);
      if (task !== undefined) this.posts.add(task);
    }
    for (let entry = sessions; entry !== undefined; entry = entry.outer) {
      this.posts.add(this.sessions.of(entry.session));
    }
  }
}
