/** What the queries of the cookbook have to be answered, by the ledger: `section / language / number`. */
import type { CallFigures, TaskFigures } from './agent-figures.js';
import { type Answer, grouped, mapped, ratios, shares, single } from './answers.js';
import { repeatedUsd, savedUsd, sentAgainBy, swapsBy } from './hints.js';
import { type CallLabel, callsIn, costOf, isLlm, type Ledger, quantilesByName } from './ledger.js';
import type { Rows } from './panels/figures.js';
import { inputByStep } from './panels/tasks.js';

export type Expected = (ledger: Ledger, ids: Ids) => Answer | Rows;

/** What is put in for the placeholders of the cookbook. */
export interface Ids {
  SESSION_ID: string;
  TRACE_ID: string;
  /** The task that is all of that trace. */
  taskId: string;
}

/** Apps of the tests are one service, so metrics have this label beside others. */
export const SERVICE = 'agents';

const ACTION_VALUE_USD = 0.5;
const PLANNED_A_MONTH = (1000 * 365) / 12;
const SPENT_ON = ['cost_kind', 'gen_ai_response_model', 'gen_ai_tool_name'] as const;

const cost = ({ totals }: TaskFigures) => totals.costUsd;
const wasted = ({ wastedCostUsd }: CallFigures) => wastedCostUsd;
const isTool = ({ kind }: CallFigures) => kind === 'tool';
const isTicket = ({ taskName }: CallFigures) => taskName === 'resolve_ticket';
const failed = ({ outcome }: TaskFigures) => outcome === 'failure' || outcome === 'cancelled';

function by(labels: readonly CallLabel[], isMeant?: (call: CallFigures) => boolean): Expected {
  return (ledger) => ledger.callsBy(labels, costOf, isMeant);
}

/** Tempo names a group by its value alone. */
export function byValue(
  keyOf: (call: CallFigures) => string | undefined,
  isMeant: (call: CallFigures) => boolean = () => true,
) {
  return ({ calls }: Ledger): Answer => {
    const groups = grouped(calls.filter(isMeant), (call) => ({ is: keyOf(call) }), costOf);
    return new Map([...groups].map(([group, usd]) => [group.replace('is=', ''), usd]));
  };
}

const tokensOf = ({ inputTokens, outputTokens }: CallFigures) => inputTokens + outputTokens;

function tokensByType({ calls }: Ledger): Answer {
  const sum = (amountOf: (call: CallFigures) => number) =>
    calls.reduce((all, call) => all + amountOf(call), 0);
  return new Map([
    [
      'gen_ai_token_type=input',
      sum((call) => call.inputTokens - call.cacheReadTokens - call.cacheWriteTokens),
    ],
    ['gen_ai_token_type=cache_read', sum((call) => call.cacheReadTokens)],
    ['gen_ai_token_type=cache_write', sum((call) => call.cacheWriteTokens)],
    ['gen_ai_token_type=output', sum((call) => call.outputTokens - call.reasoningTokens)],
    ['gen_ai_token_type=reasoning', sum((call) => call.reasoningTokens)],
  ]);
}

/** By service and name, as the rule has it. */
export function cpa(ledger: Ledger): Answer {
  const perAction = ratios(
    ledger.tasksByName(cost),
    ledger.tasksByName(({ actions }) => actions),
  );
  return new Map([...perAction].map(([group, usd]) => [`job=${SERVICE} ${group}`, usd]));
}

function only(answer: Answer, name: string): Answer {
  return new Map([...answer].filter(([group]) => group.includes(name)));
}

function succeeded(ledger: Ledger): Answer {
  const stated = ledger.tasksByName(({ outcome }) => (outcome === undefined ? 0 : 1));
  return shares(
    ledger.tasksByName(({ outcome }) => (outcome === 'success' ? 1 : 0)),
    stated,
  );
}

function ticketsPlanned(ledger: Ledger): Answer {
  const actions = ledger.sumOfTasks((task) => (task.name === 'resolve_ticket' ? task.actions : 0));
  return mapped(ledger.callsBy(SPENT_ON, costOf, isTicket), (usd) => (usd / actions) * PLANNED_A_MONTH);
}

function rows(tasks: readonly TaskFigures[], columnsOf: (task: TaskFigures) => Rows[number]): Rows {
  return tasks.map((task) => ({ 'task.id': task.id, 'task.name': task.name, ...columnsOf(task) }));
}

