/** Finds the price list for a provider's name, in the many spellings that instrumentations use. */

import { priceList } from './price-list.js';

export interface ResolvedProvider {
  /** The provider's id in the price list. Undefined when the name does not determine whose prices apply. */
  id: string | undefined;
  /**
   * `own`: the provider bills at its own list prices. `open`: no name, a gateway or a framework, so the model
   * decides. `unknown`: an unknown name, so the model's vendor is a guess. `self-hosted`: on no price list.
   */
  kind: 'own' | 'open' | 'unknown' | 'self-hosted';
}

/**
 * Providers by the start of their name; the first match wins. Checked before the library's own rules, which look
 * for a vendor's name anywhere (`azure.ai.openai` would be OpenAI, `vertex.anthropic` Anthropic) and do not know
 * these spellings.
 */
const PREFIXES: readonly (readonly [string, string])[] = [
  ['azure', 'azure'],
  ['az.ai', 'azure'],
  ['aws', 'aws'],
  ['amazon', 'aws'],
  ['bedrock', 'aws'],
  ['gcp', 'google'],
  ['google', 'google'],
  ['vertex', 'google'],
  ['gemini', 'google'],
  ['openrouter', 'openrouter'],
  ['x_ai', 'x-ai'],
  ['x-ai', 'x-ai'],
  ['x.ai', 'x-ai'],
  ['xai', 'x-ai'],
  ['grok', 'x-ai'],
  ['together', 'together'],
  ['fireworks', 'fireworks'],
  ['z-ai', 'zai'],
  ['z.ai', 'zai'],
  ['zhipu', 'zhipuai'],
  ['voyage', 'voyageai'],
];

/** Gateways that pass on the vendor's bill, and frameworks that report their own name as the provider. */
const OPEN_NAMES =
  /gateway|router|proxy|litellm|portkey|helicone|^(?:vercel|lang(?:chain|graph|smith)|llama-?_?index|crewai|auto-?gen|ag2|pydantic|microsoft|semantic[_-]kernel|agno|mastra|haystack|dspy|smolagents|strands|claude[_-]code|unknown|other|custom)/;

/**
 * Software that runs models on the app's own machines. A vendor's API price for the same weights would be invented.
 */
const SELF_HOSTED =
  /^(?:ollama|vllm|lm[-_ ]?studio|llama[-_.]?cpp|llamafile|local|tgi|text-generation|sglang|mlx|transformers)/;

/**
 * Resolves a provider's name. `aliases` maps the app's own lower-case names to names that this function knows.
 * Never throws.
 */
export function resolveProvider(name: string, aliases?: ReadonlyMap<string, string>): ResolvedProvider {
  const given = name.trim().toLowerCase();
  const wanted = aliases?.get(given) ?? given;
  if (wanted === '') return { id: undefined, kind: 'open' };
  if (SELF_HOSTED.test(wanted)) return { id: undefined, kind: 'self-hosted' };
  const prefix = PREFIXES.find(([start]) => wanted.startsWith(start));
  if (prefix !== undefined) return { id: prefix[1], kind: 'own' };
  // The Vercel AI SDK's form is `<provider>.<api>`: `openai.responses`, `groq.chat`.
  const head = wanted.split('.', 1)[0] ?? wanted;
  const exact = listed(wanted, true) ?? listed(head, true);
  if (exact !== undefined) return { id: exact, kind: 'own' };
  if (OPEN_NAMES.test(wanted)) return { id: undefined, kind: 'open' };
  const alike = listed(wanted, false);
  return alike === undefined ? { id: undefined, kind: 'unknown' } : { id: alike, kind: 'own' };
}

/** Models that only one vendor has, under names that the library's rules do not know. Azure sells them at the same price. */
const OPENAI_EMBEDDINGS = /^text-embedding-(?:3-|ada-)/;

/** The provider whose models have this name, for a call without a provider. */
export function vendorOfModel(model: string): string | undefined {
  if (OPENAI_EMBEDDINGS.test(model)) return 'openai';
  return priceList().findProvider({ modelId: model })?.id;
}

function listed(name: string, exactly: boolean): string | undefined {
  const id = priceList().findProvider({ providerId: name })?.id;
  return exactly && id !== name ? undefined : id;
}
