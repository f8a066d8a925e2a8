/** The budgets of a task: what was spent of which limit, and the calls that were refused. */
import type { BudgetBar, TaskRow } from '../api.js';
import type { Row } from '../store/database.js';
import { picoOfComputed } from '../store/money.js';
import { numberOf, sumOf, wordOf } from '../store/row-values.js';
import { millisOf } from '../store/span-times.js';
import type { Source } from './source.js';

const MAX_REFUSALS = 1_000;

export async function budgetsOf(database: Source, task: TaskRow): Promise<BudgetBar[]> {
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
  const refusals = await database.all(
    `SELECT c.trace_id, c.span_id, s.name, c.at_ns, c.budget_scope, c.budget_measure
     FROM costs c JOIN spans s ON s.trace_id = c.trace_id AND s.span_id = c.span_id
     WHERE c.task = $id AND c.budget_measure IS NOT NULL ORDER BY c.at_ns LIMIT ${MAX_REFUSALS}`,
    { id: task.id },
  );
  for (const row of refusals) {
    const bar = barOf(bars, wordOf(row, 'budget_scope'), wordOf(row, 'budget_measure'));
    bar.isOver = true;
    bar.refusals.push({
      traceId: wordOf(row, 'trace_id'),
      spanId: wordOf(row, 'span_id'),
      name: wordOf(row, 'name'),
      timeMillis: millisOf(sumOf(row, 'at_ns')),
    });
  }
  return [...bars.values()];
}

function addMark(bars: Map<string, BudgetBar>, mark: Row): void {
  const measure = wordOf(mark, 'measure');
  const bar = barOf(bars, wordOf(mark, 'scope'), measure);
  const limit = numberOf(mark, 'budget_limit');
  const spent = numberOf(mark, 'spent');
  if (limit === null || spent === null) return;
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