/** Those that have ended a task, in whole nano-dollars. */
function sessionNanos({ calls, tasks }: Ledger): Answer {
  const ids = new Set(tasks.flatMap(({ sessionId }) => sessionId ?? []));
  const ended = calls.filter(({ sessionId }) => sessionId !== undefined && ids.has(sessionId));
  const totals = grouped(ended, ({ sessionId }) => ({ id: sessionId }), costOf);
  return new Map([...totals].map(([group, usd]) => [group.replace('id=', ''), Math.round(usd * 1e9)]));
}

const ofSession: Expected = ({ calls }, { SESSION_ID }) =>
  single(calls.reduce((sum, call) => sum + (call.sessionId === SESSION_ID ? call.costUsd : 0), 0));
const ofTrace: Expected = ({ tasks }, { taskId }) =>
  single(tasks.reduce((sum, task) => sum + (task.id === taskId ? cost(task) : 0), 0));
const ofTeam =
  (team: string): Expected =>
  (ledger) =>
    single(ledger.sumOfCalls(costOf, (call) => call.team === team));

const ofBudget = ({ budgetUsd, totals }: TaskFigures) => ({
  'task.budget_usd': budgetUsd,
  'task.cost_usd': totals.costUsd,
});

/** The tasks themselves, and for each the call that crossed its budget, which names it. */
function overBudget({ flagged, overBudget: crossed }: Ledger): Rows {
  const crossing = crossed.map(({ id, name }) => ({ 'task.id': id, 'task.name': name }));
  return [...rows(flagged, ofBudget), ...crossing];
}

const stopped = ({ isStopped }: TaskFigures) => isStopped === true;

function refusedCalls({ refused }: Ledger): Rows {
  return refused.map(({ tool }) => ({
    'cost.budget.scope': 'task',
    'cost.budget.measure': 'usd',
    'gen_ai.tool.name': tool,
  }));
}

function wasteByReason(ledger: Ledger): Answer {
  const inTasks = ledger.lostInTasksBy(({ name }) => ({ cost_waste_reason: 'failed_task', task_name: name }));
  const inCalls = grouped(
    ledger.calls,
    ({ taskName }) => ({ cost_waste_reason: 'failed_call', task_name: taskName }),
    wasted,
  );
  return new Map([...inTasks, ...inCalls]);
}

function hitRates(ledger: Ledger): Answer {
  const isLookup = ({ tool }: CallFigures) => tool === 'fetch_page';
  const hits = ledger.callsBy(
    ['gen_ai_tool_name'],
    callsIn,
    (call) => isLookup(call) && call.savedCostUsd > 0,
  );
  return shares(hits, ledger.callsBy(['gen_ai_tool_name'], callsIn, isLookup));
}

const again = ({ retries }: CallFigures) => retries > 0;
const unpriced = ({ unpricedCalls }: CallFigures) => unpricedCalls > 0;
const estimated = ({ estimatedCostUsd }: CallFigures) => estimatedCostUsd > 0;
const incomplete = ({ totals }: TaskFigures) => !totals.costComplete;

function openBy(amountsOf: (costs: readonly number[]) => number): Expected {
  return ({ open }) => {
    const names = [...new Set(open.map(({ name }) => name))];
    const costs = (of: string) => open.filter(({ name }) => name === of).map(({ totals }) => totals.costUsd);
    return new Map(names.map((name) => [`task_name=${name}`, amountsOf(costs(name))]));
  };
}

const names = (tasks: readonly TaskFigures[]): Rows => tasks.map(({ id }) => ({ 'task.id': id }));

