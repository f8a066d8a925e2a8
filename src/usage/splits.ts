/** Finds out whether a usage object splits its tokens by modality, which matters even where all of them are text. */

import type { Draft } from './draft.js';
import type { Usage } from './usage.js';

/** Sets `splitsInput` and `splitsOutput` where only text is stated. Counts of other modalities already show a split. */
export function setSplits(usage: Usage, draft: Draft): void {
  const { tokens } = usage;
  if (tokens.cacheRead > 0 && isMixed(draft)) usage.mixesCache = true;
  const otherInput = tokens.inputAudio + tokens.inputImage + tokens.inputVideo;
  if (draft.inputText !== undefined && otherInput === 0) usage.splitsInput = true;
  const otherOutput = tokens.outputAudio + tokens.outputImage + tokens.outputVideo;
  if (draft.outputText !== undefined && otherOutput === 0 && !draft.textIsRest) usage.splitsOutput = true;
}

/** True for a prompt of several modalities whose cached tokens are not split. */
function isMixed({
  inputAudio = 0,
  inputImage = 0,
  cacheReadText,
  cacheReadAudio,
  cacheReadImage,
}: Draft): boolean {
  return inputAudio + inputImage > 0 && (cacheReadText ?? cacheReadAudio ?? cacheReadImage) === undefined;
}
