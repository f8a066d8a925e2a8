/** What the SQL of the cookbook has to be answered, by the ledger, with the names of its columns. */
import type { CallFigures, TaskFigures } from './agent-figures.js';
import { type Answer, grouped, mapped, ratios, shares, single } from './answers.js';
import type { Expected } from './cookbook-figures.js';
import { costOf, isLlm, type Ledger } from './ledger.js';
import type { Rows } from './panels/figures.js';
import { inputByStep } from './panels/tasks.js';

const ACTION_VALUE_USD = 0.5;
const PLANNED_A_MONTH = (1000 * 365) / 12;
const SHOWN = 10;

const cost = ({ totals }: TaskFigures) => totals.costUsd;
const isTool = ({ kind }: CallFigures) => kind === 'tool';
const isTicket = ({ taskName }: CallFigures) => taskName === 'resolve_ticket';

/** Calls by columns, each of which is a fact of the call. */
export function byFacts(
  columns: Readonly<Record<string, keyof CallFigures>>,
  isMeant: (call: CallFigures) => boolean = () => true,
  amountOf: (call: CallFigures) => number = costOf,
): (ledger: Ledger) => Answer {
  const columnsOf = (call: CallFigures) =>
    Object.fromEntries(
      Object.entries(columns).map(([column, key]) => [column, call[key] as string | undefined]),
    );
  return ({ calls }) => grouped(calls.filter(isMeant), columnsOf, amountOf);
}

/** Outermost tasks by name. */
function byName({ outermost }: Ledger, amountOf: (task: TaskFigures) => number): Answer {
  return grouped(outermost, ({ name }) => ({ name }), amountOf);
}

const cpa = (ledger: Ledger) =>
  ratios(
    byName(ledger, cost),
    byName(ledger, ({ actions }) => actions),
  );

function dearest(answer: Answer): Answer {
  return new Map([...answer].sort(([, a], [, b]) => b - a).slice(0, SHOWN));
}

/** Every one of them is the cost of a task. */
export function exactQuantile(quantile: number, costs: readonly number[]): number {
  const sorted = [...costs].sort((a, b) => a - b);
  return sorted[Math.floor(quantile * sorted.length)] ?? Number.NaN;
}

function quantiles({ outermost }: Ledger): Rows {
  const names = [...new Set(outermost.map(({ name }) => name))];
  return names.map((name) => {
    const costs = outermost.filter((task) => task.name === name).map(cost);
    return { name, p50: exactQuantile(0.5, costs), p90: exactQuantile(0.9, costs) };
  });
}

export function taskRow({ id, name, outcome, totals }: TaskFigures): Rows[number] {
  return {
    ...{ id, name, ...(outcome && { outcome }) },
    steps: totals.steps,
    llm_calls: totals.llmCalls,
    tool_calls: totals.toolCalls,
    input_tokens: totals.inputTokens,
    output_tokens: totals.outputTokens,
    llm_usd: totals.llmCostUsd,
    tool_usd: totals.toolCostUsd,
    usd: totals.costUsd,
    wasted_usd: totals.wastedCostUsd,
  };
}

function tokens({ calls }: Ledger): Rows {
  const sum = (amountOf: (call: CallFigures) => number) =>
    calls.reduce((all, call) => all + amountOf(call), 0);
  const [read, written] = [sum((call) => call.cacheReadTokens), sum((call) => call.cacheWriteTokens)];
  const reasoning = sum((call) => call.reasoningTokens);
  return [
    {
      input: sum((call) => call.inputTokens) - read - written,
      ...{ cache_read: read, cache_write: written },
      output: sum((call) => call.outputTokens) - reasoning,
      reasoning,
    },
  ];
}

function budgetRow({ id, name, budgetUsd, totals }: TaskFigures): Rows[number] {
  return { id, name, budget_usd: budgetUsd, usd: totals.costUsd };
}

function ticketsPlanned(ledger: Ledger): Answer {
  const actions = ledger.sumOfTasks((task) => (task.name === 'resolve_ticket' ? task.actions : 0));
  const spent = byFacts({ kind: 'kind', model: 'model', tool: 'tool' }, isTicket)(ledger);
  return mapped(spent, (usd) => (usd / actions) * PLANNED_A_MONTH);
}

const sumOf =
  (isMeant: (call: CallFigures) => boolean): Expected =>
  (ledger) =>
    single(ledger.sumOfCalls(costOf, isMeant));

