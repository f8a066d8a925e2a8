/** Spans that carry the keys of this package: their process has stated their cost already. */
import { COST_SOURCE, COST_STATUS, TASK_NAME, TASK_OUTCOME } from '../attributes.js';
import type { SpanRecord } from '../spans/span-record.js';
import { Task } from '../spans/task.js';
import { PACKAGE_NAME } from '../version.js';
import type { SpanValues } from './given-spans.js';
import type { ReplayedSpan } from './replayed-span.js';
import type { SpanNode } from './span-tree.js';

/** The name of the spans that state the roll-ups of their parent again. */
const CORRECTION = 'cost correction';

/** The attributes of the spans that this package has metered. Those of a correction below a span count as its own. */
export function meteredValues(nodes: readonly SpanNode[]): Map<SpanNode, SpanValues> {
  const metered = new Map<SpanNode, SpanValues>();
  for (const node of nodes) {
    const { name, attributes, scopeName } = node.span;
    // A tool that costs nothing has no key, even if this package made its span.
    if (scopeName !== PACKAGE_NAME && !hasOurKeys(attributes)) continue;
    if (name !== CORRECTION || node.parent === undefined) metered.set(node, attributes);
    else metered.set(node.parent, { ...metered.get(node.parent), ...attributes });
  }
  return metered;
}

/** True for a span with own cost, or with a roll-up. */
function hasOurKeys(attributes: SpanValues): boolean {
  return (
    attributes[COST_SOURCE] !== undefined ||
    attributes[COST_STATUS] !== undefined ||
    attributes['task.cost_usd'] !== undefined ||
    attributes['agent.cost_usd'] !== undefined ||
    attributes['step.cost_usd'] !== undefined ||
    attributes['session.cost_usd'] !== undefined
  );
}

/** True for a span that states the roll-up of a task. Its process counts it as a task of its own. */
export function isMeteredTask(attributes: SpanValues): boolean {
  return attributes['task.cost_usd'] !== undefined;
}

/** Replaces the task that its root span stands in for. `around`: the metered task that it is part of. */
export function startMeteredTask(
  record: SpanRecord,
  span: ReplayedSpan,
  attributes: SpanValues,
  around: Task | undefined,
): Task {
  const isDeclared = attributes[TASK_OUTCOME] !== undefined;
  const name = isDeclared ? String(attributes[TASK_NAME] ?? span.name) : undefined;
  const task = new Task(name, around, record.sessions);
  task.bindSpan(span);
  record.ownTask = task;
  const inside = record.change();
  inside.task = task;
  inside.scope = undefined;
  return task;
}
