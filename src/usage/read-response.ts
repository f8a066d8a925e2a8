/** Reads a whole response of a provider or SDK: its usage, and facts about the model that served it. */
import { isRecord } from '../validate.js';
import { readAgentSdkResult } from './agent-sdk-response.js';
import { isAiSdkResult, readAiSdkResult } from './ai-sdk-response.js';
import { bedrockBody } from './bedrock-bytes.js';
import { listed } from './bounds.js';
import { withCostHeader } from './cost-header.js';
import { isPresent } from './counts.js';
import { isInputOnlyModel, ofEndedCall } from './input-only.js';
import { isLangChainResponse, readLangChainResponse } from './langchain-response.js';
import {
  isAgentsRun,
  isLangChainState,
  readAgentsRun,
  readLangChainState,
  withUnreadCalls,
} from './loop-response.js';
import { readUsage, type UsageHint } from './read-usage.js';
import { firstString, setChoiceReasons, setFacts, setTier } from './response-facts.js';
import { withFees } from './response-fees.js';
import { StreamedResponses } from './stream-responses.js';
import { type CallFacts, noTokens, type Usage } from './usage.js';

/**
 * Reads a whole response. Undefined when its shape is unknown, or when it is a stream that has not been read yet.
 * Properties of a stream are never read, because a getter may start work. Never throws.
 *
 * @param request The call's request, if known. It shows which messages of a conversation are history.
 */
export function readResponse(response: unknown, request?: unknown): CallFacts | undefined {
  try {
    if (Array.isArray(response)) return readSeveral(response);
    if (!isRecord(response) || isPending(response)) return undefined;
    return withCostHeader(readWhole(response, request), response);
  } catch {
    // A getter or proxy of the app threw, so there is nothing to read.
    return undefined;
  }
}

/**
 * True for promises, streams and lazy results. Only checks which names are present. Each name is written out: a check
 * takes 1 ns for a constant name and 20 ns for a variable one.
 */
export function isPending(response: object): boolean {
  return (
    Symbol.asyncIterator in response ||
    'then' in response ||
    'textStream' in response ||
    'fullStream' in response ||
    'partialObjectStream' in response ||
    'consumeStream' in response ||
    'getReader' in response
  );
}

/** A list of responses, such as those of a batch: each is a call. */
function readSeveral(responses: readonly unknown[]): CallFacts | undefined {
  const read = new StreamedResponses();
  let last: CallFacts | undefined;
  let unread = false;
  for (const response of listed(responses)) {
    const facts = isRecord(response) && !isPending(response) ? readWhole(response) : undefined;
    if (facts?.usage === undefined) {
      unread = true;
      continue;
    }
    const { responseId } = facts;
    const one = responseId === undefined ? read.begin() : read.of(responseId);
    Object.assign(one.facts, facts);
    one.series.push(facts.usage, false);
    one.series.hasEnded = true;
    last = facts;
  }
  if (last === undefined) return undefined;
  const { usage, ...total } = read.total;
  if (usage === undefined) return last;
  return { ...last, ...total, usage: unread ? { ...usage, incomplete: true } : usage };
}

function readWhole(response: Record<string, unknown>, request?: unknown): CallFacts | undefined {
  if (isRecord(response.response) && isPresent(response.response.usageMetadata))
    return readWhole(response.response);
  if (isLangChainState(response)) return readLangChainState(response, request);
  if (isAgentsRun(response)) return readAgentsRun(response);
  if (isEnvelope(response)) return readProviderResponse(response.data);
  const body = bedrockBody(response);
  if (body !== undefined) return readProviderResponse(body);
  // A model behind an MCP tool.
  if (isRecord(response.structuredContent) && !isPresent(response.usage))
    return readWhole(response.structuredContent);
  if (response.type === 'result') return readAgentSdkResult(response);
  if (isLangChainResponse(response)) return readLangChainResponse(response);
  if (isAround(response)) return readWhole(response.raw);
  if (isAiSdkResult(response)) return readAiSdkResult(response);
  return withUnreadCalls(response, withOriginal(readProviderResponse(response), response));
}

/**
 * Takes the counts of the provider's own response, where a framework has it beside its own. Genkit has it as `raw` or
 * `custom`, and states input and output alone.
 */
function withOriginal(
  facts: CallFacts | undefined,
  response: Record<string, unknown>,
): CallFacts | undefined {
  if (facts?.usage === undefined || !isPresent(response.message ?? response.candidates)) return facts;
  const original = [response.raw, response.custom].find((at) => isRecord(at) && isPresent(at.usage));
  const own = isRecord(original) && !isPending(original) ? readProviderResponse(original) : undefined;
  return own?.usage === undefined ? facts : { ...own, ...facts, usage: own.usage };
}

