/** What the panels of the dashboard *live* have to show. */
import { type Answer, grouped, mapped, ratios, single } from '../answers.js';
import { type CallLabel, isLlm, type Ledger, quantilesByName } from '../ledger.js';
import type { Figures } from './figures.js';

/** An app reports its last five minutes twelve times an hour. */
const INTERVALS_AN_HOUR = 12;

function perHour(ledger: Ledger, label: CallLabel): Answer {
  return mapped(ledger.callsBy([label]), (usd) => usd * INTERVALS_AN_HOUR);
}

function withLabel(answer: Answer): Answer {
  return new Map([...answer].filter(([group]) => group !== ''));
}

/** What is open, and the most that one of a name has cost. */
function maxOpen({ open, tasks }: Ledger): Answer {
  const names = new Set([...tasks, ...open].map(({ name }) => name));
  const costs = [...names].map((name) => {
    const ofName = open.filter((task) => task.name === name).map(({ totals }) => totals.costUsd);
    return [`task_name=${name}`, Math.max(0, ...ofName)] as const;
  });
  return new Map(costs);
}

function activeTasks({ open, tasks }: Ledger): Answer {
  const names = new Set([...tasks, ...open].map(({ name }) => name));
  return new Map(
    [...names].map((name) => [`task_name=${name}`, open.filter((task) => task.name === name).length]),
  );
}

const maxOpenUsd = ({ open }: Ledger) => Math.max(...open.map(({ totals }) => totals.costUsd));

/** Five times the median of its name, exactly as the app knows it. */
function ranAway(ledger: Ledger): number {
  const runaways = ledger.open.filter(({ name, totals }) => {
    const costs = ledger.tasks.filter((task) => task.name === name).map((task) => task.totals.costUsd);
    const median = costs.sort((a, b) => a - b)[costs.length >> 1] ?? Number.POSITIVE_INFINITY;
    return costs.length >= 5 && totals.costUsd > 5 * median;
  });
  return runaways.length;
}

const projectedToday = ({ costUsd }: Ledger, rangeSeconds: number) =>
  costUsd + (costUsd / 3600) * (86_400 - rangeSeconds);

export const LIVE: Figures = {
  'Spend per hour / A': ({ costUsd }) => single(costUsd * INTERVALS_AN_HOUR),
  'Spent today / A': ({ costUsd }) => single(costUsd),
  'Projected today / A': (ledger, { rangeSeconds }) => single(projectedToday(ledger, rangeSeconds)),
  'Of the daily budget / A': (ledger, { rangeSeconds, variables }) =>
    single(projectedToday(ledger, rangeSeconds) / Number(variables.daily_budget_usd)),
  'Active tasks / A': ({ open }) => single(open.length),
  'Most expensive open task / A': (ledger) => single(maxOpenUsd(ledger)),
  'Most expensive open session / A': (ledger) => single(maxOpenUsd(ledger)),
  'Tasks per hour / A': ({ outermost }) => single(outermost.length),
  'Runaway tasks / A': (ledger) => single(ledger.overBudget.length + ranAway(ledger)),
  'Unpriced calls / A': (ledger) => single(ledger.sumOfCalls(({ unpricedCalls }) => unpricedCalls)),
  'By model / A': (ledger) =>
    mapped(ledger.callsBy(['gen_ai_response_model'], undefined, isLlm), (usd) => usd * INTERVALS_AN_HOUR),
  'By agent / A': (ledger) => withLabel(perHour(ledger, 'gen_ai_agent_name')),
  'By tool / A': (ledger) => withLabel(perHour(ledger, 'gen_ai_tool_name')),
  'By kind / A': (ledger) => perHour(ledger, 'cost_kind'),
  'Active tasks by name / A': activeTasks,
  'Most expensive open task by name / A': maxOpen,
  'Most expensive open task, in medians of its name / A': (ledger) =>
    ratios(maxOpen(ledger), quantilesByName(0.5, ledger.outermost)),
  'Calls refused by task and budget / A': ({ refused }) =>
    grouped(
      refused,
      ({ taskName }) => ({ task_name: taskName, cost_budget_scope: 'task' }),
      () => 1,
    ),
  'Budgets crossed by task and budget / A': ({ overBudget }) =>
    grouped(
      overBudget,
      ({ name }) => ({ task_name: name, cost_budget_scope: 'task' }),
      () => 1,
    ),
};
