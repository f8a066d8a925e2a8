/** Makes the bill of a `withLlm` from its response and from the bills of spans inside that it collected. */
import { MAX_POST_PICO, type Pico, survivingPico } from '../money.js';
import type { Runtime } from '../runtime/runtime.js';
import { Bill } from '../spans/bill.js';
import { type Pocket, sumOf } from '../spans/pocket.js';
import type { SpanRecord } from '../spans/span-record.js';
import {
  addTokens,
  cacheReadTokens,
  cacheWriteTokens,
  inputTokens,
  outputTokens,
  type TokenCounts,
  type Usage,
} from '../usage/usage.js';
import { contextUsedRatio } from './context-window.js';
import type { LlmFacts } from './llm-facts.js';
import { priceCall } from './llm-price.js';
import { partOf } from './part-of-usage.js';
import { priceIncrease, settleCall, settleStatement } from './settle.js';

export function settleWrapper(runtime: Runtime, record: SpanRecord, facts: LlmFacts): Bill {
  const { pocket } = record;
  if (pocket === undefined) return settleCall(runtime, record, facts);
  runtime.wrappersWithPockets.delete(record);
  const bill =
    pocket.bills.length === 0
      ? settleCall(runtime, record, facts)
      : settleCollected(runtime, record, facts, pocket);
  return withUnknown(pocket.posted === undefined ? bill : withPosted(bill, pocket.posted), facts, pocket);
}

/** Counts the calls without usage inside that the response does not cover: their cost is missing. */
function withUnknown(
  bill: Bill,
  facts: LlmFacts,
  { unknownCalls, bills, posted, input, output }: Pocket,
): Bill {
  const isShown = bills.length > 0 || posted !== undefined;
  const isOfShown = isShown && (!facts.isKnown || (facts.input <= input && facts.output <= output));
  const missing = unknownCalls - (isOfShown ? 0 : facts.calls);
  if (missing <= 0) return bill;
  bill.llmCalls += missing;
  bill.isLowerBound = true;
  bill.estimate('unread_usage');
  return bill;
}

/**
 * Example: two spans inside show 100 and 200 tokens, and the response 300. Each span keeps its bill, with its own model
 * and price tier. A response of 350 tokens adds a bill for 50. With a single span inside and the same tokens, the
 * response is billed instead, because it may show more of the call, such as its cached tokens.
 */
function settleCollected(runtime: Runtime, record: SpanRecord, facts: LlmFacts, pocket: Pocket): Bill {
  const { usage } = facts;
  const increase = settleStatement(record, facts);
  const isAllHere =
    pocket.input + increase.input === facts.input && pocket.output + increase.output === facts.output;
  if (facts.pico !== undefined) {
    const bill = priceIncrease(runtime, record, facts, increase);
    return withCollected(record, bill, facts, pocket, isAllHere ? usage : undefined);
  }
  const inside = pocket.bills.filter((bill) => !isDoubt(bill));
  if (usage !== undefined && knowsMore(usage, pocket, inside, isAllHere)) {
    const bill = asResponse(runtime, facts, usage, sumOf(inside));
    bill.llmCalls += increase.calls;
    if (!isAllHere) leaveRest(bill, pocket, partOf(usage, increase.input, increase.output));
    return postBills(record, facts, [bill]);
  }
  const bills = pocket.bills.map((bill) =>
    usage !== undefined && isOfResponse(bill, facts) ? asResponse(runtime, facts, usage, bill) : bill,
  );
  const collected = postBills(record, facts, bills);
  if (increase.payableInput + increase.payableOutput === 0) return collected;
  const sum = sumOf([collected, priceIncrease(runtime, record, facts, increase)]);
  sum.subject = facts;
  return sum;
}

/**
 * True for a bill of nothing that states a doubt: a span inside repeats others, and shows a cache that they did not.
 */
function isDoubt({ notBilled, inputAndOutput, llmCalls }: Bill): boolean {
  return notBilled !== undefined && inputAndOutput + llmCalls === 0;
}

/**
 * True when the response knows more than the spans inside: it has the only price, or finer kinds of tokens. A
 * framework's response may know less than the span, which is nearer to the provider.
 */
function knowsMore(
  { tokens }: Usage,
  { bills }: Pocket,
  inside: readonly Bill[],
  isAllHere: boolean,
): boolean {
  if (inside.length > 0 && inside.every(({ pico }) => pico === undefined)) return true;
  if (!isAllHere) return false;
  const cache = cacheTokens(tokens);
  const cacheInside = inside.reduce((sum, bill) => sum + cacheTokens(bill.tokens), 0);
  if (inside.length !== 1) return cache > cacheInside && isOfOneModel(inside);
  return cache > 0 ? cache >= cacheInside : cacheInside === 0 && !bills.some(isDoubt);
}

