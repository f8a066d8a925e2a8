/** The cost of tasks by name: all tasks of that name in this process, successful or not. */

import { UsdSum } from '../money.js';
import type { TaskStats } from '../stats.js';
import type { Posting } from './account.js';

/**
 * The most names kept, about 300 bytes each. A name identifies a kind of task, and an app has a few tens. Apps that
 * invent a name for each task must not make the table grow without bound.
 */
export const MAX_TASK_NAMES = 1000;

/** The name under which tasks with further names are counted. */
export const OTHER_TASKS = '(other)';

export class TaskTally {
  tasks = 0;
  successfulTasks = 0;
  actions = 0;
  private unpricedCalls = 0;
  private readonly cost = new UsdSum();

  constructor(readonly taskName: string) {}

  /** Adds a bill of a task with that name, even one that arrives after the task has ended. */
  add({ pico = 0, unpricedCalls }: Pick<Posting, 'pico' | 'unpricedCalls'>): void {
    if (pico > 0) this.cost.add(pico);
    this.unpricedCalls += unpricedCalls;
  }

  /** Counts a task that ended. `actions` is the number it delivered, 0 without success. */
  end(succeeded: boolean, actions: number): void {
    this.tasks += 1;
    if (succeeded) this.successfulTasks += 1;
    this.actions += actions;
  }

  stats(): TaskStats {
    const { taskName, tasks, successfulTasks, actions } = this;
    const costUsd = this.cost.toUsd();
    const costPerActionUsd = costPerAction(this.cost, actions);
    return {
      taskName,
      tasks,
      successfulTasks,
      actions,
      costUsd,
      costComplete: this.unpricedCalls === 0,
      ...(costPerActionUsd !== undefined && { costPerActionUsd }),
    };
  }
}

/** Cost divided by successful actions. Undefined when there were none, or when the result is not a finite number. */
export function costPerAction(cost: UsdSum, actions: number): number | undefined {
  const perAction = cost.perUnitUsd(actions);
  return actions > 0 && Number.isFinite(perAction) ? perAction : undefined;
}

/** The tallies of a process, by task name. */
export class TaskTallies {
  private readonly byName = new Map<string, TaskTally>();

  /** The tally of that name: the existing one, a new one or, when the table is full, the one for all other names. */
  of(taskName: string): TaskTally {
    const name = this.byName.size < MAX_TASK_NAMES || this.byName.has(taskName) ? taskName : OTHER_TASKS;
    let tally = this.byName.get(name);
    if (tally === undefined) {
      tally = new TaskTally(name);
      this.byName.set(name, tally);
    }
    return tally;
  }

  stats(): TaskStats[] {
    return [...this.byName.values()].map((tally) => tally.stats());
  }
}
