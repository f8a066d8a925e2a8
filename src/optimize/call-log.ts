import { canonicalHash } from '../canonical.js';
import { sharedName } from '../copies.js';
import type { Scope } from '../ledger/scope.js';
import { addListener, type LedgerListener } from '../runtime/listeners.js';
import type { Bill } from '../spans/bill.js';
import { recordsStarted, type SpanRecord } from '../spans/span-record.js';
import type { Task } from '../spans/task.js';
import type { CallRecord, TaskRecord } from './call-record.js';
import { HintCounters, loopScopeOf } from './hint-counters.js';
import { Ring } from './ring.js';

/** The last calls and tasks of the process. */
export class CallLog implements LedgerListener {
  readonly calls: Ring<CallRecord>;
  readonly tasks: Ring<TaskRecord>;
  private readonly counters: HintCounters;
  private readonly loops = new WeakMap<Scope, number>();
  private lastLoop = 0;
  private lastNumber = 0;
  /** For each call, oldest first: the number of records started by the time it was billed. */
  private readonly startedAtBill: number[] = [];
  /** The number of calls dropped from that list. */
  private forgotten = 0;

  constructor(
    private readonly maxCalls: number,
    maxTasks: number,
  ) {
    this.calls = new Ring(maxCalls);
    this.tasks = new Ring(maxTasks);
    this.counters = new HintCounters(maxCalls);
  }

  billed(bill: Bill, record: SpanRecord): void {
    const { kind, subject } = bill;
    if ((kind !== 'llm' && kind !== 'tool') || bill.llmCalls + bill.toolCalls === 0) return;
    const name = kind === 'llm' ? subject?.model : subject?.toolName;
    const beganAfter = this.callsBefore(record);
    this.lastNumber += 1;
    this.noteBilled();
    const call: CallRecord = {
      kind,
      name,
      provider: subject?.provider,
      serviceTier: subject?.serviceTier,
      timeMillis: subject?.timeMillis ?? Date.now(),
      pico: bill.pico,
      isEstimate: bill.status === 'estimated',
      tokens: bill.tokens,
      failed: bill.failed,
      attempt: bill.attempt,
      argumentsHash:
        name === undefined || subject?.args === undefined ? undefined : canonicalHash(name, subject.args),
      isCacheHit: subject?.isCacheHit,
      cacheTtlSeconds: subject?.cacheTtlSeconds,
      sessionIds: sessionIdsOf(record.sessions),
      taskIds: taskIdsOf(record.task),
      loop: this.loopOf(loopScopeOf(record)),
      number: this.lastNumber,
      beganAfter,
    };
    this.calls.push(call);
    this.counters.count(call, record);
  }

  taskEnded(task: Task): void {
    const { account, budget } = task.ensureScope();
    this.tasks.push({
      id: task.id,
      name: task.name,
      sessionIds: sessionIdsOf(task.sessions),
      isOutermost: task.isOutermost,
      aroundIds: taskIdsOf(task.around),
      outcome: task.outcome,
      costUsd: account.total().toUsd(),
      steps: account.steps,
      limitsReached: budget?.reached() ?? [],
    });
  }

  /** The number of calls billed before this one began. Later ones overlapped with it. */
  private callsBefore({ number }: SpanRecord): number {
    let from = 0;
    let to = this.startedAtBill.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.startedAtBill[middle] ?? 0) < number) from = middle + 1;
      else to = middle;
    }
    return this.forgotten + from;
  }

  private noteBilled(): void {
    this.startedAtBill.push(recordsStarted());
    if (this.startedAtBill.length < 2 * this.maxCalls) return;
    this.startedAtBill.splice(0, this.maxCalls);
    this.forgotten += this.maxCalls;
  }

  private loopOf(loop: Scope | undefined): number {
    if (loop === undefined) return 0;
    const known = this.loops.get(loop);
    if (known !== undefined) return known;
    this.lastLoop += 1;
    this.loops.set(loop, this.lastLoop);
    return this.lastLoop;
  }
}

interface ActiveLog {
  log: CallLog;
  stop: () => void;
}

const ACTIVE = Symbol.for(sharedName('call log'));

/** One log for all copies of the same protocol: `register` and an app's own import are two. */
const holder: typeof globalThis & { [ACTIVE]?: ActiveLog | undefined } = globalThis;

/** Starts a log, which replaces the active one. Returns a function that stops it and discards the records. */
export function startCallLog(maxCalls: number, maxTasks: number): () => void {
  const log = new CallLog(maxCalls, maxTasks);
  holder[ACTIVE]?.stop();
  const stopListening = addListener(log);
  const stop = () => {
    stopListening();
    if (holder[ACTIVE]?.log === log) holder[ACTIVE] = undefined;
  };
  holder[ACTIVE] = { log, stop };
  return stop;
}

/** The active log, if there is one. */
export function currentCallLog(): CallLog | undefined {
  return holder[ACTIVE]?.log;
}

function sessionIdsOf(sessions: SpanRecord['sessions']): string[] {
  const ids: string[] = [];
  for (let entry = sessions; entry !== undefined; entry = entry.outer) ids.push(entry.session.id);
  return ids;
}

function taskIdsOf(task: Task | undefined): string[] {
  const ids: string[] = [];
  for (let at = task; at !== undefined; at = at.around) ids.push(at.id);
  return ids;
}
