import { isRecord } from '../validate.js';
import { Draft } from './draft.js';

/** Cohere: what is billed, which is less than what the `tokens` beside it say was processed. */
export function readCohereUsage(billed: Record<string, unknown>): Draft {
  const draft = new Draft();
  const text = draft.first(billed, 'input_tokens');
  draft.inputImage = draft.most(billed, 'image_tokens');
  if (text !== undefined || draft.inputImage > 0) draft.input = (text ?? 0) + draft.inputImage;
  draft.output = draft.first(billed, 'output_tokens');
  draft.addUnits('rerankSearches', draft.most(billed, 'search_units'));
  draft.addUnits('images', draft.most(billed, 'images'));
  return draft;
}

/** The billed units of a usage object, or of the `meta` of an older response. */
export function billedUnits(usage: Record<string, unknown>): Record<string, unknown> | undefined {
  if (isRecord(usage.billed_units)) return usage.billed_units;
  return isRecord(usage.meta) && isRecord(usage.meta.billed_units) ? usage.meta.billed_units : undefined;
}
