/** The lines of a scope's receipt: a few of the calls and scopes directly in it, however many there were. */
import type { Pico } from '../money.js';
import { inputTokens, outputTokens, type TokenCounts } from '../usage/usage.js';
import type { CostKind } from './account.js';

/** A scope with more lines than this keeps the first ones, the last ones, the most expensive, and one of each that went wrong. */
const MAX_SHOWN = 10;
const SHOWN_FIRST = 3;
const SHOWN_LAST = 2;

const UNPRICED = 'unpriced:';

/** A call's bill, as far as a receipt shows it. */
export interface ReceiptBill {
  readonly kind: CostKind;
  readonly pico: Pico | undefined;
  readonly tokens: TokenCounts | undefined;
  readonly llmCalls: number;
  readonly toolCalls: number;
  readonly failed: boolean;
  readonly status: string | undefined;
  readonly source: string;
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
  /** False for a tool that costs nothing because nobody said that it costs something. */
  isBilled = true;
  /** Why it is unpriced; undefined where it is not. */
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
    this.reason = bill.source.startsWith(UNPRICED) ? bill.source.slice(UNPRICED.length) : undefined;
    return this;
  }
}

/** `S` is a scope: a part of the tree that has lines of its own. */
export type ReceiptLine<S> = CallLine | S;

/** The lines of one scope. Once they are more than fit, those at the end take turns in a few places. */
export class ReceiptLines<S> {
  /** How many there were. */
  count = 0;
  private readonly first: ReceiptLine<S>[] = [];
  private readonly last: ReceiptLine<S>[] = [];
  private failed: CallLine | undefined;
  private unpriced: CallLine | undefined;
  private mostExpensive: CallLine | undefined;

  addCall(bill: ReceiptBill): void {
    if (this.count === MAX_SHOWN) this.shorten();
    const isHigher = (bill.pico ?? 0) > (this.mostExpensive?.pico ?? 0);
    if (this.count >= MAX_SHOWN && (isHigher || bill.failed || bill.status === 'unpriced')) {
      this.sample(new CallLine().set(bill));
    }
    // Those that were among the first may be kept as a sample.
    const isFree = this.count >= MAX_SHOWN + SHOWN_LAST;
    const place = isFree ? this.last[this.count % SHOWN_LAST] : undefined;
    this.add(place instanceof CallLine ? place.set(bill) : new CallLine().set(bill));
  }

  addScope(scope: S): void {
    if (this.count === MAX_SHOWN) this.shorten();
    this.add(scope);
  }

  /** All lines, or the first ones and the rest, between which others are left out. */
  shown(): { first: readonly ReceiptLine<S>[]; rest: readonly ReceiptLine<S>[] } {
    const { first, last, count } = this;
    if (count <= MAX_SHOWN) return { first, rest: [] };
    const isOld = (line: CallLine | undefined) => line !== undefined && !last.some((at) => isSame(at, line));
    const kept = new Set([this.mostExpensive, this.failed, this.unpriced]);
    const samples = [...kept].filter((line) => line !== undefined).filter(isOld);
    const oldest = count % SHOWN_LAST;
    return { first, rest: [...samples, ...last.slice(oldest), ...last.slice(0, oldest)] };
  }

  private add(line: ReceiptLine<S>): void {
    if (this.count < MAX_SHOWN) this.first.push(line);
    this.last[this.count % SHOWN_LAST] = line;
    this.count += 1;
  }

  /** The first line too many: of those in between, one of each that went wrong stays. */
  private shorten(): void {
    for (const line of this.first.splice(SHOWN_FIRST)) if (line instanceof CallLine) this.sample(line);
  }

  private sample(line: CallLine): void {
    if ((line.pico ?? 0) > (this.mostExpensive?.pico ?? 0)) this.mostExpensive = line;
    if (line.failed) this.failed ??= line;
    else if (line.status === 'unpriced') this.unpriced ??= line;
  }
}

/** The sample is a copy: a place among the last ones is used again. */
function isSame(line: unknown, sample: CallLine): boolean {
  if (!(line instanceof CallLine) || line.failed !== sample.failed || line.status !== sample.status)
    return false;
  return line.name === sample.name && line.pico === sample.pico && line.inputTokens === sample.inputTokens;
}
