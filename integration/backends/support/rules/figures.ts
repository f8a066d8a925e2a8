/** What the recording rules have to show, by what the ledger says. */
import { readRules, rulesOf } from '../../../../test/support/rules.js';
import type { TaskFigures } from '../agent-figures.js';
import { type Answer, grouped, mapped, ratios, single } from '../answers.js';
import { bucketQuantile, bucketsOf, type CallLabel, callsIn, costOf, type Ledger } from '../ledger.js';

export interface Figure {
  /** The labels that it is told apart by; what else a rule keeps is added up. */
  by: readonly string[];
  /** Further matchers of the record. */
  only?: string;
  expected(ledger: Ledger): Answer;
}

const CHARGED = ['cost_tag_team', 'cost_tag_feature', 'cost_tag_customer'] as const;
const CALLED = [
  'cost_kind',
  'gen_ai_response_model',
  'gen_ai_tool_name',
  'gen_ai_agent_name',
  'task_name',
] as const;

/** Fewer are chance, say the rules. */
const FEWEST_FOR_P50 = 5;
const FEWEST_FOR_P90 = 20;
const FEWEST_FOR_FEE = 20;

const byName = ({ name }: TaskFigures) => ({ task_name: name });
const taskCost = ({ totals }: TaskFigures) => totals.costUsd;
const one = () => 1;

/** The number that a target is set to, in the file that users edit. */
export function target(record: string): number {
  const [rule] = rulesOf(readRules()).filter((candidate) => candidate.record === record);
  return Number(/^vector\((.+)\)$/.exec(rule?.expr ?? '')?.[1]);
}

function ofCalls(by: readonly CallLabel[], amountOf: Parameters<Ledger['callsBy']>[1]): Figure {
  return { by, expected: (ledger) => ledger.callsBy(by, amountOf) };
}

function buckets(costs: readonly number[], name?: string): [string, number][] {
  return bucketsOf(costs).map(([upper, count]) => {
    const le = `le=${upper === Number.POSITIVE_INFINITY ? '+Inf' : upper}`;
    return [name === undefined ? le : `${le} task_name=${name}`, count];
  });
}

function costsByName(tasks: readonly TaskFigures[]): [string, number[]][] {
  const costs = new Map<string, number[]>();
  for (const { name, totals } of tasks) costs.set(name, [...(costs.get(name) ?? []), totals.costUsd]);
  return [...costs];
}

function quantiles(quantile: number, fewest: number, tasks: readonly TaskFigures[]): Answer {
  const enough = costsByName(tasks).filter(([, costs]) => costs.length >= fewest);
  return new Map(enough.map(([name, costs]) => [`task_name=${name}`, bucketQuantile(quantile, costs)]));
}

const SPEND = ofCalls([...CALLED, ...CHARGED], costOf);
const TOKENS = ofCalls(['gen_ai_response_model', 'task_name', ...CHARGED], ({ totalTokens }) => totalTokens);
const TASK_BUCKETS: Figure = {
  by: ['task_name', 'le'],
  expected: ({ tasks }) => new Map(costsByName(tasks).flatMap(([name, costs]) => buckets(costs, name))),
};
const SESSION_BUCKETS: Figure = {
  by: ['le'],
  expected: ({ rounds }) => {
    const sessions = rounds.flatMap((round) => round.sessions);
    return new Map(buckets(sessions.map(({ totals }) => totals.costUsd)));
  },
};
const TARGET_MISSED: Figure = {
  by: ['task_name'],
  expected: ({ outermost }) => {
    const succeeded = outermost.filter(({ outcome }) => outcome === 'success');
    const missed = succeeded.filter((task) => taskCost(task) > target('agent_cost:task_target_usd'));
    return ratios(grouped(missed, byName, one), grouped(succeeded, byName, one));
  },
};

/** The same target for all: the shipped file has no line for a name. */
function sameForAll(record: string): Figure {
  return {
    by: ['task_name'],
    expected: ({ outermost }) => mapped(grouped(outermost, byName, one), () => target(record)),
  };
}

const TOOL_CALLS = ({ calls }: Ledger) =>
  grouped(
    calls.filter(({ tool }) => tool),
    ({ tool }) => ({ gen_ai_tool_name: tool }),
    callsIn,
  );

