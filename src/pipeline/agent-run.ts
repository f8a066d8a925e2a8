/**
 * A `withLlm` around an agent that another instrumentation shows. The agent's calls are told, and billed, in the agent;
 * the wrapper sees the same calls once more, as one run.
 */

import { Bill } from '../spans/bill.js';
import { type Cover, openCover } from '../spans/cover.js';
import { Run } from '../spans/run.js';
import type { Seen } from '../spans/seen.js';
import type { SpanRecord } from '../spans/span-record.js';
import { inputTokens, outputTokens } from '../usage/usage.js';
import { book } from './charge.js';
import type { LlmFacts } from './llm-price.js';

/** The run that an agent of another instrumentation is part of: that of the wrapper whose call it is, if any. */
export function runOf(record: SpanRecord): Run | undefined {
  const cover = openCover(record.cover);
  if (cover === undefined) return record.run;
  cover.run ??= new Run(record.run);
  return cover.run;
}

/**
 * What the agent's calls were billed, where the wrapper's response just repeats their sum. One with an id is held
 * against theirs by that, and is another call than those of which it is none.
 */
export function repeatedRun({ run }: Cover, { usage, responseId }: LlmFacts): Seen | undefined {
  if (run === undefined || usage === undefined || responseId !== undefined) return undefined;
  const { told } = run;
  const isSame =
    told.calls > 0 &&
    inputTokens(usage.tokens) === inputTokens(told.tokens) &&
    outputTokens(usage.tokens) === outputTokens(told.tokens);
  return isSame ? told : undefined;
}

/** True when the calls inside tell all there is to tell: a wrapper that learned nothing is none beside them. */
export function isTold({ run, hasCallInside }: Cover): boolean {
  return hasCallInside || (run !== undefined && run.told.calls > 0);
}

/**
 * The run outlives its wrapper, which learned nothing: its calls count themselves, and it is unpriced until the first.
 * `isOwed`: false once something else has told what it cost.
 */
export function leaveToCalls(record: SpanRecord, { run }: Cover, bill: Bill, isOwed: () => boolean): void {
  if (run === undefined || !record.hasOpenBelow) return;
  bill.llmCalls = 0;
  bill.failed = false;
  if (bill.status !== 'unpriced') return;
  run.whenTold = () => {
    if (!isOwed()) return;
    const settled = new Bill('llm', { pico: 0, source: 'none' });
    settled.settlesUnpriced = true;
    book(record, settled);
  };
}
