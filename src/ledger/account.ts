import { type Pico, UsdSum } from '../money.js';
import type { CostKind, Totals } from '../totals.js';
import {
  cacheReadTokens,
  cacheWriteTokens,
  inputTokens,
  outputTokens,
  type TokenCounts,
} from '../usage/usage.js';
import { CallRows, type NamedPosting, type RowMove, type RowPosting } from './call-rows.js';
import { plus, type Units } from './units.js';

/** One leaf call's bill, as posted to every enclosing scope. */
export interface Posting extends NamedPosting {
  kind: CostKind;
  /** Undefined when the cost is unknown. */
  pico: Pico | undefined;
  tokens: TokenCounts | undefined;
  llmCalls: number;
  toolCalls: number;
  failedCalls: number;
  retries: number;
  unpricedCalls: number;
  wastedPico: Pico;
  savedPico: Pico;
  /** The part of `pico` that is estimated, plus the doubtful part of a reported bill. Default 0. */
  estimated?: Pico;
  /** The input tokens of tool definitions and results, if reported. Default 0. */
  toolOverheadTokens?: number;
  /** Billed compute time, in whole microseconds so that sums are exact. Default 0. */
  computeMicros?: number;
}

const MICROS_PER_SECOND = 1e6;

/** One scope's account: money and counts. It has no reference to spans or other accounts. */
export class Account {
  readonly llm = new UsdSum();
  readonly tool = new UsdSum();
  // Most scopes have none of these. The sums are created on first use, because many scopes may be open at once.
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
  /** Calls that were still open when the scope ended, so that their cost is missing until they end. */
  openCalls = 0;
  models: CallRows | undefined;
  tools: CallRows | undefined;
  /** True when an earlier part of this account was lost, so that its totals are incomplete for good. */
  partial = false;
  /**
   * The part that other processes have booked in the same session or task, as last read from the shared store. It counts
   * in totals that are shown, and never in budgets or metrics. Undefined while nothing is known of it.
   */
  remote: Account | undefined;

  /** Posts a bill. `wastedPico` is the part of it that is wasted in this scope. `row`: its call, counted by name. */
  add(posting: Posting, wastedPico: Pico, row?: RowPosting): void {
    const { pico = 0, tokens } = posting;
    if (pico > 0) this.sumOf(posting.kind).add(pico);
    if (wastedPico > 0) this.rareSum('wasted').add(wastedPico);
    if (posting.savedPico > 0) this.rareSum('saved').add(posting.savedPico);
    if (posting.estimated !== undefined && posting.estimated > 0)
      this.rareSum('estimated').add(posting.estimated);
    this.llmCalls += posting.llmCalls;
    this.toolCalls += posting.toolCalls;
    this.failedCalls += posting.failedCalls;
    this.retries += posting.retries;
    this.unpricedCalls += posting.unpricedCalls;
    if (tokens !== undefined) this.addTokens(tokens, row);
    this.toolOverheadTokens += posting.toolOverheadTokens ?? 0;
    this.computeMicros += posting.computeMicros ?? 0;
    if (row !== undefined) this.rowsOf(row.kind).add(row);
  }

  /** Counts a call in another row, once its model is known. */
  moveRow({ kind, from, to }: RowMove): void {
    this.rowsOf(kind).settleUnpriced(from, to);
  }

  /** Adds all of another account, whose scope turned out to belong here only when it ended. */
  addAccount(other: Account): void {
    this.llm.addSum(other.llm);
    this.tool.addSum(other.tool);
    for (const part of RARE_PARTS) {
      const sum = other.rareSums?.[part];
      if (sum !== undefined) this.rareSum(part).addSum(sum);
    }
    for (const count of ACCOUNT_COUNTS) this[count] += other[count];
    this.partial ||= other.partial;
    this.models = sumOfRows(this.models, other.models);
    this.tools = sumOfRows(this.tools, other.tools);
  }

