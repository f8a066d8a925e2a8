/** What tasks cost by their name: all of that name in this process, successful or not. */
import { UsdSum } from '../money.js';
import type { Posting } from './account.js';

/** What the tasks of one name have come to. Outermost tasks that the app declared; sub-tasks are a part of them. */
export interface TaskStats {
  readonly taskName: string;
  /** Those that ended. */
  readonly tasks: number;
  readonly successfulTasks: number;
  /** What the successful ones delivered. */
  readonly actions: number;
  /** Of all of them, without success and still running included. */
  readonly costUsd: number;
  /** False as soon as one call in one of them has no known cost. */
  readonly costComplete: boolean;
  /** `costUsd` by `actions`; absent when there was none. */
  readonly costPerActionUsd?: number;
}

/**
 * Names kept apart. A row is some 300 bytes; a name says what kind of task it is, and an app has some tens. A name made
 * up for each task is a mistake that must not grow without bound.
 */
export const MAX_TASK_NAMES = 1000;

/** Where the tasks of further names are counted. */
export const OTHER_TASKS = '(other)';

export class TaskTally {
  tasks = 0;
  successfulTasks = 0;
  actions = 0;
  private unpricedCalls = 0;
  private readonly cost = new UsdSum();

  constructor(readonly taskName: string) {}

  /** Counts a bill in a task of that name, one that comes after the task has ended included. */
  add({ pico = 0, unpricedCalls }: Posting): void {
    if (pico > 0) this.cost.add(pico);
    this.unpricedCalls += unpricedCalls;
  }

  /** One more that ended. `actions` is what it delivered, 0 without success. */
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

/** All cost by successful actions; undefined when there was none, or too little of one for a number. */
export function costPerAction(cost: UsdSum, actions: number): number | undefined {
  const perAction = cost.perUnitUsd(actions);
  return actions > 0 && Number.isFinite(perAction) ? perAction : undefined;
}

/** The tallies of a process, by task name. */
export class TaskTallies {
  private readonly byName = new Map<string, TaskTally>();

  /** The tally of that name: the one that is kept, a new one, or, when the table is full, that of all others. */
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
