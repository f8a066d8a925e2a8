import type { Span } from '@opentelemetry/api';
import { sharedName } from '../copies.js';
import type { Budget } from '../ledger/budget.js';
import type { Reservation } from '../ledger/reservation.js';
import type { Scope, SessionEntry } from '../ledger/scope.js';
import type { Pico } from '../money.js';
import type { SpanRole } from '../usage/span-role.js';
import type { TokenCounts } from '../usage/usage.js';
import type { Cover, OpenLeaf, ToolCover, UsageTaker } from './cover.js';
import type { Run } from './run.js';
import { addSeen, newSeen, type Seen } from './seen.js';
import type { Task } from './task.js';

/** Attributes of attribution (`cost.team`, …), ready to be written. */
export type Attribution = Readonly<Record<string, string>>;

let started = 0;

/** How many records there have been by now: those with a higher number start later. */
export function recordsStarted(): number {
  return started;
}

/** Of all copies of this package in one process: `instanceof` knows its own alone. */
const IS_RECORD = Symbol.for(sharedName('is-record'));

export function isSpanRecord(value: unknown): value is SpanRecord {
  return typeof value === 'object' && value !== null && IS_RECORD in value;
}

/**
 * What we keep of a span while it runs: which scopes it is in, and what was accounted for below it. It dies with
 * its span, but for scopes and claims that something still running below may need.
 */
export class SpanRecord {
  /** In the order of starts, over all of this process. */
  readonly number = ++started;
  parent: SpanRecord | undefined;
  /** The innermost scope that what happens here is posted to; undefined when only an implicit task is around. */
  scope: Scope | undefined;
  sessions: SessionEntry | undefined;
  /** A session wrapper is around, and not only a span that names a session. */
  inDeclaredSession = false;
  task: Task | undefined;
  attribution: Attribution | undefined;
  /** Budgets of the calls around and of what is attributed; those of scopes and sessions are theirs. */
  budgets: readonly Budget[] | undefined;
  /** What the nearest call around holds of its budgets, or this one, where it is a call. */
  reservation: Reservation | undefined;
  /** The open `withLlm` whose call this span is part of. */
  cover: Cover | undefined;
  /** The run this span is part of, as long as nothing of its own starts in between. */
  run: Run | undefined;
  /** The open tool call this span is part of: its own, when it is one. */
  tool: ToolCover | undefined;
  /** The wrapper's leaf that this span is part of, if that is still open. */
  leaf: OpenLeaf | undefined;
  /** The `withLlm` that takes usage recorded here. */
  usageTaker: UsageTaker | undefined;
  /** For a tool call: the one around it. */
  outerTool: ToolCover | undefined;
  /** The nearest ended ancestor that already billed for what was still to come below it. */
  creditor: Creditor | undefined;
  role: SpanRole = 'plain';
  /** The client library's own span beside it asked for this model: if this one did too, both are of one call. */
  modelBeside: string | undefined;
  /** A span of another version of this package: that one writes it. */
  isOfOtherVersion = false;
  /** Its cost is decided; nothing on the span is read any more. */
  settled = false;
  ended = false;
  /** An agent, a step, a task or a tool: a leaf around it does not bill for what is inside. */
  leavesCover = false;
  below: Seen | undefined;
  /** What is held by the wrapper around: no news to spans around that wrapper until it bills. */
  private heldBelow: Seen | undefined;
  /** What this span was billed above what was below it, kept for what starts below it after its end. */
  claim: Creditor | undefined;
  ownScope: Scope | undefined;
  ownTask: Task | undefined;
  ownSession: SessionEntry | undefined;
  /** The span whose id a correction hangs on; held by scopes only. */
  span: Span | undefined;

  // Open spans below, as a list threaded through the records: no allocation, O(1) to enter and to leave.
  private firstBelow: SpanRecord | undefined;
  private before: SpanRecord | undefined;
  private after: SpanRecord | undefined;
  private listed = false;

  constructor(parent: SpanRecord | undefined) {
    const near = nearestThatMatters(parent);
    if (near === undefined) return;
    this.sessions = near.sessions;
    this.inDeclaredSession = near.inDeclaredSession;
    this.attribution = near.attribution;
    this.budgets = near.budgets;
    this.parent = near;
    this.reservation = near.reservation;
    this.scope = near.scope;
    this.task = near.task;
    this.cover = near.cover;
    this.run = near.run;
    this.tool = near.tool;
    this.leaf = near.leaf;
    this.usageTaker = near.usageTaker;
    this.creditor = creditorOver(near);
    this.enlist();
  }

  get [IS_RECORD](): true {
    return true;
  }

  get ownsScope(): boolean {
    return this.ownScope !== undefined || this.ownTask !== undefined || this.ownSession !== undefined;
  }

  /** The nearest span above that still runs. */
  openAncestor(): SpanRecord | undefined {
    let at = this.parent;
    while (at?.ended) at = at.parent;
    return at;
  }

  seen(): Seen {
    this.below ??= newSeen();
    return this.below;
  }

  seenHeld(): Seen {
    this.heldBelow ??= newSeen();
    return this.heldBelow;
  }

  /**
   * Everything billed below, what ended under spans that still run included; but not what ended behind a claim, which
   * has told it.
   */
  billedBelow(): Seen | undefined {
    return this.sumBelow(false);
  }

