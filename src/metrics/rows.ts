import type { Attributes } from '@opentelemetry/api';
import type { Posting } from '../ledger/account.js';
import { UsdSum } from '../money.js';
import {
  cacheReadTokens,
  cacheWriteTokens,
  inputTokens,
  outputTokens,
  type TokenCounts,
} from '../usage/usage.js';

/** Sums over the calls of one kind, model, tool and task. */
export class CallRow {
  readonly cost = new UsdSum();
  readonly estimated = new UsdSum();
  readonly saved = new UsdSum();
  calls = 0;
  failedCalls = 0;
  unpricedCalls = 0;
  cacheHits = 0;
  cacheMisses = 0;
  /** The rows of its tokens, cached so that they are looked up once. */
  tokens: TokenRows | undefined;

  constructor(readonly labels: Attributes) {}

  add(posting: Posting, isCacheHit: boolean | undefined): void {
    if (posting.pico !== undefined) this.cost.add(posting.pico);
    if (posting.estimated !== undefined && posting.estimated > 0) this.estimated.add(posting.estimated);
    if (posting.savedPico > 0) this.saved.add(posting.savedPico);
    this.calls += posting.llmCalls + posting.toolCalls;
    this.failedCalls += posting.failedCalls;
    // A call that is priced late stays counted as unpriced, because a counter never decreases.
    if (posting.unpricedCalls > 0) this.unpricedCalls += posting.unpricedCalls;
    if (isCacheHit === true) this.cacheHits += 1;
    else if (isCacheHit === false) this.cacheMisses += 1;
  }
}

export class CountRow {
  count = 0;

  constructor(readonly labels: Attributes) {}
}

export class MoneyRow {
  readonly sum = new UsdSum();

  constructor(readonly labels: Attributes) {}
}

/** Tasks that ended with one outcome. */
export class TaskRow {
  tasks = 0;
  actions = 0;

  constructor(readonly labels: Attributes) {}
}

/** Token types are disjoint, so that a sum over them counts each token once. */
const TOKEN_TYPES = {
  input: (t: TokenCounts) => inputTokens(t) - cacheReadTokens(t) - cacheWriteTokens(t),
  cache_read: cacheReadTokens,
  cache_write: cacheWriteTokens,
  output: (t: TokenCounts) => outputTokens(t) - t.reasoning,
  reasoning: ({ reasoning }: TokenCounts) => reasoning,
} as const;

const TYPES = Object.entries(TOKEN_TYPES);

/** The token counters of one call row, each looked up when the first token of its type is added. */
export class TokenRows {
  private readonly byType = new Map<string, CountRow>();

  constructor(private readonly rowOf: (type: string) => CountRow) {}

  add(tokens: TokenCounts): void {
    for (const [type, count] of TYPES) {
      const added = count(tokens);
      if (added > 0) this.row(type).count += added;
    }
  }

  private row(type: string): CountRow {
    let row = this.byType.get(type);
    if (row === undefined) {
      row = this.rowOf(type);
      this.byType.set(type, row);
    }
    return row;
  }
}
