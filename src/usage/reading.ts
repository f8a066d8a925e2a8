/**
 * Makes disjoint counts from the totals and parts that a provider states. Providers differ in whether the input
 * contains the cached tokens, and the output the reasoning. The counts themselves decide it: of the possible readings,
 * the one is taken in which the stated totals add up.
 *
 * Example: input 761, cache 1,242, output 61, total 2,064. The cache is larger than the input, and 761 + 1,242 + 61 is
 * the total, so the cache is beside the input. With input 2,003 and the same total, it is inside.
 */
import { note } from './counts.js';
import type { Draft } from './draft.js';
import { noTokens, type TokenCounts, type Usage } from './usage.js';

/** One call's two sides, and what is counted inside them. */
interface Sides {
  /** Cache included. */
  input: number;
  /** Reasoning included. */
  output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  reasoning: number;
  /** Stated, or derived from the total. */
  knowsInput: boolean;
  knowsOutput: boolean;
  /** The one count that the provider states for both sides. */
  unsplit?: number;
}

/** The disjoint form. Undefined when the draft has no information at all. */
export function toUsage(draft: Draft): Usage | undefined {
  const sides = sidesOf(draft);
  const { units } = draft;
  if (saysNothing(draft, sides, units !== undefined)) return undefined;
  const usage: Usage = { tokens: sides.unsplit === undefined ? disjoint(draft, sides) : noTokens() };
  if (sides.unsplit !== undefined) usage.unsplitTokens = sides.unsplit;
  else if (isIncomplete(draft, sides)) usage.incomplete = true;
  if (units !== undefined) usage.units = units;
  if (draft.reportedCostUsd !== undefined) usage.reportedCostUsd = draft.reportedCostUsd;
  if (draft.estimatedCostUsd !== undefined) usage.estimatedCostUsd = draft.estimatedCostUsd;
  if (draft.doubt !== undefined) usage.doubt = draft.doubt;
  if (draft.unread !== undefined) usage.unread = draft.unread;
  if (draft.anomaly !== undefined) usage.anomaly = draft.anomaly;
  if (draft.others !== undefined) usage.others = draft.others;
  const { requests = 0, toolInput = 0 } = draft;
  if (requests > 1) usage.requests = requests;
  if (toolInput > 0) usage.toolOverheadTokens = toolInput;
  return usage;
}

function saysNothing(draft: Draft, sides: Sides, hasUnits: boolean): boolean {
  if ((draft.input ?? draft.freshInput ?? draft.output ?? sides.unsplit) !== undefined) return false;
  if (hasUnits || draft.others !== undefined || draft.refused || draft.anomaly !== undefined) return false;
  if ((draft.reportedCostUsd ?? draft.estimatedCostUsd) !== undefined) return false;
  return sides.input + sides.output === 0;
}

/** True when one side of the call was refused, or is missing although there must be one: the counts are a lower bound. */
function isIncomplete({ refused }: Draft, { input, output, knowsInput, knowsOutput }: Sides): boolean {
  if (knowsInput) return !knowsOutput && refused;
  return refused || input + output > 0;
}

const NOTHING: Sides = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  reasoning: 0,
  knowsInput: false,
  knowsOutput: false,
};

function sidesOf(draft: Draft): Sides {
  const {
    output,
    cacheRead = 0,
    cacheReadAudio = 0,
    cacheReadImage = 0,
    cacheWrite = 0,
    reasoning = 0,
  } = draft;
  const read = Math.max(cacheRead, cacheReadAudio + cacheReadImage);
  const written = Math.max(cacheWrite, (draft.cacheWrite5m ?? 0) + (draft.cacheWrite1h ?? 0));
  const cache = read + written;
  const total = draft.totalIsOther || draft.total === 0 ? undefined : draft.total;
  const sides = { ...NOTHING, cacheRead: read, cacheWrite: written, reasoning };
  const input =
    draft.input ?? (draft.freshInput === undefined ? partsOfInput(draft) : draft.freshInput + cache);
  if (total !== undefined && (input ?? 0) + (output ?? 0) + cache + reasoning === 0) {
    return { ...sides, unsplit: total };
  }
  settle(draft, sides, { input, output: output ?? partsOfOutput(draft), total, cache });
  sides.output += draft.citation ?? 0;
  return sides;
}

/** The sum of the modalities, where no total states it. */
function partsOfInput({ inputText, inputAudio, inputImage, inputVideo }: Draft): number | undefined {
  return inputText === undefined
    ? undefined
    : inputText + (inputAudio ?? 0) + (inputImage ?? 0) + (inputVideo ?? 0);
}

function partsOfOutput({
  outputText,
  outputAudio,
  outputImage,
  outputVideo,
  reasoning,
}: Draft): number | undefined {
  if (outputText === undefined) return undefined;
  return outputText + (outputAudio ?? 0) + (outputImage ?? 0) + (outputVideo ?? 0) + (reasoning ?? 0);
}

interface Totals {
  input: number | undefined;
  output: number | undefined;
  total: number | undefined;
  cache: number;
}

