/** The most that a request to a model may cost, before it is sent. */
import { sizedRequest } from '../budgets/demand.js';
import { usdFromPico } from '../money.js';
import { currentRuntime } from '../runtime/current-runtime.js';
import { estimatePromptTokens } from '../usage/prompt-size.js';
import { readRequest } from '../usage/read-request.js';
import { isRecord } from '../validate.js';

/** Options of `estimateCost`. */
export interface EstimateCostOptions {
  /** The request in the form of the provider's SDK, with its limit of output tokens. */
  request: unknown;
  /** The model. Default: read from `request`. */
  model?: string | undefined;
  /** The provider, such as `openai` or `aws.bedrock`. Default: read from `request`, or else guessed by the model. */
  provider?: string | undefined;
  /** `gen_ai.operation.name`: `embeddings` has no output. Default `chat`. */
  operation?: string | undefined;
}

/** The most that a request costs. */
export interface CostEstimate {
  /** USD, an upper bound. 0 only for a model that is known to be free. */
  readonly costUsd: number;
  /** Where the rate is from, as in `cost.source`: `override/<rate>` or `genai-prices/<provider>/<model>@<version>`. */
  readonly source: string;
  /** The most tokens of the prompt. */
  readonly inputTokens: number;
  /** The most tokens of the answer, reasoning included: the limit in the request, for each of its answers. */
  readonly outputTokens: number;
}

/**
 * The most that a request to a model may cost, before it is sent: the estimate by which budgets refuse a call that does
 * not fit.
 *
 * It is an upper bound, not a forecast: the prompt by its size, at the higher of the input rate and the rate of cache
 * writes, plus all output tokens that the request allows, at the higher of the output and the reasoning rate. It uses
 * the prices of today and of the standard tier, with overrides and price factors. The bill is usually far lower.
 *
 * Undefined when there is no such bound: without a limit of output tokens (`max_tokens`, …); with content that the
 * request does not show, such as files, ids of earlier responses and tools of the provider; without a price for the
 * model; or if an option cannot be read. It sends no request, starts no span and books nothing. Never throws.
 *
 * @example
 * const estimate = estimateCost({ provider: 'openai', request });
 * if (estimate !== undefined) console.log(`at most $${estimate.costUsd}`);
 */
export function estimateCost(options: EstimateCostOptions): CostEstimate | undefined {
  const runtime = currentRuntime();
  let estimate: CostEstimate | undefined;
  runtime.guard(() => {
    estimate = estimateOf(options);
  });
  return estimate;
}

function estimateOf(options: EstimateCostOptions): CostEstimate | undefined {
  const read = readOptions(options);
  if (read === undefined) return undefined;
  const { request, model, provider, operation } = read;
  const facts = readRequest(request);
  if (typeof model === 'string') facts.model = model;
  if (typeof provider === 'string') facts.provider = provider;
  const named = typeof operation === 'string' ? operation : 'chat';
  const llm = { facts, operation: named, startMillis: Date.now() };
  const sized = sizedRequest(currentRuntime(), llm, estimatePromptTokens(request));
  if (sized === undefined) return undefined;
  const { pico, source } = sized.priced;
  if (pico === undefined || source === undefined) return undefined;
  const { inputTokens, outputTokens } = sized;
  return { costUsd: usdFromPico(pico), source, inputTokens, outputTokens };
}

/** Undefined if a getter of the app throws: an estimate without that option may be that of another model. */
function readOptions(options: unknown): Record<keyof EstimateCostOptions, unknown> | undefined {
  try {
    if (!isRecord(options)) return undefined;
    const { request, model, provider, operation }: Record<string, unknown> = options;
    return { request, model, provider, operation };
  } catch {
    return undefined;
  }
}
