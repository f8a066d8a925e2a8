/** Makes the bill of a tool call from what its result states, or from the price that was declared for it. */
import type { NotBilledReason } from '../cost-reason.js';
import { isPostableUsd, picoFromUsd } from '../money.js';
import type { ToolPrice } from '../pricing/tool-prices.js';
import type { Runtime } from '../runtime/runtime.js';
import { type Amount, Bill } from '../spans/bill.js';
import type { ToolBill } from '../usage/tool-bills.js';
import { warnOnce } from '../warnings.js';

/** The amount of a tool that costs nothing. */
export const NO_COST: Amount = { pico: 0, source: 'none' };
export const NO_RESULT: Amount = { pico: undefined, status: 'unpriced', reason: 'no_result' };

/** The amount of a tool's call, and facts about it that only some bills have. */
export interface ToolAmount extends Amount {
  isLowerBound?: boolean;
  notBilled?: NotBilledReason;
}

export function toolBill(amount: ToolAmount): Bill {
  const bill = new Bill('tool', amount);
  bill.toolCalls = 1;
  if (amount.isLowerBound === true) bill.isLowerBound = true;
  if (amount.notBilled !== undefined) bill.notBilled = amount.notBilled;
  return bill;
}

/** The amount that a result states. Undefined when it leaves the amount open: a declared price may then apply. */
export function returnedAmount(
  runtime: Runtime,
  tool: string | undefined,
  bill: ToolBill,
): ToolAmount | undefined {
  if ('unstated' in bill) return undefined;
  if ('refused' in bill) return refusedAmount(runtime, tool, 'returned', bill.refused);
  const { usd, id, isPartial, differs } = bill;
  const whole = picoFromUsd(usd);
  const before = id === undefined ? undefined : runtime.charges.book(id, whole);
  if (before !== undefined && whole <= before) return { pico: 0, source: 'returned', notBilled: 'duplicate' };
  const amount: ToolAmount = { pico: whole - (before ?? 0), source: 'returned' };
  if (whole === 0) amount.status = 'free';
  if (isPartial === true) amount.isLowerBound = true;
  if (differs !== undefined) return { ...amount, ...estimated('reported_differs'), anomaly: differs };
  if (isPartial === true) return { ...amount, ...estimated('unread_usage') };
  return before === undefined ? amount : { ...amount, ...estimated('partial_statement') };
}

function estimated(reason: 'reported_differs' | 'unread_usage' | 'partial_statement'): Partial<Amount> {
  return { status: 'estimated', reason };
}

/**
 * An unknown amount, with the reason if the result has one: the tool charged an amount that the result does not state.
 */
export function openAmount(bill: ToolBill | undefined): Amount {
  return bill !== undefined && 'unstated' in bill ? { ...NO_RESULT, anomaly: bill.unstated } : NO_RESULT;
}

/** The amount for a number of dollars that the app returned, declared or computed. */
export function statedAmount(
  runtime: Runtime,
  tool: string | undefined,
  source: 'returned' | 'declared',
  usd: unknown,
  whyNot: (usd: unknown) => string,
): Amount {
  if (!isPostableUsd(usd)) return refusedAmount(runtime, tool, source, whyNot(usd));
  return { pico: picoFromUsd(usd), source, status: usd === 0 ? 'free' : undefined };
}

function refusedAmount(runtime: Runtime, tool: string | undefined, source: string, why: string): Amount {
  runtime.stats.refusedAmounts += 1;
  const anomaly = `${source} cost refused: ${why}`;
  warnOnce(`a cost of the tool "${tool}" is refused`, anomaly);
  return { pico: undefined, status: 'unpriced', reason: 'bad_amount', anomaly };
}

/**
 * The declared price of a call that is known only from its span. A price function does not apply, because there is no
 * result.
 */
export function declaredAmount(price: ToolPrice | undefined): Amount {
  if (typeof price?.costUsd === 'number') {
    const pico = picoFromUsd(price.costUsd);
    return { pico, source: 'declared', status: pico === 0 ? 'free' : undefined };
  }
  return price?.billable || price?.costUsd !== undefined ? NO_RESULT : NO_COST;
}
