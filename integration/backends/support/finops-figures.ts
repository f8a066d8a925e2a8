/** What the queries of the page on FinOps have to be answered, by the ledger: `section / language / number`. */
import type { CallFigures, TaskFigures } from './agent-figures.js';
import { type Answer, grouped, mapped, ratios, single } from './answers.js';
import { byValue, cpa, type Expected, SERVICE } from './cookbook-figures.js';
import { costOf, type Ledger } from './ledger.js';
import { target } from './rules/figures.js';

const CHARGED = ['cost_tag_team', 'cost_tag_feature', 'cost_tag_customer'] as const;

const cost = ({ totals }: TaskFigures) => totals.costUsd;
const delivered = ({ actions }: TaskFigures) => actions;
const customerOf = ({ customer }: TaskFigures) => ({ cost_tag_customer: customer });
const isUncharged = ({ team, feature, customer }: CallFigures) => !team && !feature && !customer;

const byTeam: Expected = (ledger) => ledger.callsBy(['cost_tag_team']);
const total: Expected = ({ costUsd }) => single(costUsd);

/** Before today there was nothing: `finops.test.yaml` of promtool has these figures. */
const NOTHING: Expected = () => new Map();

/** All together against a target of the shipped file, which has none for a team. */
function againstBudget(compare: (usd: number, budgetUsd: number) => number): Expected {
  return ({ costUsd }) => single(compare(costUsd, target('agent_cost:monthly_budget_usd')));
}

/** The part of this month that is over. */
function elapsedShare(): number {
  const now = new Date();
  const [first, next] = [0, 1].map((months) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months));
  return (now.getTime() - Number(first)) / (Number(next) - Number(first));
}

function valueLessCost(ledger: Ledger): Answer {
  const value = target('agent_cost:action_value_usd');
  return ledger.tasksByName((task) => delivered(task) * value - cost(task));
}

function deliversNothing(ledger: Ledger): Answer {
  const delivering = ledger.tasksByName(delivered);
  const idle = mapped(ledger.tasksByName(cost), (usd, name) => (delivering.has(name) ? undefined : usd));
  return new Map([...idle].map(([name, usd]) => [`job=${SERVICE} ${name}`, usd]));
}

function cpaByCustomer({ outermost }: Ledger): Answer {
  return ratios(grouped(outermost, customerOf, cost), grouped(outermost, customerOf, delivered));
}

export const FINOPS_FIGURES: Readonly<Record<string, Expected>> = {
  'By team / promql / 1': byTeam,
  'By team / promql / 2': byTeam,
  'By team / promql / 3': byTeam,
  'By feature / promql / 1': (ledger) => ledger.callsBy(['cost_tag_feature']),
  'By feature / promql / 2': (ledger) => ledger.callsBy(['cost_tag_feature']),
  'By customer / promql / 1': (ledger) => ledger.callsBy(['cost_tag_customer']),
  'By user / traceql / 1': byValue(({ user }) => user),
  'The month to date, as rows to export / promql / 1': (ledger) => ledger.callsBy(CHARGED),
  'The last month, closed / promql / 1': NOTHING,
  'Day by day / promql / 1': byTeam,
  'Forecast to the end of the month / promql / 1': total,
  'Share of the monthly budget that is used / promql / 1': againstBudget((usd, budgetUsd) => usd / budgetUsd),
  'Above or below the plan, so far / promql / 1': againstBudget(
    (usd, budgetUsd) => usd - budgetUsd * elapsedShare(),
  ),
  'Above or below the budget, at the end of the month / promql / 1': againstBudget(
    (usd, budgetUsd) => usd - budgetUsd,
  ),
  'This week against the week before / promql / 1': NOTHING,
  'By task name / promql / 1': cpa,
  'By task name / promql / 2': NOTHING,
  'The trend / promql / 1': NOTHING,
  'Against the target / promql / 1': (ledger) =>
    mapped(cpa(ledger), (usd) => usd / target('agent_cost:cpa_target_usd')),
  'For each customer / promql / 1': cpaByCustomer,
  'Value less cost / promql / 1': valueLessCost,
  'Return / promql / 1': (ledger) =>
    mapped(cpa(ledger), (usd) => (target('agent_cost:action_value_usd') - usd) / usd),
  'Spend on tasks that deliver nothing / promql / 1': deliversNothing,
  'Unattributed spend / promql / 1': (ledger) =>
    single(ledger.sumOfCalls(costOf, ({ team }) => team === undefined)),
  'Unattributed spend / promql / 2': (ledger) => single(ledger.sumOfCalls(costOf, isUncharged)),
  'Estimated spend / promql / 1': (ledger) =>
    ledger.callsBy(['cost_tag_team'], ({ estimatedCostUsd }) => estimatedCostUsd),
  'Calls without a known cost / promql / 1': (ledger) =>
    ledger.callsBy(['cost_tag_team'], ({ unpricedCalls }) => unpricedCalls),
};
