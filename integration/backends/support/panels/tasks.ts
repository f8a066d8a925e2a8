/** What the panels of the dashboard *tasks* have to show. */
import type { TaskFigures } from '../agent-figures.js';
import { type Answer, ratios, shares, single } from '../answers.js';
import { bucketsOf, type Ledger, overallQuantile, quantilesByName } from '../ledger.js';
import type { Figures, Rows } from './figures.js';

const cost = ({ totals }: TaskFigures) => totals.costUsd;
const one = () => 1;
/** Nobody says how a task ended that a span of another instrumentation stands in for. */
const stated = ({ outcome }: TaskFigures) => (outcome === undefined ? 0 : 1);
const succeeded = ({ outcome }: TaskFigures) => (outcome === 'success' ? 1 : 0);
const delivered = ({ actions }: TaskFigures) => actions;

const P50: Figures[string] = ({ outermost }) => overallQuantile(0.5, outermost);
const P90: Figures[string] = ({ outermost }) => overallQuantile(0.9, outermost);
const P99: Figures[string] = ({ outermost }) => overallQuantile(0.99, outermost);

function buckets({ outermost }: Ledger): Answer {
  const named = bucketsOf(outermost.map(cost)).map(([upper, count]) => {
    const le = upper === Number.POSITIVE_INFINITY ? '+Inf' : String(upper);
    return [`le=${le}`, count] as const;
  });
  return new Map(named);
}

/** What is 0 is not written on the span, bar the first few. */
function row({ id, name, outcome, totals }: TaskFigures): Rows[number] {
  const unlessZero = {
    'task.steps': totals.steps,
    'task.wasted_cost_usd': totals.wastedCostUsd,
    'task.unpriced_calls': totals.unpricedCalls,
  };
  return {
    'task.id': id,
    'task.name': name,
    ...(outcome && { 'task.outcome': outcome }),
    'task.llm_calls': totals.llmCalls,
    'task.tool_calls': totals.toolCalls,
    'task.input_tokens': totals.inputTokens,
    'task.output_tokens': totals.outputTokens,
    'task.llm_cost_usd': totals.llmCostUsd,
    'task.tool_cost_usd': totals.toolCostUsd,
    'task.cost_usd': totals.costUsd,
    ...Object.fromEntries(Object.entries(unlessZero).filter(([, value]) => value !== 0)),
  };
}

/** The mean input of the turns of each number. */
export function inputByStep({ calls }: Ledger): Answer {
  const turns = new Map<string, { step: number; tokens: number }>();
  for (const { taskId, step, inputTokens } of calls) {
    if (step === undefined) continue;
    const name = `${taskId} ${step}`;
    turns.set(name, { step, tokens: (turns.get(name)?.tokens ?? 0) + inputTokens });
  }
  const numbers = new Set([...turns.values()].map(({ step }) => step));
  const means = [...numbers].map((number) => {
    const ofNumber = [...turns.values()].filter(({ step }) => step === number);
    return [String(number), ofNumber.reduce((sum, { tokens }) => sum + tokens, 0) / ofNumber.length] as const;
  });
  return new Map(means);
}

/** Sessions as the last of their spans says; one with only an open task has none. */
function sessions({ calls, outermost }: Ledger): Rows {
  const ids = new Set(outermost.map(({ sessionId }) => sessionId).filter((id) => id !== undefined));
  return [...ids].map((id) => {
    const tasks = outermost.filter(({ sessionId, outcome }) => sessionId === id && outcome !== undefined);
    return {
      'session.id': id,
      'session.cost_usd': calls.reduce(
        (sum, { sessionId, costUsd }) => sum + (sessionId === id ? costUsd : 0),
        0,
      ),
      'session.tasks': tasks.length,
      'session.successful_tasks': tasks.filter(({ outcome }) => outcome === 'success').length,
    };
  });
}

export const TASKS: Figures = {
  'Tasks ended / A': ({ outermost }) => single(outermost.length),
  'Succeeded / A': (ledger) => single(ledger.sumOfTasks(succeeded) / ledger.sumOfTasks(stated)),
  'Mean / A': (ledger) => single(ledger.sumOfTasks(cost) / ledger.outermost.length),
  'P50 / A': P50,
  'P90 / A': P90,
  'P99 / A': P99,
  'Tasks by what they cost / A': buckets,
  'Tasks by what they cost, over time / A': buckets,
  'P50, P90 and P99 / A': P50,
  'P50, P90 and P99 / B': P90,
  'P50, P90 and P99 / C': P99,
  'Tasks / A': ({ tasks }) => tasks.map(row),
  'Tasks / B': ({ outermost }) => quantilesByName(0.5, outermost),
  'Names of tasks / A': (ledger) => ledger.tasksByName(one),
  'Names of tasks / B': (ledger) => shares(ledger.tasksByName(succeeded), ledger.tasksByName(stated)),
  'Names of tasks / C': (ledger) => ledger.tasksByName(cost),
  'Names of tasks / D': ({ outermost }) => quantilesByName(0.5, outermost),
  'Names of tasks / E': ({ outermost }) => quantilesByName(0.9, outermost),
  'Names of tasks / G': ({ outermost }) => quantilesByName(1, outermost),
  'Names of tasks / F': (ledger) => ratios(ledger.tasksByName(cost), ledger.tasksByName(delivered)),
  'Input tokens by step / A': inputByStep,
  'Sessions / A': sessions,
};
