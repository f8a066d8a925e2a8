/** The budgets of a task: what was spent of which limit, and the calls that were refused. */

import type { Row } from '../store/database.js';
import { picoOfComputed } from '../store/money.js';
import { numberOf, wordOf } from '../store/row-values.js';
import type { BudgetBar, TaskRow, TreeNode } from '../task-answers.js';
import type { Source } from './source.js';

/** A larger number, such as the largest double, is no limit. */
const MAX_AMOUNT = 1e18;

/** `nodes`: the tree of the task. */
export async function budgetsOf(
  database: Source,
  task: TaskRow,
  nodes: readonly TreeNode[],
): Promise<BudgetBar[]> {
  const bars = new Map<string, BudgetBar>();
  if (task.budgetPico !== null) {
    const bar = barOf(bars, 'task', 'usd');
    bar.limit = task.budgetPico;
    bar.spent = task.total.pico;
    bar.isOver = BigInt(task.total.pico) >= BigInt(task.budgetPico);
  }
  const marks = await database.all('SELECT * FROM budget_marks WHERE task = $id ORDER BY at_ns', {
    id: task.id,
  });
  for (const mark of marks) addMark(bars, mark);
  // From the tree: a refused call may name no task, and belongs to the one that it is in.
  for (const { refusedBy, traceId, spanId, name, startMillis } of nodes) {
    if (refusedBy === null) continue;
    const bar = barOf(bars, refusedBy.scope, refusedBy.measure);
    bar.isOver = true;
    bar.refusals.push({ traceId, spanId, name, timeMillis: startMillis });
  }
  return [...bars.values()];
}

function addMark(bars: Map<string, BudgetBar>, mark: Row): void {
  const measure = wordOf(mark, 'measure');
  const bar = barOf(bars, wordOf(mark, 'scope'), measure);
  const limit = numberOf(mark, 'budget_limit');
  const spent = numberOf(mark, 'spent');
  if (limit === null || spent === null || Math.max(limit, spent) > MAX_AMOUNT) return;
  // The task's own roll-up is later than any event.
  if (bar.limit !== null && bar.scope === 'task' && measure === 'usd') return;
  const inUnits = (value: number) => (measure === 'usd' ? String(picoOfComputed(value)) : String(value));
  bar.limit = inUnits(limit);
  bar.spent = inUnits(spent);
  bar.isOver ||= spent >= limit;
}

function barOf(bars: Map<string, BudgetBar>, scope: string, measure: string): BudgetBar {
  const key = JSON.stringify([scope, measure]);
  const bar = bars.get(key) ?? { scope, measure, limit: null, spent: null, isOver: false, refusals: [] };
  bars.set(key, bar);
  return bar;
}
