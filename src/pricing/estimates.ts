/** Why the amount that a rate gives is only likely. */

import { type EstimateReason, firstReason } from '../cost-reason.js';
import type { TokenCounts, Usage } from '../usage/usage.js';
import { isUnsplit } from './modalities.js';
import type { Rate, StatedPrices } from './rate.js';

type Guesses = Pick<
  Rate,
  | 'guessesInputAudio'
  | 'guessesOutputAudio'
  | 'guessesOutputImage'
  | 'guessesOutputVideo'
  | 'guessesLongWrite'
>;

/**
 * Marks the kinds whose rate is only likely. Reasoning at the output rate, for example, is not marked, because it
 * is billed that way. `writesOnlyImages`: the output rate is that of images.
 */
export function guesses(stated: StatedPrices['tokens'], writesOnlyImages = false): Guesses {
  return {
    guessesInputAudio: stated.inputAudio === undefined,
    guessesOutputAudio: stated.outputAudio === undefined,
    guessesOutputImage: stated.outputImage === undefined && !writesOnlyImages,
    guessesOutputVideo: stated.outputVideo === undefined,
    guessesLongWrite: stated.cacheWrite !== undefined && stated.cacheWrite1h === undefined,
  };
}

/** Why the amount for this usage is only likely, or a lower bound. Undefined where it is neither. */
export function estimateReason(rate: Rate, usage: Usage): EstimateReason | undefined {
  const ofRate = reasonOfRate(rate, usage);
  if (usage.doubt === undefined && usage.incomplete === undefined && rate.doubt === undefined) return ofRate;
  const ofUsage = firstReason(usage.doubt, usage.incomplete === true ? 'unread_usage' : undefined);
  return firstReason(ofUsage, firstReason(rate.doubt, ofRate));
}

function reasonOfRate(rate: Rate, usage: Usage): EstimateReason | undefined {
  const t = usage.tokens;
  // Nearly all calls are text, so one comparison covers all kinds.
  const apart = t.inputAudio + t.cacheReadAudio + t.outputAudio + t.outputImage + t.outputVideo;
  if (apart > 0 && guessesModality(rate, t)) return 'unsplit_modality';
  if (rate.isForModality && isUnsplit(rate, usage)) return 'unsplit_modality';
  if (usage.mixesCache === true && rate.cachesApart) return 'unsplit_modality';
  return rate.guessesLongWrite && t.cacheWrite1h > 0 ? 'other_tier' : undefined;
}

function guessesModality(rate: Rate, tokens: TokenCounts): boolean {
  if (rate.guessesInputAudio && tokens.inputAudio + tokens.cacheReadAudio > 0) return true;
  if (rate.guessesOutputAudio && tokens.outputAudio > 0) return true;
  if (rate.guessesOutputImage && tokens.outputImage > 0) return true;
  return rate.guessesOutputVideo && tokens.outputVideo > 0;
}
