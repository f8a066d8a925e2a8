/** Closes span records: roll-ups are written before the span ends, and corrections after it. */
import type { Span } from '@opentelemetry/api';
import type { Runtime } from '../runtime/runtime.js';
import { currentSharing } from '../runtime/sharing.js';
import { letGoOfPast } from '../spans/past.js';
import { SpanRecord } from '../spans/span-record.js';
import { noteEndOfCall, noteOpenCalls } from './open-calls.js';
import { hasRollUps, writeRollUps } from './roll-up-attributes.js';
import { reportTaskEnd } from './task-end.js';

/** Writes the roll-ups of a span just before the span ends. */
export function stateRollUps(runtime: Runtime, record: SpanRecord, span: Span): void {
  endScope(runtime, record);
  if (record.ownTask !== undefined) currentSharing()?.views?.watch(record);
  writeStated(record, span);
}

/** Called when the work of a scope has ended. Calls that are still open are missing in its totals until they end. */
export function endScope(runtime: Runtime, record: SpanRecord): void {
  if (record.ownsScope) noteOpenCalls(runtime, record);
}

/** Writes the roll-ups of a scope that has ended. */
export function writeStated(record: SpanRecord, span: Span): void {
  if (!hasRollUps(record)) return;
  record.span = span;
  if (record.ownTask?.isStated) record.ownTask.wasStated = true;
  writeRollUps(span, record);
  for (const book of record.books()) book.stale = false;
}

/**
 * Closes a record whose span has ended; later postings to its scopes are late. Enclosing scopes that ended earlier
 * write their roll-ups again once there is no open span in between.
 */
export function closeRecord(runtime: Runtime, record: SpanRecord): void {
  if (record.ended) return;
  noteEndOfCall(record);
  if (record.enteredBudgets !== undefined) for (const budget of record.enteredBudgets) budget.openScopes -= 1;
  if (record.ownsScope) for (const book of record.books()) book.ended = true;
  else {
    record.span = undefined;
    record.leaveCall();
  }
  record.end();
  for (let at = record.parent; at?.ended; at = at.parent) {
    if (at.ownsScope && at.books().some((book) => book.stale)) correct(runtime, at);
  }
  if (record.parent?.ended) runtime.stats.releasedScopes += letGoOfPast(record);
  if (record.ownTask !== undefined && !isWaiting(record)) reportEnd(runtime, record);
}

/** Reports a task once its totals are known. */
export function reportEnd(runtime: Runtime, record: SpanRecord): void {
  const { ownTask } = record;
  if (ownTask?.isStated) reportTaskEnd(runtime, ownTask, record);
}

/** True while the span of a scope waits for the parts of other processes. */
function isWaiting(record: SpanRecord): boolean {
  return currentSharing()?.views?.isWaiting(record) === true;
}

/** Writes a scope's roll-up again on a new span, because the span that carried it has been exported. */
export function correct(runtime: Runtime, scope: SpanRecord): void {
  const { span } = scope;
  if (isWaiting(scope)) return;
  for (const book of scope.books()) book.stale = false;
  if (span === undefined || !hasRollUps(scope)) return;
  const record = new SpanRecord(scope);
  record.settled = true;
  runtime.instantChild(span, record, 'cost correction', runtime.dialects.addKind({}), (correction) =>
    writeRollUps(correction, scope),
  );
  record.end();
  runtime.stats.corrections += 1;
}
