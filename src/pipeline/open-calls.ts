/**
 * Tracks calls that are still open when a scope ends. Their cost is missing in the scope, so its total is incomplete.
 */
import { giveUpUnread } from '../budgets/unread-calls.js';
import { accountOf } from '../ledger/scope.js';
import { giveUpBodiesIn } from '../runtime/body-wait.js';
import type { Runtime } from '../runtime/runtime.js';
import { isSpanRecord, type SpanRecord } from '../spans/span-record.js';
import { postBill } from './post.js';

/** Called when a scope is about to write its roll-up. */
export function noteOpenCalls(runtime: Runtime, scope: SpanRecord): void {
  const { ownTask } = scope;
  if (ownTask !== undefined) giveUpBodiesIn(ownTask);
  if (!scope.hasOpenBelow) return;
  const calls: SpanRecord[] = [];
  const unread: SpanRecord[] = [];
  scope.forEachOpenBelow((open) => {
    if (!isSpanRecord(open)) return;
    if (ownTask !== undefined) unread.push(open);
    if (isOpenCall(open)) calls.push(open);
  });
  if (calls.length > 0) ownTask?.ensureScope();
  for (const call of calls) {
    if (ownTask !== undefined) postCollected(call);
    for (const book of scope.books()) {
      accountOf(book).openCalls += 1;
      call.missingIn ??= [];
      call.missingIn.push(book);
    }
  }
  for (const open of unread) giveUpUnread(runtime, open);
}

function isOpenCall(record: SpanRecord): boolean {
  if (!record.isBillableCall || !record.open) return false;
  // A span inside an open wrapper is part of that wrapper's call.
  if (record.kind === 'tool') return true;
  return !record.isBilledInAdvance && (record.kind === 'wrapper' || record.collector() === undefined);
}

/** Posts the bills that an open wrapper has collected when its task ends. The wrapper's span still shows them later. */
function postCollected(wrapper: SpanRecord): void {
  const bill = wrapper.pocket?.empty();
  if (bill === undefined) return;
  if (bill.pico !== undefined) bill.pico = wrapper.reportPrice(bill.pico);
  postBill(wrapper, bill);
}

/** Called when a call has ended. Scopes that ended before it will write their roll-ups again. */
export function noteEndOfCall(record: SpanRecord): void {
  if (record.missingIn === undefined) return;
  for (const book of record.missingIn) {
    accountOf(book).openCalls -= 1;
    book.stale = true;
  }
  record.missingIn = undefined;
}
