/** The tasks dashboard for agent developers: the cost of single tasks and its distribution. */
import { dashboard, PROMETHEUS_VARIABLE, SERVICE_VARIABLE, TASK_VARIABLE, TEMPO_VARIABLE } from './model.mjs';
import { distribution } from './rows/distribution.mjs';
import { eachTask } from './rows/each-task.mjs';
import { stepsAndSessions } from './rows/steps-and-sessions.mjs';

export const tasks = dashboard({
  uid: 'agent-cost-tasks',
  title: 'Agent cost: tasks',
  description:
    'Each task with its steps, tokens and cost; how cost is distributed; names, steps and sessions.',
  from: 'now-24h',
  refresh: '1m',
  variables: [PROMETHEUS_VARIABLE, TEMPO_VARIABLE, SERVICE_VARIABLE, TASK_VARIABLE],
  rows: [distribution, eachTask, stepsAndSessions],
});
