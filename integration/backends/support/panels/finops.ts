/** What the panels of the dashboard *FinOps* have to show. */
import type { TaskFigures } from '../agent-figures.js';
import { type Answer, mapped, ratios, shares, single } from '../answers.js';
import { type CallLabel, callsIn, type Ledger } from '../ledger.js';
import type { Chosen, Figures } from './figures.js';

const CHARGED = ['cost_tag_team', 'cost_tag_feature', 'cost_tag_customer'] as const;
const SPENT_ON = ['cost_kind', 'gen_ai_response_model', 'gen_ai_tool_name'] as const;
const DAYS_A_MONTH = 365 / 12;

const cost = ({ totals }: TaskFigures) => totals.costUsd;
const delivered = ({ actions }: TaskFigures) => actions;
const tokens = ({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }) =>
  inputTokens + outputTokens;

const value = ({ variables }: Chosen) => Number(variables.value_per_action_usd);
const planned = ({ variables }: Chosen) => Number(variables.planned_actions_per_day);

function by(label: CallLabel): Figures[string] {
  return (ledger) => ledger.callsBy([label]);
}

/** Spend, in proportion: what is planned by what was delivered. */
function plannedSpend(ledger: Ledger, chosen: Chosen): Answer {
  return mapped(ledger.callsBy(SPENT_ON), (usd) => (usd / ledger.actions) * planned(chosen));
}

function wasteByCharge(ledger: Ledger): Answer {
  const inCalls = ledger.callsBy(CHARGED, ({ wastedCostUsd }) => wastedCostUsd);
  const inTasks = ledger.lostInTasksBy(({ team, feature, customer }) => ({
    cost_tag_team: team,
    cost_tag_feature: feature,
    cost_tag_customer: customer,
  }));
  const groups = new Set([...inCalls.keys(), ...inTasks.keys()]);
  return new Map([...groups].map((group) => [group, (inCalls.get(group) ?? 0) + (inTasks.get(group) ?? 0)]));
}

const delivering = (ledger: Ledger) => ledger.tasksByName(delivered);
const spent = (ledger: Ledger) => ledger.tasksByName(cost);
const earned = (ledger: Ledger, chosen: Chosen) =>
  mapped(delivering(ledger), (count) => count * value(chosen));
const perDay = (ledger: Ledger, chosen: Chosen) => (ledger.costUsd / ledger.actions) * planned(chosen);

function projectedMonth({ costUsd }: Ledger, rangeSeconds: number): number {
  const now = new Date();
  const days = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 0)).getUTCDate();
  return costUsd + (costUsd / 86_400) * (86_400 * days - rangeSeconds);
}

export const FINOPS: Figures = {
  'Cost / A': ({ costUsd }) => single(costUsd),
  'Without a team / A': (ledger) =>
    single(
      ledger.sumOfCalls(
        ({ costUsd }) => costUsd,
        ({ team }) => team === undefined,
      ) / ledger.costUsd,
    ),
  'Unpriced calls / A': (ledger) => single(ledger.sumOfCalls(({ unpricedCalls }) => unpricedCalls)),
  'Tokens / A': (ledger) => single(ledger.sumOfCalls(tokens)),
  'Actions / A': ({ actions }) => single(actions),
  'Cost per action / A': ({ costUsd, actions }) => single(costUsd / actions),
  'By team / A': by('cost_tag_team'),
  'By feature / A': by('cost_tag_feature'),
  'By customer / A': by('cost_tag_customer'),
  'By team, over time / A': by('cost_tag_team'),
  'Charge-back / A': (ledger) => ledger.callsBy(CHARGED),
  'Charge-back / B': (ledger) => ledger.callsBy(CHARGED, callsIn),
  'Charge-back / C': (ledger) => ledger.callsBy(CHARGED, tokens),
  'Charge-back / D': wasteByCharge,
  'Return by task / A': spent,
  'Return by task / B': delivering,
  'Return by task / C': (ledger) => ratios(spent(ledger), delivering(ledger)),
  'Return by task / D': earned,
  'Return by task / E': (ledger, chosen) =>
    mapped(earned(ledger, chosen), (usd, group) => {
      const paid = spent(ledger).get(group) ?? 0;
      return (usd - paid) / paid;
    }),
  'Return by task / F': (ledger) =>
    shares(
      ledger.lostInTasksBy(({ name }) => ({ task_name: name })),
      spent(ledger),
    ),
  'Value less cost / A': ({ actions, costUsd }, chosen) => single(actions * value(chosen) - costUsd),
  'Return / A': ({ actions, costUsd }, chosen) => single((actions * value(chosen) - costUsd) / costUsd),
  'Spent this month / A': ({ costUsd }) => single(costUsd),
  'Projected this month / A': (ledger, { rangeSeconds }) => single(projectedMonth(ledger, rangeSeconds)),
  'A day / A': (ledger, chosen) => single(perDay(ledger, chosen)),
  'A month / A': (ledger, chosen) => single(perDay(ledger, chosen) * DAYS_A_MONTH),
  'By model and tool / A': plannedSpend,
  'By model and tool / B': (ledger, chosen) =>
    mapped(plannedSpend(ledger, chosen), (usd) => usd * DAYS_A_MONTH),
};
