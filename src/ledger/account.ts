import { type Pico, UsdSum } from '../money.js';
import {
  cacheReadTokens,
  cacheWriteTokens,
  inputTokens,
  outputTokens,
  type TokenCounts,
} from '../usage/usage.js';

/** What a cost was for: `cost.kind` on the span. */
export type CostKind = 'llm' | 'tool' | 'compute' | 'storage' | 'network' | 'other';

/** One leaf's bill, as it is booked in every scope around it. */
export interface Posting {
  kind: CostKind;
  /** Undefined when the cost is not known. */
  pico: Pico | undefined;
  tokens: TokenCounts | undefined;
  llmCalls: number;
  toolCalls: number;
  failedCalls: number;
  retries: number;
  unpricedCalls: number;
  wastedPico: Pico;
  savedPico: Pico;
  /** Of the input tokens, those of tool definitions and results, where that was told. Default 0. */
  toolOverheadTokens?: number;
  /** Time of compute that was billed, in whole microseconds, so that sums are exact. Default 0. */
  computeMicros?: number;
}

/** What a scope has cost by the moment it was asked. Dollars are exact sums, given as the nearest double. */
export interface Totals {
  readonly costUsd: number;
  readonly llmCostUsd: number;
  readonly toolCostUsd: number;
  readonly computeCostUsd: number;
  /** Time of compute that was billed: wall time, or CPU time where that was measured. */
  readonly computeSeconds: number;
  /** Storage and network included. */
  readonly otherCostUsd: number;
  /** Cache reads and writes included. */
  readonly inputTokens: number;
  /** Reasoning included. */
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  /** Part of `inputTokens`: tool definitions and results, as far as that was told. */
  readonly toolOverheadTokens: number;
  /** Every attempt counts. */
  readonly llmCalls: number;
  readonly toolCalls: number;
  readonly failedCalls: number;
  readonly retries: number;
  readonly steps: number;
  /** Part of `costUsd`: spent on failed calls and on tasks without success. */
  readonly wastedCostUsd: number;
  /** Not part of `costUsd`: what was avoided. */
  readonly savedCostUsd: number;
  /** False as soon as one LLM call or billable tool call has no known cost. */
  readonly costComplete: boolean;
  readonly unpricedCalls: number;
}

const MICROS_PER_SECOND = 1e6;

/** One scope's book. Knows money and counts; knows no span and no other account. */
export class Account {
  readonly llm = new UsdSum();
  readonly tool = new UsdSum();
  // Most scopes have none of these: their sums are made when something is added, for many scopes may be open at once.
  private rareSums: Partial<Record<RarePart, UsdSum>> | undefined;
  inputTokens = 0;
  outputTokens = 0;
  cacheReadTokens = 0;
  cacheWriteTokens = 0;
  reasoningTokens = 0;
  toolOverheadTokens = 0;
  computeMicros = 0;
  llmCalls = 0;
  toolCalls = 0;
  failedCalls = 0;
  retries = 0;
  steps = 0;
  unpricedCalls = 0;
  /** True when an earlier part of this account was lost, so that it can never be whole again. */
  partial = false;

  /** Books a bill; `wastedPico` is what of it counts as wasted in this scope. */
  add(posting: Posting, wastedPico: Pico): void {
    const { pico = 0 } = posting;
    if (pico > 0) this.sumOf(posting.kind).add(pico);
    if (wastedPico > 0) this.rareSum('wasted').add(wastedPico);
    if (posting.savedPico > 0) this.rareSum('saved').add(posting.savedPico);
    this.llmCalls += posting.llmCalls;
    this.toolCalls += posting.toolCalls;
    this.failedCalls += posting.failedCalls;
    this.retries += posting.retries;
    this.unpricedCalls += posting.unpricedCalls;
    if (posting.tokens !== undefined) this.addTokens(posting.tokens);
    this.toolOverheadTokens += posting.toolOverheadTokens ?? 0;
    this.computeMicros += posting.computeMicros ?? 0;
  }

