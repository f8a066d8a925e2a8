import { isRecord } from '../validate.js';

/** Facts about a call that are visible in its request. */
export interface RequestFacts {
  model?: string;
  provider?: string;
  temperature?: number;
  maxTokens?: number;
  topP?: number;
  /** The most tokens of all its answers together. Undefined when the request does not limit them. */
  mostOutputTokens?: number;
}

/** Fields in which providers and SDKs keep sampling settings, beside the top level of the request. */
const SETTINGS = ['config', 'generationConfig', 'inferenceConfig', 'options'];

/** Reads a request of OpenAI, Anthropic, Gemini, Bedrock, Ollama or the Vercel AI SDK. Never throws. */
export function readRequest(request: unknown): RequestFacts {
  const facts: RequestFacts = {};
  try {
    if (isRecord(request)) readFacts(facts, request);
  } catch {
    // A getter or proxy of the app threw. The facts read so far are kept.
  }
  return facts;
}

function readFacts(facts: RequestFacts, request: Record<string, unknown>): void {
  readModel(facts, request.model ?? request.modelId ?? request.modelName);
  const places = [request, ...SETTINGS.map((key) => request[key]).filter(isRecord)];
  const temperature = firstNumber(places, ['temperature']);
  const topP = firstNumber(places, ['top_p', 'topP']);
  if (temperature !== undefined) facts.temperature = temperature;
  if (topP !== undefined) facts.topP = topP;
  readOutput(facts, places, request.prompt);
}

const MAX_TOKENS_KEYS = [
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'maxOutputTokens',
  'maxTokens',
  'num_predict',
];

/**
 * The number of answers to one prompt, each of which may have `max_tokens`. `best_of` answers are made, `n` of them are
 * sent.
 */
const ANSWERS_KEYS = ['n', 'best_of', 'candidateCount', 'candidate_count', 'num_return_sequences'];

/** A limit counts if every value given for it is one: -1, 0, NaN and '100' mean something else to each provider. */
function readOutput(facts: RequestFacts, places: readonly Record<string, unknown>[], prompt: unknown): void {
  const limits = valuesOf(places, MAX_TOKENS_KEYS);
  const maxTokens = limits.find(isCount);
  if (maxTokens !== undefined) facts.maxTokens = maxTokens;
  const answers = valuesOf(places, ANSWERS_KEYS);
  if (limits.length > 0 && limits.every(isCount) && answers.every(isCount)) {
    facts.mostOutputTokens = Math.max(...limits) * Math.max(1, ...answers) * promptsIn(prompt);
  }
}

/** OpenAI's completions take several prompts at once, as strings or as lists of token ids. */
function promptsIn(prompt: unknown): number {
  if (!Array.isArray(prompt)) return 1;
  return typeof prompt[0] === 'string' || Array.isArray(prompt[0]) ? prompt.length : 1;
}

function readModel(facts: RequestFacts, model: unknown): void {
  if (typeof model === 'string') {
    facts.model = model;
    return;
  }
  // A model object of the Vercel AI SDK.
  if (typeof model !== 'object' || model === null) return;
  const { modelId, provider } = model as { modelId?: unknown; provider?: unknown };
  if (typeof modelId === 'string') facts.model = modelId;
  if (typeof provider === 'string') facts.provider = provider;
}

function firstNumber(
  places: readonly Record<string, unknown>[],
  keys: readonly string[],
): number | undefined {
  return valuesOf(places, keys).find(isNumber);
}

/** All that is given under any of the keys. */
function valuesOf(places: readonly Record<string, unknown>[], keys: readonly string[]): unknown[] {
  const values: unknown[] = [];
  for (const place of places) {
    for (const key of keys) {
      const value = place[key];
      if (value !== undefined && value !== null) values.push(value);
    }
  }
  return values;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}
