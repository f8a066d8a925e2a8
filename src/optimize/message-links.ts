/**
 * Finds the messages of a conversation that belong together (a tool call and its result) in the providers' own
 * formats.
 */

import { isRecord } from '../validate.js';

/** The tool calls and results in a message. */
interface MessageLinks {
  /** Ids of tool calls made in it. */
  calls: readonly string[];
  /** Ids of tool calls whose results are in it. */
  results: readonly string[];
  /** True if it belongs to the previous message: a result without an id. */
  followsLast: boolean;
  /** True if it belongs to the next message: its reasoning. */
  leadsNext: boolean;
}

/** The most parts of one message. Real ones have up to a few hundred. */
const MAX_PARTS = 10_000;

/** Block types of a message: Anthropic's, the AI SDK's, and the items of OpenAI's Responses API. */
const CALL_TYPE =
  /^(?:(?:server_|mcp_)?tool_use|tool-call|(?:\w+_)?(?:function|tool|computer|shell|mcp)_call|mcp_approval_request)$/;
const RESULT_TYPE = /^(?:(?:\w+_)?tool_result|tool-result|\w+_call_output|mcp_approval_response)$/;

/** Reads OpenAI chat messages and Responses items, Anthropic messages, Gemini contents, AI SDK and LangChain messages. */
function readLinks(message: unknown): MessageLinks {
  const calls: string[] = [];
  const results: string[] = [];
  let followsLast = false;
  if (!isRecord(message)) return { calls, results, followsLast, leadsNext: false };
  for (const call of listOf(message.tool_calls)) addId(calls, call.id);
  addId(results, message.tool_call_id);
  // The format from before tool calls had ids.
  if (message.role === 'function') followsLast = true;
  for (const block of [message, ...listOf(message.content), ...listOf(message.parts)]) {
    const type = typeof block.type === 'string' ? block.type : '';
    if (CALL_TYPE.test(type)) addId(calls, block.call_id ?? block.toolCallId ?? block.id);
    if (RESULT_TYPE.test(type)) {
      addId(results, block.tool_use_id ?? block.toolCallId ?? block.call_id ?? block.approval_request_id);
    }
    if (isRecord(block.functionCall)) addId(calls, block.functionCall.id);
    if (isRecord(block.functionResponse)) {
      if (typeof block.functionResponse.id === 'string') addId(results, block.functionResponse.id);
      else followsLast = true;
    }
  }
  return { calls, results, followsLast, leadsNext: message.type === 'reasoning' };
}

export function isSystemMessage(message: unknown): boolean {
  return isRecord(message) && (message.role === 'system' || message.role === 'developer');
}

/**
 * The index of the first message to keep: the last `keepLast` messages, and as many more as are needed to keep each
 * tool call, its result and its reasoning together. A call whose result has not arrived is kept too.
 */
export function cutOf(messages: readonly unknown[], keepLast: number): number {
  const links = messages.map(readLinks);
  const madeAt = new Map<string, number>();
  const answered = new Set<string>();
  for (const [index, { calls, results }] of links.entries()) {
    for (const id of calls) madeAt.set(id, index);
    for (const id of results) answered.add(id);
  }
  let cut = Math.max(0, messages.length - keepLast);
  for (const [id, index] of madeAt) if (!answered.has(id)) cut = Math.min(cut, index);
  for (let index = messages.length - 1; index >= cut - 1 && index >= 0; index--) {
    const link = links[index];
    if (link === undefined) continue;
    if (index < cut) {
      if (link.leadsNext) cut = index;
      continue;
    }
    if (link.followsLast) cut = Math.min(cut, index - 1);
    for (const id of link.results) cut = Math.min(cut, madeAt.get(id) ?? cut);
  }
  return Math.max(0, cut);
}

function listOf(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) return [];
  if (value.length > MAX_PARTS) throw new RangeError('a message has too many parts');
  return value.filter(isRecord);
}

function addId(ids: string[], id: unknown): void {
  if (typeof id === 'string' && id !== '') ids.push(id);
}
