import type { Span } from '@opentelemetry/api';
import { SESSION_ID, TASK_ID } from '../attributes.js';
import type { Runtime } from '../runtime/runtime.js';
import { instantChild } from '../spans/own-span.js';
import { letGoOfPast } from '../spans/past.js';
import { SpanRecord } from '../spans/span-record.js';
import { writeKept } from '../spans/targets.js';
import { lastRollUpKey, writeRollUps } from './roll-up-attributes.js';

/** Writes the roll-ups a span carries, just before it ends. */
export function stateRollUps(record: SpanRecord, span: Span): void {
  const lastKey = lastRollUpKey(record);
  if (lastKey === undefined) return;
  record.span = span;
  if (record.ownTask?.isStated) record.ownTask.wasStated = true;
  writeKept(span, lastKey, writeRollUps, record);
  for (const book of ownBooks(record)) if (book !== undefined) book.stale = false;
}

/**
 * Closes a record whose span has ended: later postings to its scopes are late. Scopes around it that ended earlier write
 * their roll-ups again once no open span is left in between.
 */
export function closeRecord(runtime: Runtime, record: SpanRecord): void {
  if (record.ended) return;
  if (record.ownsScope) {
    for (const book of ownBooks(record)) if (book !== undefined) book.ended = true;
  } else {
    record.span = undefined;
  }
  record.end();
  for (let at = record.parent; at?.ended; at = at.parent) {
    if (at.ownsScope && ownBooks(at).some((book) => book?.stale)) correct(runtime, at);
  }
  if (record.parent?.ended) runtime.stats.releasedScopes += letGoOfPast(record);
}

/** Writes a scope's roll-up again, on a new span: the span that carried it has been exported. */
function correct(runtime: Runtime, scope: SpanRecord): void {
  const { span } = scope;
  for (const book of ownBooks(scope)) if (book !== undefined) book.stale = false;
  const lastKey = lastRollUpKey(scope);
  if (span === undefined || lastKey === undefined) return;
  const record = new SpanRecord(scope);
  record.settled = true;
  instantChild(span, record, 'cost correction', (correction) => {
    writeKept(correction, lastKey, (target) => {
      if (scope.task?.isStated) target.setAttribute(TASK_ID, scope.task.id);
      if (scope.sessions !== undefined) target.setAttribute(SESSION_ID, scope.sessions.session.id);
      writeRollUps(target, scope);
    });
  });
  record.end();
  runtime.stats.corrections += 1;
}

interface Book {
  ended: boolean;
  stale: boolean;
}

/** The books of the scopes that a span opened; some may be absent. */
function ownBooks({ ownScope, ownTask, ownSession }: SpanRecord): readonly (Book | undefined)[] {
  return [ownScope, ownTask?.scope, ownSession];
}
