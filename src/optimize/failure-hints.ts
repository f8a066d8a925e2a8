/** Hints on calls that failed. */

import { usdFromPico } from '../money.js';
import { counted, type FoundHint, formatUsd, groupBy, sumPico } from './call-groups.js';
import type { CallRecord } from './call-record.js';

/**
 * The cost of failed LLM and tool calls. Only a failure followed by another attempt cost more than a success would
 * have.
 */
export function failedCallHints(calls: readonly CallRecord[]): FoundHint[] {
  const hints: FoundHint[] = [];
  const named = calls.filter(({ failed, attempt = 1 }) => failed || attempt > 1);
  for (const [subject, group] of groupBy(named, ({ name = 'unknown' }) => name)) {
    const failed = group.filter((call) => call.failed);
    const amountUsd = usdFromPico(sumPico(failed));
    if (amountUsd === 0) continue;
    const againPico = sumPico(madeAgain(group));
    const share =
      againPico === 0
        ? 'No retry of them is known.'
        : `${formatUsd(usdFromPico(againPico))} of it, for calls that were retried, is saved when the first attempt succeeds.`;
    hints.push({
      kind: 'failed_calls',
      subject,
      amountUsd,
      amountIs: 'spend',
      count: failed.length,
      of: failed,
      message: `${counted(failed.length, 'failed call')} of ${subject} cost ${formatUsd(amountUsd)}. ${share}`,
    });
  }
  return hints;
}

/** The failed calls that were followed by another attempt at the same work. */
function madeAgain(attempts: readonly CallRecord[]): CallRecord[] {
  return [...groupBy(attempts, workOf).values()].flatMap(repeatedIn);
}

/** If an attempt may have followed several failed calls, the cheapest one is taken. */
function repeatedIn(attempts: readonly CallRecord[]): CallRecord[] {
  const open: CallRecord[] = [];
  const repeated: CallRecord[] = [];
  for (const call of attempts) {
    const mayBe = (call.attempt ?? 1) > 1 ? [...open] : [];
    const [before] = mayBe.sort((a, b) => (a.pico ?? 0) - (b.pico ?? 0));
    if (before !== undefined) repeated.push(...open.splice(open.indexOf(before), 1));
    if (call.failed) open.push(call);
  }
  return repeated;
}

function workOf({ kind, loop, argumentsHash }: CallRecord): string {
  return `${kind} ${loop} ${argumentsHash}`;
}
