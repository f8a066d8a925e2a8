import type { Span } from '@opentelemetry/api';
import { SESSION_ID, TASK_ID } from '../attributes.js';
import type { Meter } from '../runtime/meter.js';
import { Link } from '../spans/link.js';
import { instantChild } from '../spans/own-span.js';
import { letGoOfPast } from '../spans/past.js';
import { writeKept } from '../spans/targets.js';
import { lastRollUpKey, writeRollUps } from './roll-up-attributes.js';

/** Writes the roll-ups a span carries, just before it ends. */
export function stateRollUps(link: Link, span: Span): void {
  const lastKey = lastRollUpKey(link);
  if (lastKey === undefined) return;
  link.span = span;
  if (link.ownTask?.isStated) link.ownTask.wasStated = true;
  writeKept(span, lastKey, writeRollUps, link);
  for (const book of ownBooks(link)) if (book !== undefined) book.stale = false;
}

/**
 * The span of this link has ended: what is posted to its scopes from now on is late. Scopes around it that had
 * ended before state their roll-ups anew, once nothing that runs is left in between.
 */
export function closeLink(meter: Meter, link: Link): void {
  if (link.ended) return;
  if (link.ownsScope) {
    for (const book of ownBooks(link)) if (book !== undefined) book.ended = true;
  } else {
    link.span = undefined;
  }
  link.end();
  for (let at = link.parent; at?.ended; at = at.parent) {
    if (at.ownsScope && ownBooks(at).some((book) => book?.stale)) correct(meter, at);
  }
  if (link.parent?.ended) meter.stats.releasedScopes += letGoOfPast(link);
}

/** States a scope's roll-up anew on a span of its own: the one that carried it has been exported. */
function correct(meter: Meter, scope: Link): void {
  const { span } = scope;
  for (const book of ownBooks(scope)) if (book !== undefined) book.stale = false;
  const lastKey = lastRollUpKey(scope);
  if (span === undefined || lastKey === undefined) return;
  const link = new Link(scope);
  link.settled = true;
  instantChild(span, link, 'cost correction', (correction) => {
    writeKept(correction, lastKey, (target) => {
      if (scope.task?.isStated) target.setAttribute(TASK_ID, scope.task.id);
      if (scope.sessions !== undefined) target.setAttribute(SESSION_ID, scope.sessions.session.id);
      writeRollUps(target, scope);
    });
  });
  link.end();
  meter.stats.corrections += 1;
}

interface Book {
  ended: boolean;
  stale: boolean;
}

/** The books of the scopes that a span opened; some may be absent. */
function ownBooks({ ownScope, ownTask, ownSession }: Link): readonly (Book | undefined)[] {
  return [ownScope, ownTask?.scope, ownSession];
}
