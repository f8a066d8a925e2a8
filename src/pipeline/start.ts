import { AGENT_NAME } from '../attributes.js';
import { Scope } from '../ledger/scope.js';
import type { Runtime } from '../runtime/runtime.js';
import type { SdkSpan } from '../sdk-span.js';
import type { SpanRecord } from '../spans/span-record.js';
import type { OpenCall } from '../spans/surroundings.js';
import { Task } from '../spans/task.js';
import { ToolSpan } from '../spans/tool-span.js';
import { readSessionId } from '../usage/read-span.js';
import { isTurn, readRole, type SpanRole, showsUsage } from '../usage/span-role.js';

/** Starts the record of another instrumentation's span. `around` is the record that it was created below. */
export function startForeign(
  runtime: Runtime,
  record: SpanRecord,
  span: SdkSpan,
  around: SpanRecord | undefined,
): void {
  runtime.startsBeside.noteStart(record, span);
  const { attributes } = span;
  if (record.sessions === undefined && attributes !== undefined) joinSession(runtime, record, attributes);
  if (record.parent === undefined) standInForTask(record, span);
  if (startsAfterCall(record)) record.kind = 'handover';
  if (attributes !== undefined) {
    const role = readRole(attributes);
    record.isToolByName = role === 'plain' && isNamedTool(span);
    takeRole(runtime, record, span, record.isToolByName ? 'tool' : role);
    record.statedAtStart = record.role === 'llm' && showsUsage(attributes);
    if (around?.role === 'llm' && isTurn(attributes)) around.turnsInside += 1;
  }
  // Some instrumentations set the role after the start of a span. The first child then reads it from the span.
  if (record.role === 'plain') record.span = span;
}

/** Puts a span that is outside any session into the session that it names. */
export function joinSession(
  runtime: Runtime,
  record: SpanRecord,
  attributes: NonNullable<SdkSpan['attributes']>,
): void {
  const id = readSessionId(attributes, runtime.sessionIdKeys);
  if (id !== undefined) record.change().sessions = runtime.enterSession(id, undefined);
}

/** Makes the local root an implicit task, which counts as long as no task is declared below it. */
function standInForTask(record: SpanRecord, span: SdkSpan): void {
  const task = new Task(undefined, undefined, record.sessions);
  task.bindSpan(span);
  record.change().task = task;
  record.ownTask = task;
  record.span = span;
}

/** Reads the role and the session again: some instrumentations set them only after the start of a span. */
export function promoteLate(runtime: Runtime, parent: SpanRecord): void {
  const span: SdkSpan | undefined = parent.span;
  if (parent.role !== 'plain' || parent.settled || parent.ended || span?.attributes === undefined) return;
  if (parent.sessions === undefined) {
    joinSession(runtime, parent, span.attributes);
    parent.ownTask?.joinLate(parent.sessions);
  }
  takeRole(runtime, parent, span, readRole(span.attributes));
}

function takeRole(runtime: Runtime, record: SpanRecord, span: SdkSpan, role: SpanRole): void {
  record.role = role;
  switch (role) {
    case 'agent':
      openScope(record, 'agent').agentName = readAgentName(span);
      break;
    case 'tool':
      openTool(record, new ToolSpan(span, false));
      record.isBillableCall = hasPrice(runtime, record.tool?.name());
      break;
    case 'step':
      if (record.kind === 'span') record.kind = 'scope';
      record.change().leaveCall();
      break;
    case 'llm':
      runtime.startsBeside.noteClient(record, span);
      record.kind = 'span';
      record.span = span;
      record.isBillableCall = true;
      if (record.tool !== undefined) record.change().tool = undefined;
      break;
    case 'aggregate':
      if (record.tool !== undefined) record.change().tool = undefined;
      break;
    default:
  }
}

/**
 * The conventions name a tool's span `execute_tool {name}`. Google's ADK sets the tool's attributes only after the
 * tool, including the agents inside it, has run.
 */
function isNamedTool({ name }: SdkSpan): boolean {
  return name?.startsWith('execute_tool ') === true;
}

/**
 * True for a span that starts directly below an open LLM span that already states its usage: that call is over.
 * Example: in Google's ADK, an agent that takes over through `transfer_to_agent` runs inside the span of the call.
 */
function startsAfterCall({ parent }: SpanRecord): boolean {
  if (parent?.role !== 'llm' || parent.settled || parent.statedAtStart) return false;
  const call: SdkSpan | undefined = parent.span;
  return call?.attributes !== undefined && showsUsage(call.attributes);
}

function hasPrice({ tools }: Runtime, name: string | undefined): boolean {
  const price = name === undefined ? undefined : tools[name];
  return price !== undefined && (price.billable === true || price.costUsd !== undefined);
}

function readAgentName({ attributes }: SdkSpan): string | undefined {
  const name = attributes?.[AGENT_NAME];
  return typeof name === 'string' ? name : undefined;
}

/** Opens the scope of an agent or a step on a span. */
export function openScope(record: SpanRecord, kind: 'agent' | 'step'): Scope {
  const scope = new Scope(kind, record.scope ?? record.task?.ensureScope(), record.sessions);
  record.ownScope = scope;
  if (record.kind === 'span') record.kind = 'scope';
  const around = record.change();
  around.leaveCall();
  around.scope = scope;
  return scope;
}

export function openTool(record: SpanRecord, tool: ToolSpan, call?: OpenCall): void {
  record.outerTool = record.tool;
  record.kind = 'tool';
  record.becomeCall(tool, call);
}
