/** The calls of a scope by name: its models or its tools. */
import { type Pico, UsdSum } from '../money.js';
import { MAX_NAME_CHARS, shortText } from '../short-text.js';
import type { CostKind, ModelTotals, ToolTotals } from '../totals.js';
import { inputTokens, outputTokens, type TokenCounts } from '../usage/usage.js';

/**
 * The most names with a row of their own, in one scope. An agent uses a few models and tens of tools. At about 130
 * bytes a row, both tables of a scope take at most 9 kB, even if an app invents a name for each call.
 */
export const MAX_NAMES = 32;

/** The row of all further names. */
export const OTHER_NAMES = '(other)';
/** The row of calls whose model or tool is unknown. */
export const UNKNOWN_NAME = '(unknown)';

/** The part of a bill that determines the name of its row. */
export interface NamedPosting {
  /** The name of a cost that the app recorded itself. */
  readonly name?: string | undefined;
  /** The known facts about the call. */
  readonly subject?:
    | { readonly model?: string | undefined; readonly toolName?: string | undefined }
    | undefined;
}

interface CountedPosting extends NamedPosting {
  readonly kind: CostKind;
  readonly pico: Pico | undefined;
  readonly tokens: TokenCounts | undefined;
  readonly llmCalls: number;
  readonly toolCalls: number;
  readonly unpricedCalls: number;
  /** True for the late bill of a call that was counted as unpriced, perhaps in another row. */
  readonly settlesUnpriced?: boolean;
}

/** The late bill of a call. */
export interface PricedLate extends NamedPosting {
  readonly kind: CostKind;
  /** The row that counts the call. Undefined: the row of the bill. */
  readonly unpricedRow: string | undefined;
}

/** A call that one row counts as unpriced, and that belongs to another one. */
export interface RowMove {
  readonly kind: 'llm' | 'tool';
  readonly from: string;
  readonly to: string;
}

export function rowMove(bill: PricedLate): RowMove | undefined {
  const { kind } = bill;
  if (kind !== 'llm' && kind !== 'tool') return undefined;
  const to = rowName(bill);
  return { kind, from: bill.unpricedRow ?? to, to };
}

/** The name of the row that counts a call. */
export function rowName({ kind, subject, name }: NamedPosting & { readonly kind: CostKind }): string {
  const called = kind === 'tool' ? subject?.toolName : subject?.model;
  // The default name of a recorded cost is its kind, which is not a specific name.
  return called ?? (name === kind ? undefined : name) ?? UNKNOWN_NAME;
}

/** A bill for the rows, made once for all scopes around its call. */
export class RowPosting {
  readonly name: string;
  readonly pico: Pico;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly unpricedCalls: number;

  constructor(
    readonly kind: 'llm' | 'tool',
    readonly calls: number,
    posting: CountedPosting,
  ) {
    const { pico = 0, tokens } = posting;
    this.name = rowName(posting);
    this.pico = pico;
    this.inputTokens = tokens === undefined ? 0 : inputTokens(tokens);
    this.outputTokens = tokens === undefined ? 0 : outputTokens(tokens);
    // The call that it settles is taken back from the row that counts it.
    this.unpricedCalls = posting.unpricedCalls + (posting.settlesUnpriced ? 1 : 0);
  }
}

/** Undefined for costs without a model or a tool, and for a bill that only states that a call is missing. */
export function rowPosting(posting: CountedPosting): RowPosting | undefined {
  const { kind, pico = 0, tokens } = posting;
  if (kind !== 'llm' && kind !== 'tool') return undefined;
  const calls = kind === 'llm' ? posting.llmCalls : posting.toolCalls;
  if (calls === 0 && pico === 0 && tokens === undefined && posting.unpricedCalls >= 0) return undefined;
  return new RowPosting(kind, calls, posting);
}

/** One name's calls. */
export class CallRow {
  next: CallRow | undefined;
  readonly cost = new UsdSum();
  calls = 0;
  unpricedCalls = 0;
  inputTokens = 0;
  outputTokens = 0;

  constructor(readonly name: string) {}

  add(posting: RowPosting): void {
    if (posting.pico > 0) this.cost.add(posting.pico);
    this.calls += posting.calls;
    this.inputTokens += posting.inputTokens;
    this.outputTokens += posting.outputTokens;
    this.unpricedCalls += posting.unpricedCalls;
  }

  addRow(other: CallRow): void {
    this.cost.addSum(other.cost);
    this.calls += other.calls;
    this.unpricedCalls += other.unpricedCalls;
    this.inputTokens += other.inputTokens;
    this.outputTokens += other.outputTokens;
  }

  /** True once its only calls were counted in other rows. */
  get isEmpty(): boolean {
    return this.calls + this.unpricedCalls + this.inputTokens + this.outputTokens === 0 && this.cost.isZero;
  }

  toolTotals(): ToolTotals {
    return { costUsd: this.cost.toUsd(), calls: this.calls, unpricedCalls: this.unpricedCalls };
  }

  modelTotals(): ModelTotals {
    return { ...this.toolTotals(), inputTokens: this.inputTokens, outputTokens: this.outputTokens };
  }
}

/**
 * The rows of one scope. A linked list and not a `Map`, for the same reason as in `ReceiptLines`. Most scopes have one
 * or two rows, and the last one used comes first.
 */
export class CallRows {
  private head: CallRow | undefined;
  private tail: CallRow | undefined;
  private latest: CallRow | undefined;
  private count = 0;

  add(posting: RowPosting): void {
    this.of(posting.name).add(posting);
  }

  /** A call that `from` counts as unpriced has a price now: `to` counts it. */
  settleUnpriced(from: string, to: string): void {
    const counting = this.find(from) ?? this.find(shortText(from)) ?? this.find(OTHER_NAMES);
    // Scopes further inside may never have counted it.
    if (counting === undefined || counting.unpricedCalls === 0) return;
    counting.unpricedCalls -= 1;
    const row = this.of(to);
    if (row === counting || counting.calls === 0) return;
    counting.calls -= 1;
    row.calls += 1;
  }

  addRows(other: CallRows): void {
    for (let at = other.head; at !== undefined; at = at.next) this.addRow(at);
  }

  byModel(): Record<string, ModelTotals> {
    return Object.fromEntries(this.rows().map((row) => [row.name, row.modelTotals()]));
  }

  byTool(): Record<string, ToolTotals> {
    return Object.fromEntries(this.rows().map((row) => [row.name, row.toolTotals()]));
  }

  /** Adds the calls of a name in another process. */
  addRow(other: CallRow): void {
    this.of(other.name).addRow(other);
  }

  rows(): CallRow[] {
    const rows: CallRow[] = [];
    for (let at = this.head; at !== undefined; at = at.next) if (!at.isEmpty) rows.push(at);
    return rows;
  }

  private of(name: string): CallRow {
    const { latest } = this;
    if (latest !== undefined && latest.name === name) return latest;
    const row = this.find(name) ?? this.create(name);
    this.latest = row;
    return row;
  }

  private create(given: string): CallRow {
    const isFull = this.count >= MAX_NAMES;
    const name = isFull ? OTHER_NAMES : given.length > MAX_NAME_CHARS ? shortText(given) : given;
    const known = name === given ? undefined : this.find(name);
    return known ?? this.append(new CallRow(name));
  }

  private append(row: CallRow): CallRow {
    if (this.tail === undefined) this.head = row;
    else this.tail.next = row;
    this.tail = row;
    this.count += 1;
    return row;
  }

  private find(name: string): CallRow | undefined {
    for (let at = this.head; at !== undefined; at = at.next) if (at.name === name) return at;
    return undefined;
  }
}
