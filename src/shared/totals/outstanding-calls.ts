/** The calls to other processes, by session, that have not been answered as far as this process knows. */
import type { Session } from '../../ledger/sessions.js';
import type { Task } from '../../spans/task.js';

interface Outstanding {
  readonly byTask: Map<Task, number>;
  /** Those of tasks that are not watched any more. */
  givenUp: number;
}

export class OutstandingCalls {
  private readonly bySession = new WeakMap<Session, Outstanding>();

  /** `count`: the calls that were made in an outermost task of the session. */
  set(session: Session, task: Task, count: number): void {
    if (count === 0) {
      this.bySession.get(session)?.byTask.delete(task);
      return;
    }
    const known = this.bySession.get(session) ?? { byTask: new Map<Task, number>(), givenUp: 0 };
    known.byTask.set(task, count);
    this.bySession.set(session, known);
  }

  /** The callees have not answered for so long that they are not asked any more. */
  giveUp(session: Session, task: Task): void {
    const known = this.bySession.get(session);
    if (known === undefined) return;
    known.givenUp += known.byTask.get(task) ?? 0;
    known.byTask.delete(task);
  }

  of(session: Session): number {
    const { byTask = new Map<Task, number>(), givenUp = 0 } = this.bySession.get(session) ?? {};
    let sum = givenUp;
    for (const count of byTask.values()) sum += count;
    return sum;
  }
}
