import { Budget } from '../ledger/budget.js';
import type { BudgetTerms } from '../ledger/budget-options.js';
import type { Scope } from '../ledger/scope.js';
import { attributeTo } from '../pipeline/attribute.js';
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

/** True when an entry is one of those around. */
export function isAround<E extends { outer: E | undefined }>(chain: E | undefined, entry: E): boolean {
  for (let at = chain; at !== undefined; at = at.outer) if (at === entry) return true;
  return false;
}
