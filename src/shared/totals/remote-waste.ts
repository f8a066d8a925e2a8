/**
 * Cost of other processes that became waste here: a task without success wastes the cost of its callees, who do not know
 * its outcome.
 */
import type { Scope, SessionEntry } from '../../ledger/scope.js';
import type { Session } from '../../ledger/sessions.js';
import { UsdSum } from '../../money.js';

export class RemoteWaste {
  private readonly sums = new WeakMap<Scope | Session, UsdSum>();

  /** `noteChange` is called for each scope whose waste has grown. */
  constructor(private readonly noteChange: (scope: Scope) => void) {}

  /** Undefined if there is none. */
  of(book: Scope | Session): UsdSum | undefined {
    return this.sums.get(book);
  }

  /** Adds waste of a task to the scopes and sessions around it. A dollar is wasted once. */
  addAround(task: Scope, waste: UsdSum): void {
    if (waste.isZero) return;
    for (let at = task.parent; at !== undefined; at = at.parent) {
      // It wastes all cost of its callees itself, in everything around it.
      if (at.unsuccessful) return;
      this.add(at, waste);
      this.noteChange(at);
    }
    for (
      let entry: SessionEntry | undefined = task.sessionsAround();
      entry !== undefined;
      entry = entry.outer
    ) {
      this.add(entry.session, waste);
    }
  }

  private add(book: Scope | Session, waste: UsdSum): void {
    const sum = this.sums.get(book) ?? new UsdSum();
    sum.addSum(waste);
    this.sums.set(book, sum);
  }
}
