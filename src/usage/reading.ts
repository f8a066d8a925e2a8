/**
 * Makes disjoint counts from the totals and parts that a provider states. Providers differ in whether the input
 * contains the cached tokens, and the output the reasoning. The counts themselves decide it: of the possible readings,
 * the one is taken in which the stated totals add up.
 *
 * Example: input 761, cache 1,242, output 61, total 2,064. The cache is larger than the input, and 761 + 1,242 + 61 is
 * the total, so the cache is beside the input. With input 2,003 and the same total, it is inside.
 */
import { withOthers } from './combine.js';
import { note } from './counts.js';
import type { Draft } from './draft.js';
import { setSplits } from './splits.js';
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
  if (sides.knowsInput && !sides.knowsOutput && sides.output === 0) usage.inputOnly = true;
  setSplits(usage, draft);
  const { requests = 0, toolInput = 0 } = draft;
  if (requests > 1) usage.requests = requests;
  if (toolInput > 0) usage.toolOverheadTokens = toolInput;
  return draft.others === undefined ? usage : withOthers(usage, draft.others);
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
  const { output, reasoning = 0 } = draft;
  const read = cachedReads(draft);
  const written = cachedWrites(draft);
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

/** Cached tokens of all modalities. Where they are listed, they add up. */
function cachedReads(draft: Draft): number {
  const { cacheRead, cacheReadText, cacheReadAudio = 0, cacheReadImage = 0 } = draft;
  const listed = (cacheReadText ?? 0) + cacheReadAudio + cacheReadImage;
  if (cacheReadText !== undefined && cacheRead !== undefined && cacheRead !== listed) {
    draft.doubtful('ambiguous_usage');
  }
  return Math.max(cacheRead ?? 0, listed);
}

/** Cache writes of all lifetimes. Where they are listed, they add up. */
function cachedWrites(draft: Draft): number {
  const { cacheWrite, cacheWrite5m, cacheWrite1h = 0 } = draft;
  const listed = (cacheWrite5m ?? 0) + cacheWrite1h;
  if (cacheWrite5m !== undefined && cacheWrite !== undefined && cacheWrite !== listed) {
    draft.doubtful('ambiguous_usage');
  }
  return Math.max(cacheWrite ?? 0, listed);
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
  checkModalities(draft, totals, reasoning);
  const beside = (draft.toolInput ?? 0) + (draft.besideInput ?? 0);
  const outside = outsideOf(draft, sides, totals, beside);
  const besideInput = outside.cache + beside;
  sides.knowsInput = (input ?? total) !== undefined;
  sides.knowsOutput = (output ?? total) !== undefined;
  sides.input = input ?? Math.max((total ?? 0) - (output ?? 0) - outside.reasoning - besideInput, cache);
  sides.input += besideInput;
  sides.output =
    output ?? Math.max((total ?? 0) - sides.input - outside.reasoning, reasoning - outside.reasoning);
  sides.output += outside.reasoning;
  if (input === undefined || output === undefined || total === undefined) return;
  // Many recorders add up the two counts themselves, whatever those leave out.
  if (!outside.addsUp && total !== input + output) explainTotal(draft, sides, total);
}

/** Where the text is counted apart, all modalities add up to their side, with or without its cache or reasoning. */
function checkModalities(draft: Draft, { input, output, cache }: Totals, reasoning: number): void {
  const { inputText, outputText, inputAudio = 0, inputImage = 0, inputVideo = 0, cacheRead = 0 } = draft;
  const { outputAudio = 0, outputImage = 0, outputVideo = 0 } = draft;
  if (inputText !== undefined && input !== undefined) {
    const rest = input - inputText - inputAudio - inputImage - inputVideo;
    if (rest !== 0 && rest !== cache && rest !== cacheRead) draft.doubtful('ambiguous_usage');
  }
  if (outputText !== undefined && output !== undefined) {
    const rest = output - outputText - outputAudio - outputImage - outputVideo;
    if (rest !== 0 && rest !== reasoning) draft.doubtful('ambiguous_usage');
  }
}

