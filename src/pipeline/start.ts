import type { Context } from '@opentelemetry/api';
import { AGENT_NAME } from '../attributes.js';
import { reportOthers } from '../copies.js';
import { Scope } from '../ledger/scope.js';
import type { SdkSpan } from '../otel.js';
import type { Meter } from '../runtime/meter.js';
import { ToolCover } from '../spans/cover.js';
import { Link } from '../spans/link.js';
import { noteClientSpan, noteStartBeside } from '../spans/side-by-side.js';
import { attachToRecorded, linkIn } from '../spans/span-link.js';
import { Task } from '../spans/task.js';
import { readSessionId } from '../usage/read-span.js';
import { readRole } from '../usage/span-role.js';
import { PACKAGE_NAME } from '../version.js';
import { runOf } from './agent-run.js';
import { attributeFrom } from './attribute.js';

/** Enters a span that another instrumentation started. */
export function startForeign(meter: Meter, span: SdkSpan, ctx: Context): void {
  const around = linkAround(meter, ctx);
  const link = new Link(around);
  attachToRecorded(span, link);
  noteStartBeside(link, span);
  if (around === undefined) attributeFrom(meter, link, ctx);
  if (span.instrumentationScope?.name === PACKAGE_NAME) {
    link.isOfOtherVersion = true;
    reportOthers();
    return;
  }
  const { attributes } = span;
  if (link.sessions === undefined && attributes !== undefined) joinSession(meter, link, attributes);
  if (link.parent === undefined) {
    standInForTask(link, span);
    // Another version may have come after this one: once a trace is soon enough to hear of it.
    reportOthers();
  }
  if (attributes !== undefined) takeRole(link, span, readRole(attributes));
  // Some instrumentations say what a span is only after its start; then its first child finds out.
  if (link.role === 'plain') link.span = span;
}

/** A span outside any session counts into the one that it names. */
export function joinSession(meter: Meter, link: Link, attributes: NonNullable<SdkSpan['attributes']>): void {
  const id = readSessionId(attributes, meter.sessionIdKeys);
  if (id !== undefined) link.sessions = meter.enterSession(id, undefined);
}

/** The local root stands in for a task, as long as none is declared below it. */
function standInForTask(link: Link, span: SdkSpan): void {
  link.task = new Task(undefined, undefined, link.sessions);
  link.task.bindSpan(span);
  link.ownTask = link.task;
  link.span = span;
}

/** The link of the span that is current in a context. Whatever span the app put there, this does not throw. */
export function linkAround(meter: Meter, ctx: Context): Link | undefined {
  try {
    const link = linkIn(ctx);
    if (link !== undefined) promoteLate(meter, link);
    return link;
  } catch (error) {
    meter.caught(error);
    return undefined;
  }
}

/** Some spans say what they are, and which session they are in, only after their start. */
function promoteLate(meter: Meter, parent: Link): void {
  const span: SdkSpan | undefined = parent.span;
  if (parent.role !== 'plain' || parent.settled || parent.ended || span?.attributes === undefined) return;
  if (parent.sessions === undefined) {
    joinSession(meter, parent, span.attributes);
    parent.ownTask?.joinLate(parent.sessions);
  }
  takeRole(parent, span, readRole(span.attributes));
}

function takeRole(link: Link, span: SdkSpan, role: Link['role']): void {
  link.role = role;
  switch (role) {
    case 'agent': {
      const run = runOf(link);
      openScope(link, 'agent').agentName = readAgentName(span);
      link.run = run;
      break;
    }
    case 'tool':
      openTool(link, new ToolCover(span, false));
      break;
    case 'step': {
      const { run } = link;
      leaveCovers(link);
      link.run = run;
      break;
    }
    case 'llm':
      noteClientSpan(link, span);
      link.tool = undefined;
      break;
    case 'aggregate':
      link.tool = undefined;
      break;
    default:
  }
}

function readAgentName({ attributes }: SdkSpan): string | undefined {
  const name = attributes?.[AGENT_NAME];
  return typeof name === 'string' ? name : undefined;
}

/** Opens the scope of an agent or a step on a span. */
export function openScope(link: Link, kind: 'agent' | 'step'): Scope {
  const scope = new Scope(kind, link.scope ?? link.task?.ensureScope(), link.sessions);
  link.scope = scope;
  link.ownScope = scope;
  leaveCovers(link);
  return scope;
}

export function openTool(link: Link, cover: ToolCover): void {
  const around = link.tool;
  leaveCovers(link);
  link.outerTool = around;
  link.tool = cover;
}

/** Agents, steps, tasks and tools are work of their own: a leaf around them does not bill for it. */
export function leaveCovers(link: Link): void {
  link.leavesCover = true;
  link.cover = undefined;
  link.run = undefined;
  link.tool = undefined;
  link.leaf = undefined;
  link.usageTaker = undefined;
}
