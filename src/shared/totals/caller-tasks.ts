/** The tasks of other processes that this process works for. */
import type { Caller } from '../../caller.js';
import { Scope } from '../../ledger/scope.js';
import type { SpanRecord } from '../../spans/span-record.js';
import { NumberRanges } from './number-ranges.js';
import type { RemoteWaste } from './remote-waste.js';
import { textOfPart } from './row-part.js';
import type { PostedRow, RowWriter } from './row-posts.js';

/** The most tasks that are kept, about 1 kB each. More than a process works for at once. */
const MAX_TASKS = 10_000;

const NO_COUNTS = { tasks: 0, successfulTasks: 0, actions: 0 };

export interface CallerTasksSetting {
  newWriter(): string;
  readonly keepMillis: number;
  readonly waste: RemoteWaste;
  /** How often the store has lost its data. */
  readonly store: { readonly losses: number };
  /** True for a task whose part has not been written yet. */
  isChanged(task: CallerTask): boolean;
}

/** This process's part in one task of another process. */
export class CallerTask implements PostedRow {
  readonly key;
  /** Bills that are posted below count here, as in a task of this process. */
  readonly scope: Scope;
  /** The work for it that is still running here. */
  open = 0;
  /** Calls to further processes, made here, whose cost was never reported. */
  private missingCalls = 0;
  readonly received = new Map<string, NumberRanges>();
  private readonly withOpenWork = new Set<SpanRecord>();

  constructor(
    id: string,
    around: CallerTask | undefined,
    readonly writer: RowWriter,
    private readonly setting: CallerTasksSetting,
  ) {
    this.lossesBefore = setting.store.losses;
    this.key = { kind: 'task', id } as const;
    this.scope = new Scope('task', around?.scope, undefined);
    // Its span is in another process, so that it has no receipt here.
    this.scope.ended = true;
    this.depth = (around?.depth ?? 0) + 1;
  }

  readonly depth: number;
  private readonly lossesBefore: number;

  get keepMillis(): number {
    return this.setting.keepMillis;
  }

  /** A task that was done for it has ended here. Work that continues below it is still open. */
  leave(record: SpanRecord, missingCalls: number): void {
    this.open -= 1;
    this.missingCalls += missingCalls;
    if (record.hasOpenBelow) this.withOpenWork.add(record);
  }

  /** True while work continues below a task that has ended. */
  get hasOpenWork(): boolean {
    for (const record of this.withOpenWork) if (!record.hasOpenBelow) this.withOpenWork.delete(record);
    return this.withOpenWork.size > 0;
  }

  receive({ writer, number }: Caller['call']): void {
    let numbers = this.received.get(writer);
    if (numbers === undefined) {
      numbers = new NumberRanges();
      this.received.set(writer, numbers);
    }
    numbers.add(number);
  }

  text(): string {
    return textOfPart({
      account: this.scope.account,
      moreWaste: this.setting.waste.of(this.scope),
      missingCalls: this.missingCalls,
      isPartial: this.setting.store.losses > this.lossesBefore,
      counts: NO_COUNTS,
      open: this.hasOpenWork ? this.open + 1 : this.open,
      received: this.received,
    });
  }
}

export class CallerTasks {
  private readonly byId = new Map<string, CallerTask>();
  private readonly byScope = new WeakMap<Scope, CallerTask>();

  constructor(private readonly setting: CallerTasksSetting) {}

  /** The caller's task and the tasks around it, from the outermost one to the nearest. */
  enter({ taskIds }: Caller): readonly CallerTask[] {
    const tasks: CallerTask[] = [];
    for (const id of [...taskIds].reverse()) tasks.push(this.find(id, tasks.at(-1)));
    return tasks;
  }

  /** Those that work goes on for. */
  *open(): Iterable<CallerTask> {
    for (const task of this.byId.values()) if (task.open > 0) yield task;
  }

  /** Undefined for a task of this process. */
  of(scope: Scope): CallerTask | undefined {
    return this.byScope.get(scope);
  }

  private find(id: string, around: CallerTask | undefined): CallerTask {
    const known = this.byId.get(id);
    // The most recently used one comes last. A forged chain must not change that of another caller.
    this.byId.delete(id);
    const isSame = known !== undefined && known.scope.parent === around?.scope;
    const task = isSame
      ? known
      : new CallerTask(id, around, { name: this.setting.newWriter(), version: 0 }, this.setting);
    this.byId.set(id, task);
    this.byScope.set(task.scope, task);
    if (this.byId.size > MAX_TASKS) this.dropIdle();
    return task;
  }

  /** A task that returns gets a new part beside the former one in the store. */
  private dropIdle(): void {
    for (const [id, task] of this.byId) {
      if (task.open > 0 || this.setting.isChanged(task)) continue;
      this.byId.delete(id);
      return;
    }
  }
}
