/** The live dashboard for the person on call: current spending. */
import { dashboard, PROMETHEUS_VARIABLE, SERVICE_VARIABLE, TASK_VARIABLE, typedIn } from './model.mjs';
import { burnRate } from './rows/burn-rate.mjs';
import { openTasks } from './rows/open-tasks.mjs';
import { ticker } from './rows/ticker.mjs';

export const live = dashboard({
  uid: 'agent-cost-live',
  title: 'Agent cost: live',
  description: 'What agents spend now, what that comes to today, and which open task is the most expensive.',
  from: 'now-6h',
  refresh: '30s',
  variables: [
    PROMETHEUS_VARIABLE,
    SERVICE_VARIABLE,
    TASK_VARIABLE,
    typedIn('daily_budget_usd', 'Daily budget, USD', 'What may be spent in a day.', '50'),
  ],
  rows: [ticker, burnRate, openTasks],
});
