import { UsdSum } from '../money.js';
import type { LedgerListener } from '../runtime/listeners.js';
import type { Task } from '../spans/task.js';

import type { RoutedTasks } from './router-report.js';

/** The most open tasks whose routes are tracked: more than a process runs. Each takes about 200 bytes. */
const MAX_OPEN_TASKS = 10_000;
/** The most kinds of tasks. Apps have few task names, and one task uses few routes. */
const MAX_KINDS = 1000;

interface Kind {
  taskName: string;
  routes: readonly string[];
  tasks: number;
  successfulTasks: number;
  cost: UsdSum;
  costComplete: boolean;
}

/** Tracks the routes of open tasks and the results of ended ones. */
export class RouteTasks implements LedgerListener {
  untracked = 0;
  private readonly open = new Map<Task, Set<string>>();
  private readonly kinds = new Map<string, Kind>();

  /** Records the route of a call for its outermost declared task. */
  note(task: Task | undefined, route: string): void {
    let outermost: Task | undefined;
    for (let at = task; at !== undefined; at = at.around) if (at.isExplicit) outermost = at;
    // A task that has ended does not end again.
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
