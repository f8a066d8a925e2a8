/** What the panels of the dashboard *savings* have to show. */
import type { CallFigures } from '../agent-figures.js';
import { type Answer, grouped, ratios, shares, single } from '../answers.js';
import { billedUsd, onSmallerUsd, repeatedUsd, savedUsd, sentAgainBy, swapsBy } from '../hints.js';
import { callsIn, costOf, isLlm, type Ledger } from '../ledger.js';
import type { Chosen, Figures } from './figures.js';

const saved = ({ savedCostUsd }: CallFigures) => savedCostUsd;
const wasted = ({ wastedCostUsd }: CallFigures) => wastedCostUsd;

function isLarger({ variables }: Chosen): (call: CallFigures) => boolean {
  const larger = new RegExp(`^(?:${variables.larger_models})$`);
  return (call) => isLlm(call) && larger.test(call.model ?? '');
}

function onLarger(ledger: Ledger, chosen: Chosen): number {
  return ledger.sumOfCalls(costOf, isLarger(chosen));
}

/** By model alone: Tempo names groups by their value. A call without an answer has no output tokens on its span. */
function shortAnswers(amountOf: (call: CallFigures) => number): Figures[string] {
  return ({ calls }, chosen) => {
    const most = Number(chosen.variables.short_output_tokens);
    const isMeant = isLarger(chosen);
    const short = calls.filter(
      (call) => isMeant(call) && call.failedCalls === 0 && call.outputTokens <= most,
    );
    const byModel = grouped(short, ({ model }) => ({ model }), amountOf);
    return new Map([...byModel].map(([group, amount]) => [group.replace('model=', ''), amount]));
  };
}

/** The cache answers all but the first of equal questions; what it answers costs nothing. */
function hitRates(ledger: Ledger): Answer {
  const cached = new Set(ledger.calls.filter((call) => saved(call) > 0).map(({ tool }) => tool));
  const isLookup = ({ tool }: CallFigures) => tool !== undefined && cached.has(tool);
  const hits = ledger.callsBy(['gen_ai_tool_name'], callsIn, (call) => isLookup(call) && saved(call) > 0);
  return shares(hits, ledger.callsBy(['gen_ai_tool_name'], callsIn, isLookup));
}

function promptCacheShares(ledger: Ledger): Answer {
  const read = ledger.callsBy(['gen_ai_response_model'], ({ cacheReadTokens }) => cacheReadTokens);
  return shares(
    read,
    ledger.callsBy(['gen_ai_response_model'], ({ inputTokens }) => inputTokens),
  );
}

function failedShares(ledger: Ledger): Answer {
  const by = ['gen_ai_tool_name', 'gen_ai_response_model'] as const;
  return shares(
    ledger.callsBy(by, ({ failedCalls }) => failedCalls),
    ledger.callsBy(by, callsIn),
  );
}

const allWaste = (ledger: Ledger) => ledger.sumOfTasks(({ totals }) => totals.wastedCostUsd);

export const SAVINGS: Figures = {
  'Calls a cheaper model could take / A': (ledger, chosen) =>
    single(ledger.sumOfCalls(callsIn, isLarger(chosen)) / ledger.sumOfCalls(callsIn, isLlm)),
  'What those calls cost / A': (ledger, chosen) => single(onLarger(ledger, chosen)),
  'Saved at most / A': (ledger) => swapsBy(ledger, savedUsd, []),
  'Saved already / A': (ledger) => single(ledger.sumOfCalls(saved)),
  'Which model to swap / A': (ledger) => swapsBy(ledger, billedUsd),
  'Which model to swap / B': (ledger) => swapsBy(ledger, onSmallerUsd),
  'Which model to swap / C': (ledger) => swapsBy(ledger, savedUsd),
  'Which model to swap / D': (ledger) => shares(swapsBy(ledger, savedUsd), swapsBy(ledger, billedUsd)),
  'Short answers of large models: calls / A': shortAnswers(callsIn),
  'Short answers of large models: cost / A': shortAnswers(costOf),
  'Saved, by tool and model / A': (ledger) =>
    ledger.callsBy(['gen_ai_tool_name', 'gen_ai_response_model'], saved),
  'Cache hit rate by tool / A': hitRates,
  "Input from the provider's cache by model / A": promptCacheShares,
  'Failed calls by model and tool / A': failedShares,
  'Input that was sent again by model / A': (ledger) =>
    ratios(
      sentAgainBy(ledger, ['gen_ai_response_model']),
      ledger.callsBy(['gen_ai_response_model'], ({ inputTokens }) => inputTokens),
    ),
  'Repeated tool calls by tool / A': repeatedUsd,
  'Wasted / A': (ledger) => single(allWaste(ledger)),
  'Wasted share / A': (ledger) => single(allWaste(ledger) / ledger.costUsd),
  'Budgets hit / A': ({ overBudget }) => single(overBudget.length),
  'Calls refused / A': ({ refused }) => single(refused.length),
  'Waste and budgets by task / A': (ledger) => ledger.lostInTasksBy(({ name }) => ({ task_name: name })),
  'Waste and budgets by task / B': (ledger) => ledger.callsBy(['task_name'], wasted),
  'Waste and budgets by task / C': ({ overBudget }) =>
    grouped(
      overBudget,
      ({ name }) => ({ task_name: name }),
      () => 1,
    ),
  'Waste and budgets by task / D': ({ refused }) =>
    grouped(
      refused,
      ({ taskName }) => ({ task_name: taskName }),
      () => 1,
    ),
  'Tasks over budget / A': ({ flagged }) =>
    flagged.map(({ id, name, budgetUsd, totals, outcome }) => ({
      'task.id': id,
      'task.name': name,
      'task.budget_usd': budgetUsd,
      'task.cost_usd': totals.costUsd,
      'task.outcome': outcome,
    })),
};
