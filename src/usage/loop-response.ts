/**
 * Results of agent loops: several calls made one answer, and the usage beside the last answer does not cover all of
 * them.
 */
import { isRecord } from '../validate.js';
import { listed } from './bounds.js';
import { holds, sumOfParts } from './combine.js';
import { isLangChainMessage, readCalls } from './langchain-response.js';
import { readUsage } from './read-usage.js';
import { firstString, setFacts } from './response-facts.js';
import { type CallFacts, inputTokens, outputTokens, type Usage, type UsagePart } from './usage.js';

/** The state that a LangGraph agent ends with: all messages of the conversation. */
export function isLangChainState(
  response: Record<string, unknown>,
): response is Record<string, unknown> & { messages: unknown[] } {
  return Array.isArray(response.messages) && listed(response.messages).some(isLangChainMessage);
}

/**
 * Reads the answers of the last turn: those after the last user message. Earlier answers may be history that was billed
 * before, or part of this run. The bill is then uncertain, unless the request shows the history.
 */
export function readLangChainState(
  { messages }: { messages: readonly unknown[] },
  request?: unknown,
): CallFacts {
  const list = listed(messages);
  const start = list.findLastIndex(isHuman) + 1;
  const facts = readCalls(answersIn(list.slice(start)));
  const { usage } = facts;
  if (usage === undefined || answersIn(list.slice(0, start)).length === 0) return facts;
  return isAsked(list[start - 1], request)
    ? facts
    : { ...facts, usage: { ...usage, doubt: 'ambiguous_usage' } };
}

/** True when the request ends with the message after which the answers begin. */
function isAsked(message: unknown, request: unknown): boolean {
  if (!isRecord(request) || !isRecord(message)) return false;
  const asked = request.messages ?? request.input;
  const last: unknown = typeof asked === 'string' ? asked : listed(asked).at(-1);
  const text = isRecord(last) ? last.content : Array.isArray(last) ? last[1] : last;
  return text !== undefined && text === message.content;
}

/** The answers after the last user message. */
export function answersToLast(messages: readonly unknown[]): Record<string, unknown>[] {
  const list = listed(messages);
  return answersIn(list.slice(list.findLastIndex(isHuman) + 1));
}

function answersIn(messages: readonly unknown[]): Record<string, unknown>[] {
  return messages.filter(isLangChainMessage).filter(({ usage_metadata, response_metadata }) => {
    const metadata = isRecord(response_metadata) ? response_metadata : {};
    return isRecord(usage_metadata) || isRecord(metadata.usage) || isRecord(metadata.tokenUsage);
  });
}

function isHuman(message: unknown): boolean {
  if (!isRecord(message)) return false;
  const { _getType } = message;
  const type: unknown = typeof _getType === 'function' ? _getType.call(message) : message.type;
  return type === 'human' || message.role === 'user';
}

/** The result of a run of the OpenAI Agents SDK, which lists the responses of the models. */
export function isAgentsRun(
  response: Record<string, unknown>,
): response is Record<string, unknown> & { rawResponses: unknown[]; state?: unknown } {
  return Array.isArray(response.rawResponses);
}

export function readAgentsRun({
  rawResponses,
  state,
}: {
  rawResponses: unknown[];
  state?: unknown;
}): CallFacts | undefined {
  const parts: UsagePart[] = [];
  const ids: string[] = [];
  const facts: CallFacts = {};
  const responses = listed(rawResponses).filter(isRecord);
  for (const { usage: counts, responseId, providerData } of responses) {
    const call: CallFacts = {};
    if (isRecord(providerData)) setFacts(call, providerData);
    const usage = readUsage(counts);
    const id = firstString(responseId);
    if (id !== undefined) ids.push(id);
    Object.assign(facts, call, id !== undefined && { responseId: id });
    if (usage !== undefined) parts.push({ usage, model: call.responseModel, serviceTier: call.serviceTier });
  }
  const sum = parts.length === 1 ? parts[0]?.usage : sumOfParts(parts);
  const usage = withNested(sum, isRecord(state) ? readUsage(state.usage) : undefined);
  if (usage === undefined) return undefined;
  facts.usage = parts.length === responses.length ? usage : { ...usage, incomplete: true };
  if (responses.length < 2) return facts;
  facts.calls = responses.length;
  if (ids.length === responses.length) facts.stepIds = ids;
  return facts;
}

/** The state of a run also counts the runs of agents that were its tools. Their models are unknown. */
function withNested(sum: Usage | undefined, whole: Usage | undefined): Usage | undefined {
  if (sum === undefined || whole === undefined || holds(sum, whole)) return sum ?? whole;
  return { ...whole, isSum: true, doubt: 'sum_of_calls' };
}

/**
 * Marks the last response of a loop that the client itself ran: it lacks the usage of the earlier calls. Gemini's
 * client lists the content of these calls, and Genkit's the messages of its last request.
 */
export function withUnreadCalls(
  response: Record<string, unknown>,
  facts: CallFacts | undefined,
): CallFacts | undefined {
  const { usage } = facts ?? {};
  if (usage === undefined || !hasEarlierCalls(response)) return facts;
  // Without counts there is no lower bound either.
  if (inputTokens(usage.tokens) + outputTokens(usage.tokens) === 0) return facts;
  return { ...facts, usage: { ...usage, incomplete: true } };
}

function hasEarlierCalls({
  automaticFunctionCallingHistory: history,
  request,
}: Record<string, unknown>): boolean {
  const contents = listed(history).filter(isRecord);
  if (contents.slice(contents.findLastIndex(isQuestion) + 1).some(isFunctionCall)) return true;
  if (!isRecord(request) || !Array.isArray(request.messages)) return false;
  const messages = listed(request.messages).filter(isRecord);
  const turn = messages.slice(messages.findLastIndex(({ role }) => role === 'user') + 1);
  return turn.some(({ role }) => role === 'tool') && turn.some(({ role }) => role === 'model');
}

/** The messages before the question are history from the app. Results of functions also have the role `user`. */
function isQuestion({ role, parts }: Record<string, unknown>): boolean {
  return role === 'user' && listed(parts).some((part) => isRecord(part) && typeof part.text === 'string');
}

function isFunctionCall({ role, parts }: Record<string, unknown>): boolean {
  return role === 'model' && listed(parts).some((part) => isRecord(part) && isRecord(part.functionCall));
}
