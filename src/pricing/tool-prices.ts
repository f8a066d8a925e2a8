/** Tool prices that the app sets. */

import { MAX_POST_USD } from '../money.js';
import { expectBoolean, expectKnownKeys, expectNumber, expectRecord } from '../validate.js';

/**
 * A function that works out the cost of one call, in USD from 0 to 1,000,000. Another amount or an error is refused and
 * flagged: the cost of the call is then unknown. `result` is the result of the call: the value of a promise, or the
 * `data` of an `ActionResult`. The function is not called for a call that threw or returned a stream.
 */
export type ToolCostFunction<Result = unknown, Args extends readonly unknown[] = readonly unknown[]> = {
  // A method, so that `tools`, which does not know the types of the tools, accepts a function of narrower types.
  costUsd(result: Result, args: Args): number;
}['costUsd'];

/** The price of one tool. `Result` and `Args` are those of the function in `costUsd`. */
export interface ToolPrice<Result = unknown, Args extends readonly unknown[] = readonly unknown[]> {
  /**
   * USD for one call, from 0 to 1,000,000, or a function of the call's result and arguments that returns the
   * amount. Used when the result itself has no cost.
   */
  costUsd?: number | ToolCostFunction<Result, Args> | undefined;
  /**
   * True if the tool costs money. The bill that comes with its result is then its cost: `{ cost_usd }` or `{ costUsd }`,
   * also in an MCP result's `structuredContent` and `_meta`, and the bills of Apify, Exa, Valyu, DataForSEO, Spider,
   * LiteLLM's proxy and x402. Without one, and without `costUsd`, the cost is unknown and the totals are incomplete.
   * Default: false.
   */
  billable?: boolean | undefined;
  /**
   * True if a returned cost already includes the costs of the spans below the tool, even of those that end after
   * it. Default: false.
   */
  costIncludesChildren?: boolean | undefined;
}

/** Tool prices by tool name. */
export type ToolPrices = Record<string, ToolPrice>;

const TOOL_KEYS = ['costUsd', 'billable', 'costIncludesChildren'];

/** A checked copy of tool prices. Throws `InvalidOptionError`, with the path of the key below `option`. */
export function validateToolPrices(option: string, value: unknown): ToolPrices {
  const checked: [string, ToolPrice][] = Object.entries(expectRecord(option, value)).map(([name, price]) => [
    name,
    validateToolPrice(`${option}.${name}`, price),
  ]);
  // Without a prototype, a tool named `constructor` gets its own price or none.
  const prices: ToolPrices = Object.create(null);
  for (const [name, price] of checked) prices[name] = price;
  return prices;
}

/** A checked copy of one tool's price. */
export function validateToolPrice(option: string, value: unknown): ToolPrice {
  const given = expectRecord(option, value, 'an object like { costUsd: 0.005 }');
  expectKnownKeys(option, given, TOOL_KEYS);
  const price: ToolPrice = {};
  const { costUsd, billable, costIncludesChildren } = given;
  if (isCostFunction(costUsd)) price.costUsd = costUsd;
  else if (costUsd !== undefined) price.costUsd = expectNumber(`${option}.costUsd`, costUsd, 0, MAX_POST_USD);
  if (billable !== undefined) price.billable = expectBoolean(`${option}.billable`, billable);
  if (costIncludesChildren !== undefined) {
    price.costIncludesChildren = expectBoolean(`${option}.costIncludesChildren`, costIncludesChildren);
  }
  return price;
}

/** The returned amount is checked at the call. */
function isCostFunction(value: unknown): value is ToolCostFunction {
  return typeof value === 'function';
}
