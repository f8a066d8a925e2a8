/**
 * The common form of every provider's usage: disjoint counts, so that each token is in one field only and is priced
 * once. Contains no prices.
 */

import type { EstimateReason } from '../cost-reason.js';

/** Tokens of one LLM call. Whole numbers from 0; no token is in two fields. */
export interface TokenCounts {
  /** Uncached text sent to the model, and anything without a more specific count. */
  input: number;
  inputAudio: number;
  inputImage: number;
  inputVideo: number;
  cacheRead: number;
  cacheReadAudio: number;
  cacheReadImage: number;
  /** Written to a cache that lives five minutes, or for an unnamed time. */
  cacheWrite: number;
  cacheWrite1h: number;
  /** Visible text written by the model, and anything without a more specific count. */
  output: number;
  outputAudio: number;
  outputImage: number;
  outputVideo: number;
  /** Thinking tokens; most providers bill them as output. */
  reasoning: number;
  /** Tokens of cited sources, which Perplexity counts beside the answer and bills at a separate rate. */
  citation: number;
}

export type TokenKind = keyof TokenCounts;

export const INPUT_KINDS = [
  'input',
  'inputAudio',
  'inputImage',
  'inputVideo',
  'cacheRead',
  'cacheReadAudio',
  'cacheReadImage',
  'cacheWrite',
  'cacheWrite1h',
] as const satisfies readonly TokenKind[];

export const OUTPUT_KINDS = [
  'output',
  'outputAudio',
  'outputImage',
  'outputVideo',
  'reasoning',
  'citation',
] as const satisfies readonly TokenKind[];

export const TOKEN_KINDS = [...INPUT_KINDS, ...OUTPUT_KINDS] as const;

/** Items billed by the piece, beside tokens. The name shows whether a field counts items or seconds. */
export interface BilledUnits {
  webSearches?: number;
  /** Server-side tools other than web search that the provider bills by the call. */
  otherToolCalls?: number;
  rerankSearches?: number;
  /** Searches of files that the provider stores. */
  fileSearches?: number;
  /** Runs or containers of a provider's code interpreter. */
  codeExecutions?: number;
  inputAudioSeconds?: number;
  outputAudioSeconds?: number;
  images?: number;
  /** Searches of social networks, such as X. */
  socialSearches?: number;
  /** Text messages within a session that is billed by its duration. */
  inputTextMessages?: number;
  /** Pages that were read as text, and those that were annotated as well. */
  documentPages?: number;
  annotatedDocumentPages?: number;
}

/** The usage of one model within one call. */
export interface Usage {
  tokens: TokenCounts;
  units?: BilledUnits;
  /**
   * The response splits the tokens of this side by modality (text, audio, image, video), even where all of them are
   * text. Matters for models that price modalities separately.
   */
  splitsInput?: true;
  splitsOutput?: true;
  /** A token count without a split into input and output. `tokens` is then all zero. */
  unsplitTokens?: number;
  /**
   * One side of the call was unreadable or missing and could not be derived. `tokens` is then a lower bound, and so
   * is any cost computed from it.
   */
  incomplete?: true;
  /** The cost that the provider or gateway reported for all of this, `parts` included, in USD. */
  reportedCostUsd?: number;
  /** A bill was stated that cannot be one: negative, not a number, or too large. */
  refusesBill?: true;
  /**
   * Why the counts or the bill are uncertain: the first reason that applies, in the order of `cost.reason`. The amount
   * is then `estimated`.
   */
  doubt?: EstimateReason;
  /** The paths of numbers that were neither read nor known to be irrelevant. `doubt` is then set. */
  unread?: readonly string[];
  /**
   * The calls that this usage sums up, or the models that worked in it, where they are known individually. Each is
   * priced separately; `tokens` is their sum.
   */
  parts?: readonly UsagePart[];
  /**
   * A cost that a client or an instrumentation computed from a list of its own, in USD. It is not a bill, and is used
   * only where no rate is known.
   */
  estimatedCostUsd?: number;
  /**
   * The usage states an input and no output. This is complete for embeddings, but only half of a call that writes an
   * answer.
   */
  inputOnly?: true;
  /** The modality of the cached tokens is unknown, and the prompt has several. */
  mixesCache?: true;
  /** How many requests the counts sum up, where the provider's client states it and there were several. */
  requests?: number;
  /** Problems in the input that were repaired, in a few words (`negative input_tokens`). */
  anomaly?: string;
  /**
   * Several calls that are not known individually. Where the price depends on the size or the number of calls, the
   * amount is estimated.
   */
  isSum?: true;
  /** The input tokens of tool definitions and results, if the provider reports them. */
  toolOverheadTokens?: number;
}

/** One of the calls that a usage sums up, or all calls of one model. Undefined fields are as for the whole usage. */
export interface UsagePart {
  usage: Usage;
  model?: string | undefined;
  provider?: string | undefined;
  serviceTier?: string | undefined;
}

/** Facts about a call, from a response, a stream of chunks or a span. All of them may be missing. */
export interface CallFacts {
  usage?: Usage;
  responseModel?: string;
  /** The provider, where the response itself names one. */
  responseProvider?: string;
  responseId?: string;
  /** The tier that the provider reports (`batch`, `flex`, `priority`, `standard`, …), in lower case. */
  serviceTier?: string;
  finishReasons?: string[];
  /** The ids of all responses whose usage is summed up here, if there are several. */
  stepIds?: string[];
  /** How many responses are summed up here, if there are several. */
  calls?: number;
}

export function noTokens(): TokenCounts {
  return {
    input: 0,
    inputAudio: 0,
    inputImage: 0,
    inputVideo: 0,
    cacheRead: 0,
    cacheReadAudio: 0,
    cacheReadImage: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: 0,
    outputAudio: 0,
    outputImage: 0,
    outputVideo: 0,
    reasoning: 0,
    citation: 0,
  };
}

/** Input tokens, caches included: `gen_ai.usage.input_tokens` of the GenAI conventions. */
export function inputTokens(t: TokenCounts): number {
  return t.input + t.inputAudio + t.inputImage + t.inputVideo + cacheReadTokens(t) + cacheWriteTokens(t);
}

/** Output tokens, reasoning included: `gen_ai.usage.output_tokens` of the GenAI conventions. */
export function outputTokens(t: TokenCounts): number {
  return t.output + t.outputAudio + t.outputImage + t.outputVideo + t.reasoning + t.citation;
}

export function cacheReadTokens(t: TokenCounts): number {
  return t.cacheRead + t.cacheReadAudio + t.cacheReadImage;
}

export function cacheWriteTokens(t: TokenCounts): number {
  return t.cacheWrite + t.cacheWrite1h;
}

export function addTokens(into: TokenCounts, more: TokenCounts): void {
  addInputTokens(into, more);
  addOutputTokens(into, more);
}

export function addInputTokens(into: TokenCounts, more: TokenCounts): void {
  into.input += more.input;
  into.inputAudio += more.inputAudio;
  into.inputImage += more.inputImage;
  into.inputVideo += more.inputVideo;
  into.cacheRead += more.cacheRead;
  into.cacheReadAudio += more.cacheReadAudio;
  into.cacheReadImage += more.cacheReadImage;
  into.cacheWrite += more.cacheWrite;
  into.cacheWrite1h += more.cacheWrite1h;
}

export function addOutputTokens(into: TokenCounts, more: TokenCounts): void {
  into.output += more.output;
  into.outputAudio += more.outputAudio;
  into.outputImage += more.outputImage;
  into.outputVideo += more.outputVideo;
  into.reasoning += more.reasoning;
  into.citation += more.citation;
}
