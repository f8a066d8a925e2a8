/** What the panels of the dashboard *ClickHouse* have to show, with the names of the columns. */
import type { CallFigures, TaskFigures } from '../agent-figures.js';
import { grouped, single } from '../answers.js';
import { costOf, isLlm, type Ledger } from '../ledger.js';
import { byFacts, exactQuantile, taskRow } from '../sql-figures.js';
import type { Figures, Rows } from './figures.js';
import { inputByStep } from './tasks.js';

const cost = ({ totals }: TaskFigures) => totals.costUsd;
const sumOf = (tasks: readonly TaskFigures[], amountOf: (task: TaskFigures) => number) =>
  tasks.reduce((sum, task) => sum + amountOf(task), 0);
const wasted = ({ totals }: TaskFigures) => totals.wastedCostUsd;
const named = (tasks: readonly TaskFigures[], name: string) => tasks.filter((task) => task.name === name);
/** A span without an amount has no wasted one either: NULL, which is left out. */
const unlessZero = (column: string, amount: number) => (amount === 0 ? {} : { [column]: amount });

function eachTask({ tasks }: Ledger): Rows {
  return tasks.map((task) => {
    const { steps, wasted_usd, ...row } = taskRow(task);
    const median = exactQuantile(0.5, named(tasks, task.name).map(cost));
    return {
      ...row,
      steps,
      ...(median > 0 && { times_median: cost(task) / median }),
      ...unlessZero('wasted_usd', task.totals.wastedCostUsd),
      unpriced: task.totals.unpricedCalls,
    };
  });
}

function names({ outermost }: Ledger): Rows {
  return [...new Set(outermost.map(({ name }) => name))].map((name) => {
    const tasks = named(outermost, name);
    const costs = tasks.map(cost);
    const stated = tasks.filter(({ outcome }) => outcome !== undefined);
    const actions = sumOf(tasks, (task) => task.actions);
    return {
      name,
      tasks_ended: tasks.length,
      ...(stated.length > 0 && {
        succeeded: stated.filter(({ outcome }) => outcome === 'success').length / stated.length,
      }),
      ...{ usd: sumOf(tasks, cost), p50: exactQuantile(0.5, costs), p90: exactQuantile(0.9, costs) },
      ...(actions > 0 && { per_action: sumOf(tasks, cost) / actions }),
      ...unlessZero('wasted_usd', sumOf(tasks, wasted)),
    };
  });
}

/** The calls of an open task are one in its ledger; each of them has a span. */
function sessions({ calls, open }: Ledger): Rows {
  const priced = calls.filter(({ sessionId, unpricedCalls, isRefused }) => {
    return sessionId !== undefined && unpricedCalls === 0 && !isRefused;
  });
  return [...new Set(priced.map(({ sessionId }) => sessionId))].map((session) => {
    const its = priced.filter(({ sessionId }) => sessionId === session);
    const openCalls = open.find(({ sessionId }) => sessionId === session)?.totals.toolCalls;
    return {
      session,
      calls: openCalls ?? its.length,
      usd: its.reduce((sum, call) => sum + costOf(call), 0),
      ...unlessZero(
        'saved',
        its.reduce((sum, { savedCostUsd }) => sum + savedCostUsd, 0),
      ),
    };
  });
}

const without = (isMeant: (call: CallFigures) => boolean) => (ledger: Ledger) =>
  single(ledger.sumOfCalls(costOf, isMeant) / ledger.costUsd);

export const CLICKHOUSE: Figures = {
  'Cost / A': ({ costUsd }) => single(costUsd),
  'Cost per action / A': ({ outermost, actions }) => single(sumOf(outermost, cost) / actions),
  'Without a team / A': without(({ team }) => team === undefined),
  'Unpriced calls / A': (ledger) => single(ledger.sumOfCalls(({ unpricedCalls }) => unpricedCalls)),
  'Unreadable amounts / A': () => single(0),
  'Arrived twice / A': () => single(0),
  'By kind, over time / A': byFacts({ kind: 'kind' }),
  'By model / A': byFacts({ model: 'model' }, isLlm),
  'By tool / A': byFacts({ tool: 'tool' }, ({ kind }) => kind === 'tool'),
  'Charge-back / A': byFacts({ team: 'team', feature: 'feature', customer: 'customer' }),
  'Users / A': byFacts({ user: 'user' }, ({ user }) => user !== undefined),
  'Sessions / A': sessions,
  'Each task / A': eachTask,
  'Names of tasks / A': names,
  'Tasks that run now / A': ({ open }) =>
    grouped(
      open,
      ({ id, name }) => ({ id, name }),
      ({ totals }) => totals.costUsd,
    ),
  'Input tokens by step / A': (ledger) =>
    new Map([...inputByStep(ledger)].map(([number, mean]) => [`step=${number}`, mean])),
};