function settle(draft: Draft, sides: Sides, totals: Totals): void {
  const { input, output, total, cache } = totals;
  const { reasoning } = sides;
  const beside = (draft.toolInput ?? 0) + (draft.besideInput ?? 0);
  const places = placesOf(draft, totals, reasoning, beside);
  const outsideInput = (places.isCacheOutside ? cache : 0) + beside;
  const outsideOutput = places.isReasoningOutside ? reasoning : 0;
  sides.knowsInput = (input ?? total) !== undefined;
  sides.knowsOutput = (output ?? total) !== undefined;
  sides.input = input ?? Math.max((total ?? 0) - (output ?? 0) - outsideOutput - outsideInput, cache);
  sides.input += outsideInput;
  sides.output = output ?? Math.max((total ?? 0) - sides.input - outsideOutput, reasoning - outsideOutput);
  sides.output += outsideOutput;
  if (input === undefined || output === undefined || total === undefined) return;
  // Many recorders add up the two counts themselves, whatever those leave out.
  if (!places.addUp && total !== input + output) explainTotal(draft, sides, total);
}

interface Places {
  isCacheOutside: boolean;
  isReasoningOutside: boolean;
  /** True if the stated total is the sum of everything that is stated. */
  addUp: boolean;
}

/** The places in which the stated total adds up, or else the usual ones. */
function placesOf(draft: Draft, totals: Totals, reasoning: number, beside: number): Places {
  const { input, output, total, cache } = totals;
  const caches = readings(decidedCache(draft, input, cache), draft.cacheIsOutside, cache, input);
  const reasonings = readings(decidedReasoning(draft), draft.reasoningIsOutside, reasoning, output);
  const all = caches.flatMap((isCacheOutside) =>
    reasonings.map((isReasoningOutside) => ({ isCacheOutside, isReasoningOutside })),
  );
  const stated = (input ?? 0) + (output ?? 0) + beside;
  const fitting = all.find(({ isCacheOutside, isReasoningOutside }) => {
    const sum = stated + (isCacheOutside ? cache : 0) + (isReasoningOutside ? reasoning : 0);
    return sum === total || sum + (draft.citation ?? 0) === total;
  });
  if (fitting !== undefined && input !== undefined && output !== undefined)
    return { ...fitting, addUp: true };
  if (draft.cacheIsUnsure && caches.length > 1) draft.doubtful('ambiguous_usage');
  return { isCacheOutside: caches[0] ?? false, isReasoningOutside: reasonings[0] ?? false, addUp: false };
}

/** Both places of a part, the usual one first; only one where the other is not possible or was decided. */
function readings(
  decided: boolean | undefined,
  usual: boolean,
  part: number,
  whole: number | undefined,
): readonly boolean[] {
  if (part === 0 || whole === undefined) return [false];
  if (part > whole) return [true];
  return decided === undefined ? [usual, !usual] : [decided];
}

/** Whether the cache is beside the input, where further statements of the input show it. */
function decidedCache(draft: Draft, input: number | undefined, cache: number): boolean | undefined {
  const { freshInput, lesserInput } = draft;
  if (draft.cacheMustBeOutside) return true;
  if (input === undefined || cache === 0) {
    if (lesserInput !== undefined) draft.doubtful('ambiguous_usage');
    return undefined;
  }
  const other = freshInput ?? lesserInput;
  if (other === undefined) return undefined;
  if (other === input) return freshInput === undefined ? undefined : true;
  const gap = input - other;
  if (gap === cache || (draft.cacheRead !== undefined && gap === draft.cacheRead)) return false;
  draft.doubtful('ambiguous_usage');
  return undefined;
}

function decidedReasoning(draft: Draft): boolean | undefined {
  const { output = 0, lesserOutput, reasoning = 0 } = draft;
  if (lesserOutput === undefined) return undefined;
  if (output - lesserOutput === reasoning) return false;
  draft.doubtful('ambiguous_usage');
  return undefined;
}

/** A total that no reading explains: it counts something that is stated nowhere else, or is wrong. */
function explainTotal(draft: Draft, sides: Sides, total: number): void {
  const excess = total - sides.input - sides.output;
  if (excess < 0) {
    note(draft, 'total < input + output');
    draft.doubtful('ambiguous_usage');
    return;
  }
  note(draft, 'total > input + output');
  const areThoughts = draft.totalHasThoughts && sides.reasoning === 0;
  if (!areThoughts) draft.doubtful('ambiguous_usage');
  if (draft.totalHasCache && sides.cacheRead + sides.cacheWrite === 0) {
    sides.input += excess;
    return;
  }
  sides.output += excess;
  if (sides.reasoning === 0) sides.reasoning = excess;
}

function disjoint(draft: Draft, sides: Sides): TokenCounts {
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
  splitInput(draft, tokens, sides.input - cacheRead - cacheWrite);
  splitOutput(draft, tokens, sides.output);
  return tokens;
}

/** `room` is the input beside the cache. Modalities beyond it were counted as cached, too, or counted twice. */
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