function cacheTokens(tokens: TokenCounts | undefined): number {
  return tokens === undefined ? 0 : cacheReadTokens(tokens) + cacheWriteTokens(tokens);
}

function isOfOneModel(bills: readonly Bill[]): boolean {
  return new Set(bills.map(({ subject }) => subject?.model)).size === 1;
}

/** Adds the tokens beyond the response, which the spans inside show without a price: their cost is missing. */
function leaveRest(bill: Bill, pocket: Pocket, beyond: Usage): void {
  bill.tokens = pocket.tokens();
  addTokens(bill.tokens, beyond.tokens);
  bill.isLowerBound = true;
  bill.estimate('partial_statement');
}

/**
 * A reported cost is for the tokens of the response. Additional tokens that the spans inside show are priced. `whole`
 * is the usage of the response when it has all tokens of the spans, because it splits the counts more finely.
 */
function withCollected(
  record: SpanRecord,
  bill: Bill,
  { input, output }: LlmFacts,
  pocket: Pocket,
  whole: Usage | undefined,
): Bill {
  const beyond = input + output === 0 ? 0 : above(pocket.input, input) + above(pocket.output, output);
  const tokens = whole === undefined ? pocket.tokens() : whole.tokens;
  if (whole === undefined && bill.tokens !== undefined) addTokens(tokens, bill.tokens);
  bill.tokens = tokens;
  bill.llmCalls += pocket.calls;
  if (beyond > 0 && bill.pico !== undefined) {
    bill.pico += post(record, Math.round((pocket.pico * beyond) / (pocket.input + pocket.output)));
    bill.estimate('partial_statement');
  }
  return bill;
}

/** The bill of a span inside, with the counts that the response shows for the same call. */
function asResponse(runtime: Runtime, facts: LlmFacts, usage: Usage, inside: Bill): Bill {
  const { provider = inside.subject?.provider, model = inside.subject?.model } = facts;
  const priced = priceCall(runtime, facts.as(provider, model), usage);
  const bill = new Bill('llm', priced);
  bill.tokens = usage.tokens;
  bill.llmCalls = inside.llmCalls;
  bill.isLowerBound = usage.incomplete === true;
  if ((facts.of === 'sum' || inside.llmCalls > 1) && priced.isPerCall) bill.estimate('sum_of_calls');
  bill.settlesUnpriced = inside.settlesUnpriced;
  bill.unpricedIn = inside.unpricedIn;
  bill.unpricedRow = inside.unpricedRow;
  if (bill.llmCalls === 1) bill.contextUsedRatio = contextUsedRatio(priced, usage);
  return bill;
}

/**
 * True when the response and this inner call have the same id. The response is then exact: a span that shows more may
 * have added up the counts of a stream.
 */
function isOfResponse({ subject, tokens }: Bill, facts: LlmFacts): boolean {
  const [id, ...others] = facts.responseIds;
  if (id === undefined || others.length > 0 || subject?.responseIds?.[0] !== id || tokens === undefined)
    return false;
  return facts.input === inputTokens(tokens) && facts.output <= outputTokens(tokens);
}

function postBills(record: SpanRecord, facts: LlmFacts, bills: readonly Bill[]): Bill {
  const bill = sumOf(bills);
  bill.subject = facts;
  if (bill.pico === undefined) record.leaveUnpriced();
  else bill.pico = post(record, bill.pico);
  return bill;
}

/** Adds collected bills that were posted when the task ended: they are still written on the wrapper's span. */
export function withPosted(rest: Bill | undefined, posted: Bill): Bill {
  const isAll = rest === undefined || rest.notBilled !== undefined;
  const bill = isAll ? new Bill('llm', { ...posted, pico: posted.pico && 0 }) : rest;
  if (isAll) bill.subject = posted.subject;
  if (posted.pico === undefined) {
    // The call was already counted as unpriced.
    if (isAll) bill.settlesUnpriced = true;
    return bill;
  }
  bill.postedPico = posted.pico;
  if (bill.pico === undefined) {
    bill.pico = 0;
    bill.isLowerBound = true;
    bill.source = posted.source;
    bill.estimatedPico = posted.pico - posted.estimated;
    bill.status = 'estimated';
    bill.reason = 'partial_statement';
  }
  return bill;
}

function post(record: SpanRecord, pico: Pico): Pico {
  return survivingPico(Math.min(record.reportPrice(pico), MAX_POST_PICO));
}

function above(amount: number, known: number): number {
  return Math.max(0, amount - known);
}
