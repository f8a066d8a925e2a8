/**
 * Makes disjoint counts from the totals and parts that a provider states. Providers differ in whether the input
 * contains the cached tokens, and the output the reasoning. The counts themselves decide: the reading is used in which
 * the stated totals add up.
 *
 * Example: input 761, cache 1,242, output 61, total 2,064. The cache is larger than the input, and 761 + 1,242 + 61 is
 * the total, so the cache is beside the input. With input 2,003 and the same total, it is inside.
 */
import { withOthers } from './combine.js';
import { note } from './counts.js';
import { disjoint } from './disjoint.js';
import type { Draft } from './draft.js';
import type { Sides, Totals } from './sides.js';
import { setSplits } from './splits.js';
import { outsideOf } from './token-places.js';
import { noTokens, type Usage } from './usage.js';

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
  if (draft.refusesBill) usage.refusesBill = true;
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

/** Cached tokens of all modalities. Where they are listed by modality, the sum of the list. */
function cachedReads(draft: Draft): number {
  const { cacheRead, cacheReadText, cacheReadAudio = 0, cacheReadImage = 0 } = draft;
  const listed = (cacheReadText ?? 0) + cacheReadAudio + cacheReadImage;
  if (cacheReadText !== undefined && cacheRead !== undefined && cacheRead !== listed) {
    draft.doubtful('ambiguous_usage');
  }
  return Math.max(cacheRead ?? 0, listed);
}

/** Cache writes of all lifetimes. Where they are listed by lifetime, the sum of the list. */
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
  // Many recorders compute the total themselves as input plus output, even if these two leave something out.
  if (!outside.addsUp && total !== input + output) explainTotal(draft, sides, total);
}

/** If text has a count of its own, the modalities add up to their side, with or without its cache or reasoning. */
function checkModalities(draft: Draft, { input, output, cache }: Totals, reasoning: number): void {
  const { inputText, outputText, cacheRead = 0 } = draft;
  if (inputText !== undefined && input !== undefined) {
    const rest = input - inputText - sum(draft.inputAudio, draft.inputImage, draft.inputVideo);
    if (rest !== 0 && rest !== cache && rest !== cacheRead) draft.doubtful('ambiguous_usage');
  }
  if (outputText !== undefined && output !== undefined) {
    const rest = output - outputText - sum(draft.outputAudio, draft.outputImage, draft.outputVideo);
    if (rest !== 0 && rest !== reasoning) draft.doubtful('ambiguous_usage');
  }
}

function sum(...counts: readonly (number | undefined)[]): number {
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
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
