/** Hints on calls that failed. */

import { usdFromPico } from '../money.js';
import { counted, formatUsd, groupBy, sumPico } from './call-groups.js';
import type { CallRecord } from './call-record.js';
import type { CostHint } from './hint.js';

/**
 * The cost of failed LLM and tool calls. Only a failure followed by another attempt cost more than a success would
 * have.
 */
export function failedCallHints(calls: readonly CallRecord[]): CostHint[] {
  const hints: CostHint[] = [];
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
      message: `${counted(failed.length, 'failed call')} of ${subject} cost ${formatUsd(amountUsd)}. ${share}`,
    });
  }
  return hints;
}

/**
 * The failed calls that were followed by another attempt. If an attempt may have followed several of them, the
 * cheapest one is taken.
 */
function madeAgain(attempts: readonly CallRecord[]): CallRecord[] {
  const open: CallRecord[] = [];
  const repeated: CallRecord[] = [];
  for (const call of attempts) {
    const mayBe = (call.attempt ?? 1) > 1 ? open.filter((failed) => isSameWork(failed, call)) : [];
    const [before] = mayBe.sort((a, b) => (a.pico ?? 0) - (b.pico ?? 0));
    if (before !== undefined) repeated.push(...open.splice(open.indexOf(before), 1));
    if (call.failed) open.push(call);
  }
  return repeated;
}

function isSameWork(failed: CallRecord, call: CallRecord): boolean {
  return (
    failed.kind === call.kind && failed.loop === call.loop && failed.argumentsHash === call.argumentsHash
  );
}
