/** The totals of one task or session that has ended here, with the parts of other processes. */
import { Account } from '../../ledger/account.js';
import type { Scope } from '../../ledger/scope.js';
import type { Session } from '../../ledger/sessions.js';
import { correct } from '../../pipeline/close.js';
import { currentRuntime } from '../../runtime/current-runtime.js';
import type { CostView } from '../../runtime/sharing.js';
import type { SpanRecord } from '../../spans/span-record.js';
import type { Task } from '../../spans/task.js';
import type { RowKey, StoredRow, StoreState } from '../store/store.js';
import { NumberRanges } from './number-ranges.js';
import type { OpenView } from './open-views.js';
import type { OutstandingCalls } from './outstanding-calls.js';
import type { RemoteWaste } from './remote-waste.js';
import { partOfText, type RowPart } from './row-part.js';
import type { SentCalls } from './sent-calls.js';
import type { SessionRows } from './session-rows.js';

/** The parts of this process that a view needs. */
export interface OwnParts {
  /** Names this process in the calls that it makes. */
  readonly writer: string;
  readonly sent: SentCalls;
  readonly outstanding: OutstandingCalls;
  readonly sessions: SessionRows;
  readonly waste: RemoteWaste;
  /** How often the store has lost its data, as far as this process knows. */
  readonly losses: number;
  setView(account: Account, view: CostView): void;
  noteUnreadable(): void;
  /** Called when something is outstanding again in a task that was left. */
  enter(record: SpanRecord): void;
  /** Called when nothing is outstanding any more in a task. `missingCalls`: those that have been given up. */
  leave(record: SpanRecord, missingCalls: number): void;
}

export class EndedView implements OpenView {
  private readonly task: Task | undefined;
  private readonly scope: Scope | undefined;
  /** If it is an outermost task: its calls include those of the tasks inside. */
  private readonly outermost: Task | undefined;
  private readonly session: Session | undefined;
  applied: string | undefined;

  constructor(
    private readonly own: OwnParts,
    private readonly record: SpanRecord,
    private readonly writeSpan: () => void,
  ) {
    const { ownTask, ownSession } = record;
    this.task = ownTask;
    this.scope = ownTask?.scope;
    this.outermost = ownTask?.isStated === true && ownTask.isOutermost ? ownTask : undefined;
    this.session = ownSession?.session ?? this.outermost?.sessions?.session;
    this.noteOutstanding(this.sent?.count ?? 0);
  }

  get keys(): readonly RowKey[] {
    const { sent, task, session } = this;
    const keys: RowKey[] = [];
    if (sent !== undefined && task !== undefined) keys.push({ kind: 'task', id: task.id });
    if (session !== undefined) keys.push({ kind: 'session', id: session.id });
    return keys;
  }

  /** The numbers of the calls that were made in the task so far. Work that continues after its end may make more. */
  private get sent(): NumberRanges | undefined {
    return this.scope === undefined ? undefined : this.own.sent.of(this.scope);
  }

  apply(rows: readonly StoredRow[], { generation }: StoreState): boolean {
    const { scope, sent, session, own } = this;
    const rowOf = (kind: RowKey['kind']) => rows.find((row) => row.kind === kind);
    let isDone = true;
    if (scope !== undefined && sent !== undefined) {
      const isLost = generation === undefined || own.losses > own.sent.lossesBefore(scope);
      // The parts that were read before stay known.
      if (isLost && this.applied !== undefined) return scope.account.remote?.openCalls === 0;
      isDone = this.applyToTask(scope, sent, this.partsOf(rowOf('task')), isLost);
    }
    if (session !== undefined) {
      // The span of a session waits for its tasks.
      if (this.outermost === undefined && own.outstanding.of(session) > 0) isDone = false;
      const { writer, isPartial } = own.sessions.of(session);
      const isLost = generation === undefined || isPartial;
      this.applyToSession(session, this.partsOf(rowOf('session'), writer.name), isLost);
    }
    return isDone;
  }

