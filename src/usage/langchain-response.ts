import { isRecord } from '../validate.js';
import { richest } from './combine.js';
import { readUsage } from './read-usage.js';
import { firstString, setFacts } from './response-facts.js';
import type { CallFacts } from './usage.js';

/** True for a LangChain message, or for the `LLMResult` that contains one. */
export function isLangChainResponse(response: Record<string, unknown>): boolean {
  if (isRecord(response.response_metadata) || isRecord(response.usage_metadata)) return true;
  // Cohere's `generations` are a plain list.
  return Array.isArray(response.generations) && Array.isArray(response.generations[0]);
}

/** LangChain's own ids: of messages without a provider's id, and of chunks under a tracer. */
const RUN_ID = /^(?:lc_)?run-/;

/** Reads LangChain's own counts and those of the provider, which LangChain keeps in `response_metadata`. */
export function readLangChainResponse(response: Record<string, unknown>): CallFacts | undefined {
  const message = Array.isArray(response.generations) ? messageIn(response.generations) : response;
  const facts: CallFacts = {};
  if (message !== undefined) readMessage(facts, message);
  if (facts.usage === undefined && isRecord(response.llmOutput)) {
    const usage = readUsage(response.llmOutput.tokenUsage ?? response.llmOutput.usage);
    if (usage !== undefined) facts.usage = usage;
  }
  return Object.keys(facts).length > 0 ? facts : undefined;
}

function messageIn(generations: unknown[]): Record<string, unknown> | undefined {
  const first: unknown = Array.isArray(generations[0]) ? generations[0][0] : undefined;
  return isRecord(first) && isRecord(first.message) ? first.message : undefined;
}

function readMessage(facts: CallFacts, message: Record<string, unknown>): void {
  const metadata = isRecord(message.response_metadata) ? message.response_metadata : {};
  const provider = firstString(metadata.model_provider);
  const own = readUsage(message.usage_metadata, { provider });
  const theirs = readUsage(metadata.usage ?? metadata.tokenUsage, { provider });
  const usage = own !== undefined && theirs !== undefined ? richest(own, theirs) : (own ?? theirs);
  if (usage !== undefined) facts.usage = usage;
  setFacts(facts, metadata);
  const model = firstString(metadata.model_name, metadata.model);
  if (model !== undefined) facts.responseModel = model;
  const id = firstString(metadata.id, message.id);
  if (id !== undefined && !RUN_ID.test(id)) facts.responseId = id;
}
