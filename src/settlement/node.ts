/**
 * Decides how much of a statement is billed, and where. Every span and wrapper is a node that may make a statement.
 *
 * Each node has an amount due: the larger of its statement and the amount due in its parts, plus the amount due below
 * it outside them. Input tokens, output tokens, calls and money are compared separately. A statement is billed for its
 * increase: the amount by which it raises the amount due at the root.
 *
 * Example: a chat span states 1,000 tokens. A tool below runs an agent whose chat span states 500. Work behind a tool
 * is not part of the outer call: 1,000 and 500 are billed. An agent span around both with 1,600 adds 100.
 */
import { Increase } from './amounts.js';
import { Credit } from './credit.js';
import { InformedNode } from './informed-node.js';
import { LinkedNode } from './linked-node.js';
import type { BilledElsewhere, Identity, Statement } from './statement.js';

const NO_CREDIT = new Credit();

/** `ambiguous` when one recorder wrote two alike records. They count as two calls, but may be one. */
export type EarlierRecord = SettlementNode | 'ambiguous' | undefined;

/** Finds the earlier record of a response. */
export interface EarlierRecords {
  findEarlier(node: SettlementNode, statement: Statement, identity: Identity): EarlierRecord;
}

export class SettlementNode extends InformedNode {
  /** The nearest node above that has ended and made a statement. Increases below are reported to it at once. */
  private spokenAbove: SettlementNode | undefined;
  /** The nearest wrapper around, with no scope and no tool in between. */
  private wrapper: SettlementNode | undefined;
  private credit: Credit | undefined;
  /** The earlier record of the same response, which makes this node's statements. */
  private speaker: SettlementNode | undefined;
  isIdentified = false; // Later records of the same response may find it.
  /** List prices posted for this node, in pico-dollars. Not part of its knowledge, which covers the work below. */
  private posted: number | undefined;

  constructor(around: SettlementNode | undefined) {
    super(around);
    if (around === undefined) return;
    this.wrapper = around.collectorInside();
    LinkedNode.place<SettlementNode>(this, around);
    this.spokenAbove = this.nearestSpoken();
  }

  override moveBelow(around: this | undefined): void {
    super.moveBelow(around);
    // An ended wrapper collects nothing, and a link to it would keep the nodes around it in memory.
    while (this.wrapper !== undefined && !this.wrapper.open) this.wrapper = this.wrapper.wrapper;
  }

  protected get isSpent(): boolean {
    return !this.isIdentified && this.credit?.isSpent !== false;
  }

  protected get hasSpoken(): boolean {
    return this.credit !== undefined;
  }

  /** Makes a statement, when the node ends or later, and returns the part that is billed. */
  settle(statement: Statement, identity?: Identity, records?: EarlierRecords): Increase {
    this.hear();
    const found = identity === undefined ? undefined : records?.findEarlier(this, statement, identity);
    const earlier = found === 'ambiguous' ? undefined : found;
    if (earlier !== undefined) this.speaker = earlier;
    const isUnexplained = statement.of === 'sum' && this.knowledge.liesAround(statement);
    const increase = (earlier ?? this).speak(statement);
    if (earlier === undefined && this.kind === 'wrapper') this.wrapper?.noteInside(statement, identity);
    if (increase.resolves > 0) increase.resolvedAt = earlier;
    const isPartBelow = increase.isLessThan(statement);
    const repeated = earlier && this.repeat(statement, earlier);
    this.handOn();
    (earlier ?? this).climb(increase);
    LinkedNode.place<SettlementNode>(this, this.parent);
    if (repeated !== undefined) increase.billedElsewhere = repeated.isInside ? 'cover' : 'record';
    else if (isPartBelow) increase.billedElsewhere = 'below';
    const isAmbiguous = found === 'ambiguous' || this.hasOthersInside(statement, identity);
    if (isAmbiguous || repeated?.isBilledTwice) increase.flag = 'ambiguous_usage';
    else if (isUnexplained) increase.flag = 'unexplained_sum';
    else if (increase.isPartOf(statement)) increase.flag = 'partial_statement';
    return increase;
  }

