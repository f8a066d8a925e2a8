import { MAX_SERIES } from './series.js';

/** A running task. */
export interface RunningTask {
  readonly name: string;
  /** False for a span that stands in for a task while inner tasks are declared. */
  readonly isStated: boolean;
  /** The cost so far, in USD. */
  readonly costUsd: number;
}

/** The most open tasks tracked: more than a process runs. Beyond it, the newest ones are left out. */
const MAX_OPEN_TASKS = 10_000;

/** Started tasks between two searches for abandoned ones, for processes that do not collect metrics. */
const SWEEP_EVERY = 1_000;

/**
 * Tracks one open task. The first sweep that finds the task still open replaces the reference with a `WeakRef`, so
 * that an abandoned task can be garbage-collected. Most tasks have ended by then and need no `WeakRef`, which would
 * keep them alive to the end of the turn.
 */
export class OpenTask {
  ended = false;
  /** True if it cost more than a multiple of the usual cost of its name and was counted as a runaway. */
  isRunaway = false;
  private running: RunningTask | WeakRef<RunningTask>;

  constructor(task: RunningTask) {
    this.running = task;
  }

  /** Undefined for a task that has been garbage-collected. */
  get task(): RunningTask | undefined {
    return this.running instanceof WeakRef ? this.running.deref() : this.running;
  }

  letGo(): void {
    if (!(this.running instanceof WeakRef)) this.running = new WeakRef(this.running);
  }
}

class OpenTasksOfName {
  tasks = 0;
  /** The cost so far, in USD, of the most expensive of them. */
  maxUsd = 0;

  add(costUsd: number): void {
    this.tasks += 1;
    if (costUsd > this.maxUsd) this.maxUsd = costUsd;
  }
}

/** The tasks that are open now. */
export class OpenTasks {
  private readonly open = new Set<OpenTask>();
  private readonly groups = new Map<string | undefined, OpenTasksOfName>();

  private begun = 0;

  constructor(private readonly maxOpenTasks = MAX_OPEN_TASKS) {}

  begin(task: RunningTask): OpenTask {
    const entry = new OpenTask(task);
    this.begun += 1;
    if (this.begun % SWEEP_EVERY === 0) this.sweep();
    if (this.open.size < this.maxOpenTasks) this.open.add(entry);
    return entry;
  }

  end(entry: OpenTask): void {
    entry.ended = true;
    this.open.delete(entry);
  }

  /**
   * The running tasks by name; `undefined` stands for names beyond the limit. A name without running tasks stays
   * with 0, because a gauge that is not observed again would keep its last value.
   */
  byName(): ReadonlyMap<string | undefined, OpenTasksOfName> {
    for (const group of this.groups.values()) {
      group.tasks = 0;
      group.maxUsd = 0;
    }
    this.sweep();
    for (const { task } of this.open) if (task?.isStated) this.group(task.name).add(task.costUsd);
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

  private sweep(): void {
    for (const entry of this.open) {
      if (entry.task === undefined) this.open.delete(entry);
      else entry.letGo();
    }
  }
}
