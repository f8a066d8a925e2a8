/** What LLM and tool calls are expected to cost, as far as anything is known before they run. */
import type { CallRecord } from '../ledger/history.js';
import type { Demand } from '../ledger/measures.js';
import { isPostableUsd, type Pico, picoFromUsd } from '../money.js';
import type { Priced } from '../pricing/price-book.js';
import type { ToolPrice } from '../pricing/tool-prices.js';
import type { Runtime } from '../runtime/runtime.js';
import type { SpanRecord } from '../spans/span-record.js';
import { estimatePromptTokens } from '../usage/prompt-size.js';
import type { RequestFacts } from '../usage/read-request.js';
import { noTokens } from '../usage/usage.js';
import { type Admission, askBudgets } from './gate.js';

/** Opening a turn of the loop: it costs nothing itself. */
export const STEP_DEMAND: Demand = {
  kind: 'step',
  isBillable: false,
  hasPrice: true,
  pico: 0,
  tokens: 0,
  steps: 1,
};

/** The app's own estimate, else the declared price, else the mean of earlier calls, else unknown. */
export function toolDemand(runtime: Runtime, name: string, price: ToolPrice, estimateUsd?: number): Demand {
  const known = runtime.history.find('tool', name);
  const { costUsd, billable } = price;
  const estimated = picoOf(estimateUsd);
  const declared = typeof costUsd === 'number' ? picoOf(costUsd) : undefined;
  const mean = meanOf(known);
  const isSilent = costUsd === undefined && billable !== true;
  const isFree = declared === 0 || (isSilent && mean === 0);
  const pico = estimated ?? declared ?? mean;
  return {
    kind: 'tool',
    isBillable: !isFree || estimated !== undefined,
    hasPrice: pico !== undefined || costUsd !== undefined || isSilent,
    pico,
    tokens: 0,
    steps: 0,
  };
}

interface LlmRequest {
  facts: RequestFacts;
  operation: string;
  estimateUsd: number | undefined;
  startMillis: number;
}

/** Asks the budgets around an LLM call for room. `request` is looked at only if there are any. */
export function askForLlm(
  runtime: Runtime,
  record: SpanRecord,
  isCovered: boolean,
  llm: LlmRequest,
  request: unknown,
  givesPromise: boolean,
): Admission | undefined {
  let promptTokens: number | undefined;
  let isSized = false;
  const demand = () => {
    if (!isSized) promptTokens = estimatePromptTokens(request);
    isSized = true;
    const steps = record.scope?.countsLlmCalls === false ? 0 : 1;
    return { ...llmDemand(runtime, llm, promptTokens), steps };
  };
  return askBudgets(runtime, record, isCovered, demand, { canWait: true, givesPromise });
}

/** The app's own estimate, else the most that the request may cost, else the mean of earlier calls, else unknown. */
function llmDemand(runtime: Runtime, llm: LlmRequest, prompt: number | undefined): Omit<Demand, 'steps'> {
  const { facts } = llm;
  const known = facts.model === undefined ? undefined : runtime.history.find('llm', facts.model);
  // Embeddings give no tokens back.
  const most = facts.maxTokens ?? (llm.operation === 'embeddings' ? 0 : undefined);
  const isSized = prompt !== undefined && most !== undefined;
  const priced = listPrice(runtime, llm, prompt ?? 1, most ?? 1);
  const mean = meanOf(known);
  return {
    kind: 'llm',
    isBillable: priced.status !== 'free' || llm.estimateUsd !== undefined,
    hasPrice: priced.pico !== undefined || llm.estimateUsd !== undefined || mean !== undefined,
    pico: picoOf(llm.estimateUsd) ?? (isSized ? priced.pico : undefined) ?? mean,
    tokens: isSized ? prompt + most : mean === undefined ? undefined : known?.meanTokens,
  };
}

function listPrice(
  runtime: Runtime,
  { facts, startMillis }: LlmRequest,
  input: number,
  output: number,
): Priced {
  return runtime.prices.price({
    provider: facts.provider,
    model: facts.model,
    timeMillis: startMillis,
    usage: { tokens: { ...noTokens(), input, output: Math.max(0, output) } },
  });
}

function picoOf(usd: number | undefined): Pico | undefined {
  return isPostableUsd(usd) ? picoFromUsd(usd) : undefined;
}

function meanOf(known: CallRecord | undefined): Pico | undefined {
  return known === undefined || known.calls === 0 ? undefined : known.meanPico;
}
