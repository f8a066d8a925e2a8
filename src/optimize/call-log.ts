import { canonicalHash } from '../canonical.js';
import type { Scope } from '../ledger/scope.js';
import type { Pico } from '../money.js';
import { addListener, type LedgerListener } from '../runtime/listeners.js';
import type { Bill } from '../spans/bill.js';
import { recordsStarted, type SpanRecord } from '../spans/span-record.js';
import type { Task } from '../spans/task.js';
import type { TaskOutcome } from '../totals.js';
import type { TokenCounts } from '../usage/usage.js';
import { Ring } from './ring.js';

/** One LLM or tool call, as it was billed. */
export interface CallRecord {
  readonly kind: 'llm' | 'tool';
  /** The model or the tool. Undefined when unknown. */
  readonly name: string | undefined;
  readonly provider: string | undefined;
  readonly serviceTier: string | undefined;
  /** The start time, or else the time of the bill, in epoch milliseconds. */
  readonly timeMillis: number;
  /** Undefined when the cost is unknown. */
  readonly pico: Pico | undefined;
  /**
   * True if the cost is only likely: cached tokens may be hidden, the price may be another one, or the stream was
   * cut short.
   */
  readonly isEstimate: boolean;
  readonly tokens: TokenCounts | undefined;
  readonly failed: boolean;
  /** From 1. Undefined when unknown. */
  readonly attempt: number | undefined;
  /** The hash of a tool's arguments. Undefined when they are unknown or have no canonical form. */
  readonly argumentsHash: string | undefined;
  /** Undefined for a tool without a cache. */
  readonly isCacheHit: boolean | undefined;
  readonly cacheTtlSeconds: number | undefined;
  readonly sessionIds: readonly string[];
  /** The tasks it is part of, innermost first. */
  readonly taskIds: readonly string[];
  /** The agent run or task whose loop contains the call. Equal for the calls of one loop. */
  readonly loop: number;
  /** From 1, in the order in which the calls were billed. */
  readonly number: number;
  /**
   * The number of the last call that had been billed when this one began. This call did not overlap with calls up
   * to that one.
   */
  readonly beganAfter: number;
}

/** One task that has ended. */
export interface TaskRecord {
  readonly id: string;
  readonly name: string;
  readonly sessionIds: readonly string[];
  readonly isOutermost: boolean;
  /** The tasks that contain it. */
  readonly aroundIds: readonly string[];
  readonly outcome: TaskOutcome | undefined;
  readonly costUsd: number;
  readonly steps: number;
  /** The limits that were exceeded or used up: `usd`, `steps`, …. */
  readonly limitsReached: readonly string[];
}

/** The last calls and tasks of the process. */
export class CallLog implements LedgerListener {
  readonly calls: Ring<CallRecord>;
  readonly tasks: Ring<TaskRecord>;
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
  }

  billed(bill: Bill, record: SpanRecord): void {
    const { kind, subject } = bill;
    if ((kind !== 'llm' && kind !== 'tool') || bill.llmCalls + bill.toolCalls === 0) return;
    const name = kind === 'llm' ? subject?.model : subject?.toolName;
    const beganAfter = this.callsBefore(record);
    this.lastNumber += 1;
    this.noteBilled();
    this.calls.push({
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
      loop: this.loopOf(record.scope ?? record.task?.ensureScope()),
      number: this.lastNumber,
      beganAfter,
    });
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

  private loopOf(scope: Scope | undefined): number {
    let at = scope;
    while (at?.kind === 'step' && at.parent !== undefined) at = at.parent;
    if (at === undefined) return 0;
    const known = this.loops.get(at);
    if (known !== undefined) return known;
    this.lastLoop += 1;
    this.loops.set(at, this.lastLoop);
    return this.lastLoop;
  }
}

let current: { log: CallLog; stop: () => void } | undefined;

/** Starts a log, which replaces the active one. Returns a function that stops it and discards the records. */
export function startCallLog(maxCalls: number, maxTasks: number): () => void {
  const log = new CallLog(maxCalls, maxTasks);
  current?.stop();
  const stopListening = addListener(log);
  const stop = () => {
    stopListening();
    if (current?.log === log) current = undefined;
  };
  current = { log, stop };
  return stop;
}

/** The active log, if there is one. */
export function currentCallLog(): CallLog | undefined {
  return current?.log;
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
