/** The lines of a scope's receipt: a bounded number of the calls and scopes directly in it. */
import type { Pico } from '../money.js';
import type { CostKind } from '../totals.js';
import { inputTokens, outputTokens, type TokenCounts } from '../usage/usage.js';

/**
 * A scope with more lines keeps the first ones, the last ones, the most expensive call, one that failed and one
 * that is unpriced.
 */
const MAX_SHOWN = 10;
const SHOWN_FIRST = 3;
const SHOWN_LAST = 2;

/** A call's bill, as far as a receipt shows it. */
export interface ReceiptBill {
  readonly kind: CostKind;
  readonly pico: Pico | undefined;
  readonly tokens: TokenCounts | undefined;
  readonly llmCalls: number;
  readonly toolCalls: number;
  readonly failed: boolean;
  readonly status: string | undefined;
  readonly source: string | undefined;
  readonly reason: string | undefined;
  readonly name: string | undefined;
  readonly subject:
    | { readonly model?: string | undefined; readonly toolName?: string | undefined }
    | undefined;
}

/** One call on a receipt. */
export class CallLine {
  kind: CostKind = 'other';
  name: string | undefined;
  hasTokens = false;
  inputTokens = 0;
  outputTokens = 0;
  llmCalls = 0;
  toolCalls = 0;
  pico: Pico | undefined;
  status: string | undefined;
  failed = false;
  /** False for a tool that costs nothing because no price was set for it. */
  isBilled = true;
  /** Why it is unpriced or estimated; undefined if it is neither. */
  reason: string | undefined;

  set(bill: ReceiptBill): this {
    const { kind, tokens, subject } = bill;
    this.kind = kind;
    this.name = bill.name ?? subject?.model ?? subject?.toolName;
    this.hasTokens = tokens !== undefined;
    this.inputTokens = tokens === undefined ? 0 : inputTokens(tokens);
    this.outputTokens = tokens === undefined ? 0 : outputTokens(tokens);
    this.llmCalls = bill.llmCalls;
    this.toolCalls = bill.toolCalls;
    this.pico = bill.pico;
    this.status = bill.status;
    this.failed = bill.failed;
    this.isBilled = bill.source !== 'none';
    this.reason = bill.reason;
    return this;
  }
}

/** `S` is a scope: a part of the tree with its own lines. */
export type ReceiptLine<S> = CallLine | S;

class Entry<S> {
  next: Entry<S> | undefined;

  constructor(readonly line: ReceiptLine<S>) {}
}

/**
 * The lines of one scope. When there are too many, the last ones are kept in a ring of a few places.
 *
 * The first ones are a linked list, not an array. V8 may allocate the arrays of one call site directly in the old
 * generation, and objects referenced from there survive minor collections; here these would be whole tasks that
 * have ended.
 */
export class ReceiptLines<S> {
  /** The number of lines added, including those not kept. */
  count = 0;
  private head: Entry<S> | undefined;
  private tail: Entry<S> | undefined;
  /** Undefined while all lines fit. */
  private last: ReceiptLine<S>[] | undefined;
  private failed: CallLine | undefined;
  private unpriced: CallLine | undefined;
  private mostExpensive: CallLine | undefined;

  addCall(bill: ReceiptBill): void {
    if (this.count === MAX_SHOWN) this.shorten();
    const isHigher = (bill.pico ?? 0) > (this.mostExpensive?.pico ?? 0);
    if (this.count >= MAX_SHOWN && (isHigher || bill.failed || bill.status === 'unpriced')) {
      this.sample(new CallLine().set(bill));
    }
    // Lines that were among the first may be kept as a sample, so they are not reused.
    const isFree = this.count >= MAX_SHOWN + SHOWN_LAST;
    const place = isFree ? this.last?.[this.count % SHOWN_LAST] : undefined;
    this.add(place instanceof CallLine ? place.set(bill) : new CallLine().set(bill));
  }

  addScope(scope: S): void {
    if (this.count === MAX_SHOWN) this.shorten();
    this.add(scope);
  }

  /** All lines, or the first ones and the rest with a gap in between. */
  shown(): { first: readonly ReceiptLine<S>[]; rest: readonly ReceiptLine<S>[] } {
    const { last, count } = this;
    const first = this.firstLines();
    if (last === undefined) return { first, rest: [] };
    const isOld = (line: CallLine | undefined) => line !== undefined && !last.some((at) => isSame(at, line));
    const kept = new Set([this.mostExpensive, this.failed, this.unpriced]);
    const samples = [...kept].filter((line) => line !== undefined).filter(isOld);
    const oldest = count % SHOWN_LAST;
    return { first, rest: [...samples, ...last.slice(oldest), ...last.slice(0, oldest)] };
  }

  private add(line: ReceiptLine<S>): void {
    if (this.last !== undefined) this.last[this.count % SHOWN_LAST] = line;
    else {
      const entry = new Entry(line);
      if (this.tail === undefined) this.head = entry;
      else this.tail.next = entry;
      this.tail = entry;
    }
    this.count += 1;
  }

  private firstLines(): ReceiptLine<S>[] {
    const lines: ReceiptLine<S>[] = [];
    for (let at = this.head; at !== undefined; at = at.next) lines.push(at.line);
    return lines;
  }

  /**
   * Called for the first line that does not fit. Of the lines in between, only the most expensive, one failed and one
   * unpriced call are kept.
   */
  private shorten(): void {
    const last: ReceiptLine<S>[] = [];
    let place = 0;
    for (let at = this.head; at !== undefined; at = at.next) {
      if (place >= SHOWN_FIRST && at.line instanceof CallLine) this.sample(at.line);
      last[place % SHOWN_LAST] = at.line;
      place += 1;
      if (place === SHOWN_FIRST) this.tail = at;
    }
    if (this.tail !== undefined) this.tail.next = undefined;
    this.last = last;
  }

  private sample(line: CallLine): void {
    if ((line.pico ?? 0) > (this.mostExpensive?.pico ?? 0)) this.mostExpensive = line;
    if (line.failed) this.failed ??= line;
    else if (line.status === 'unpriced') this.unpriced ??= line;
  }
}

/** Compares by value, because a place among the last lines is reused and the sample may be a copy. */
function isSame(line: unknown, sample: CallLine): boolean {
  if (!(line instanceof CallLine) || line.failed !== sample.failed || line.status !== sample.status)
    return false;
  return line.name === sample.name && line.pico === sample.pico && line.inputTokens === sample.inputTokens;
}
