/** Wasted money, and budgets. */
import {
  asNumbers,
  BAD_IF_ANY,
  COUNT,
  levels,
  MERGED,
  now,
  SHARE,
  SMALL_USD,
  spans,
  stat,
  table,
  USD,
} from '../panels.mjs';
import { OF_TASK, orZero, total } from '../promql.mjs';

const inTable = { table: true };

export const waste = {
  title: 'Waste and budgets',
  lines: [
    [
      stat(
        'Wasted',
        'What failed calls and tasks without success cost: inside the total.',
        now(orZero(total('cost_wasted_usd_total'))),
        { ...USD, size: { w: 6, h: 4 } },
      ),
      stat(
        'Wasted share',
        'Of all that was spent.',
        now(`${orZero(total('cost_wasted_usd_total'))} / ${total('cost_usd_total')}`),
        {
          ...SHARE,
          size: { w: 6, h: 4 },
          thresholds: levels(['green'], [0.05, 'orange'], [0.15, 'red']),
        },
      ),
      stat(
        'Budgets hit',
        'Budgets of tasks, agents, sessions and calls that were crossed.',
        now(orZero(total('cost_budget_hits_total'))),
        { ...COUNT, size: { w: 6, h: 4 }, thresholds: BAD_IF_ANY },
      ),
      stat(
        'Calls refused',
        'Calls that were not made because a budget had no room.',
        now(orZero(total('cost_budget_refusals_total'))),
        { ...COUNT, size: { w: 6, h: 4 }, thresholds: levels(['green'], [1, 'orange']) },
      ),
    ],
    [
      table(
        'Waste and budgets by task',
        'Wasted spend, its reasons, and budgets that were hit, by the name of the task.',
        [
          now(
            total('cost_wasted_usd_total', {
              of: `${OF_TASK},cost_waste_reason="failed_task"`,
              by: ['task_name'],
            }),
            inTable,
          ),
          now(
            total('cost_wasted_usd_total', {
              of: `${OF_TASK},cost_waste_reason="failed_call"`,
              by: ['task_name'],
            }),
            inTable,
          ),
          now(
            total('cost_budget_hits_total', { of: `${OF_TASK},cost_budget_scope="task"`, by: ['task_name'] }),
            inTable,
          ),
          now(total('cost_budget_refusals_total', { by: ['task_name'] }), inTable),
        ],
        {
          before: MERGED,
          columns: [
            { from: 'task_name', to: 'Name' },
            { from: 'Value #A', to: 'Tasks without success', ...SMALL_USD },
            { from: 'Value #B', to: 'Failed calls', ...SMALL_USD },
            { from: 'Value #C', to: 'Task budgets hit', ...COUNT, thresholds: BAD_IF_ANY },
            { from: 'Value #D', to: 'Calls refused', ...COUNT },
          ],
          hidden: ['Time'],
          sortBy: 'Tasks without success',
          size: { w: 12, h: 9 },
        },
      ),
      table(
        'Tasks over budget',
        'The tasks themselves; sampling keeps them all.',
        [
          spans(
            '{ resource.service.name =~ "${job:pipe}" && span.task.name =~ "${task:pipe}" && span.task.cost_usd != nil && span.task.over_budget = true } | select(span.task.id, span.task.name, span.task.budget_usd, span.task.cost_usd, span.task.outcome) with (most_recent=true)',
          ),
        ],
        {
          before: [asNumbers(['task.budget_usd', 'task.cost_usd'])],
          columns: [
            { from: 'task.id', to: 'Task id' },
            { from: 'task.name', to: 'Name' },
            { from: 'task.outcome', to: 'Outcome' },
            { from: 'task.budget_usd', to: 'Budget', ...SMALL_USD },
            { from: 'task.cost_usd', to: 'Total', ...SMALL_USD },
            { from: 'Span ID', to: 'Span' },
          ],
          hidden: [
            'traceIdHidden',
            'traceService',
            'traceName',
            'name',
            'duration',
            'time',
            'task.over_budget',
          ],
          sortBy: 'Total',
          size: { w: 12, h: 9 },
        },
      ),
    ],
  ],
};