  /**
   * Settles money that is not for an LLM call: on top of everything below, or `includesBelow`. Returns the pico-dollars
   * that are left to bill.
   *
   * Example: a tool states $0.05 for itself and everything below, where $0.02 was billed. $0.03 are left.
   */
  settleMoney(pico: number, includesBelow: boolean): number {
    let due = pico;
    if (includesBelow) {
      this.hear();
      this.credit ??= new Credit();
      due = this.credit.claimMoney(pico, this.knowledge);
    }
    this.handOn();
    const left = this.climbWithMoney(due, false);
    LinkedNode.place<SettlementNode>(this, this.parent);
    return left;
  }

  /**
   * Adds the price of the payable tokens, in pico-dollars. Returns the part that is left to bill after ended nodes
   * above with a credit in dollars have paid. With a collector, the price is not billed yet, and nodes outside the
   * collector are not notified.
   */
  reportPrice(pico: number, collector?: SettlementNode): number {
    if (pico === 0) return 0;
    const speaker = (collector === undefined ? this.speaker : undefined) ?? this;
    speaker.posted = (speaker.posted ?? 0) + pico;
    const left = speaker.climbWithMoney(pico, true, collector);
    collector?.hold(left);
    return left;
  }

  private climbWithMoney(pico: number, isLlm: boolean, within?: SettlementNode): number {
    const above = this.above();
    if (above === undefined || pico === 0) return pico;
    // The usual case: no ended node above has made a statement.
    if (above.open && (above.spokenAbove === undefined || above === within)) {
      above.tellMoney(pico, isLlm, this.tools > above.tools);
      return pico;
    }
    const increase = new Increase();
    increase.isLlm = isLlm;
    increase.pico = pico;
    this.climb(increase, within);
    return increase.pico;
  }

  /** Where a price was billed in advance, if no part of it is left to bill. */
  get payer(): BilledElsewhere {
    const kind = this.nearestSpoken()?.kind;
    return kind === 'wrapper' || kind === 'tool' ? 'cover' : 'around';
  }

  /** Ends the node, with or without a statement. */
  close(): void {
    this.handOn();
    LinkedNode.place<SettlementNode>(this, this.parent);
  }

  /**
   * The open wrapper that collects the bill of this span. Undefined when there is none, and for other kinds of nodes.
   */
  collector(): SettlementNode | undefined {
    return this.kind === 'span' ? this.collectorInside() : undefined;
  }

  /** Notes that its tokens have no price: tokens of calls below that end later are priced there. */
  leaveUnpriced(): void {
    if (this.credit !== undefined) this.credit.paysMoney = true;
  }

  /** Its call of unknown usage is not counted as unpriced: it is free, or another node stands for it. */
  leaveKnown(): void {
    const { credit } = this.speaker ?? this;
    if (credit !== undefined) credit.isUnknown = false;
  }

  /** True when an ended node above was billed for a call that no node below has stated yet: it may be this one. */
  get isBilledInAdvance(): boolean {
    const payer = this.spokenAbove;
    if (payer?.credit === undefined || payer.credit.calls === 0) return false;
    return payer.credit.reach === 'llm' || payer.tools === this.tools;
  }

  /** Adds a step of this node's sum that was billed at another node. */
  learnOf({ knowledge, credit = NO_CREDIT, posted = 0 }: SettlementNode): void {
    const step = new Increase();
    step.input = knowledge.ownInput + credit.input;
    step.output = knowledge.ownOutput + credit.output;
    step.calls = knowledge.ownCalls + credit.calls;
    step.pico = knowledge.ownPico + credit.pico + posted;
    this.tellAlone(step);
  }

  private collectorInside(): SettlementNode | undefined {
    if (this.kind !== 'wrapper' && this.kind !== 'span') return undefined;
    let at: SettlementNode | undefined = this.kind === 'wrapper' ? this : this.wrapper;
    while (at !== undefined && !at.open) at = at.wrapper;
    return at;
  }

