/** Splits the two sides of a call into kinds of tokens that do not overlap. */
import { note } from './counts.js';
import type { Draft } from './draft.js';
import type { Sides } from './sides.js';
import type { TokenCounts } from './usage.js';

export function disjoint(draft: Draft, sides: Sides): TokenCounts {
  const { cacheRead, cacheWrite, reasoning } = sides;
  const cacheWrite1h = Math.min(draft.cacheWrite1h ?? 0, cacheWrite);
  const cacheReadImage = draft.cacheReadImage ?? 0;
  const tokens = {
    input: 0,
    inputAudio: Math.max((draft.inputAudio ?? 0) - (draft.cacheReadAudio ?? 0), 0) + (draft.toolAudio ?? 0),
    inputImage: Math.max((draft.inputImage ?? 0) - cacheReadImage, 0) + (draft.toolImage ?? 0),
    inputVideo: (draft.inputVideo ?? 0) + (draft.toolVideo ?? 0),
    cacheRead: 0,
    cacheReadAudio: draft.cacheReadAudio ?? 0,
    cacheReadImage,
    cacheWrite: cacheWrite - cacheWrite1h,
    cacheWrite1h,
    output: 0,
    outputAudio: draft.outputAudio ?? 0,
    outputImage: draft.outputImage ?? 0,
    outputVideo: draft.outputVideo ?? 0,
    reasoning,
    citation: draft.citation ?? 0,
  };
  tokens.cacheRead = cacheRead - tokens.cacheReadAudio - cacheReadImage;
  splitInput(draft, tokens, Math.max(sides.input - cacheRead - cacheWrite, 0));
  splitOutput(draft, tokens, sides.output);
  return tokens;
}

/** `room` is the input beside the cache. Modalities that exceed it were counted as cached, too, or counted twice. */
function splitInput(draft: Draft, tokens: TokenCounts, room: number): void {
  const cached = tokens.cacheRead + tokens.cacheReadAudio + tokens.cacheReadImage;
  if (tokens.inputAudio + tokens.inputImage + tokens.inputVideo > room + cached) {
    note(draft, 'parts > input');
    draft.doubtful('ambiguous_usage');
  }
  tokens.inputImage = Math.min(tokens.inputImage, room);
  tokens.inputVideo = Math.min(tokens.inputVideo, room - tokens.inputImage);
  const audioRoom = room - tokens.inputImage - tokens.inputVideo;
  const cachedAudio = Math.min(Math.max(tokens.inputAudio - audioRoom, 0), tokens.cacheRead);
  tokens.inputAudio = Math.min(tokens.inputAudio, audioRoom);
  tokens.cacheRead -= cachedAudio;
  tokens.cacheReadAudio += cachedAudio;
  tokens.input = audioRoom - tokens.inputAudio;
}

function splitOutput(draft: Draft, tokens: TokenCounts, output: number): void {
  const { outputAudio, outputImage, outputVideo, reasoning, citation } = tokens;
  const rest = output - outputAudio - outputImage - outputVideo - reasoning - citation;
  tokens.output = Math.max(rest, 0);
  if (rest >= 0) return;
  note(draft, 'parts > output');
  draft.doubtful('ambiguous_usage');
}
