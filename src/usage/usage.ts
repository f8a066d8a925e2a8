/**
 * The one form every provider's usage is brought into: disjoint counts, so that each token is in one field only
 * and is priced once. No money here.
 */

/** Tokens of one LLM call. Whole, from 0; no token is in two fields. */
export interface TokenCounts {
  /** Uncached text (and anything not told apart) sent to the model. */
  input: number;
  inputAudio: number;
  inputImage: number;
  cacheRead: number;
  cacheReadAudio: number;
  /** Written to a cache that lives five minutes, or for an unnamed time. */
  cacheWrite: number;
  cacheWrite1h: number;
  /** Visible text the model wrote (and anything not told apart). */
  output: number;
  outputAudio: number;
  outputImage: number;
  /** Tokens the model thought with; billed as output by most. */
  reasoning: number;
}

export type TokenKind = keyof TokenCounts;

export const INPUT_KINDS = [
  'input',
  'inputAudio',
  'inputImage',
  'cacheRead',
  'cacheReadAudio',
  'cacheWrite',
  'cacheWrite1h',
] as const satisfies readonly TokenKind[];

export const OUTPUT_KINDS = [
  'output',
  'outputAudio',
  'outputImage',
  'reasoning',
] as const satisfies readonly TokenKind[];

export const TOKEN_KINDS = [...INPUT_KINDS, ...OUTPUT_KINDS] as const;

/** Things that are billed by the piece, beside tokens. Counts or seconds as the name says. */
export interface BilledUnits {
  webSearches?: number;
  /** Server-side tools other than web search that the provider bills by the call. */
  otherToolCalls?: number;
  rerankSearches?: number;
  inputAudioSeconds?: number;
  images?: number;
}

/** What one model was used for within one call. */
export interface Usage {
  tokens: TokenCounts;
  units?: BilledUnits;
  /** A token count that came without a split into input and output; then `tokens` is all zero. */
  unsplitTokens?: number;
  /**
   * One side of the call was unreadable or missing and could not be derived: `tokens` is a lower bound, and so is
   * any cost computed from it.
   */
  incomplete?: true;
  /** What the provider or gateway itself said this call cost, `others` included, in USD. */
  reportedCostUsd?: number;
  /** What was wrong with the input and was repaired, in a few words (`negative input_tokens`). */
  anomaly?: string;
  /** Of the input tokens, those of tool definitions and results, where the provider tells them. */
  toolOverheadTokens?: number;
  /** Further models that worked within the same call (an advisor), each billed at its own price. */
  others?: ModelUsage[];
}

export interface ModelUsage {
  model: string;
  usage: Usage;
}

/** What a response, a stream of chunks or a span says about the call it belongs to. All of it may be missing. */
export interface CallFacts {
  usage?: Usage;
  responseModel?: string;
  responseId?: string;
  /** The tier the provider says it served (`batch`, `flex`, `priority`, `standard`, …), in lower case. */
  serviceTier?: string;
  finishReasons?: string[];
  /** The ids of all responses whose usage is summed up here, where there were several. */
  stepIds?: string[];
}

export function noTokens(): TokenCounts {
  return {
    input: 0,
    inputAudio: 0,
    inputImage: 0,
    cacheRead: 0,
    cacheReadAudio: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: 0,
    outputAudio: 0,
    outputImage: 0,
    reasoning: 0,
  };
}

/** Input tokens, caches included: what the GenAI conventions call `gen_ai.usage.input_tokens`. */
export function inputTokens(t: TokenCounts): number {
  return t.input + t.inputAudio + t.inputImage + cacheReadTokens(t) + cacheWriteTokens(t);
}

/** Output tokens, reasoning included: what the GenAI conventions call `gen_ai.usage.output_tokens`. */
export function outputTokens(t: TokenCounts): number {
  return t.output + t.outputAudio + t.outputImage + t.reasoning;
}

export function cacheReadTokens(t: TokenCounts): number {
  return t.cacheRead + t.cacheReadAudio;
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
  into.cacheRead += more.cacheRead;
  into.cacheReadAudio += more.cacheReadAudio;
  into.cacheWrite += more.cacheWrite;
  into.cacheWrite1h += more.cacheWrite1h;
}

export function addOutputTokens(into: TokenCounts, more: TokenCounts): void {
  into.output += more.output;
  into.outputAudio += more.outputAudio;
  into.outputImage += more.outputImage;
  into.reasoning += more.reasoning;
}
