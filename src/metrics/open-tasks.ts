import { MAX_SERIES } from './series.js';

/** A task while it runs. */
export interface RunningTask {
  readonly name: string;
  /** False for a span that stands in for a task, while tasks further in are declared. */
  readonly isStated: boolean;
  /** So far, in USD. */
  readonly costUsd: number;
}

/** Open tasks that are watched: more than a process runs; beyond it the ones that began last are left out. */
const MAX_OPEN_TASKS = 10_000;

/** The watch over one open task. The task holds it, and it does not hold the task: one that is abandoned goes away. */
export class OpenTask {
  ended = false;
  /** It cost more than a multiple of what tasks of its name cost, and was counted for that. */
  isRunaway = false;

  constructor(readonly task: WeakRef<RunningTask>) {}
}

class OpenTasksOfName {
  tasks = 0;
  /** What the dearest of them has cost so far. */
  dearestUsd = 0;

  add(costUsd: number): void {
    this.tasks += 1;
    if (costUsd > this.dearestUsd) this.dearestUsd = costUsd;
  }
}

/** The tasks that are open now. */
export class OpenTasks {
  private readonly open = new Set<OpenTask>();
  private readonly groups = new Map<string | undefined, OpenTasksOfName>();

  constructor(private readonly maxOpenTasks = MAX_OPEN_TASKS) {}

  begin(task: RunningTask): OpenTask {
    const entry = new OpenTask(new WeakRef(task));
    if (this.open.size >= this.maxOpenTasks) this.forgetAbandoned();
    if (this.open.size < this.maxOpenTasks) this.open.add(entry);
    return entry;
  }

  end(entry: OpenTask): void {
    entry.ended = true;
    this.open.delete(entry);
  }

  /**
   * The tasks that run, by name; `undefined` for names beyond the limit. A name that has none any more stays, with 0: a
   * gauge that is not given anew would keep its last value.
   */
  byName(): ReadonlyMap<string | undefined, OpenTasksOfName> {
    for (const group of this.groups.values()) {
      group.tasks = 0;
      group.dearestUsd = 0;
    }
    for (const entry of this.open) {
      const task = entry.task.deref();
      if (task === undefined) this.open.delete(entry);
      else if (task.isStated) this.group(task.name).add(task.costUsd);
    }
    return this.groups;
  }

  private group(name: string): OpenTasksOfName {
    const known = this.groups.has(name) || this.groups.size < MAX_SERIES ? name : undefined;
    let group = this.groups.get(known);
    if (group === undefined) {
      group = new OpenTasksOfName();
      this.groups.set(known, group);
    }
    return group;
  }

  private forgetAbandoned(): void {
    for (const entry of this.open) if (entry.task.deref() === undefined) this.open.delete(entry);
  }
}
