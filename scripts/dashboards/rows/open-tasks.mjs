/** Running tasks, which have no span yet. */
import { bars, COUNT, graph, levels, now, overTime, SMALL_USD } from '../panels.mjs';
import { max, OF_TASK, sum, taskCostQuantile } from '../promql.mjs';

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
  ],
};