/** The tokens that are stated beside the totals that should contain them. */
interface Outside {
  cache: number;
  reasoning: number;
  /** True if the stated total is the sum of everything that is stated. */
  addsUp: boolean;
}

/** The places in which the stated total adds up, or else the usual ones. */
function outsideOf(draft: Draft, sides: Sides, totals: Totals, beside: number): Outside {
  const { input, output, total } = totals;
  const caches = cachePlaces(draft, sides, totals);
  const reasonings = reasoningPlaces(draft, sides.reasoning, output);
  if (input !== undefined && output !== undefined && total !== undefined) {
    const stated = input + output + beside;
    for (const cache of caches) {
      for (const reasoning of reasonings) {
        const sum = stated + cache + reasoning;
        if (sum === total || sum + (draft.citation ?? 0) === total) return { cache, reasoning, addsUp: true };
      }
    }
  }
  // More cache than input is beside it, all of it or only what was read or written.
  const isForced = !draft.cacheIsOutside && totals.cache > (input ?? totals.cache);
  if (caches.length > 1 && (draft.cacheIsUnsure || isForced)) draft.doubtful('ambiguous_usage');
  // A side that is derived from the total depends on where the parts are, and the total cannot tell it any more.
  const isDerived = total !== undefined && (input === undefined || output === undefined);
  const hasParts = totals.cache > 0 || sides.reasoning > 0;
  if (hasParts && (isDerived || draft.totalRefused)) draft.doubtful('ambiguous_usage');
  return { cache: caches[0] ?? 0, reasoning: reasonings[0] ?? 0, addsUp: false };
}

/** How many cached tokens may be beside the input, the usual number first. The rest must fit into the input. */
function cachePlaces(
  draft: Draft,
  { cacheRead, cacheWrite }: Sides,
  { input, cache }: Totals,
): readonly number[] {
  const decided = decidedCache(draft, input, cache);
  if (cache === 0 || input === undefined) return [0];
  if (decided !== undefined) return [decided ? cache : 0];
  const usual = draft.cacheIsOutside ? [cache, 0] : [0, cache];
  const places = new Set([...usual, cacheWrite, cacheRead]);
  return [...places].filter((outside) => cache - outside <= input);
}

function reasoningPlaces(draft: Draft, reasoning: number, output: number | undefined): readonly number[] {
  const isInside = decidedReasoning(draft);
  if (reasoning === 0 || output === undefined || isInside) return [0];
  if (reasoning > output || draft.reasoningMustBeOutside) return [reasoning];
  return draft.reasoningIsOutside ? [reasoning, 0] : [0, reasoning];
}

/** Whether the cache is beside the input, where further statements of the input show it. */
function decidedCache(draft: Draft, input: number | undefined, cache: number): boolean | undefined {
  const { freshInput, lesserInput } = draft;
  if (draft.cacheMustBeOutside) return true;
  if (input === undefined || cache === 0) {
    if ((freshInput ?? lesserInput ?? input) !== input) draft.doubtful('ambiguous_usage');
    return undefined;
  }
  const other = freshInput ?? lesserInput;
  if (other === undefined) return undefined;
  if (other === input) return freshInput === undefined ? undefined : true;
  const gap = input - other;
  if (gap === cache) return false;
  // Some recorders count what was written to the cache as fresh.
  if (gap !== draft.cacheRead) draft.doubtful('ambiguous_usage');
  return undefined;
}

/** True where a second statement of the output leaves the reasoning out that this one contains. */
function decidedReasoning(draft: Draft): boolean {
  const { output = 0, lesserOutput, reasoning = 0 } = draft;
  if (lesserOutput === undefined) return false;
  if (output - lesserOutput === reasoning) return true;
  draft.doubtful('ambiguous_usage');
  return false;
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
  splitInput(draft, tokens, Math.max(sides.input - cacheRead - cacheWrite, 0));
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
