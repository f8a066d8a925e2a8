import type { LinkedNode } from './linked-node.js';
import type { BilledElsewhere, SettlementFlag, Statement } from './statement.js';

/**
 * Input tokens, output tokens, calls and money below a node. Each field is spelled out, because a property access takes
 * about 1 ns by a constant name and about 20 ns by a variable.
 */
export class Amounts {
  // LLM work that is not behind a tool.
  ownInput = 0;
  ownOutput = 0;
  ownCalls = 0;
  ownPico = 0;
  // All LLM work.
  input = 0;
  output = 0;
  calls = 0;
  pico = 0;
  /** Money of every kind: LLM calls, tools, compute and the rest. */
  allPico = 0;

  add(more: Amounts, isBehindTool: boolean, times = 1): void {
    if (!isBehindTool) {
      this.ownInput += times * more.ownInput;
      this.ownOutput += times * more.ownOutput;
      this.ownCalls += times * more.ownCalls;
      this.ownPico += times * more.ownPico;
    }
    this.input += times * more.input;
    this.output += times * more.output;
    this.calls += times * more.calls;
    this.pico += times * more.pico;
    this.allPico += times * more.allPico;
  }

  /**
   * True when a sum is larger than the calls that are not behind a tool, and smaller than all calls. Example: the sum
   * is 1,200 input tokens; the calls that are not behind a tool have 1,000, all calls 1,500.
   */
  liesAround({ input, output }: Statement): boolean {
    return (this.ownInput < input && input < this.input) || (this.ownOutput < output && output < this.output);
  }

  addIncrease({ input, output, calls, pico, isLlm, isBehindTool }: Increase, isToolBetween: boolean): void {
    if (isLlm) {
      this.input += input;
      this.output += output;
      this.calls += calls;
      this.pico += pico;
      if (!isBehindTool && !isToolBetween) {
        this.ownInput += input;
        this.ownOutput += output;
        this.ownCalls += calls;
        this.ownPico += pico;
      }
    }
    this.allPico += pico;
  }

  /** Adds the price of an LLM call, or money of another kind. */
  addMoney(pico: number, isLlm: boolean, isToolBetween: boolean): void {
    if (isLlm) this.pico += pico;
    if (isLlm && !isToolBetween) this.ownPico += pico;
    this.allPico += pico;
  }
}

/**
 * The part of a statement that is billed, on its way up the tree. Ended nodes above that were billed for it in advance
 * subtract their part.
 */
export class Increase {
  input = 0;
  output = 0;
  calls = 0;
  pico = 0;
  /** False for money of a tool, of compute or of another kind. */
  isLlm = true;
  /** True once it has passed a tool: it is not part of a call above that tool. */
  isBehindTool = false;
  /** Tokens to be priced. More than `input` when an ended node above has paid for some of them in dollars. */
  payableInput = 0;
  payableOutput = 0;
  /** The usage is known, so this increase can resolve a call that was counted with an unknown cost. */
  isKnown = false;
  /** Number of calls counted with an unknown cost that this increase resolves. */
  resolves = 0;
  /** The node that had counted that call. */
  resolvedAt: LinkedNode | undefined = undefined;
  /** Pico-dollars already billed for the same work; set only when they are more than the reported cost. */
  overBilledPico: number | undefined = undefined;
  /** Pico-dollars already billed; set only when they were billed for exactly the stated tokens. */
  sameTokensPico: number | undefined = undefined;
  flag: SettlementFlag | undefined = undefined;
  billedElsewhere: BilledElsewhere | undefined = undefined;

  /** True when less than the statement is billed here; the rest is billed elsewhere. */
  isLessThan({ input, output, pico }: Statement): boolean {
    if (pico !== undefined) return this.pico < pico;
    return this.input < input || this.output < output;
  }

  /** True when a part of the statement, and not all of it, has to be paid here. */
  isPartOf({ input, output, pico }: Statement): boolean {
    if (pico !== undefined) return this.pico > 0 && this.pico < pico;
    const { payableInput, payableOutput } = this;
    return payableInput + payableOutput > 0 && (payableInput < input || payableOutput < output);
  }

  get isEmpty(): boolean {
    return this.input === 0 && this.output === 0 && this.calls === 0 && this.pico === 0;
  }
}
