/** Tells when a call is one that failed before: an attempt. Nothing is kept, and no argument read, until one fails. */
import { callKey, FailedCalls } from '../ledger/failed-calls.js';
import type { Scope, SessionEntry } from '../ledger/scope.js';
import type { Runtime } from '../runtime/runtime.js';
import type { SpanRecord } from '../spans/span-record.js';
import { readInput } from '../usage/read-input.js';
import type { SpanAttributes } from '../usage/span-role.js';

/** What a call asks for, so that it is known when it is made again. Read only after a failure of that name. */
export interface Work {
  /** Of the tool or the model, apart from each other. */
  readonly workName: string;
  /** Its arguments or its request; undefined where they are not known, and then no repetition is. */
  readonly workInput: unknown;
}

/** An attempt of work that had failed in the same scope before this call began. */
export interface Attempt {
  readonly key: string;
  /** Which one this is, from 2. */
  readonly number: number;
}

/** What a span of another instrumentation asks for, where it says so. */
export class SpanWork implements Work {
  constructor(
    private readonly kind: 'llm' | 'tool',
    private readonly name: string | undefined,
    private readonly attributes: SpanAttributes,
  ) {}

  get workName(): string {
    return `${this.kind} ${this.name}`;
  }

  get workInput(): unknown {
    return this.name === undefined ? undefined : readInput(this.kind, this.attributes);
  }
}

/**
 * The attempt that a call is which begins now, or began at `startMillis`, ms since 1970; undefined for one that had not
 * failed by then. Never throws.
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

/** Remembers a call that failed, with the number of its attempt, and forgets one that succeeded. */
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
    holder.failedCalls.add(key, work.workName, number);
  } else {
    holder.failedCalls?.delete(key);
  }
}

/** The agent, task or session that a call is directly in. A loop goes on over its steps, and so do its attempts. */
function holderOf(record: SpanRecord): Scope | SessionEntry | undefined {
  let scope = record.scope ?? record.task?.scope;
  if (scope === undefined && record.task !== undefined) return undefined;
  while (scope?.kind === 'step') scope = scope.parent;
  return scope ?? record.sessions;
}