export const COOKBOOK_FIGURES: Readonly<Record<string, Expected>> = {
  'What was spent / promql / 1': ({ costUsd }) => single(costUsd),
  'What was spent / promql / 2': ({ costUsd }) => single(costUsd),
  'What was spent / traceql / 1': ({ costUsd }) => single(costUsd),
  'Which model / promql / 1': by(['gen_ai_response_model'], isLlm),
  'Which model / traceql / 1': byValue(({ model }) => model, isLlm),
  'Which tool / promql / 1': by(['gen_ai_tool_name'], isTool),
  'Which tool / traceql / 1': byValue(({ tool }) => tool, isTool),
  'Which kind: models, tools, machines / promql / 1': by(['cost_kind']),
  'Which kind: models, tools, machines / traceql / 1': byValue(({ kind }) => kind),
  'Which agent / promql / 1': by(['gen_ai_agent_name'], ({ agent }) => agent !== undefined),
  'Tokens by type / promql / 1': tokensByType,
  'Tokens by task and model / promql / 1': (ledger) =>
    ledger.callsBy(['task_name', 'gen_ai_response_model'], tokensOf),
  'What is being spent right now / promql / 1': ({ costUsd }) => single(12 * costUsd),
  'Cost per team / promql / 1': by(['cost_tag_team']),
  'Cost per team / traceql / 1': byValue(({ team }) => team),
  'Cost per team / jaeger / 1': ofTeam('growth'),
  'Cost per feature / promql / 1': by(['cost_tag_feature']),
  'Cost per feature / traceql / 1': byValue(({ feature }) => feature),
  'Cost per customer / promql / 1': by(['cost_tag_customer']),
  'Cost per customer / traceql / 1': byValue(({ customer }) => customer),
  'Cost per user / traceql / 1': byValue(({ user }) => user),
  'Cost per user / jaeger / 1': (ledger) => single(ledger.sumOfCalls(costOf, ({ user }) => user === 'ada')),
  'Charge-back export / promql / 1': by(['cost_tag_team', 'cost_tag_feature', 'cost_tag_customer']),
  'Spend that nobody is charged with / promql / 1': (ledger) =>
    single(ledger.sumOfCalls(costOf, ({ team }) => team === undefined) / ledger.costUsd),
  'Spend that nobody is charged with / traceql / 1': byValue(({ team, taskName }) =>
    [team, taskName].filter((value) => value !== undefined).join(),
  ),
  'Cost per action / promql / 1': cpa,
  'Cost per action / promql / 2': ({ costUsd, actions }) => single(costUsd / actions),
  'Return / promql / 1': (ledger) => mapped(cpa(ledger), (usd) => (ACTION_VALUE_USD - usd) / usd),
  'What planned actions will cost / promql / 1': (ledger) =>
    mapped(only(cpa(ledger), 'resolve_ticket'), (usd) => usd * PLANNED_A_MONTH),
  'What planned actions will cost / promql / 2': ticketsPlanned,
  'Share of tasks that succeed / promql / 1': succeeded,
  'What a task costs as a rule / promql / 1': ({ outermost }) => quantilesByName(0.5, outermost),
  'What a task costs as a rule / promql / 2': ({ outermost }) => quantilesByName(0.9, outermost),
  // Only where histograms have no boundaries: native-histograms.test.ts.
  'What a task costs as a rule / promql / 3': () => new Map(),
  'What a task costs as a rule / traceql / 1': ({ tasks }) => {
    const nanos = tasks.map((task) => cost(task) * 1e9).sort((a, b) => a - b);
    return new Map(
      [0.5, 0.9].map((share) => [String(share), nanos[Math.ceil(share * nanos.length) - 1] ?? 0]),
    );
  },
  'Most expensive tasks / traceql / 1': ({ tasks }) =>
    rows(
      tasks.filter((task) => cost(task) > 0.1),
      ({ totals, outcome }) => ({
        'task.cost_usd': totals.costUsd,
        ...(outcome && { 'task.outcome': outcome }),
      }),
    ),
  'Most expensive tasks / jaeger / 1': ({ tasks }) =>
    names(tasks.filter(({ name }) => name === 'review_contract')),
  'Most expensive tasks / promql / 1': ({ outermost }) => quantilesByName(1, outermost),
  'Most expensive sessions / traceql / 1': sessionNanos,
  'Cost of one session / traceql / 1': ofSession,
  'Cost of one session / jaeger / 1': ofSession,
  'Cost of one trace / traceql / 1': ofTrace,
  'Cost of one trace / jaeger / 1': ofTrace,
  'Tasks over their budget / traceql / 1': overBudget,
  'Tasks over their budget / jaeger / 1': ({ flagged }) => names(flagged),
  'Tasks over their budget / promql / 1': ({ overBudget: over }) =>
    grouped(
      over,
      ({ name }) => ({ task_name: name }),
      () => 1,
    ),
  'Tasks that a budget stopped / traceql / 1': ({ tasks }) => rows(tasks.filter(stopped), ofBudget),
  'Tasks that a budget stopped / jaeger / 1': ({ tasks }) => names(tasks.filter(stopped)),
  'What a budget stopped today / promql / 1': ({ refused }) =>
    grouped(
      refused,
      ({ taskName, team, customer }) => ({
        task_name: taskName,
        cost_budget_scope: 'task',
        cost_tag_team: team,
        cost_tag_customer: customer,
      }),
      () => 1,
    ),
  'Calls that a budget refused / promql / 1': ({ refused }) =>
    grouped(
      refused,
      ({ taskName }) => ({ task_name: taskName, cost_budget_scope: 'task', cost_budget_measure: 'usd' }),
      () => 1,
    ),
  'Calls that a budget refused / traceql / 1': refusedCalls,
  'Calls that a budget refused / jaeger / 1': refusedCalls,
  'Tasks that run now / promql / 1': openBy((costs) => Math.max(...costs)),
  'Tasks that run now / promql / 2': openBy((costs) => costs.length),
  'Waste / promql / 1': wasteByReason,
  'Waste / traceql / 1': ({ tasks }) =>
    rows(
      tasks.filter(({ totals }) => totals.wastedCostUsd > 0),
      ({ totals, outcome }) => ({
        'task.wasted_cost_usd': totals.wastedCostUsd,
        ...(outcome && { 'task.outcome': outcome }),
      }),
    ),
  'Cost of failed tasks / promql / 1': (ledger) =>
    ledger.tasksByName((task) => (failed(task) ? cost(task) : 0)),
  'Cost of failed tasks / traceql / 1': ({ tasks }) =>
    rows(tasks.filter(failed), ({ totals }) => ({ 'task.cost_usd': totals.costUsd })),
  'Cost of failed tasks / jaeger / 1': ({ tasks }) =>
    names(tasks.filter(({ outcome }) => outcome === 'failure')),
  'Which model to swap / promql / 1': (ledger) => swapsBy(ledger, savedUsd),
  'Input that is sent again / promql / 1': (ledger) =>
    sentAgainBy(ledger, ['gen_ai_response_model', 'gen_ai_agent_name']),
  'Tool calls that are repeated / promql / 1': repeatedUsd,
  'Growth of input tokens by step / traceql / 1': inputByStep,
  'Cache hit rate of each tool / promql / 1': hitRates,
  'What caches, routers and compression saved / promql / 1': (ledger) =>
    ledger.callsBy(['gen_ai_tool_name', 'gen_ai_response_model'], ({ savedCostUsd }) => savedCostUsd),
  'Calls that failed, and calls made again / promql / 1': (ledger) =>
    ledger.callsBy(['gen_ai_tool_name', 'gen_ai_response_model'], ({ failedCalls }) => failedCalls),
  'Calls that failed, and calls made again / traceql / 1': ({ calls }) =>
    calls
      .filter(again)
      .map(({ taskName, costUsd }) => ({ 'cost.attempt': 2, cost_usd: costUsd, 'task.name': taskName })),
  'Calls that failed, and calls made again / jaeger / 1': (ledger) =>
    single(ledger.sumOfCalls(costOf, again)),
  'Unpriced usage / promql / 1': (ledger) =>
    ledger.callsBy(['gen_ai_response_model', 'gen_ai_tool_name'], ({ unpricedCalls }) => unpricedCalls),
  'Unpriced usage / traceql / 1': ({ calls }) =>
    calls.filter(unpriced).map(({ requestModel }) => ({
      'gen_ai.request.model': requestModel,
      'cost.reason': 'unknown_model',
    })),
  'Unpriced usage / jaeger / 1': ({ calls }) =>
    calls.filter(unpriced).map(({ taskName }) => ({ 'task.name': taskName })),
  'Estimated cost / promql / 1': (ledger) =>
    ledger.callsBy(['gen_ai_response_model', 'task_name'], ({ estimatedCostUsd }) => estimatedCostUsd),
  'Estimated cost / traceql / 1': ({ calls }) =>
    calls.filter(estimated).map(({ costUsd, requestModel }) => ({
      'cost.reason': 'reported_differs',
      cost_usd: costUsd,
      'gen_ai.request.model': requestModel,
    })),
  'Estimated cost / jaeger / 1': ({ calls }) =>
    calls.filter(estimated).map(({ taskName }) => ({ 'task.name': taskName })),
  'Where prices come from / traceql / 1': ({ costUsd }) => single(costUsd),
  'Totals that are not complete / traceql / 1': ({ tasks }) =>
    rows(tasks.filter(incomplete), ({ totals }) => ({ 'task.unpriced_calls': totals.unpricedCalls })),
  'Totals that are not complete / jaeger / 1': ({ tasks }) => names(tasks.filter(incomplete)),
  'Whether metrics and traces agree / promql / 1': () => new Map([[`job=${SERVICE}`, 1]]),
  'Counters that went down / promql / 1': () => new Map(),
  'Counters that went down / promql / 2': () => new Map(),
  'Agent spend budget burn slow / promql / 1': by(['task_name']),
};
