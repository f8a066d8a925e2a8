import { Budget } from '../ledger/budget.js';
import type { BudgetTerms } from '../ledger/budget-options.js';
import type { Scope } from '../ledger/scope.js';
import { chargeTo } from '../pipeline/charged-to.js';
import type { AttributionOptions } from '../spans/attribution.js';
import { Task } from '../spans/task.js';
import { Call, type Ending } from './call.js';

export interface ScopeOptions {
  /** Who this is charged to, here and below. */
  attribution?: AttributionOptions;
  /** When it started, ms since 1970. Default: now. For replays of recorded work: prices are dated. */
  startTimeMillis?: number;
}

/** Sessions, tasks, agents and steps: what has a roll-up. */
export abstract class ScopeCall extends Call {
  /**
   * Runs a function in this scope's context, and gives what it gives: for a socket, a queue or a callback, whose work
   * would otherwise belong to whoever happened to call it.
   */
  get run(): <R>(fn: () => R) => R {
    return (fn) => this.enter(fn);
  }

  protected takeAttribution({ attribution }: ScopeOptions): void {
    const { record, runtime } = this;
    chargeTo(runtime, record, attribution);
    if (attribution !== undefined) this.context = runtime.baggage.write(this.context, record.attribution);
  }

  /** Limits what a scope may use. */
  protected limit(scope: Scope, name: string, terms: BudgetTerms | undefined): void {
    if (terms === undefined) return;
    this.budget = new Budget({ kind: scope.kind, name }, scope.account, terms);
    scope.budget = this.budget;
  }

  protected standInForTask(): void {
    const { record } = this;
    record.task = new Task(undefined, record.task, record.sessions);
    record.ownTask = record.task;
  }

  protected settle(_ending: Ending): void {}
}

/** True when an entry is one of those around. */
export function isAround<E extends { outer: E | undefined }>(chain: E | undefined, entry: E): boolean {
  for (let at = chain; at !== undefined; at = at.outer) if (at === entry) return true;
  return false;
}
