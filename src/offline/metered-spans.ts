/** Spans that carry the keys of this package: their process has stated their cost already. */
import { COST_SOURCE, COST_STATUS, TASK_NAME, TASK_OUTCOME } from '../attributes.js';
import type { SpanRecord } from '../spans/span-record.js';
import { Task } from '../spans/task.js';
import type { SpanValues } from './given-spans.js';
import type { ReplayedSpan } from './replayed-span.js';

/** True for a span with own cost, or with a roll-up. */
export function isMetered(attributes: SpanValues): boolean {
  return (
    attributes[COST_SOURCE] !== undefined ||
    attributes[COST_STATUS] !== undefined ||
    attributes['task.cost_usd'] !== undefined ||
    attributes['agent.cost_usd'] !== undefined ||
    attributes['step.cost_usd'] !== undefined ||
    attributes['session.cost_usd'] !== undefined
  );
}

/**
 * Starts the task of a metered span, if it states one. Nothing below it is added to the scopes around it: they are of
 * another process, which does not count it either. `around`: the metered task that it is part of.
 */
export function startMeteredTask(
  record: SpanRecord,
  span: ReplayedSpan,
  around: Task | undefined,
): Task | undefined {
  const { attributes } = span;
  if (attributes['task.cost_usd'] === undefined) return undefined;
  const isDeclared = attributes[TASK_OUTCOME] !== undefined;
  const task = new Task(
    isDeclared ? String(attributes[TASK_NAME] ?? span.name) : undefined,
    around,
    record.sessions,
  );
  task.bindSpan(span);
  record.ownTask = task;
  const inside = record.change();
  inside.task = task;
  inside.scope = undefined;
  inside.leaveCall();
  return task;
}