export const RECORDED: Readonly<Record<string, Figure>> = {
  'agent_cost:spend_usd:5m': SPEND,
  'agent_cost:spend_usd:30m': SPEND,
  'agent_cost:spend_usd:1h': SPEND,
  'agent_cost:spend_usd:6h': SPEND,
  'agent_cost:spend_usd:1d': SPEND,
  'agent_cost:tokens:5m': TOKENS,
  'agent_cost:tokens:1h': TOKENS,
  'agent_cost:calls:1h': ofCalls(CALLED, callsIn),
  'agent_cost:unpriced_calls:1h': ofCalls(['gen_ai_response_model'], ({ unpricedCalls }) => unpricedCalls),
  'agent_cost:runaways:15m': {
    by: ['task_name'],
    only: "task_runaway_reason='budget'",
    expected: ({ overBudget }) => grouped(overBudget, byName, one),
  },
  'agent_cost:refusals:15m': {
    by: ['task_name', 'cost_budget_scope', 'cost_budget_measure'],
    expected: ({ refused }) =>
      grouped(
        refused,
        ({ taskName }) => ({ task_name: taskName, cost_budget_scope: 'task', cost_budget_measure: 'usd' }),
        one,
      ),
  },
  'agent_cost:task_cost_usd_bucket:5m': TASK_BUCKETS,
  'agent_cost:task_cost_usd_bucket:30m': TASK_BUCKETS,
  'agent_cost:task_cost_usd_bucket:1h': TASK_BUCKETS,
  'agent_cost:task_cost_usd_bucket:6h': TASK_BUCKETS,
  'agent_cost:task_cost_usd_bucket:1d': TASK_BUCKETS,
  'agent_cost:task_cost_usd_sum:1d': {
    by: ['task_name', 'task_outcome', ...CHARGED],
    expected: ({ tasks }) =>
      grouped(
        tasks,
        ({ name, outcome, team, feature, customer }) => ({
          task_name: name,
          task_outcome: outcome,
          cost_tag_team: team,
          cost_tag_feature: feature,
          cost_tag_customer: customer,
        }),
        taskCost,
      ),
  },
  'agent_cost:task_actions:1d': {
    by: ['task_name'],
    expected: ({ tasks }) => grouped(tasks, byName, ({ actions }) => actions),
  },
  'agent_cost:session_cost_usd_bucket:1h': SESSION_BUCKETS,
  'agent_cost:session_cost_usd_bucket:1d': SESSION_BUCKETS,
  'agent_cost:tasks:1d': { by: ['task_name'], expected: (ledger) => ledger.tasksByName(one) },
  'agent_cost:task_cost_usd:p50_1d': {
    by: ['task_name'],
    expected: ({ tasks }) => quantiles(0.5, FEWEST_FOR_P50, tasks),
  },
  'agent_cost:task_cost_usd:p90_1d': {
    by: ['task_name'],
    expected: ({ outermost }) => quantiles(0.9, FEWEST_FOR_P90, outermost),
  },
  'agent_cost:session_cost_usd:p90_1d': {
    by: [],
    expected: ({ rounds }) => {
      const costs = rounds.flatMap(({ sessions }) => sessions.map(({ totals }) => totals.costUsd));
      return costs.length < FEWEST_FOR_P90 ? new Map() : single(bucketQuantile(0.9, costs));
    },
  },
  'agent_cost:cpa_usd:1d': {
    by: ['task_name'],
    expected: (ledger) =>
      ratios(
        ledger.tasksByName(taskCost),
        ledger.tasksByName(({ actions }) => actions),
      ),
  },
  'agent_cost:cpa_target_usd:by_task': sameForAll('agent_cost:cpa_target_usd'),
  'agent_cost:action_value_usd:by_task': sameForAll('agent_cost:action_value_usd'),
  'agent_cost:task_target_usd:by_task': sameForAll('agent_cost:task_target_usd'),
  'agent_cost:task_target_missed:ratio_5m': TARGET_MISSED,
  'agent_cost:task_target_missed:ratio_30m': TARGET_MISSED,
  'agent_cost:task_target_missed:ratio_1h': TARGET_MISSED,
  'agent_cost:task_target_missed:ratio_6h': TARGET_MISSED,
  'agent_cost:tool_calls:1h': { by: ['gen_ai_tool_name'], expected: TOOL_CALLS },
  'agent_cost:tool_fee_usd:1h': {
    by: ['gen_ai_tool_name'],
    expected: (ledger) => {
      const called = mapped(TOOL_CALLS(ledger), (count) => (count >= FEWEST_FOR_FEE ? count : undefined));
      return ratios(
        ledger.callsBy(['gen_ai_tool_name'], costOf, ({ tool }) => tool !== undefined),
        called,
      );
    },
  },
  'agent_cost:processes': { by: [], expected: () => single(1) },
};
