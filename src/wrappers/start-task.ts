/** A task that is not tied to one function. */
import type { StartedTask } from '../handles.js';
import { type CallHooks, CallWatch } from '../results/call-watch.js';
import { follow } from '../results/follow.js';
import type { StartedWork } from '../runtime/runtime.js';
import type { SpanRecord } from '../spans/span-record.js';
import { warnOnce } from '../warnings.js';
import { callOptions } from './call-options.js';
import type { TaskOptions } from './options.js';
import { TaskCall } from './task-call.js';

/**
 * Starts a task, for work that is not inside one function. A string is the task's name.
 *
 * The code after it does not run in the task: only the work inside `task.run(fn)` does. A call outside a started task
 * in which nothing has run yet is reported once.
 *
 * The task lasts until `end()`, or until the block of an `await using` is left. Its outcome is the one set with the
 * handle. Without one, it is failure when the `run` that ended last threw or rejected, and success otherwise. An
 * exception that leaves the block from other code cannot be seen: call `task.fail(reason)` there. A task that is never
 * ended stays open, like one whose function never resolves.
 *
 * Throws `InvalidOptionError` for a wrong budget, and nothing else.
 *
 * @example
 * await using task = startTask({ name: 'answer', budgetUsd: 0.5 });
 * const facts = await task.run(() => search(question));
 * const reply = await task.run(() => answer(question, facts));
 * if (reply === undefined) task.fail('no reply');
 */
export function startTask(nameOrOptions: string | TaskOptions): StartedTask {
  return new StartedTaskCall(callOptions(nameOrOptions, 'name'));
}

class StartedTaskCall extends TaskCall implements StartedTask, StartedWork {
  private hasRun = false;
  /** The error of the `run` that ended last, if it failed. */
  private failure: { readonly error: unknown } | undefined;
  private readonly watch = new CallWatch(this);

  constructor(options: TaskOptions) {
    super(options, 'startTask');
    this.runtime.startedTask = new WeakRef(this);
  }

  override get run(): <R>(fn: () => R) => R {
    return (fn) => {
      this.hasRun = true;
      return follow(fn, this.hooksOfRun());
    };
  }

  get end(): () => void {
    return () => {
      const { failure, watch } = this;
      if (failure === undefined || this.isSuccess) watch.returned(undefined);
      else watch.threw(failure.error);
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.end();
    return Promise.resolve();
  }

  get isOver(): boolean {
    return this.hasRun || this.record.ended;
  }

  /** True for a call that was opened where this task was started. */
  isBeside({ parent }: SpanRecord): boolean {
    return parent === this.record.parent;
  }

  noteCallBeside(): void {
    warnOnce(
      'a call was made beside a started task in which nothing has run: startTask does not put the code after it into the ' +
        'task; run the work with task.run(fn)',
    );
  }

  private hooksOfRun(): CallHooks {
    const succeeded = () => {
      this.failure = undefined;
    };
    return {
      enter: (step) => this.enter(step),
      chunk: () => {},
      returned: succeeded,
      streamed: succeeded,
      stopped: succeeded,
      threw: (error) => {
        this.failure = { error };
      },
    };
  }
}