  /** Books everything of another account: a scope that turns out to belong here only when it ends. */
  addAccount(other: Account): void {
    this.llm.addSum(other.llm);
    this.tool.addSum(other.tool);
    for (const part of RARE_PARTS) {
      const sum = other.rareSums?.[part];
      if (sum !== undefined) this.rareSum(part).addSum(sum);
    }
    for (const count of COUNTS) this[count] += other[count];
    this.partial ||= other.partial;
  }

  /** The exact total, the four parts together. */
  total(): UsdSum {
    const sum = new UsdSum();
    sum.addSum(this.llm);
    sum.addSum(this.tool);
    if (this.rareSums !== undefined) {
      sum.addSum(this.compute);
      sum.addSum(this.other);
    }
    return sum;
  }

  get compute(): UsdSum {
    return this.rareSums?.compute ?? NOTHING;
  }

  /** Storage and network included. */
  get other(): UsdSum {
    return this.rareSums?.other ?? NOTHING;
  }

  get wasted(): UsdSum {
    return this.rareSums?.wasted ?? NOTHING;
  }

  get saved(): UsdSum {
    return this.rareSums?.saved ?? NOTHING;
  }

  /** What was spent already turned out to be wasted. */
  addWaste(waste: UsdSum): void {
    this.rareSum('wasted').addSum(waste);
  }

  private rareSum(part: RarePart): UsdSum {
    this.rareSums ??= {};
    const sum = this.rareSums[part] ?? new UsdSum();
    this.rareSums[part] = sum;
    return sum;
  }

  /** True when an LLM call or a cost was booked, known or not: more than local tools. */
  get hasBills(): boolean {
    return this.llmCalls + this.unpricedCalls > 0 || !this.total().isZero;
  }

  get computeSeconds(): number {
    return this.computeMicros / MICROS_PER_SECOND;
  }

  /** False as soon as one LLM call or billable tool call has no known cost. */
  get isComplete(): boolean {
    return this.unpricedCalls === 0 && !this.partial;
  }

  /** Everything as it stands now: a plain object of numbers, which changes no more. */
  totals(): Totals {
    return {
      costUsd: this.total().toUsd(),
      llmCostUsd: this.llm.toUsd(),
      toolCostUsd: this.tool.toUsd(),
      computeCostUsd: this.compute.toUsd(),
      computeSeconds: this.computeSeconds,
      otherCostUsd: this.other.toUsd(),
      inputTokens: this.inputTokens,
      outputTokens: this.outputTokens,
      totalTokens: this.inputTokens + this.outputTokens,
      cacheReadTokens: this.cacheReadTokens,
      cacheWriteTokens: this.cacheWriteTokens,
      reasoningTokens: this.reasoningTokens,
      toolOverheadTokens: this.toolOverheadTokens,
      llmCalls: this.llmCalls,
      toolCalls: this.toolCalls,
      failedCalls: this.failedCalls,
      retries: this.retries,
      steps: this.steps,
      wastedCostUsd: this.wasted.toUsd(),
      savedCostUsd: this.saved.toUsd(),
      costComplete: this.isComplete,
      unpricedCalls: this.unpricedCalls,
    };
  }

  private addTokens(tokens: TokenCounts): void {
    this.inputTokens += inputTokens(tokens);
    this.outputTokens += outputTokens(tokens);
    this.cacheReadTokens += cacheReadTokens(tokens);
    this.cacheWriteTokens += cacheWriteTokens(tokens);
    this.reasoningTokens += tokens.reasoning;
  }

  private sumOf(kind: CostKind): UsdSum {
    switch (kind) {
      case 'llm':
        return this.llm;
      case 'tool':
        return this.tool;
      case 'compute':
        return this.rareSum('compute');
      default:
        return this.rareSum('other');
    }
  }
}

const RARE_PARTS = ['compute', 'other', 'wasted', 'saved'] as const;
type RarePart = (typeof RARE_PARTS)[number];

/** It stands in many accounts, so nothing may be added to it. */
const NOTHING = new UsdSum();
Object.freeze(NOTHING);

const COUNTS = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'toolOverheadTokens',
  'computeMicros',
  'llmCalls',
  'toolCalls',
  'failedCalls',
  'retries',
  'steps',
  'unpricedCalls',
] as const;
