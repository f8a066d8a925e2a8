import { isRecord } from '../validate.js';

/** Facts about a call that are visible in its request. */
export interface RequestFacts {
  model?: string;
  provider?: string;
  temperature?: number;
  maxTokens?: number;
  topP?: number;
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
  const maxTokens = firstNumber(places, MAX_TOKENS_KEYS);
  const topP = firstNumber(places, ['top_p', 'topP']);
  if (temperature !== undefined) facts.temperature = temperature;
  if (maxTokens !== undefined) facts.maxTokens = maxTokens;
  if (topP !== undefined) facts.topP = topP;
}

const MAX_TOKENS_KEYS = [
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'maxOutputTokens',
  'maxTokens',
  'num_predict',
];

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
  for (const place of places) {
    for (const key of keys) {
      const value = place[key];
      if (typeof value === 'number' && Number.isFinite(value)) return value;
    }
  }
  return undefined;
}
