/**
 * Recognizes attempts: calls whose work failed before. Nothing is kept, and no argument is read, until a call fails.
 */
import { callKey, FailedCalls } from '../ledger/failed-calls.js';
import type { Scope, SessionEntry } from '../ledger/scope.js';
import type { Runtime } from '../runtime/runtime.js';
import type { SpanRecord } from '../spans/span-record.js';
import { readInput } from '../usage/read-input.js';
import type { SpanAttributes } from '../usage/span-role.js';

/** The work of a call, to recognize when it is called again. Read only after a failure of the same `workName`. */
export interface Work {
  /** The tool or the model, with its kind: `tool search` and `llm search` are different work. */
  readonly workName: string;
  /** Its arguments or its request. Undefined when they are not known; then no attempt is recognized. */
  readonly workInput: unknown;
  /** When it ended, ms since 1970. Undefined: now. */
  readonly endMillis?: number | undefined;
}

/** A repeated call: the same work failed in the same scope before this call began. */
export interface Attempt {
  readonly key: string;
  /** The number of the attempt, from 2. */
  readonly number: number;
}

/** The work of another instrumentation's span, as far as its attributes show it. */
export class SpanWork implements Work {
  constructor(
    private readonly kind: 'llm' | 'tool',
    private readonly name: string | undefined,
    private readonly attributes: SpanAttributes,
    readonly endMillis: number | undefined,
  ) {}

  get workName(): string {
    return `${this.kind} ${this.name}`;
  }

  get workInput(): unknown {
    return this.name === undefined ? undefined : readInput(this.kind, this.attributes);
  }
}

/**
 * Returns the attempt of a call that begins now, or began at `startMillis`, ms since 1970. Undefined if the same work
 * had not failed by then. Never throws.
 */
export function beginAttempt(
  runtime: Runtime,
  record: SpanRecord,
  work: Work,
  startMillis?: number,
): Attempt | undefined {
  try {
    const failedCalls = holderOf(record)?.failedCalls;
    if (failedCalls === undefined || !failedCalls.has(work.workName)) return undefined;
    const key = callKey(work.workName, work.workInput);
    const last = key === undefined ? 0 : failedCalls.lastAttempt(key, startMillis);
    return key === undefined || last === 0 ? undefined : { key, number: last + 1 };
  } catch (error) {
    runtime.caught(error);
    return undefined;
  }
}

/** True when the same scope has a failed call, so that this call may be its repetition. */
export function mayRepeat(record: SpanRecord): boolean {
  return holderOf(record)?.failedCalls !== undefined;
}

/** Stores the work of a failed call with its attempt number, or deletes it when the call succeeded. */
export function endAttempt(
  record: SpanRecord,
  work: Work,
  begun: Attempt | undefined,
  failed: boolean,
  number = begun?.number ?? 1,
): void {
  const holder = holderOf(record);
  if (holder === undefined) return;
  if (!failed && !holder.failedCalls?.has(work.workName)) return;
  const key = begun?.key ?? callKey(work.workName, work.workInput);
  if (key === undefined) return;
  if (failed) {
    holder.failedCalls ??= new FailedCalls();
    holder.failedCalls.add(key, work.workName, number, work.endMillis);
  } else {
    holder.failedCalls?.delete(key);
  }
}

/** The agent, task or session that contains a call. Steps are skipped, because a retry may be in the next step. */
function holderOf(record: SpanRecord): Scope | SessionEntry | undefined {
  let scope = record.scope ?? record.task?.scope;
  if (scope === undefined && record.task !== undefined) return undefined;
  while (scope?.kind === 'step') scope = scope.parent;
  return scope ?? record.sessions;
}
