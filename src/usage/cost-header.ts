/** The cost of a call in the response headers of a gateway. */
import { isPostableUsd } from '../money.js';
import { isRecord } from '../validate.js';
import { keysOf } from './bounds.js';
import { type CallFacts, noTokens } from './usage.js';

/** LiteLLM's proxy states its price of the call here, with the margins and discounts of its operator. */
const COST_HEADER = 'x-litellm-response-cost';

/** A plain decimal number, as gateways write amounts: `2.85e-05`. Nothing with a unit or a sign. */
const DECIMAL = /^\d{1,12}(?:\.\d{1,40})?(?:e[-+]?\d{1,3})?$/i;

/**
 * The cost in the headers of a response, in USD. Undefined when it is not stated. LiteLLM writes 0 and `None` where it
 * does not know the cost: for every stream, and for models and tools without a price. A 0 is therefore no bill.
 */
export function readCostHeader(headers: unknown): number | undefined {
  const text = headerIn(headers, COST_HEADER);
  const usd = text !== undefined && DECIMAL.test(text.trim()) ? Number(text) : 0;
  return usd > 0 && isPostableUsd(usd) ? usd : undefined;
}

/** One header, whether the headers are those of `fetch`, of axios, or a plain object. `name` is in lower case. */
export function headerIn(headers: unknown, name: string): string | undefined {
  if (!isRecord(headers)) return undefined;
  const { get } = headers;
  const value: unknown =
    typeof get === 'function' ? Reflect.apply(get, headers, [name]) : plain(headers, name);
  return typeof value === 'string' ? value : undefined;
}

function plain(headers: Record<string, unknown>, name: string): unknown {
  return headers[name] ?? headers[keysOf(headers).find((key) => key.toLowerCase() === name) ?? name];
}

/**
 * Adds the gateway's bill to the facts of a whole response, unless its body has one. It stands where the app can see
 * the headers: in a `Response`, beside the body in `{ data, response }`, in the AI SDK's `response.headers`, in
 * LangChain's `response_metadata.headers`.
 */
export function withCostHeader(
  facts: CallFacts | undefined,
  response: Record<string, unknown>,
): CallFacts | undefined {
  if (facts?.usage?.reportedCostUsd !== undefined || sumsSeveral(response)) return facts;
  const usd = gatewayCost(response);
  if (usd === undefined) return facts;
  return { ...facts, usage: { ...(facts?.usage ?? { tokens: noTokens() }), reportedCostUsd: usd } };
}

/** True for a loop of several calls: the headers are those of the last one. */
function sumsSeveral({ steps }: Record<string, unknown>): boolean {
  return Array.isArray(steps) && steps.length > 1;
}

function gatewayCost(response: Record<string, unknown>): number | undefined {
  const { headers, response: inner, response_metadata: metadata, _hidden_params: hidden } = response;
  const stated =
    readCostHeader(headers) ??
    (isRecord(inner) ? readCostHeader(inner.headers) : undefined) ??
    (isRecord(metadata) ? readCostHeader(metadata.headers) : undefined);
  if (stated !== undefined || !isRecord(hidden)) return stated;
  const { response_cost: cost } = hidden;
  return isPostableUsd(cost) && cost > 0 ? cost : undefined;
}
