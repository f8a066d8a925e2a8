import type { NodeKind } from './statement.js';

/** A node with its links: to the nearest relevant node above, and to everything open below. */
export abstract class LinkedNode {
  /**
   * The most consecutive ended nodes with credit left that are kept above a new node. Work that restarts itself, for
   * example from a timer, would otherwise add one each time without end.
   */
  static readonly MAX_ENDED_ABOVE = 64;

  /** The nearest node above that is open, has credit left, or is kept. */
  parent: this | undefined;
  kind: NodeKind = 'span';
  /** False once it has ended or made its statement. */
  open = true;
  /** Levels below the root. */
  readonly depth: number;
  /** Number of tools and handovers above this node. Two nodes with different numbers have one between them. */
  private readonly toolsAbove: number;

  // Linked lists through the nodes that are open, or have an open node below: O(1) to insert and to remove.
  private owner: this | undefined;
  private first: this | undefined;
  private before: this | undefined;
  private after: this | undefined;

  constructor(around: LinkedNode | undefined) {
    this.depth = around === undefined ? 0 : around.depth + 1;
    this.toolsAbove = around === undefined ? 0 : around.tools;
  }

  /** True when it has no credit left to pay with. */
  protected abstract get isSpent(): boolean;

  /** True once it has made a statement. */
  protected abstract get hasSpoken(): boolean;

  /** True when work that starts below it after its end still finds it above, with or without credit. */
  protected get isKept(): boolean {
    return false;
  }

  get hasOpenBelow(): boolean {
    return this.first !== undefined;
  }

  /** Visits every node below that is open or has an open node below. Iterative, because a trace may be very deep. */
  forEachOpenBelow(visit: (open: this) => void): void {
    const pending: this[] = [];
    for (let at = this.first; at !== undefined; at = at.after) pending.push(at);
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      visit(node);
      for (let at = node.first; at !== undefined; at = at.after) pending.push(at);
    }
  }

  /** Number of tools and handovers from the root down to this node, itself included. */
  protected get tools(): number {
    return this.kind === 'tool' || this.kind === 'handover' ? this.toolsAbove + 1 : this.toolsAbove;
  }

  /** The nearest node above that is open or has made a statement. */
  protected above(): this | undefined {
    if (this.parent?.open) return this.parent;
    while (this.parent !== undefined && !this.parent.matters) this.parent = this.parent.parent;
    let at = this.parent;
    while (at !== undefined && !at.open && !at.hasSpoken) at = at.parent;
    return at;
  }

  /** Links it below the nearest relevant node, so that a chain of ended nodes is not kept in memory. */
  protected static place<Node extends LinkedNode>(node: Node, around: Node | undefined): void {
    const near = around === undefined || around.open ? around : around.nearestThatMatters();
    if (near !== node.parent || (node.owner !== undefined && node.owner !== near)) node.moveBelow(near);
  }

  /** Links it below a node further up, or below none. The nodes in between are no longer kept. */
  moveBelow(around: this | undefined): void {
    const { owner } = this;
    this.unlist();
    this.parent = around;
    if (this.open || this.first !== undefined) this.enlist();
    owner?.delist();
  }

  /** Removes it from its list when neither it nor any node below is open, and then the nodes above it likewise. */
  protected delist(): void {
    for (let at: this | undefined = this; at !== undefined && !at.open && at.first === undefined; ) {
      const owner: this | undefined = at.owner;
      at.unlist();
      at = owner;
    }
  }

  private get matters(): boolean {
    return this.open || this.isKept || !this.isSpent;
  }

  private nearestThatMatters(): this | undefined {
    let near: this | undefined = this;
    while (near !== undefined && !near.matters) near = near.parent;
    // Shorten the path, so that the next node that starts here takes one step.
    for (let at: this = this; at !== near && at.parent !== undefined; ) {
      const next: this = at.parent;
      at.parent = near;
      at = next;
    }
    return near === undefined || near.open || near.isKept ? near : near.withinBound();
  }

  /** Returns this node, or the nearest open or kept node above when too many ended nodes lie in between. */
  private withinBound(): this | undefined {
    let ended = 1;
    for (let at: this = this; ; ended += 1) {
      while (at.parent !== undefined && !at.parent.matters) at.parent = at.parent.parent;
      const { parent }: this = at;
      if (parent === undefined || parent.open || parent.isKept) {
        return ended <= LinkedNode.MAX_ENDED_ABOVE ? this : parent;
      }
      at = parent;
    }
  }

  private enlist(): void {
    for (let at: this = this; at.owner === undefined && at.parent !== undefined; at = at.owner) {
      at.owner = at.parent;
      at.after = at.owner.first;
      if (at.after !== undefined) at.after.before = at;
      at.owner.first = at;
    }
  }

  private unlist(): void {
    const { owner, before, after } = this;
    if (before !== undefined) before.after = after;
    else if (owner !== undefined) owner.first = after;
    if (after !== undefined) after.before = before;
    this.owner = undefined;
    this.before = undefined;
    this.after = undefined;
  }
}
