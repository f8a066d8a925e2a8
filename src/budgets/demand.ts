/** Estimates the cost of LLM and tool calls before they run. */
import type { CallRecord } from '../ledger/history.js';
import type { Demand } from '../ledger/measures.js';
import { isPostableUsd, type Pico, picoFromUsd } from '../money.js';
import type { Priced } from '../pricing/priced.js';
import type { ToolPrice } from '../pricing/tool-prices.js';
import type { Runtime } from '../runtime/runtime.js';
import type { RequestFacts } from '../usage/read-request.js';
import { noTokens, type TokenCounts } from '../usage/usage.js';

/** The demand of a new agent-loop turn, which costs nothing itself. */
export const STEP_DEMAND: Demand = {
  kind: 'step',
  isBillable: false,
  hasPrice: true,
  pico: 0,
  tokens: 0,
  firmPico: 0,
  firmTokens: 0,
  steps: 1,
};

/**
 * The demand of a tool call: the app's own estimate, or else the declared price, or else the mean of earlier calls, or
 * else unknown. If the results of earlier calls stated more than the declared price, their mean is reserved, but only
 * the declared price can refuse the call. Example: a tool is declared at $0, and its result states $0.03. The first
 * call reserves nothing, the second one reserves $0.03.
 */
export function toolDemand(runtime: Runtime, name: string, price: ToolPrice, estimateUsd?: number): Demand {
  const { costUsd, billable } = price;
  const estimated = picoOf(estimateUsd);
  const declared = typeof costUsd === 'number' ? picoOf(costUsd) : undefined;
  const mean = meanOf(runtime.history.find('tool', name));
  const isSilent = costUsd === undefined && billable !== true;
  const isFree = declared === 0 ? (mean ?? 0) === 0 : isSilent && mean === 0;
  const learned = declared === undefined ? mean : Math.max(declared, mean ?? 0);
  return {
    kind: 'tool',
    isBillable: !isFree || estimated !== undefined,
    hasPrice: estimated !== undefined || learned !== undefined || costUsd !== undefined || isSilent,
    pico: estimated ?? learned,
    tokens: 0,
    firmPico: estimated ?? declared,
    firmTokens: 0,
    steps: 0,
  };
}

export interface PricedRequest {
  facts: RequestFacts;
  operation: string;
  startMillis: number;
}

export interface LlmRequest extends PricedRequest {
  estimateUsd: number | undefined;
}

/**
 * The demand of an LLM call: the app's own estimate, or else the most that the request may cost, or else the mean
 * of earlier calls, or else unknown. `prompt` is the most tokens of the prompt.
 */
export function llmDemand(
  runtime: Runtime,
  llm: LlmRequest,
  prompt: number | undefined,
): Omit<Demand, 'steps'> {
  const { facts } = llm;
  const known = facts.model === undefined ? undefined : runtime.history.find('llm', facts.model);
  const most = mostAnswered(llm);
  const isSized = prompt !== undefined && most !== undefined;
  const priced = listPrice(runtime, llm, { input: prompt ?? 1, output: most ?? 1 });
  const mean = meanOf(known);
  const sized = isSized ? mostExpensive(runtime, llm, prompt, most, priced).pico : undefined;
  const firmPico = picoOf(llm.estimateUsd) ?? sized;
  const firmTokens = isSized ? prompt + most : undefined;
  return {
    kind: 'llm',
    isBillable: priced.status !== 'free' || llm.estimateUsd !== undefined,
    hasPrice: priced.pico !== undefined || llm.estimateUsd !== undefined || mean !== undefined,
    pico: firmPico ?? mean,
    tokens: firmTokens ?? (mean === undefined ? undefined : known?.meanTokens),
    firmPico,
    firmTokens,
  };
}

/**
 * The highest possible price of these tokens: a prompt may be written to the provider's cache, and an answer may be
 * reasoning.
 */
function mostExpensive(
  runtime: Runtime,
  llm: PricedRequest,
  prompt: number,
  most: number,
  plain: Priced,
): Priced {
  if (plain.pico === undefined) return plain;
  const written = listPrice(runtime, llm, { cacheWrite: prompt, output: most });
  const reasoned = listPrice(runtime, llm, { cacheWrite: prompt, reasoning: most });
  return [written, reasoned].reduce(
    (highest, price) => ((price.pico ?? 0) > (highest.pico ?? 0) ? price : highest),
    plain,
  );
}

/** The most that a request of its size costs. */
export interface SizedRequest {
  /** Without an amount if the model has no price. */
  readonly priced: Priced;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The upper bound of a request whose prompt has at most `prompt` tokens. Undefined when its answer has no limit. */
export function sizedRequest(
  runtime: Runtime,
  llm: PricedRequest,
  prompt: number | undefined,
): SizedRequest | undefined {
  const most = mostAnswered(llm);
  if (prompt === undefined || most === undefined) return undefined;
  const plain = listPrice(runtime, llm, { input: prompt, output: most });
  const priced = mostExpensive(runtime, llm, prompt, most, plain);
  return { priced, inputTokens: prompt, outputTokens: most };
}

/** Embeddings return no tokens. */
function mostAnswered({ operation, facts }: PricedRequest): number | undefined {
  return operation === 'embeddings' ? 0 : facts.mostOutputTokens;
}

function listPrice(
  runtime: Runtime,
  { facts, startMillis }: PricedRequest,
  tokens: Partial<TokenCounts>,
): Priced {
  return runtime.prices.price({
    provider: facts.provider,
    model: facts.model,
    timeMillis: startMillis,
    usage: { tokens: { ...noTokens(), ...tokens } },
  });
}

function picoOf(usd: number | undefined): Pico | undefined {
  return isPostableUsd(usd) ? picoFromUsd(usd) : undefined;
}

function meanOf(known: CallRecord | undefined): Pico | undefined {
  return known === undefined || known.calls === 0 ? undefined : known.meanPico;
}
