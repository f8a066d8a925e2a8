import { type Amounts, Increase } from './amounts.js';
import type { BilledElsewhere, Statement } from './statement.js';

function above(amount: number, known: number): number {
  return amount > known ? amount - known : 0;
}

/**
 * The part of a statement that was billed before the calls behind it were stated below. This credit pays for calls that
 * are stated late, so that they are not billed twice.
 *
 * Example: an agent span states 1,600 input tokens when 1,500 are known below it. It is billed for 100, and keeps a
 * credit of 100. A chat span below it that ends later with 60 is not billed, and leaves a credit of 40.
 */
export class Credit {
  /** The work below that it pays for: LLM calls that are not behind a tool, all LLM calls, or money of every kind. */
  reach: 'own' | 'llm' | 'all' = 'own';
  input = 0;
  output = 0;
  calls = 0;
  pico = 0;
  /** The statement was a reported cost, so late calls are paid for in dollars and not in tokens. */
  paysMoney = false;
  /** A call with an unknown cost was counted. */
  isUnknown = false;

  get isSpent(): boolean {
    return this.input === 0 && this.output === 0 && this.calls === 0 && this.pico === 0;
  }

  /**
   * Returns the part of a statement above everything known, and adds it to the credit. `posted` is the list prices
   * already posted for the node, less those in `known` that are not billed yet.
   */
  claim(statement: Statement, known: Amounts, posted: number): Increase {
    const isSum = statement.of === 'sum';
    this.reach = isSum ? 'llm' : 'own';
    const increase = new Increase();
    const knownInput = this.input + (isSum ? known.input : known.ownInput);
    const knownOutput = this.output + (isSum ? known.output : known.ownOutput);
    const knownPico = this.pico + posted + (isSum ? known.pico : known.ownPico);
    const input = above(statement.input, knownInput);
    const output = above(statement.output, knownOutput);
    const calls = above(statement.calls, this.calls + (isSum ? known.calls : known.ownCalls));
    this.input += input;
    this.output += output;
    this.calls += calls;
    increase.input = input;
    increase.output = output;
    increase.calls = calls;
    increase.isKnown = statement.isKnown;
    if (!increase.isKnown) this.isUnknown = calls > 0;
    else if (this.isUnknown) this.resolve(increase);
    if (statement.pico === undefined) {
      increase.payableInput = input;
      increase.payableOutput = output;
      if (knownPico > 0 && knownInput === statement.input && knownOutput === statement.output) {
        increase.sameTokensPico = knownPico;
      }
      return increase;
    }
    increase.pico = above(statement.pico, knownPico);
    if (knownPico > statement.pico) increase.overBilledPico = knownPico;
    this.pico += increase.pico;
    this.paysMoney = true;
    return increase;
  }

  /**
   * The same for a cost that is not an LLM cost and includes money of every kind below, such as a tool's. Returns
   * pico-dollars.
   */
  claimMoney(pico: number, known: Amounts): number {
    this.reach = 'all';
    const due = above(pico, this.pico + known.allPico);
    this.pico += due;
    return due;
  }

  /** Subtracts from a late increase the part that was billed in advance. */
  payFor(increase: Increase, payer: BilledElsewhere): void {
    if (this.reach === 'all') {
      const paid = Math.min(increase.pico, this.pico);
      this.pico -= paid;
      increase.pico -= paid;
      if (paid > 0) increase.billedElsewhere = payer;
      return;
    }
    if (!increase.isLlm || (this.reach === 'own' && increase.isBehindTool)) return;
    const tokens = increase.input + increase.output;
    const input = Math.min(increase.input, this.input);
    const output = Math.min(increase.output, this.output);
    const calls = Math.min(increase.calls, this.calls);
    const pico = Math.min(increase.pico, this.pico);
    if (calls > 0 && this.isUnknown && increase.isKnown) this.resolve(increase);
    this.input -= input;
    this.output -= output;
    this.calls -= calls;
    this.pico -= pico;
    increase.input -= input;
    increase.output -= output;
    increase.calls -= calls;
    increase.pico -= pico;
    if (input + output + pico > 0) increase.billedElsewhere = payer;
    if (this.paysMoney || tokens === 0) return;
    increase.payableInput = above(increase.payableInput, input);
    increase.payableOutput = above(increase.payableOutput, output);
    // A credit in tokens pays for tokens, and so for the same share of a reported cost.
    increase.pico = Math.round((increase.pico * (increase.input + increase.output)) / tokens);
  }

  private resolve(increase: Increase): void {
    this.isUnknown = false;
    // The tokens have a price now, so late calls below are paid for in tokens.
    this.paysMoney = false;
    increase.resolves += 1;
  }
}
