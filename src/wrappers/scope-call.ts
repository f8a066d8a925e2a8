import { Budget } from '../ledger/budget.js';
import type { BudgetTerms } from '../ledger/budget-terms.js';
import type { Scope } from '../ledger/scope.js';
import { chargeTo } from '../pipeline/charged-to.js';
import { writeBaggage } from '../runtime/baggage.js';
import type { ScopeOptions } from '../scope-options.js';
import { Task } from '../spans/task.js';
import { Call, type Ending } from './call.js';

/** A scope with a roll-up: a session, task, agent or step. */
export abstract class ScopeCall extends Call {
  /**
   * Runs a function in this scope's context and returns its result. Use it for work from a socket, a queue or a
   * callback, which would otherwise belong to whichever scope calls it.
   */
  get run(): <R>(fn: () => R) => R {
    return (fn) => this.enter(fn);
  }

  protected takeAttribution({ attribution }: ScopeOptions): void {
    const { record, runtime } = this;
    chargeTo(runtime, record, attribution);
    if (attribution === undefined) return;
    this.context = writeBaggage(runtime.baggageKeys, this.context, record.attribution);
  }

  /** Sets the budget of a scope. */
  protected limit(scope: Scope, name: string, terms: BudgetTerms | undefined): void {
    if (terms === undefined) return;
    this.budget = new Budget({ kind: scope.kind, name }, scope.account, terms);
    scope.budget = this.budget;
  }

  protected standInForTask(): void {
    const { record } = this;
    record.ownTask = new Task(undefined, record.task, record.sessions);
    record.change().task = record.ownTask;
  }

  protected settle(_ending: Ending): void {}
}

/** True when `entry` is in the chain. */
export function isAround<E extends { outer: E | undefined }>(chain: E | undefined, entry: E): boolean {
  for (let at = chain; at !== undefined; at = at.outer) if (at === entry) return true;
  return false;
}
