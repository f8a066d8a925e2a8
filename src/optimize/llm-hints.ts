/** Hints on LLM calls. */

import type { Pico } from '../money.js';
import { usdFromPico } from '../money.js';
import type { PriceBook } from '../pricing/price-book.js';
import { inputTokens, type TokenCounts } from '../usage/usage.js';
import type { CallRecord } from './call-log.js';
import { smallerModels } from './cheaper-models.js';
import { type CostHint, counted, formatUsd, groupBy, sumPico } from './hint.js';

type Prices = Pick<PriceBook, 'price'>;

/** An LLM call whose cost and tokens are known. */
interface PricedCall extends CallRecord {
  readonly name: string;
  readonly pico: Pico;
  readonly tokens: TokenCounts;
}

/** A loop of fewer calls than this hardly sends anything twice. */
const MIN_LOOP_CALLS = 3;

/** What the calls of each model would have cost on the nearest smaller one of its family that is cheaper. */
export function cheaperModelHints(calls: readonly CallRecord[], prices: Prices): CostHint[] {
  const hints: CostHint[] = [];
  for (const [, group] of groupBy(pricedCalls(calls), ({ provider, name }) => `${provider} ${name}`)) {
    const name = group[0]?.name ?? '';
    for (const smaller of smallerModels(name)) {
      const pico = sumOrUnknown(group.map((call) => exactPrice(prices, call, smaller)));
      const savedPico = pico === undefined ? 0 : sumPico(group) - pico;
      if (savedPico <= 0) continue;
      const [before, after] = [sumPico(group), sumPico(group) - savedPico].map(usdFromPico).map(formatUsd);
      hints.push({
        kind: 'cheaper_model',
        subject: name,
        amountUsd: usdFromPico(savedPico),
        amountIs: 'saving',
        count: group.length,
        message: `${counted(group.length, 'call')} of ${name} cost ${before}; on ${smaller} the same tokens cost ${after}. Look at the cost per successful task before you switch.`,
      });
      break;
    }
  }
  return hints;
}

/** What it cost to send again, in each step of a loop, what the step before had sent. */
export function resentTokenHints(calls: readonly CallRecord[], prices: Prices): CostHint[] {
  const resent = new Map<string, { calls: number; tokens: number; pico: Pico }>();
  for (const [, loop] of groupBy(pricedCalls(calls), ({ loop: number, name }) => `${number} ${name}`)) {
    if (loop.length < MIN_LOOP_CALLS) continue;
    for (const [index, call] of loop.entries()) {
      const before = loop[index - 1];
      if (before === undefined) continue;
      const again = Math.min(inputTokens(before.tokens), inputTokens(call.tokens));
      const without = priceOf(prices, call, call.name, withoutInput(call.tokens, again));
      const whole = priceOf(prices, call, call.name, call.tokens);
      if (without === undefined || whole === undefined) continue;
      const sum = resent.get(call.name) ?? { calls: 0, tokens: 0, pico: 0 };
      resent.set(call.name, {
        calls: sum.calls + 1,
        tokens: sum.tokens + again,
        pico: sum.pico + Math.max(0, whole - without),
      });
    }
  }
  return [...resent].filter(([, { pico }]) => pico > 0).map(([name, sum]) => resentHint(name, sum));
}

function resentHint(
  name: string,
  { calls, tokens, pico }: { calls: number; tokens: number; pico: Pico },
): CostHint {
  const amountUsd = usdFromPico(pico);
  return {
    kind: 'resent_tokens',
    subject: name,
    amountUsd,
    amountIs: 'spend',
    count: calls,
    message: `${formatUsd(amountUsd)} went into ${tokens.toLocaleString('en-US')} input tokens that ${counted(calls, 'call')} of ${name} sent again. Compress the history, or let the provider cache it.`,
  };
}

/** What failed calls cost, LLM and tool: each is paid for and was made again, or should not have been made. */
export function retryHints(calls: readonly CallRecord[]): CostHint[] {
  const attempts = calls.filter(({ failed, attempt = 1 }) => failed || attempt > 1);
  const hints: CostHint[] = [];
  for (const [subject, group] of groupBy(attempts, ({ name = 'unknown' }) => name)) {
    const failed = group.filter((call) => call.failed);
    const amountUsd = usdFromPico(sumPico(failed));
    if (amountUsd === 0) continue;
    const retries = group.filter(({ attempt = 1 }) => attempt > 1).length;
    hints.push({
      kind: 'retries',
      subject,
      amountUsd,
      amountIs: 'saving',
      count: failed.length,
      message: `${counted(failed.length, 'failed call')} of ${subject} cost ${formatUsd(amountUsd)}; ${counted(retries, 'further attempt')}.`,
    });
  }
  return hints;
}

function pricedCalls(calls: readonly CallRecord[]): PricedCall[] {
  return calls.filter(isPriced);
}

function isPriced(call: CallRecord): call is PricedCall {
  return (
    call.kind === 'llm' && call.name !== undefined && call.pico !== undefined && call.tokens !== undefined
  );
}

/** Undefined where the list has no price for that very model: a guess is no hint. */
function exactPrice(prices: Prices, call: PricedCall, model: string): Pico | undefined {
  const priced = prices.price({ ...queryOf(call), model, usage: { tokens: call.tokens } });
  return priced.rateMatch === 'prefix' ? undefined : priced.pico;
}

function priceOf(prices: Prices, call: PricedCall, model: string, tokens: TokenCounts): Pico | undefined {
  return prices.price({ ...queryOf(call), model, usage: { tokens } }).pico;
}

function queryOf({ provider, timeMillis, serviceTier }: PricedCall) {
  return { provider, timeMillis, serviceTier };
}

function sumOrUnknown(picos: readonly (Pico | undefined)[]): Pico | undefined {
  let sum = 0;
  for (const pico of picos) {
    if (pico === undefined) return undefined;
    sum += pico;
  }
  return sum;
}

/** The tokens less so many of the input, those first that cost least: what is sent again is cached, if anything is. */
function withoutInput(tokens: TokenCounts, count: number): TokenCounts {
  const rest = { ...tokens };
  let left = count;
  for (const kind of [
    'cacheRead',
    'cacheReadAudio',
    'input',
    'cacheWrite',
    'cacheWrite1h',
    'inputImage',
    'inputAudio',
  ] as const) {
    const taken = Math.min(left, rest[kind]);
    rest[kind] -= taken;
    left -= taken;
  }
  return rest;
}