  write(isRead: boolean): void {
    const { scope, sent, session } = this;
    // A task that has called no other process is whole.
    const isWhole = sent === undefined && scope?.account.remote === undefined;
    if (scope !== undefined) this.own.setView(scope.account, isRead || isWhole ? 'shared' : 'process');
    if (session !== undefined) this.own.setView(session.account, isRead ? 'shared' : 'process');
    if (!isRead && scope !== undefined && sent !== undefined) scope.account.remote = missing(sent.count);
    if (!isRead && session !== undefined)
      session.account.remote ??= missing(this.own.outstanding.of(session));
    this.writeSpan();
  }

  end(isGivenUp: boolean): void {
    const { scope, outermost, session, own } = this;
    if (outermost !== undefined && session !== undefined) own.outstanding.giveUp(session, outermost);
    const missingCalls = isGivenUp ? (scope?.account.remote?.openCalls ?? 0) : 0;
    if (scope !== undefined) own.leave(this.record, missingCalls);
  }

  reopen(): void {
    this.own.enter(this.record);
  }

  correct(): void {
    const { scope, session } = this;
    if (scope !== undefined) this.own.setView(scope.account, 'shared');
    if (session !== undefined) this.own.setView(session.account, 'shared');
    correct(currentRuntime(), this.record);
  }

  private applyToTask(
    scope: Scope,
    sent: NumberRanges,
    parts: readonly (RowPart | undefined)[],
    isLost: boolean,
  ) {
    const remote = sumOf(parts);
    const received = new NumberRanges();
    let open = 0;
    for (const part of parts) {
      open += part?.open ?? 0;
      const numbers = part?.received.get(this.own.writer);
      if (numbers !== undefined) received.addAll(numbers);
    }
    const outstanding = sent.countMissingIn(received) + open;
    this.noteOutstanding(outstanding);
    remote.openCalls += outstanding;
    remote.partial ||= isLost;
    this.addWaste(scope, remote);
    scope.account.remote = remote;
    this.applied = [remote.total().toBigInt(), remote.wasted.toBigInt(), remote.missingCalls].join(' ');
    return remote.openCalls === 0;
  }

  /** A task without success wastes the cost of its callees. */
  private addWaste(scope: Scope, remote: Account): void {
    const { waste } = this.own;
    const more = waste.of(scope);
    if (more !== undefined) remote.addWaste(more);
    if (!scope.unsuccessful) return;
    const rest = remote.total().minus(remote.wasted);
    remote.addWaste(rest);
    waste.setAround(scope, rest);
  }

  private applyToSession(session: Session, parts: readonly (RowPart | undefined)[], isLost: boolean): void {
    const remote = sumOf(parts);
    remote.openCalls += this.own.outstanding.of(session);
    remote.partial ||= isLost;
    const more = this.own.waste.of(session);
    if (more !== undefined) remote.addWaste(more);
    session.account.remote = remote;
    const counts = { tasks: 0, successfulTasks: 0, actions: 0 };
    for (const part of parts) {
      counts.tasks += part?.counts.tasks ?? 0;
      counts.successfulTasks += part?.counts.successfulTasks ?? 0;
      counts.actions += part?.counts.actions ?? 0;
    }
    session.remote = counts;
  }

  private noteOutstanding(count: number): void {
    const { outermost, session, own } = this;
    if (outermost !== undefined && session !== undefined) own.outstanding.set(session, outermost, count);
  }

  /** The parts of other writers. An unreadable one is undefined. */
  private partsOf(row: StoredRow | undefined, ownWriter?: string): readonly (RowPart | undefined)[] {
    const others = (row?.parts ?? []).filter(({ writer }) => writer !== ownWriter);
    return others.map(({ value }) => {
      const part = partOfText(value);
      if (part === undefined) this.own.noteUnreadable();
      return part;
    });
  }
}

/** The sum of the parts. Incomplete if one is unreadable. */
function sumOf(parts: readonly (RowPart | undefined)[]): Account {
  const sum = new Account();
  for (const part of parts) {
    if (part === undefined) sum.partial = true;
    else {
      sum.addAccount(part.account);
      sum.openCalls += part.account.openCalls;
    }
  }
  return sum;
}

/** The store was not reached in time: none of the calls is known to have ended. */
function missing(calls: number): Account {
  const remote = new Account();
  remote.openCalls = calls;
  return remote;
}
