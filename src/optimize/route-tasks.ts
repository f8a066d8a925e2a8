import { UsdSum } from '../money.js';
import type { LedgerListener } from '../runtime/listeners.js';
import type { Task } from '../spans/task.js';

/** What the tasks of one name cost that used the same routes. */
export interface RoutedTasks {
  taskName: string;
  /** In alphabetical order. */
  routes: readonly string[];
  tasks: number;
  successfulTasks: number;
  /** Everything in those tasks: every step, tool and retry. */
  costUsd: number;
  /** False when a part of that is not known. */
  costComplete: boolean;
  /** All cost by the tasks that succeeded; absent when none did. */
  costPerSuccessfulTaskUsd?: number;
}

/** Tasks open at once whose routes are remembered: more than a process runs; each is a row of some 200 bytes. */
const MAX_OPEN_TASKS = 10_000;
/** Kinds of tasks: names are few, and so are the routes that one task uses. */
const MAX_KINDS = 1000;

interface Kind {
  taskName: string;
  routes: readonly string[];
  tasks: number;
  successfulTasks: number;
  cost: UsdSum;
  costComplete: boolean;
}

/** Which routes the open tasks use, and what came of those that ended. */
export class RouteTasks implements LedgerListener {
  untracked = 0;
  private readonly open = new Map<Task, Set<string>>();
  private readonly kinds = new Map<string, Kind>();

  /** Notes a call in a task: the outermost one that the app declared. */
  note(task: Task | undefined, route: string): void {
    let outermost: Task | undefined;
    for (let at = task; at !== undefined; at = at.around) if (at.isExplicit) outermost = at;
    // A task that has ended is not going to end again.
    if (outermost === undefined || (outermost.outcome !== undefined && outermost.scope?.ended)) return;
    const known = this.open.get(outermost);
    if (known !== undefined) {
      known.add(route);
    } else if (this.open.size < MAX_OPEN_TASKS) {
      this.open.set(outermost, new Set([route]));
    } else {
      this.untracked += 1;
    }
  }

  billed(): void {}

  taskEnded(task: Task): void {
    const routes = this.open.get(task);
    if (routes === undefined) return;
    this.open.delete(task);
    const kind = this.kindOf(task.name, [...routes].sort());
    if (kind === undefined) {
      this.untracked += 1;
      return;
    }
    const { account } = task.ensureScope();
    kind.tasks += 1;
    if (task.outcome === 'success') kind.successfulTasks += 1;
    kind.cost.addSum(account.total());
    kind.costComplete &&= account.totals().costComplete;
  }

  report(): RoutedTasks[] {
    return [...this.kinds.values()].map(({ cost, ...kind }) => {
      const costUsd = cost.toUsd();
      const { successfulTasks } = kind;
      return {
        ...kind,
        costUsd,
        ...(successfulTasks > 0 && { costPerSuccessfulTaskUsd: costUsd / successfulTasks }),
      };
    });
  }

  private kindOf(taskName: string, routes: readonly string[]): Kind | undefined {
    const key = JSON.stringify([taskName, ...routes]);
    let kind = this.kinds.get(key);
    if (kind === undefined && this.kinds.size < MAX_KINDS) {
      kind = { taskName, routes, tasks: 0, successfulTasks: 0, cost: new UsdSum(), costComplete: true };
      this.kinds.set(key, kind);
    }
    return kind;
  }
}
