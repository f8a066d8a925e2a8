/** Running tasks, which have no span yet. */
import { bars, COUNT, graph, levels, now, overTime, SMALL_USD } from '../panels.mjs';
import { max, OF_TASK, sum, taskCostQuantile, total } from '../promql.mjs';

const BUDGET = { by: ['task_name', 'cost_budget_scope'] };
const BUDGET_LEGEND = { legend: '{{task_name}}: {{cost_budget_scope}}' };
const maxOpen = max(`task_max_open_cost_usd{${OF_TASK}}`, ['task_name']);

export const openTasks = {
  title: 'Open tasks',
  lines: [
    [
      graph(
        'Active tasks by name',
        'Tasks that run now.',
        overTime(sum(`task_active{${OF_TASK}}`, ['task_name']), '{{task_name}}'),
        { ...COUNT, size: { w: 8, h: 8 } },
      ),
      graph(
        'Most expensive open task by name',
        'What the most expensive task of a name has cost so far.',
        overTime(maxOpen, '{{task_name}}'),
        { ...SMALL_USD, size: { w: 8, h: 8 } },
      ),
      bars(
        'Most expensive open task, in medians of its name',
        'Red from five medians on: there a task counts as a runaway. The median is that of the time range, interpolated within its bucket.',
        now(`${maxOpen} / on (task_name) ${taskCostQuantile(0.5, { by: ['task_name'] })}`, {
          legend: '{{task_name}}',
        }),
        { unit: 'none', decimals: 1, min: 0, thresholds: levels(['green'], [2, 'orange'], [5, 'red']) },
      ),
    ],
    [
      bars(
        'Calls refused by task and budget',
        'In the time range: calls that were not made, by their task and by whose budget had no room.',
        now(total('cost_budget_refusals_total', BUDGET), BUDGET_LEGEND),
        { ...COUNT, size: { w: 12, h: 8 }, min: 0, thresholds: levels(['orange']) },
      ),
      bars(
        'Budgets crossed by task and budget',
        'In the time range: budgets that were used up, by whose they are. Later calls are refused, if the budget refuses.',
        now(total('cost_budget_hits_total', BUDGET), BUDGET_LEGEND),
        { ...COUNT, size: { w: 12, h: 8 }, min: 0, thresholds: levels(['red']) },
      ),
    ],
  ],
};
