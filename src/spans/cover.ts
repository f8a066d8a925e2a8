import type { CostKind } from '../ledger/account.js';
import type { Pico } from '../money.js';
import type { SdkSpan } from '../otel.js';
import type { Priced } from '../pricing/price-book.js';
import { readToolName } from '../usage/read-span.js';
import { addTokens, type TokenCounts } from '../usage/usage.js';
import { Responses } from './responses.js';
import type { Run } from './run.js';
import { newSeen, type Seen } from './seen.js';

/** One call that a covered span recorded, already without what was held from further in. */
export interface HeldCall {
  tokens: TokenCounts;
  /** Undefined when the span had usage or a model that has no known price. */
  pico: Pico | undefined;
  priced: Priced;
  /** Part of its usage is unknown. */
  isLowerBound: boolean;
  responseId: string | undefined;
  model: string | undefined;
  provider: string | undefined;
}

/** What an open `withLlm` holds of the spans that other instrumentations made of the same call. */
export class Cover {
  open = true;
  /** An agent that another instrumentation shows runs directly inside: the call is its run. */
  run: Run | undefined;
  readonly calls: HeldCall[] = [];
  /** What wrappers further in billed themselves, at any depth. */
  billedInside: Seen | undefined;
  /** A wrapper further in was a call, known or not. */
  hasCallInside = false;
  /** Token keys that covered spans carry: writing them again would count them twice in a backend. */
  tokenKeys: Set<string> | undefined;
  // Most calls cover nothing, so what is kept of covered spans is made with the first of them.
  private responsesInside: Responses | undefined;
  private heldInside: Seen | undefined;

  /** That of the nearest wrapper around that was open at the start. */
  readonly outer: Cover | undefined;

  constructor(around: Cover | undefined) {
    this.outer = openCover(around);
  }

  get responses(): Responses {
    this.responsesInside ??= new Responses();
    return this.responsesInside;
  }

  get held(): Seen {
    this.heldInside ??= newSeen();
    return this.heldInside;
  }

  /** True for this one and those of wrappers further in. */
  contains(other: Cover | undefined): boolean {
    for (let at = other; at !== undefined; at = at.outer) if (at === this) return true;
    return false;
  }

  /** Covered calls whose ids are kept apart; beyond it they are merged into one, so that a long call stays small. */
  static readonly MAX_CALLS = 256;

  hold(call: HeldCall): void {
    addTokens(this.held.tokens, call.tokens);
    this.held.llmPico += call.pico ?? 0;
    this.held.calls += 1;
    const last = this.calls.at(-1);
    if (last === undefined || this.calls.length < Cover.MAX_CALLS) {
      this.calls.push(call);
      return;
    }
    addTokens(last.tokens, call.tokens);
    last.pico = last.pico === undefined || call.pico === undefined ? undefined : last.pico + call.pico;
    last.isLowerBound ||= call.isLowerBound;
    last.responseId = undefined;
  }
}

/** The nearest that is still open, from one outward. */
export function openCover(cover: Cover | undefined): Cover | undefined {
  let at = cover;
  while (at !== undefined && !at.open) at = at.outer;
  return at;
}

/** An open tool call, so that two spans of the same call become one bill. */
export class ToolCover {
  open = true;
  /** A wrapper of ours further in has billed this call. */
  billedInside = false;

  constructor(
    /** Its name, or the span that has it: some instrumentations set it after the start. */
    private readonly tool: string | SdkSpan,
    /** True for a wrapper of ours. */
    readonly ours: boolean,
  ) {}

  name(): string | undefined {
    if (typeof this.tool === 'string') return this.tool;
    const { attributes } = this.tool;
    return attributes === undefined ? undefined : readToolName(attributes);
  }
}

/** A wrapper's open leaf: cost of its own kind that is recorded below it stands on its span. */
export interface OpenLeaf {
  readonly kind: CostKind;
  /** False once it has ended. */
  addCost(pico: Pico): boolean;
}

/** The open `withLlm` that takes recorded usage. */
export interface UsageTaker {
  readonly open: boolean;
  recordUsage(usage: object): void;
}
