/**
 * Finds models that are used for audio, images or video, and calls of them whose counts do not split these from text.
 *
 * Many models have a separate price for a modality that is rare in calls: `gemini-2.5-flash` charges three times the
 * text price for audio, and nearly all of its calls are text. It is right to price a call without a split as text. It
 * is wrong for a model whose purpose is the modality: 1,056 output tokens of `gpt-image-1.5` are an image at $32 per
 * million, not text at $10. The price list distinguishes the two:
 *
 * - A model with a separate price for audio, image or video *output* is used for that output.
 * - A model with a separate price for image or video *input* is used with such input. The same holds for audio input,
 *   if the model also speaks or transcribes.
 *
 * If such a model prices a side of the call separately, and the usage has neither a count of a modality nor a split for
 * that side, the amount is `estimated:unsplit_modality`. Output is then priced as the modality, because that is
 * likelier.
 */

import type { TokenCounts, TokenKind, Usage } from '../usage/usage.js';

type OutputModality = 'outputVideo' | 'outputImage' | 'outputAudio';

export interface MainModalities {
  /** The kind of output that the model is used for, if it has a separate price. */
  mainOutput?: OutputModality | undefined;
  /** True if the model is used with audio, image or video input at separate prices. */
  hasMainInput: boolean;
  /** True if either applies. */
  isForModality: boolean;
  /** True if the price of cached tokens depends on their modality. */
  cachesApart: boolean;
}

const OUTPUT_MODALITIES = [
  'outputVideo',
  'outputImage',
  'outputAudio',
] as const satisfies readonly TokenKind[];
const TRANSCRIBES = /transcri|whisper/;

/** `id` is `<provider>/<model>`. */
export function mainModalities(id: string, stated: Partial<Record<TokenKind, number>>): MainModalities {
  const isOwn = (kind: TokenKind, text: number | undefined): boolean =>
    stated[kind] !== undefined && stated[kind] !== text;
  const mainOutput = OUTPUT_MODALITIES.find((kind) => isOwn(kind, stated.output));
  const hears = stated.outputAudio !== undefined || TRANSCRIBES.test(id);
  const hasMainInput =
    isOwn('inputImage', stated.input) ||
    isOwn('inputVideo', stated.input) ||
    (hears && isOwn('inputAudio', stated.input));
  const cachesApart =
    isOwn('inputAudio', stated.input) ||
    isOwn('inputImage', stated.input) ||
    isOwn('cacheReadAudio', stated.cacheRead) ||
    isOwn('cacheReadImage', stated.cacheRead);
  return { mainOutput, hasMainInput, isForModality: hasMainInput || mainOutput !== undefined, cachesApart };
}

/** True if the output has no split and is probably not text. */
export function isUnsplitOutput(main: MainModalities, { tokens, splitsOutput }: Usage): boolean {
  return (
    main.mainOutput !== undefined &&
    splitsOutput !== true &&
    tokens.output > 0 &&
    tokens.outputAudio + tokens.outputImage + tokens.outputVideo === 0
  );
}

/** True if a side of the call has no split, although its model prices modalities separately and is used for them. */
export function isUnsplit(main: MainModalities, usage: Usage): boolean {
  if (isUnsplitOutput(main, usage)) return true;
  return main.hasMainInput && usage.splitsInput !== true && isTextOnly(usage.tokens);
}

function isTextOnly(t: TokenCounts): boolean {
  const apart = t.inputAudio + t.inputImage + t.inputVideo + t.cacheReadAudio + t.cacheReadImage;
  return t.input + t.cacheRead > 0 && apart === 0;
}
