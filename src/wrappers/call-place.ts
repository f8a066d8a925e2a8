/** Detects calls that may belong to another task than the one that they are billed in. */
import type { Runtime } from '../runtime/runtime.js';
import type { SpanRecord } from '../spans/span-record.js';
import { isInDeclaredTask } from '../spans/task.js';
import { warnOnce } from '../warnings.js';

/** Counts a call that begins outside every declared task, and reports one that begins in a task that has ended. */
export function notePlace(runtime: Runtime, record: SpanRecord): void {
  const { task, scope } = record;
  if (runtime.startedTask !== undefined) noteStartedTask(runtime, record);
  if (!isInDeclaredTask(task)) runtime.callsOutside += 1;
  else if (scope?.ended && scope.mayFail) {
    warnOnce(
      'a wrapped call began in a task that had ended, and is billed there. A queue may have run it for another task: ' +
        'wrap the function outside the queue, or run the queued work with task.run(fn)',
    );
  }
}

/** Detects calls that were meant for a started task, but are made beside it. */
function noteStartedTask(runtime: Runtime, record: SpanRecord): void {
  const started = runtime.startedTask?.deref();
  if (started === undefined || started.isOver) runtime.startedTask = undefined;
  else if (started.isBeside(record)) started.noteCallBeside();
}