  /** The same with what the open wrapper around this span holds of it, to be billed by that wrapper. */
  allBelow(): Seen | undefined {
    return this.sumBelow(true);
  }

  private sumBelow(withHeld: boolean): Seen | undefined {
    const own = withHeld ? this.heldBelow : undefined;
    if (this.firstBelow === undefined && own === undefined) return this.below;
    const sum = newSeen();
    if (this.below !== undefined) addSeen(sum, this.below);
    if (own !== undefined) addSeen(sum, own);
    this.forEachOpenBelow((open) => {
      if (open.creditor !== this.creditor) return;
      if (open.below !== undefined) addSeen(sum, open.below);
      if (withHeld && open.heldBelow !== undefined && open.cover === this.cover) addSeen(sum, open.heldBelow);
    });
    return sum;
  }

  get hasOpenBelow(): boolean {
    return this.firstBelow !== undefined;
  }

  /** Visits every listed span below, nearest first within a branch. Iterative: a trace may be very deep. */
  forEachOpenBelow(visit: (open: SpanRecord) => void): void {
    const pending: SpanRecord[] = [];
    for (let at = this.firstBelow; at !== undefined; at = at.after) pending.push(at);
    for (let record = pending.pop(); record !== undefined; record = pending.pop()) {
      visit(record);
      for (let at = record.firstBelow; at !== undefined; at = at.after) pending.push(at);
    }
  }

  /** The span ended: hands what was seen below on to the span above, unless a claim in between has told it. */
  end(): void {
    this.ended = true;
    const above = this.openAncestor();
    if (above !== undefined && above.creditor === this.creditor) {
      if (this.below !== undefined) {
        if (above.below === undefined) above.below = this.below;
        else addSeen(above.below, this.below);
      }
      if (this.heldBelow !== undefined && above.cover === this.cover)
        addSeen(above.seenHeld(), this.heldBelow);
    }
    this.below = undefined;
    this.heldBelow = undefined;
    this.delist();
  }

  /** Puts it below another span, which is further up or none: those in between are not kept any more. */
  moveBelow(above: SpanRecord | undefined): void {
    const before = this.parent;
    const wasListed = this.listed;
    if (wasListed) this.unlist();
    this.parent = above;
    if (wasListed) this.enlist();
    before?.delist();
  }

  private enlist(): void {
    for (let at: SpanRecord = this; !at.listed; ) {
      const above = at.parent;
      if (above === undefined) return;
      at.listed = true;
      at.after = above.firstBelow;
      if (above.firstBelow !== undefined) above.firstBelow.before = at;
      above.firstBelow = at;
      at = above;
      if (!at.ended) return;
    }
  }

  private delist(): void {
    for (let at: SpanRecord = this; at.listed && at.ended && at.firstBelow === undefined; ) {
      const above = at.parent;
      if (above === undefined) return;
      at.unlist();
      at = above;
    }
  }

  private unlist(): void {
    const { before, after, parent } = this;
    this.listed = false;
    if (before !== undefined) before.after = after;
    else if (parent !== undefined) parent.firstBelow = after;
    if (after !== undefined) after.before = before;
    this.before = undefined;
    this.after = undefined;
  }
}

/** The nearest ended span from here on up that billed for what is below it. */
function creditorOver(record: SpanRecord): Creditor | undefined {
  let at = record;
  while (at.ended) {
    if (at.claim !== undefined) return at.claim;
    if (at.parent === undefined) return at.creditor;
    at = at.parent;
  }
  return at.creditor;
}

/** Skips ended spans that nothing below can need any more, so that a chain of ended spans is not kept alive. */
export function nearestThatMatters(record: SpanRecord | undefined): SpanRecord | undefined {
  let at = record;
  while (at?.ended && !at.ownsScope && at.claim === undefined && !endsACall(at)) at = at.parent;
  return at;
}

/** True for work of its own below an LLM call: what is inside it is no part of that call. */
function endsACall(record: SpanRecord): boolean {
  return record.leavesCover && (record.parent?.cover !== undefined || record.creditor !== undefined);
}

/**
 * Who billed in advance: a wrapper of ours, whose call ends where agents and tools begin; a foreign span that such a
 * wrapper covers; any other foreign span, which may sum up all that is below it; a tool whose cost includes what is below
 * it, of any kind.
 */
export type Claimant = 'wrapper' | 'covered' | 'foreign' | 'tool';

const NO_IDS: readonly string[] = [];

/**
 * An ended span that was billed for more than had been seen below it by then. A descendant that ends later draws
 * this down before it is billed itself, nearest such ancestor first.
 */
export class Creditor {
  /** Ids of the responses that a wrapper billed. By these it pays for calls in an agent inside, too. */
  responseIds: readonly string[] = NO_IDS;

  constructor(
    readonly record: SpanRecord,
    /** Tokens billed here that were not seen below yet. */
    public tokens: TokenCounts,
    /** The same as money, where a cost was reported here in place of tokens. */
    public pico: Pico | undefined,
    readonly by: Claimant,
  ) {
    record.claim = this;
    if (record.hasOpenBelow) this.takeEffectBelow();
  }

  /** Makes this the nearest creditor of what still runs below; what was seen there is told by now. */
  private takeEffectBelow(): void {
    this.record.below = this.record.billedBelow();
    const replaced = this.record.creditor;
    this.record.forEachOpenBelow((open) => {
      if (open.creditor === replaced) open.creditor = this;
    });
  }
}