  private speak(statement: Statement): Increase {
    this.credit ??= new Credit();
    const increase = this.credit.claim(statement, this.knowledge, (this.posted ?? 0) - this.heldPico);
    if (increase.resolves > 0) increase.resolvedAt = this;
    return increase;
  }

  /**
   * Reports an increase to the nearest open node, then to the nearest ended node above it that has made a statement,
   * then to the nearest open node above that, and so on. Ended nodes pay from their credit. Stays inside the collector
   * `within`.
   */
  private climb(increase: Increase, within?: SettlementNode): void {
    for (let at: SettlementNode = this; ; ) {
      const above = at.above();
      if (above === undefined) return;
      let payer: SettlementNode | undefined = above;
      if (above.open) {
        above.tell(increase, at.tools > above.tools);
        payer = above.spokenAbove;
        if (payer === undefined) return;
      }
      if (within !== undefined && payer.depth < within.depth) return;
      if (at.tools > payer.tools) increase.isBehindTool = true;
      payer.payFor(increase);
      if (increase.isEmpty) return;
      at = payer;
    }
  }

  /** Passes everything known below on to the node above, once. */
  private handOn(): void {
    if (!this.open) return;
    this.open = false;
    this.releaseHeld();
    const above = this.above();
    // With an ended node that made a statement in between, `climb` has reported everything to the nodes above it.
    if (above?.open && above.spokenAbove === this.spokenAbove) above.hearOf(this);
    this.spokenAbove = undefined;
    this.delist();
  }

  /** Adds a late increase to an ended node, which pays for it from its credit. */
  private payFor(increase: Increase): void {
    this.tell(increase, false);
    this.credit?.payFor(increase, this.kind === 'wrapper' || this.kind === 'tool' ? 'cover' : 'around');
    if (increase.resolves > 0) increase.resolvedAt ??= this;
  }

  /** Takes in everything that open nodes below have not passed on. From now on, increases below arrive here at once. */
  private hear(): void {
    if (!this.hasOpenBelow) return;
    const above = this.above();
    this.forEachUnheard((node) => {
      this.hearOf(node);
      // This node had ended without a statement, so the open node would have passed its amounts to `above`.
      if (!this.open && above?.open) above.hearOf(node);
      node.spokenAbove = this;
    });
  }

  /** Visits the open nodes below whose amounts have not arrived: no node in between has made a statement. */
  protected forEachUnheard(visit: (node: SettlementNode) => void): void {
    const spokenAbove = this.open ? this.spokenAbove : this.nearestSpoken();
    this.forEachOpenBelow((node) => {
      if (node.open && node.spokenAbove === spokenAbove) visit(node);
    });
  }

  /**
   * Handles a later record of a response that is billed at an earlier one. Nodes around this record, but not around the
   * earlier one, are notified here. `isBilledTwice` when one of them was billed for the response in advance; `isInside`
   * when the earlier record is a wrapper around this one.
   */
  private repeat(
    statement: Statement,
    earlier: SettlementNode,
  ): { isBilledTwice: boolean; isInside: boolean } {
    let isBilledTwice = false;
    let other: SettlementNode | undefined = earlier;
    const news = new Increase();
    news.input = statement.input;
    news.output = statement.output;
    news.calls = statement.calls;
    news.pico = statement.pico ?? 0;
    let at: SettlementNode | undefined = this.parent;
    for (; at !== undefined; at = at.parent) {
      while (other !== undefined && other.depth > at.depth) other = other.parent;
      if (at === other) break;
      if (at.tools < this.tools) news.isBehindTool = true;
      if (at.open) at.tellAlone(news);
      else if (at.credit !== undefined) {
        const before = news.input + news.output;
        at.payFor(news);
        isBilledTwice ||= news.input + news.output < before;
      }
    }
    return { isBilledTwice, isInside: at === earlier && earlier.kind === 'wrapper' };
  }

  private nearestSpoken(): SettlementNode | undefined {
    const above = this.above();
    return above?.open ? above.spokenAbove : above;
  }
}