export const SQL_FIGURES: Readonly<Record<string, Expected>> = {
  'What was spent / sql / 1': ({ costUsd }) => single(costUsd),
  'Which model / sql / 1': byFacts({ model: 'model' }, isLlm),
  'Which tool / sql / 1': byFacts({ tool: 'tool' }, isTool),
  'Which kind: models, tools, machines / sql / 1': byFacts({ kind: 'kind' }),
  'Which agent / sql / 1': byFacts({ agent: 'agent' }, ({ agent }) => agent !== undefined),
  'Tokens by type / sql / 1': tokens,
  'What is being spent right now / sql / 1': ({ costUsd }) => single(12 * costUsd),
  'Cost per team / sql / 1': byFacts({ team: 'team' }),
  'Cost per feature / sql / 1': byFacts({ feature: 'feature' }),
  'Cost per customer / sql / 1': byFacts({ customer: 'customer' }),
  'Cost per user / sql / 1': byFacts({ user: 'user' }),
  'Charge-back export / sql / 1': byFacts({ team: 'team', feature: 'feature', customer: 'customer' }),
  'Spend that nobody is charged with / sql / 1': (ledger) =>
    single(ledger.sumOfCalls(costOf, ({ team }) => team === undefined) / ledger.costUsd),
  'Spend that nobody is charged with / sql / 2': byFacts(
    { task: 'taskName' },
    ({ team }) => team === undefined,
  ),
  'Cost per action / sql / 1': cpa,
  'Cost per action / sql / 2': ({ costUsd, actions }) => single(costUsd / actions),
  'Return / sql / 1': (ledger) => mapped(cpa(ledger), (usd) => (ACTION_VALUE_USD - usd) / usd),
  'What planned actions will cost / sql / 1': (ledger) =>
    single((cpa(ledger).get('name=resolve_ticket') ?? Number.NaN) * PLANNED_A_MONTH),
  'What planned actions will cost / sql / 2': ticketsPlanned,
  'Share of tasks that succeed / sql / 1': (ledger) =>
    shares(
      byName(ledger, ({ outcome }) => (outcome === 'success' ? 1 : 0)),
      byName(ledger, ({ outcome }) => (outcome === undefined ? 0 : 1)),
    ),
  'What a task costs as a rule / sql / 1': quantiles,
  'Most expensive tasks / sql / 1': ({ tasks }) =>
    dearest(grouped(tasks, ({ id, name, outcome }) => ({ id, name, outcome }), cost)),
  'Most expensive tasks / sql / 2': ({ tasks }) => tasks.map(taskRow),
  'Most expensive sessions / sql / 1': (ledger) =>
    dearest(byFacts({ session: 'sessionId' }, ({ sessionId }) => sessionId !== undefined)(ledger)),
  'Cost of one session / sql / 1': (ledger, { SESSION_ID }) =>
    single(ledger.sumOfCalls(costOf, ({ sessionId }) => sessionId === SESSION_ID)),
  'Cost of one trace / sql / 1': (ledger, { taskId }) =>
    single(ledger.sumOfCalls(costOf, (call) => call.taskId === taskId)),
  'Tasks over their budget / sql / 1': ({ flagged }) => flagged.map(budgetRow),
  'Tasks that a budget stopped / sql / 1': ({ tasks }) =>
    tasks.filter(({ isStopped }) => isStopped === true).map(budgetRow),
  'Calls that a budget refused / sql / 1': ({ refused }) =>
    grouped(
      refused,
      ({ tool }) => ({ scope: 'task', measure: 'usd', tool }),
      () => 1,
    ),
  'Tasks that run now / sql / 1': ({ open }) =>
    grouped(
      open,
      ({ id, name }) => ({ id, name }),
      ({ totals }) => totals.costUsd,
    ),
  'Waste / sql / 1': (ledger) => byName(ledger, ({ totals }) => totals.wastedCostUsd),
  'Cost of failed tasks / sql / 1': (ledger) =>
    byName(ledger, (task) => (['failure', 'cancelled'].includes(task.outcome ?? '') ? cost(task) : 0)),
  'Growth of input tokens by step / sql / 1': (ledger) =>
    new Map([...inputByStep(ledger)].map(([number, mean]) => [`step=${number}`, mean])),
  'Cache hit rate of each tool / sql / 1': (ledger) => {
    const isLookup = ({ tool }: CallFigures) => tool === 'fetch_page';
    const isHit = (call: CallFigures) => isLookup(call) && call.savedCostUsd > 0;
    const one = ({ toolCalls }: CallFigures) => toolCalls;
    return shares(
      byFacts({ tool: 'tool' }, isHit, one)(ledger),
      byFacts({ tool: 'tool' }, isLookup, one)(ledger),
    );
  },
  'What caches, routers and compression saved / sql / 1': byFacts(
    { tool: 'tool', model: 'model' },
    () => true,
    ({ savedCostUsd }) => savedCostUsd,
  ),
  'Calls that failed, and calls made again / sql / 1': byFacts(
    { tool: 'tool', model: 'model' },
    () => true,
    ({ failedCalls }) => failedCalls,
  ),
  'Calls that failed, and calls made again / sql / 2': ({ calls }) =>
    grouped(
      calls.filter(({ retries }) => retries > 0),
      ({ taskName }) => ({ task: taskName, attempt: '2' }),
      costOf,
    ),
  'Unpriced usage / sql / 1': ({ calls }) =>
    grouped(
      calls,
      ({ requestModel, tool }) => ({ reason: 'unknown_model', model: requestModel, tool }),
      ({ unpricedCalls }) => unpricedCalls,
    ),
  'Estimated cost / sql / 1': ({ calls }) =>
    grouped(
      calls,
      ({ model, taskName }) => ({ reason: 'reported_differs', model, task: taskName }),
      ({ estimatedCostUsd }) => estimatedCostUsd,
    ),
  'Where prices come from / sql / 1': sumOf(() => true),
  'Totals that are not complete / sql / 1': ({ tasks }) =>
    grouped(
      tasks.filter(({ totals }) => !totals.costComplete),
      ({ id, name }) => ({ id, name }),
      ({ totals }) => totals.unpricedCalls,
    ),
  'Whether metrics and traces agree / sql / 1': () => [{ arrived_twice: 0, unreadable: 0 }],
  'Whether metrics and traces agree / sql / 2': () => new Map(),
};
