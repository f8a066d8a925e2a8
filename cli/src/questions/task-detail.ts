/** Everything about one task. */

import { wordOf } from '../store/row-values.js';
import type { TaskDetail } from '../task-answers.js';
import { budgetsOf } from './budgets.js';
import { sessionRollUp } from './so-far.js';
import type { QuestionContext } from './source.js';
import { checkSum } from './sum-check.js';
import { taskRow } from './tasks.js';
import { readTraces } from './trace-spans.js';
import { treeOf } from './tree.js';

export async function taskDetail(context: QuestionContext, id: string): Promise<TaskDetail | undefined> {
  const task = await taskRow(context, id);
  if (task === undefined) return undefined;
  const { database } = context;
  const traces = await database.all(
    `SELECT trace_id FROM spans WHERE task = $id UNION SELECT trace_id FROM costs WHERE task = $id`,
    { id },
  );
  const [{ spans, total }, session, check] = await Promise.all([
    readTraces(database, id, [task.traceId, ...traces.map((row) => wordOf(row, 'trace_id'))]),
    task.sessionId === null ? null : sessionRollUp(database, task.sessionId),
    checkSum(context, task),
  ]);
  const { nodes, hidden } = treeOf(task, spans, session);
  const budgets = await budgetsOf(database, task, nodes);
  return { task, nodes, hiddenNodes: hidden + Math.max(0, total - spans.length), check, budgets };
}
