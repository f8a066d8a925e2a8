/** Whether a usage object tells its tokens apart by modality, which matters where all of them are text. */

import type { Draft } from './draft.js';
import type { Usage } from './usage.js';

/** Sets `splitsInput` and `splitsOutput` where text is stated and nothing else is; other counts speak for themselves. */
export function setSplits(usage: Usage, draft: Draft): void {
  const { tokens } = usage;
  const otherInput = tokens.inputAudio + tokens.inputImage + tokens.inputVideo;
  if (draft.inputText !== undefined && otherInput === 0) usage.splitsInput = true;
  const otherOutput = tokens.outputAudio + tokens.outputImage + tokens.outputVideo;
  if (draft.outputText !== undefined && otherOutput === 0 && !draft.textIsRest) usage.splitsOutput = true;
}