/** True for a framework's message that contains the provider's unchanged response (LlamaIndex). */
function isAround(
  response: Record<string, unknown>,
): response is Record<string, unknown> & { raw: Record<string, unknown> } {
  const { raw, usage, message } = response;
  return !isPresent(usage) && isRecord(raw) && !isPending(raw) && (isRecord(message) || 'delta' in response);
}

/** True for the wrapper that an HTTP client, or a provider's client on request, puts around the body of a response. */
function isEnvelope(
  response: Record<string, unknown>,
): response is Record<string, unknown> & { data: Record<string, unknown> } {
  if (isPresent(response.usage) || isGemini(response)) return false;
  const { data } = response;
  return isRecord(data) && !isPending(data) && isPresent(data.usage ?? data.usageMetadata);
}

/**
 * True for Gemini's responses. Their `data` must not be read: in Google's own client it is a getter that prints a
 * warning for every text answer.
 */
export function isGemini(response: Record<string, unknown>): boolean {
  return isPresent(response.usageMetadata) || isPresent(response.candidates);
}

/** Reads the providers' own responses, which differ in names only. */
export function readProviderResponse(response: Record<string, unknown>): CallFacts | undefined {
  const facts: CallFacts = {};
  const source = usageOf(response);
  const hint = hintOf(response);
  const usage = settleOneSided(response, readUsage(source, hint), hint.model);
  if (usage !== undefined) facts.usage = withFees(usage, response);
  setFacts(facts, response);
  if (hint.provider !== undefined) facts.responseProvider = hint.provider;
  if (isRecord(source)) setTier(facts, source);
  setChoiceReasons(facts, response);
  for (const _any in facts) return facts;
  return undefined;
}

function hintOf(response: Record<string, unknown>): UsageHint {
  const { model, modelVersion, provider } = response;
  return { model: firstString(model, modelVersion), provider: firstString(provider) };
}

/** The object that holds the counts. In Ollama, Titan and older Cohere responses that is the response itself. */
function usageOf(response: Record<string, unknown>): unknown {
  const own = response.usage ?? response.usageMetadata ?? response['amazon-bedrock-invocationMetrics'];
  if (isPresent(own)) return own;
  const counts: Record<string, unknown> = {};
  for (const name of OWN_COUNTS) if (isPresent(response[name])) counts[name] = response[name];
  for (const _any in counts) return counts;
  return undefined;
}

/** Counts of responses that have no usage object: Ollama, Titan, Llama, older Cohere. */
const OWN_COUNTS = [
  'prompt_eval_count',
  'eval_count',
  'inputTextTokenCount',
  'results',
  'prompt_token_count',
  'generation_token_count',
  'meta',
];

/**
 * Embeddings and rerankings have no output, so their total is input. Images without token counts are counted by the
 * piece.
 */
function settleOneSided(
  response: Record<string, unknown>,
  usage: Usage | undefined,
  model: string | undefined,
): Usage | undefined {
  const data = isGemini(response) ? undefined : response.data;
  const first: unknown = Array.isArray(data) ? data[0] : undefined;
  if (usage === undefined) return readImages(data, first);
  if (isImage(first)) return allImage(usage);
  if (!usage.inputOnly && usage.unsplitTokens === undefined) return usage;
  if (!hasInputOnly(response, first) && !isInputOnlyModel(model)) return ofEndedCall(usage, false, model);
  if (usage.unsplitTokens === undefined) return usage;
  const { unsplitTokens, ...rest } = usage;
  return { ...rest, tokens: { ...noTokens(), input: unsplitTokens } };
}

/** True for embeddings, rerankings and moderations, in the forms of all providers. */
function hasInputOnly(response: Record<string, unknown>, first: unknown): boolean {
  const { embeddings, embedding, results, inputTextTokenCount } = response;
  if (isPresent(embeddings ?? embedding) || (isRecord(first) && isPresent(first.embedding))) return true;
  // Titan's `results` are the model's output.
  return Array.isArray(results) && !isPresent(inputTextTokenCount);
}

function readImages(data: unknown, first: unknown): Usage | undefined {
  if (!Array.isArray(data) || !isImage(first)) return undefined;
  return { tokens: noTokens(), units: { images: data.length } };
}

function isImage(item: unknown): boolean {
  return isRecord(item) && isPresent(item.b64_json ?? item.url);
}

/** The Images API returns only images. Its older models have no output details that show this. */
function allImage(usage: Usage): Usage {
  const { tokens } = usage;
  if (tokens.outputImage > 0) return usage;
  return { ...usage, tokens: { ...tokens, output: 0, outputImage: tokens.output } };
}
