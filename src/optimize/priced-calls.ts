/** LLM calls with known cost and tokens, and their cost under other conditions. */

import type { Pico } from '../money.js';
import type { PriceBook } from '../pricing/price-book.js';
import type { TokenCounts } from '../usage/usage.js';
import type { CallRecord } from './call-record.js';

export type Prices = Pick<PriceBook, 'price'>;

export interface PricedCall extends CallRecord {
  readonly name: string;
  readonly pico: Pico;
  readonly tokens: TokenCounts;
}

export function pricedCalls(calls: readonly CallRecord[]): PricedCall[] {
  return calls.filter(isPriced);
}

export function isPriced(call: CallRecord): call is PricedCall {
  return (
    call.kind === 'llm' && call.name !== undefined && call.pico !== undefined && call.tokens !== undefined
  );
}

/** The list price of the call with these tokens instead of its own. Undefined when unknown. */
export function priceOf(prices: Prices, call: PricedCall, tokens: TokenCounts): Pico | undefined {
  return prices.price({ ...queryOf(call), model: call.name, usage: { tokens } }).pico;
}

/** The list price of the call's tokens on another model. Undefined unless the list has exactly that model. */
export function exactPriceOn(prices: Prices, call: PricedCall, model: string): Pico | undefined {
  const priced = prices.price({ ...queryOf(call), model, usage: { tokens: call.tokens } });
  return priced.rateMatch === 'prefix' ? undefined : priced.pico;
}

function queryOf({ provider, timeMillis, serviceTier }: PricedCall) {
  return { provider, timeMillis, serviceTier };
}

/** The saving if the call had cost the list price `after`. Negative if that is more; undefined when unknown. */
export function savingOf(prices: Prices, call: PricedCall, after: Pico | undefined): Pico | undefined {
  const before = priceOf(prices, call, call.tokens);
  if (before === undefined || after === undefined) return undefined;
  const saved = before - after;
  // A call billed above the list price includes fees, which stay. One billed below it saves only its share.
  return call.pico >= before ? saved : Math.floor((saved / before) * call.pico);
}

/** The sum. Undefined when one of the amounts is unknown. */
export function sumOrUnknown(picos: readonly (Pico | undefined)[]): Pico | undefined {
  let sum = 0;
  for (const pico of picos) {
    if (pico === undefined) return undefined;
    sum += pico;
  }
  return sum;
}
