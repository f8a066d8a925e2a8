import { Amounts, type Increase } from './amounts.js';
import { InnerCalls } from './inner-calls.js';
import { LinkedNode } from './linked-node.js';
import type { Identity, Statement } from './statement.js';

const NOTHING = new Amounts();

/** A node with its knowledge: the amounts of the work below it. */
export abstract class InformedNode extends LinkedNode {
  /** Amounts stated below, as far as they have arrived. An open node in between passes on its own when it ends. */
  private known: Amounts | undefined;
  /**
   * The part of `known` that is not passed on: prices that this wrapper holds, and responses that the outer nodes know
   * from another record.
   */
  private unshared: Amounts | undefined;
  /** For a wrapper: the bills that it has collected and that are not billed yet, at list price or as reported. */
  private held: number | undefined;
  /** For a wrapper: the wrappers inside that have stated the ids of their responses. */
  private inner: InnerCalls | undefined;

  /** Notes the responses that a wrapper inside this one has stated. */
  noteInside(statement: Statement, identity: Identity | undefined): void {
    if (identity === undefined) return;
    this.inner ??= new InnerCalls();
    this.inner.add(statement, identity);
  }

  /** True when a wrapper inside stated other responses than those that this statement names. */
  protected hasOthersInside(statement: Statement, identity: Identity | undefined): boolean {
    return identity !== undefined && this.inner?.hasOthers(statement, identity) === true;
  }

  protected get knowledge(): Readonly<Amounts> {
    return this.known ?? NOTHING;
  }

  protected get heldPico(): number {
    return this.held ?? 0;
  }

  protected tell(increase: Increase, isToolBetween: boolean): void {
    this.known ??= new Amounts();
    this.known.addIncrease(increase, isToolBetween);
  }

  protected tellMoney(pico: number, isLlm: boolean, isToolBetween: boolean): void {
    this.known ??= new Amounts();
    this.known.addMoney(pico, isLlm, isToolBetween);
  }

  /** Adds an increase that the outer nodes know from another record, so that it is not passed on. */
  protected tellAlone(news: Increase): void {
    this.tell(news, false);
    this.unshared ??= new Amounts();
    this.unshared.addIncrease(news, false);
  }

  /** Adds everything that a node below passes on. */
  protected hearOf({ known, unshared, tools }: InformedNode): void {
    if (known === undefined && unshared === undefined) return;
    this.known ??= new Amounts();
    if (known !== undefined) this.known.add(known, tools > this.tools);
    if (unshared !== undefined) this.known.add(unshared, tools > this.tools, -1);
  }

  /** Visits the open nodes below whose amounts have not arrived. */
  protected abstract forEachUnheard(visit: (node: InformedNode) => void): void;

  /** Money of every kind that it passes on. */
  private get sharedMoney(): number {
    return (this.known?.allPico ?? 0) - (this.unshared?.allPico ?? 0);
  }

  /** Money of every kind that was billed below, whatever is still open there. */
  get billedBelow(): number {
    let pico = this.sharedMoney;
    this.forEachUnheard((node) => {
      pico += node.sharedMoney;
    });
    return pico;
  }

  /** The same, with the prices that this wrapper holds and the responses that are billed elsewhere. */
  get moneyBelow(): number {
    return this.billedBelow + (this.unshared?.allPico ?? 0);
  }

  /** True when this node knows of a call stated below. */
  hasCallsBelow(behindTools: boolean): boolean {
    const { calls, ownCalls } = this.knowledge;
    return (behindTools ? calls : ownCalls) > 0;
  }

  /** Adds the amount of a bill that this wrapper collects. It is passed on when the wrapper posts it. */
  hold(pico: number): void {
    this.held = this.heldPico + pico;
    this.unshared ??= new Amounts();
    this.unshared.addMoney(pico, true, false);
  }

  /** Takes out the held prices, because the wrapper posts them itself: when it ends, or earlier when its task ends. */
  releaseHeld(): void {
    const { heldPico } = this;
    if (heldPico === 0) return;
    // The result may be negative for a while: open nodes below may not have passed the prices on yet.
    this.tellMoney(-heldPico, true, false);
    this.hold(-heldPico);
  }
}
