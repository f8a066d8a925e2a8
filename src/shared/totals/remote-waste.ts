/**
 * Cost of other processes that became waste here: a task without success wastes the cost of its callees, who do not know
 * its outcome.
 */
import type { Scope, SessionEntry } from '../../ledger/scope.js';
import type { Session } from '../../ledger/sessions.js';
import { UsdSum } from '../../money.js';

export class RemoteWaste {
  private readonly sums = new WeakMap<Scope | Session, UsdSum>();
  /** The waste of each task as it stands in the scopes and sessions around it. */
  private readonly added = new WeakMap<Scope, UsdSum>();

  /** `noteChange` is called for each scope whose waste has grown. */
  constructor(private readonly noteChange: (scope: Scope) => void) {}

  /** Undefined if there is none. */
  of(book: Scope | Session): UsdSum | undefined {
    return this.sums.get(book);
  }

  /** The waste of a task so far, of which the scopes and sessions around it get what is new. A dollar is wasted once. */
  setAround(task: Scope, waste: UsdSum): void {
    const added = this.added.get(task) ?? new UsdSum();
    const news = waste.minus(added);
    if (news.isZero) return;
    added.addSum(news);
    this.added.set(task, added);
    this.addAround(task, news);
  }

  private addAround(task: Scope, waste: UsdSum): void {
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
