/** The cost of a wrapped tool's call, by its result or by the price that was declared. */
import { isActionError, isActionResult, mistakeOf } from '../action.js';
import { askAmount } from '../callback.js';
import {
  NO_RESULT,
  openAmount,
  returnedAmount,
  statedAmount,
  type ToolAmount,
} from '../pipeline/tool-amount.js';
import type { ToolPrice } from '../pricing/tool-prices.js';
import type { Runtime } from '../runtime/runtime.js';
import { shortText } from '../short-text.js';
import { errorMessage, errorType } from '../spans/error-facts.js';
import { readToolBill, type ToolBill } from '../usage/tool-bills.js';
import type { Ending } from './call.js';

/** The cost of a tool call according to its result or its declared price. */
export type ToolCost =
  | { usd: unknown; source: 'returned' | 'declared'; mistake?: string | undefined }
  /** The bill that a paid service sent with its result. */
  | { bill: ToolBill; source: 'returned' }
  | 'unknown'
  | 'not billed';

/** The cost from the result, or else the declared price, or else not billed unless the tool is billable. */
export function readToolCost(
  ending: Ending,
  { billable, costUsd }: ToolPrice,
  args: readonly unknown[],
  hasRecordedCost: boolean,
): ToolCost {
  const said = ending.how === 'threw' ? ending.error : ending.how === 'returned' ? ending.value : undefined;
  if ((isActionResult(said) || isActionError(said)) && said.costUsd !== undefined) {
    return { usd: said.costUsd, source: 'returned', mistake: mistakeOf(said) };
  }
  const bill = billable && ending.how === 'returned' ? readToolBill(said) : undefined;
  if (bill !== undefined && !('unstated' in bill)) return { bill, source: 'returned' };
  if (typeof costUsd === 'number') return { usd: costUsd, source: 'declared' };
  if (typeof costUsd === 'function') {
    return ending.how === 'returned' ? declaredBy(costUsd, ending.value, args) : 'unknown';
  }
  // A value of a wrong type: it is refused later.
  if (costUsd !== undefined) return { usd: costUsd, source: 'declared' };
  // A cost recorded on a billable call is the cost of the call.
  if (!billable || hasRecordedCost) return 'not billed';
  return bill === undefined ? 'unknown' : { bill, source: 'returned' };
}

/** The amount of a cost that is billed. */
export function amountOf(runtime: Runtime, tool: string, cost: Exclude<ToolCost, 'not billed'>): ToolAmount {
  if (cost === 'unknown') return NO_RESULT;
  if ('bill' in cost) return returnedAmount(runtime, tool, cost.bill) ?? openAmount(cost.bill);
  const { usd, source, mistake } = cost;
  return statedAmount(runtime, tool, source, usd, () => mistake ?? describe(usd));
}

/** Merges the call's own price with the price configured for the tool name. The call's own fields take precedence. */
export function priceOver(declared: ToolPrice, own: ToolPrice): ToolPrice {
  const {
    costUsd = declared.costUsd,
    billable = declared.billable,
    costIncludesChildren = declared.costIncludesChildren,
  } = own;
  return {
    ...(costUsd !== undefined && { costUsd }),
    ...(billable !== undefined && { billable }),
    ...(costIncludesChildren !== undefined && { costIncludesChildren }),
  };
}

function declaredBy(
  costUsd: (result: unknown, args: readonly unknown[]) => number,
  result: unknown,
  args: readonly unknown[],
): ToolCost {
  const usd = askAmount(() => costUsd(isActionResult(result) ? result.data : result, args));
  return { usd, source: 'declared' };
}

function describe(value: unknown): string {
  const kind = typeof value;
  if (kind === 'number' || value === undefined || value === null) return String(value);
  return isError(value)
    ? shortText(`the function threw ${errorType(value)}: ${errorMessage(value)}`)
    : `a${kind === 'object' ? 'n' : ''} ${kind}`;
}

/** False for a proxy of the app that throws. */
function isError(value: unknown): boolean {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}