  /** This account and its part in other processes: the figures to show. */
  get shown(): Account {
    const { remote } = this;
    if (remote === undefined) return this;
    const sum = new Account();
    sum.addAccount(this);
    sum.addAccount(remote);
    sum.openCalls = this.openCalls + remote.openCalls;
    return sum;
  }

  /** The exact total of the four parts. */
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

  /** The exact total in whole pico-dollars. */
  get totalUnits(): Units {
    const sum = plus(this.llm.toUnits(), this.tool.toUnits());
    if (this.rareSums === undefined) return sum;
    return plus(sum, plus(this.compute.toUnits(), this.other.toUnits()));
  }

  /** False for an account with LLM and tool costs only. */
  get hasRareCosts(): boolean {
    return this.rareSums !== undefined;
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

  get estimated(): UsdSum {
    return this.rareSums?.estimated ?? NOTHING;
  }

  get saved(): UsdSum {
    return this.rareSums?.saved ?? NOTHING;
  }

  /** Marks an amount that was already posted as wasted. */
  addWaste(waste: UsdSum): void {
    this.rareSum('wasted').addSum(waste);
  }

  /** Adds whole pico-dollars of any size to one of its sums. */
  addTo(part: AccountSum, pico: bigint): void {
    if (pico === 0n) return;
    const sum = part === 'llm' || part === 'tool' ? this[part] : this.rareSum(part);
    sum.addBig(pico);
  }

  private rareSum(part: RarePart): UsdSum {
    this.rareSums ??= {};
    const sum = this.rareSums[part] ?? new UsdSum();
    this.rareSums[part] = sum;
    return sum;
  }

  /**
   * True when an LLM call or a cost was posted, even one with an unknown amount. False when there were only local
   * tools.
   */
  get hasBills(): boolean {
    return this.llmCalls + this.unpricedCalls > 0 || !this.total().isZero;
  }

  get computeSeconds(): number {
    return this.computeMicros / MICROS_PER_SECOND;
  }

  /** LLM calls and billable tool calls of unknown cost, and those that are still open. */
  get missingCalls(): number {
    return this.unpricedCalls + this.openCalls;
  }

  get isComplete(): boolean {
    return this.missingCalls === 0 && !this.partial;
  }

  /** A snapshot of all totals: a plain object of numbers that does not change later. */
  totals(): Totals {
    const { remote } = this;
    if (remote !== undefined) return { ...this.shown.totals(), remoteCostUsd: remote.total().toUsd() };
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
      estimatedCostUsd: this.estimated.toUsd(),
      costComplete: this.isComplete,
      unpricedCalls: this.missingCalls,
      byModel: this.models?.byModel() ?? {},
      byTool: this.tools?.byTool() ?? {},
    };
  }

  rowsOf(kind: 'llm' | 'tool'): CallRows {
    if (kind === 'llm') {
      this.models ??= new CallRows();
      return this.models;
    }
    this.tools ??= new CallRows();
    return this.tools;
  }

  /** The sums are the same in every account, so the sums of the row are used if there is one. */
  private addTokens(tokens: TokenCounts, row: RowPosting | undefined): void {
    this.inputTokens += row?.inputTokens ?? inputTokens(tokens);
    this.outputTokens += row?.outputTokens ?? outputTokens(tokens);
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

function sumOfRows(own: CallRows | undefined, other: CallRows | undefined): CallRows | undefined {
  if (other === undefined) return own;
  const sum = own ?? new CallRows();
  sum.addRows(other);
  return sum;
}

const RARE_PARTS = ['compute', 'other', 'wasted', 'saved', 'estimated'] as const;
type RarePart = (typeof RARE_PARTS)[number];

/** Its sums of money. */
export const ACCOUNT_SUMS = ['llm', 'tool', ...RARE_PARTS] as const;
type AccountSum = (typeof ACCOUNT_SUMS)[number];

/** Shared by many accounts, so nothing may be added to it. */
const NOTHING = new UsdSum();
Object.freeze(NOTHING);

/** Its counts that add up over scopes. */
export const ACCOUNT_COUNTS = [
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
