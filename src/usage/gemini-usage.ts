import { isRecord } from '../validate.js';
import { keysOf, listed } from './bounds.js';
import { isPresent } from './counts.js';
import { Draft } from './draft.js';

/**
 * Reads Gemini's `usageMetadata`. Thought tokens are counted beside the candidates, and tool-use prompts beside the
 * prompt.
 */
export function readGeminiUsage(usage: Record<string, unknown>): Draft {
  const draft = new Draft();
  const toolUseTokens = draft.first(usage, 'toolUsePromptTokenCount');
  draft.input = sum(draft.first(usage, 'promptTokenCount'), toolUseTokens);
  draft.toolOverhead = toolUseTokens ?? 0;
  draft.reasoning = draft.most(usage, 'thoughtsTokenCount');
  draft.output = sum(
    draft.first(usage, 'candidatesTokenCount', 'responseTokenCount'),
    draft.reasoning || undefined,
  );
  draft.total = draft.first(usage, 'totalTokenCount');
  draft.cacheRead = draft.most(usage, 'cachedContentTokenCount');
  const prompt = byModality(draft, usage.promptTokensDetails ?? usage.promptTokenDetails);
  const toolUse = byModality(draft, usage.toolUsePromptTokensDetails);
  const cached = byModality(draft, usage.cacheTokensDetails);
  const written = byModality(draft, usage.candidatesTokensDetails ?? usage.responseTokensDetails);
  draft.inputAudio = prompt.audio + toolUse.audio;
  draft.inputImage = prompt.image + toolUse.image;
  setParts(draft, cached, written);
  return draft;
}

/** The same in snake case, as Google's Python clients write it. */
export function readSnakeGeminiUsage(usage: Record<string, unknown>): Draft {
  return readGeminiUsage(camelKeys(usage));
}

function camelKeys(record: Record<string, unknown>, levels = 2): Record<string, unknown> {
  const renamed: Record<string, unknown> = {};
  for (const key of keysOf(record)) {
    const value = record[key];
    const name = key.replace(/_[a-z]/g, (letter) => letter.slice(1).toUpperCase());
    const isList = levels > 1 && Array.isArray(value);
    renamed[name] = isList
      ? listed(value)
          .filter(isRecord)
          .map((entry) => camelKeys(entry, levels - 1))
      : value;
  }
  return renamed;
}

/** Reads the usage of Google's Interactions API: the same facts in snake case, with modalities in lower case. */
export function readInteractionsUsage(usage: Record<string, unknown>): Draft {
  const draft = new Draft();
  const toolUseTokens = draft.first(usage, 'total_tool_use_tokens');
  draft.input = sum(draft.first(usage, 'total_input_tokens'), toolUseTokens);
  draft.toolOverhead = toolUseTokens ?? 0;
  draft.reasoning = draft.most(usage, 'total_thought_tokens');
  draft.output = sum(draft.first(usage, 'total_output_tokens'), draft.reasoning || undefined);
  draft.total = draft.first(usage, 'total_tokens');
  draft.cacheRead = draft.most(usage, 'total_cached_tokens');
  const prompt = byModality(draft, usage.input_tokens_by_modality);
  const toolUse = byModality(draft, usage.tool_use_tokens_by_modality);
  draft.inputAudio = prompt.audio + toolUse.audio;
  draft.inputImage = prompt.image + toolUse.image;
  const cached = byModality(draft, usage.cached_tokens_by_modality);
  setParts(draft, cached, byModality(draft, usage.output_tokens_by_modality));
  return draft;
}

interface Modalities {
  audio: number;
  image: number;
}

function setParts(draft: Draft, cached: Modalities, written: Modalities): void {
  draft.cacheReadAudio = cached.audio;
  draft.cacheReadImage = cached.image;
  draft.outputAudio = written.audio;
  draft.outputImage = written.image;
}

/** Adds two totals of which neither contains the other. A missing one counts as 0 unless both are missing. */
function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0);
}

function byModality(draft: Draft, details: unknown): Modalities {
  const counts = { audio: 0, image: 0 };
  if (!Array.isArray(details)) return counts;
  for (const entry of listed(details)) {
    if (
      !isRecord(entry) ||
      typeof entry.modality !== 'string' ||
      !isPresent(entry.tokenCount ?? entry.tokens)
    )
      continue;
    const modality = entry.modality.toLowerCase();
    if (modality === 'audio' || modality === 'image')
      counts[modality] += draft.most(entry, 'tokenCount', 'tokens');
  }
  return counts;
}
