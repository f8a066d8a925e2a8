import { isRecord } from '../validate.js';
import { Draft } from './draft.js';

/** Reads Cohere's billed units. They are fewer than the processed tokens, which `tokens` beside them counts. */
export function readCohereUsage(billed: Record<string, unknown>): Draft {
  const draft = new Draft();
  const text = draft.first(billed, 'input_tokens', 'inputTokens');
  draft.inputImage = draft.most(billed, 'image_tokens', 'imageTokens');
  if (text !== undefined || draft.inputImage > 0) draft.input = (text ?? 0) + draft.inputImage;
  draft.output = draft.first(billed, 'output_tokens', 'outputTokens');
  draft.addUnits('rerankSearches', draft.most(billed, 'search_units', 'searchUnits'));
  draft.addUnits('images', draft.most(billed, 'images'));
  return draft;
}

/**
 * The billed units of a usage object, or of the `meta` of an older response. Cohere's client has them in camel
 * case.
 */
export function billedUnits(usage: Record<string, unknown>): Record<string, unknown> | undefined {
  if (isRecord(usage.billed_units)) return usage.billed_units;
  if (!isRecord(usage.meta)) return undefined;
  const { billed_units: billed = usage.meta.billedUnits } = usage.meta;
  return isRecord(billed) ? billed : undefined;
}
