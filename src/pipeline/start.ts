import type { Context } from '@opentelemetry/api';
import { AGENT_NAME } from '../attributes.js';
import { reportOthers } from '../copies.js';
import { Scope } from '../ledger/scope.js';
import type { SdkSpan } from '../otel.js';
import type { Runtime } from '../runtime/runtime.js';
import { ToolCover } from '../spans/cover.js';
import { attachToRecorded, recordIn } from '../spans/record-lookup.js';
import { noteClientSpan, noteStartBeside } from '../spans/side-by-side.js';
import { SpanRecord } from '../spans/span-record.js';
import { Task } from '../spans/task.js';
import { readSessionId } from '../usage/read-span.js';
import { readRole } from '../usage/span-role.js';
import { PACKAGE_NAME } from '../version.js';
import { runOf } from './agent-run.js';
import { chargeToCaller } from './charged-to.js';

/** Enters a span that another instrumentation started. */
export function startForeign(runtime: Runtime, span: SdkSpan, ctx: Context): void {
  const around = recordAround(runtime, ctx);
  const record = new SpanRecord(around);
  attachToRecorded(span, record);
  noteStartBeside(record, span);
  if (around === undefined) chargeToCaller(runtime, record, ctx);
  if (span.instrumentationScope?.name === PACKAGE_NAME) {
    record.isOfOtherVersion = true;
    reportOthers();
    return;
  }
  const { attributes } = span;
  if (record.sessions === undefined && attributes !== undefined) joinSession(runtime, record, attributes);
  if (record.parent === undefined) {
    standInForTask(record, span);
    // Another version may have come after this one: once a trace is soon enough to hear of it.
    reportOthers();
  }
  if (attributes !== undefined) takeRole(record, span, readRole(attributes));
  // Some instrumentations say what a span is only after its start; then its first child finds out.
  if (record.role === 'plain') record.span = span;
}

/** A span outside any session counts into the one that it names. */
export function joinSession(
  runtime: Runtime,
  record: SpanRecord,
  attributes: NonNullable<SdkSpan['attributes']>,
): void {
  const id = readSessionId(attributes, runtime.sessionIdKeys);
  if (id !== undefined) record.sessions = runtime.enterSession(id, undefined);
}

/** The local root stands in for a task, as long as none is declared below it. */
function standInForTask(record: SpanRecord, span: SdkSpan): void {
  record.task = new Task(undefined, undefined, record.sessions);
  record.task.bindSpan(span);
  record.ownTask = record.task;
  record.span = span;
}

/** The record of the span that is current in a context. Whatever span the app put there, this does not throw. */
export function recordAround(runtime: Runtime, ctx: Context): SpanRecord | undefined {
  try {
    const record = recordIn(ctx);
    if (record !== undefined) promoteLate(runtime, record);
    return record;
  } catch (error) {
    runtime.caught(error);
    return undefined;
  }
}

/** Some spans say what they are, and which session they are in, only after their start. */
function promoteLate(runtime: Runtime, parent: SpanRecord): void {
  const span: SdkSpan | undefined = parent.span;
  if (parent.role !== 'plain' || parent.settled || parent.ended || span?.attributes === undefined) return;
  if (parent.sessions === undefined) {
    joinSession(runtime, parent, span.attributes);
    parent.ownTask?.joinLate(parent.sessions);
  }
  takeRole(parent, span, readRole(span.attributes));
}

function takeRole(record: SpanRecord, span: SdkSpan, role: SpanRecord['role']): void {
  record.role = role;
  switch (role) {
    case 'agent': {
      const run = runOf(record);
      openScope(record, 'agent').agentName = readAgentName(span);
      record.run = run;
      break;
    }
    case 'tool':
      openTool(record, new ToolCover(span, false));
      break;
    case 'step': {
      const { run } = record;
      leaveCovers(record);
      record.run = run;
      break;
    }
    case 'llm':
      noteClientSpan(record, span);
      record.tool = undefined;
      break;
    case 'aggregate':
      record.tool = undefined;
      break;
    default:
  }
}

function readAgentName({ attributes }: SdkSpan): string | undefined {
  const name = attributes?.[AGENT_NAME];
  return typeof name === 'string' ? name : undefined;
}

/** Opens the scope of an agent or a step on a span. */
export function openScope(record: SpanRecord, kind: 'agent' | 'step'): Scope {
  const scope = new Scope(kind, record.scope ?? record.task?.ensureScope(), record.sessions);
  record.scope = scope;
  record.ownScope = scope;
  leaveCovers(record);
  return scope;
}

export function openTool(record: SpanRecord, cover: ToolCover): void {
  const around = record.tool;
  leaveCovers(record);
  record.outerTool = around;
  record.tool = cover;
}

/** Agents, steps, tasks and tools are work of their own: a leaf around them does not bill for it. */
export function leaveCovers(record: SpanRecord): void {
  record.leavesCover = true;
  record.cover = undefined;
  record.run = undefined;
  record.tool = undefined;
  record.leaf = undefined;
  record.usageTaker = undefined;
}
