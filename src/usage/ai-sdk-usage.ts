import { isRecord } from '../validate.js';
import { isPresent } from './counts.js';
import { Draft } from './draft.js';

/** Providers whose input count excludes the cache in AI SDK versions up to 5. */
const CACHE_OUTSIDE = /anthropic|claude|bedrock/i;

/** True when the provider's input count excludes cached tokens by default. */
export function statesCacheOutside(provider: string | undefined): boolean {
  return provider !== undefined && CACHE_OUTSIDE.test(provider);
}

/**
 * Reads `LanguageModelUsage` of the Vercel AI SDK from version 5, its models' own usage, and the `tokens` of its
 * embeddings. Genkit, Codex and usage that apps record themselves have the same names, with the cached counts
 * beside them.
 */
export function readAiSdkUsage(usage: Record<string, unknown>, provider: string | undefined): Draft {
  const draft = new Draft();
  if (isRecord(usage.inputTokens) || isRecord(usage.outputTokens)) readNested(draft, usage);
  else readFlat(draft, usage, provider);
  return draft;
}

function readNested(draft: Draft, usage: Record<string, unknown>): void {
  const input = isRecord(usage.inputTokens) ? usage.inputTokens : {};
  const output = isRecord(usage.outputTokens) ? usage.outputTokens : {};
  draft.input = draft.first(input, 'total') ?? sumOf(draft, input, ['noCache', 'cacheRead', 'cacheWrite']);
  draft.output = draft.first(output, 'total') ?? sumOf(draft, output, ['text', 'reasoning']);
  draft.cacheRead = draft.most(input, 'cacheRead');
  draft.cacheWrite = draft.most(input, 'cacheWrite');
  draft.reasoning = draft.most(output, 'reasoning');
}

/** Sums the parts when the total is missing but its main part is present. */
function sumOf(draft: Draft, side: Record<string, unknown>, parts: readonly string[]): number | undefined {
  const [main = ''] = parts;
  if (draft.refused || !isPresent(side[main])) return undefined;
  return parts.reduce((sum, part) => sum + draft.most(side, part), 0);
}

function readFlat(draft: Draft, usage: Record<string, unknown>, provider: string | undefined): void {
  const input = isRecord(usage.inputTokenDetails) ? usage.inputTokenDetails : {};
  const output = isRecord(usage.outputTokenDetails) ? usage.outputTokenDetails : {};
  draft.input = draft.first(usage, 'inputTokens', 'tokens');
  draft.output = draft.first(usage, 'outputTokens');
  draft.total = draft.first(usage, 'totalTokens');
  const cached = draft.most(usage, 'cachedInputTokens', 'cacheReadTokens', 'cachedContentTokens');
  draft.cacheRead = Math.max(draft.most(input, 'cacheReadTokens'), cached);
  draft.cacheWrite = Math.max(draft.most(input, 'cacheWriteTokens'), draft.most(usage, 'cacheWriteTokens'));
  draft.reasoning = Math.max(
    draft.most(output, 'reasoningTokens'),
    draft.most(usage, 'reasoningTokens', 'reasoningOutputTokens', 'thoughtsTokens'),
  );
  draft.cacheIsOutside = !isPresent(usage.inputTokenDetails) && statesCacheOutside(provider);
}
