import type { Bill } from './bill.js';
import { addToSeen, newSeen } from './seen.js';

/** Work that starts itself again would nest runs without end; those further out than that are told no more. */
const MAX_DEPTH = 16;

/** What an agent does that another instrumentation shows inside a `withLlm`. */
export class Run {
  /** What its calls were billed; a tool, a task or an agent of the app inside is work of its own. */
  readonly told = newSeen();
  /** What is to be done once, with the first call: the wrapper had ended before, and had learned nothing. */
  whenTold: (() => void) | undefined;
  /** The run that this one is a call of. */
  private readonly outer: Run | undefined;
  private readonly depth: number;

  constructor(around: Run | undefined) {
    this.outer = around !== undefined && around.depth < MAX_DEPTH ? around : undefined;
    this.depth = this.outer === undefined ? 1 : this.outer.depth + 1;
  }

  /** A bill was booked inside. */
  tell({ tokens, pico = 0, llmCalls }: Bill): void {
    for (let run: Run | undefined = this; run !== undefined; run = run.outer) {
      addToSeen(run.told, tokens, pico, pico, llmCalls);
      if (llmCalls === 0) continue;
      const { whenTold } = run;
      run.whenTold = undefined;
      whenTold?.();
    }
  }
}
