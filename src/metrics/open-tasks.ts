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

/** So often, in tasks that begin, those that were abandoned are looked for where nobody collects the metrics. */
const SWEEP_EVERY = 1_000;

/**
 * The watch over one open task. It lets go of a task that is still open when it is looked at, so that one that is
 * abandoned goes away; most have ended by then and need no `WeakRef`, which is kept to the end of the turn.
 */
export class OpenTask {
  ended = false;
  /** It cost more than a multiple of what tasks of its name cost, and was counted for that. */
  isRunaway = false;
  private running: RunningTask | WeakRef<RunningTask>;

  constructor(task: RunningTask) {
    this.running = task;
  }

  /** Undefined for a task that nobody holds any more. */
  get task(): RunningTask | undefined {
    return this.running instanceof WeakRef ? this.running.deref() : this.running;
  }

  letGo(): void {
    if (!(this.running instanceof WeakRef)) this.running = new WeakRef(this.running);
  }
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
   * The tasks that run, by name; `undefined` for names beyond the limit. A name that has none any more stays, with 0: a
   * gauge that is not given anew would keep its last value.
   */
  byName(): ReadonlyMap<string | undefined, OpenTasksOfName> {
    for (const group of this.groups.values()) {
      group.tasks = 0;
      group.dearestUsd = 0;
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
