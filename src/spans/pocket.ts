import type { Pico } from '../money.js';
import { joinSources } from '../pricing/cost-source.js';
import { combinedStatus } from '../pricing/priced.js';
import { addTokens, inputTokens, noTokens, outputTokens, type TokenCounts } from '../usage/usage.js';
import { type Amount, Bill } from './bill.js';

/** Backends would truncate an attribute that names every model of a long agent run. */
const MAX_SOURCES = 4;

/**
 * The bills of spans inside an open `withLlm`. They are posted when the wrapper ends, or earlier when its task ends.
 */
export class Pocket {
  /** The most bills kept separately. Further ones are merged into the last one, to bound the memory of a long call. */
  static readonly MAX_BILLS = 256;

  bills: Bill[] = [];
  /**
   * Attribute keys of token counts on spans inside. The wrapper leaves them out, or a backend would count them twice.
   */
  readonly tokenKeys = new Set<string>();
  /** Calls inside that show no usage. The wrapper's response may be that of one of them. */
  unknownCalls = 0;
  /** The sum of the bills that were taken out by `empty`, for example because the wrapper's task ended. */
  posted: Bill | undefined;

  add(bill: Bill): void {
    this.bills.push(bill);
    if (this.bills.length > Pocket.MAX_BILLS)
      this.bills = [...this.bills.slice(0, -2), sumOf(this.bills.slice(-2))];
  }

  /** Takes the bills out, to be posted. Undefined when there are none. */
  empty(): Bill | undefined {
    const { bills } = this;
    if (bills.length === 0) return undefined;
    this.bills = [];
    const sum = sumOf(bills);
    this.posted = this.posted === undefined ? sum : sumOf([this.posted, sum]);
    return sum;
  }

  tokens(): TokenCounts {
    return tokensOf(this.bills);
  }

  get input(): number {
    return this.bills.reduce((sum, { tokens }) => sum + (tokens === undefined ? 0 : inputTokens(tokens)), 0);
  }

  get output(): number {
    return this.bills.reduce((sum, { tokens }) => sum + (tokens === undefined ? 0 : outputTokens(tokens)), 0);
  }

  get calls(): number {
    return this.bills.reduce((sum, { llmCalls }) => sum + llmCalls, 0);
  }

  /** The sum of the known amounts. */
  get pico(): Pico {
    return this.bills.reduce((sum, { pico = 0 }) => sum + pico, 0);
  }
}

/**
 * Merges several bills into one. Amounts are added and not priced again, since each call has its own model and tier.
 */
export function sumOf(bills: readonly Bill[]): Bill {
  const [first, ...others] = bills;
  const sum = new Bill('llm', others.length === 0 && first !== undefined ? first : amountOf(bills));
  sum.tokens = tokensOf(bills);
  const isPart = sum.pico !== undefined && bills.some(({ pico }) => pico === undefined);
  sum.estimatedPico = isPart ? undefined : bills.reduce((total, { estimated }) => total + estimated, 0);
  sum.isLowerBound = isPart;
  sum.subject = first?.subject;
  if (others.length === 0) sum.contextUsedRatio = first?.contextUsedRatio;
  for (const { llmCalls, isLowerBound, settlesUnpriced, unpricedIn, unpricedRow } of bills) {
    sum.llmCalls += llmCalls;
    sum.isLowerBound ||= isLowerBound;
    sum.settlesUnpriced ||= settlesUnpriced;
    sum.unpricedIn ??= unpricedIn;
    sum.unpricedRow ??= unpricedRow;
  }
  return sum;
}

function amountOf(bills: readonly Bill[]): Amount {
  const known = bills.filter(({ pico }) => pico !== undefined);
  if (known.length === 0) return { pico: undefined, status: 'unpriced', reason: bills[0]?.reason };
  const sources = [...new Set(known.map(({ source }) => source))].slice(0, MAX_SOURCES);
  return {
    pico: known.reduce((sum, { pico = 0 }) => sum + pico, 0),
    source: joinSources(sources),
    ...(known.length < bills.length
      ? { status: 'estimated', reason: 'partial_statement' }
      : combinedStatus(known)),
    rateMatch: known.find(({ rateMatch }) => rateMatch !== undefined)?.rateMatch,
  };
}

function tokensOf(bills: readonly Bill[]): TokenCounts {
  const sum = noTokens();
  for (const { tokens } of bills) if (tokens !== undefined) addTokens(sum, tokens);
  return sum;
}
