/** The calls of a scope by name: its models or its tools. */
import { type Pico, UsdSum } from '../money.js';
import { MAX_NAME_CHARS, shortText } from '../short-text.js';
import type { ModelTotals, ToolTotals } from '../totals.js';
import { inputTokens, outputTokens, type TokenCounts } from '../usage/usage.js';

/**
 * The most names with a row of their own, in one scope. An agent uses a few models and tens of tools. At about 130 bytes a
 * row, both tables of a scope take at most 9 kB, also where an app invents a name for each call.
 */
export const MAX_NAMES = 32;

/** The row of all further names. */
export const OTHER_NAMES = '(other)';
/** The row of calls whose model or tool is not known. */
export const UNKNOWN_NAME = '(unknown)';

/** A call's bill, as far as its row needs it. */
export interface RowPosting {
  readonly pico: Pico | undefined;
  readonly tokens: TokenCounts | undefined;
  readonly unpricedCalls: number;
}

/** One name's calls. */
class CallRow {
  next: CallRow | undefined;
  readonly cost = new UsdSum();
  calls = 0;
  unpricedCalls = 0;
  inputTokens = 0;
  outputTokens = 0;

  constructor(readonly name: string) {}

  add({ pico = 0, tokens, unpricedCalls }: RowPosting, calls: number): void {
    if (pico > 0) this.cost.add(pico);
    this.calls += calls;
    this.countUnpriced(unpricedCalls);
    if (tokens === undefined) return;
    this.inputTokens += inputTokens(tokens);
    this.outputTokens += outputTokens(tokens);
  }

  addRow(other: CallRow): void {
    this.cost.addSum(other.cost);
    this.calls += other.calls;
    this.countUnpriced(other.unpricedCalls);
    this.inputTokens += other.inputTokens;
    this.outputTokens += other.outputTokens;
  }

  /** A late bill takes back a call that was counted as unpriced, perhaps in another scope or under another name. */
  private countUnpriced(calls: number): void {
    if (calls !== 0) this.unpricedCalls = Math.max(0, this.unpricedCalls + calls);
  }

  toolTotals(): ToolTotals {
    return { costUsd: this.cost.toUsd(), calls: this.calls, unpricedCalls: this.unpricedCalls };
  }

  modelTotals(): ModelTotals {
    return { ...this.toolTotals(), inputTokens: this.inputTokens, outputTokens: this.outputTokens };
  }
}

/**
 * The rows of one scope. A linked list and not a `Map`, for the reason that `ReceiptLines` has: most scopes have one or two
 * rows, and the last one used comes first.
 */
export class CallRows {
  private head: CallRow | undefined;
  private tail: CallRow | undefined;
  private latest: CallRow | undefined;
  private count = 0;

  /** Adds a bill of a call with that name. `calls`: 0 for a part of a call that is already counted. */
  add(name: string, posting: RowPosting, calls: number): void {
    this.of(name).add(posting, calls);
  }

  addRows(other: CallRows): void {
    for (let at = other.head; at !== undefined; at = at.next) this.of(at.name).addRow(at);
  }

  byModel(): Record<string, ModelTotals> {
    return Object.fromEntries(this.rows().map((row) => [row.name, row.modelTotals()]));
  }

  byTool(): Record<string, ToolTotals> {
    return Object.fromEntries(this.rows().map((row) => [row.name, row.toolTotals()]));
  }

  private rows(): CallRow[] {
    const rows: CallRow[] = [];
    for (let at = this.head; at !== undefined; at = at.next) rows.push(at);
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
