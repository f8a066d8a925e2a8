/**
 * Models that are bought for audio, images or video, and calls of them whose counts do not tell these from text.
 *
 * Many models price a modality apart that a call rarely has: `gemini-2.5-flash` takes audio at three times the price of
 * text, and nearly all of its calls are text. A call without a split is then priced as text, and that is right. It is
 * not for a model whose very purpose is the modality: 1,056 output tokens of `gpt-image-1.5` are an image at $32 a
 * million, not text at $10. The list tells the two apart:
 *
 * - A model with an own price of audio, image or video *output* is bought for that output.
 * - A model with an own price of image or video *input*, or of audio input where it also speaks or transcribes, is fed
 *   with them.
 *
 * A side of the call that such a model prices apart, and of which the usage says neither a count of a modality nor that
 * it was split, makes the amount `estimated:unsplit_modality`; output is then priced as the modality, being the likelier.
 */

import type { TokenCounts, TokenKind, Usage } from '../usage/usage.js';

type OutputModality = 'outputVideo' | 'outputImage' | 'outputAudio';

export interface MainModalities {
  /** The kind of output that the model is bought for, if its price is not that of text. */
  mainOutput?: OutputModality | undefined;
  /** True if the model is fed with audio, images or video at prices of their own. */
  hasMainInput: boolean;
  /** True for one of the two. */
  isForModality: boolean;
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
  return { mainOutput, hasMainInput, isForModality: hasMainInput || mainOutput !== undefined };
}

/** True if the output has no split, although it is likely not text. */
export function isUnsplitOutput(main: MainModalities, { tokens, splitsOutput }: Usage): boolean {
  return (
    main.mainOutput !== undefined &&
    splitsOutput !== true &&
    tokens.output > 0 &&
    tokens.outputAudio + tokens.outputImage + tokens.outputVideo === 0
  );
}

/** True if a side of the call has no split, although its model prices modalities apart and is used for them. */
export function isUnsplit(main: MainModalities, usage: Usage): boolean {
  if (isUnsplitOutput(main, usage)) return true;
  return main.hasMainInput && usage.splitsInput !== true && isTextOnly(usage.tokens);
}

function isTextOnly(t: TokenCounts): boolean {
  const apart = t.inputAudio + t.inputImage + t.inputVideo + t.cacheReadAudio + t.cacheReadImage;
  return t.input + t.cacheRead > 0 && apart === 0;
}
