/** From the totals and parts that providers state to the disjoint counts that are priced. */
import { isPresent, type Notes, note, readCount } from './counts.js';
import { type BilledUnits, type ModelUsage, noTokens, type TokenCounts, type Usage } from './usage.js';

/**
 * One call's counts as most providers state them: `input` and `output` are totals, the rest are parts of them.
 * A reader of a provider's shape fills it in; {@link toUsage} makes the parts disjoint.
 */
export class Draft implements Notes {
  input: number | undefined = undefined;
  output: number | undefined = undefined;
  total: number | undefined = undefined;
  inputAudio = 0;
  inputImage = 0;
  cacheRead = 0;
  cacheReadAudio = 0;
  cacheReadImage = 0;
  /** All cache writes, those for an hour included. */
  cacheWrite = 0;
  cacheWrite1h = 0;
  outputAudio = 0;
  outputImage = 0;
  reasoning = 0;
  /** Part of the input. */
  toolOverhead = 0;
  /** The provider states input without the cached tokens. */
  cacheIsOutside = false;
  /** The total counts something else beside tokens of input and output, so nothing follows from it. */
  totalIsOther = false;
  units: BilledUnits | undefined = undefined;
  others: ModelUsage[] | undefined = undefined;
  reportedCostUsd: number | undefined = undefined;
  anomaly: string | undefined = undefined;
  /** There were details that say whether the cache is inside. */
  hasDetails = false;
  /** One of the totals was there and unreadable. */
  refused = false;

  /** As new. */
  clear(): void {
    this.input = undefined;
    this.output = undefined;
    this.total = undefined;
    this.inputAudio = 0;
    this.inputImage = 0;
    this.cacheRead = 0;
    this.cacheReadAudio = 0;
    this.cacheReadImage = 0;
    this.cacheWrite = 0;
    this.cacheWrite1h = 0;
    this.outputAudio = 0;
    this.outputImage = 0;
    this.reasoning = 0;
    this.toolOverhead = 0;
    this.cacheIsOutside = false;
    this.totalIsOther = false;
    this.units = undefined;
    this.others = undefined;
    this.reportedCostUsd = undefined;
    this.anomaly = undefined;
    this.hasDetails = false;
    this.refused = false;
  }

  /** A total: the first of these fields that holds a readable count. */
  first(from: Record<string, unknown>, ...keys: string[]): number | undefined {
    for (const key of keys) {
      const count = this.count(from[key], key);
      if (count !== undefined) return count;
    }
    return undefined;
  }

  /** A total, where this is a readable count. */
  count(value: unknown, name: string): number | undefined {
    if (!isPresent(value)) return undefined;
    const count = readCount(value, name, this);
    if (count === undefined) this.refused = true;
    return count;
  }

  /** A part: the largest count among these fields, one fact said under several names. 0 when there is none. */
  most(from: Record<string, unknown>, ...keys: string[]): number {
    let most = 0;
    for (const key of keys) {
      const value = from[key];
      if (isPresent(value)) most = Math.max(most, readCount(value, key, this) ?? 0);
    }
    return most;
  }

  /** A total so far, or the larger one stated under a further name. */
  more(before: number | undefined, value: unknown, name: string): number | undefined {
    if (value === undefined || value === null) return before;
    const count = readCount(value, name, this);
    if (count === undefined) this.refused = true;
    return before === undefined || (count !== undefined && count > before) ? count : before;
  }

  /** The same of a part. */
  part(before: number, value: unknown, name: string): number {
    return value === undefined ? before : Math.max(before, readCount(value, name, this) ?? 0);
  }

  addUnits(unit: keyof BilledUnits, count: number | undefined): void {
    if (count === undefined || count === 0) return;
    this.units ??= {};
    this.units[unit] = (this.units[unit] ?? 0) + count;
  }
}

/** The disjoint form, or undefined when the draft says nothing at all. */
export function toUsage(draft: Draft): Usage | undefined {
  if (draft.cacheIsOutside) putCacheInside(draft);
  const unsplit = draft.totalIsOther ? undefined : settleTotal(draft);
  if (saysNothing(draft, unsplit)) return undefined;
  const usage: Usage = { tokens: unsplit === undefined ? disjoint(draft) : noTokens() };
  if (unsplit !== undefined) usage.unsplitTokens = unsplit;
  else if (isIncomplete(draft)) usage.incomplete = true;
  if (draft.units !== undefined) usage.units = draft.units;
  if (draft.reportedCostUsd !== undefined) usage.reportedCostUsd = draft.reportedCostUsd;
  if (draft.anomaly !== undefined) usage.anomaly = draft.anomaly;
  if (draft.others !== undefined) usage.others = draft.others;
  if (draft.toolOverhead > 0) usage.toolOverheadTokens = draft.toolOverhead;
  return usage;
}

function saysNothing(draft: Draft, unsplit: number | undefined): boolean {
  if (draft.input !== undefined || draft.output !== undefined || unsplit !== undefined) return false;
  if (draft.units !== undefined || draft.others !== undefined || draft.reportedCostUsd !== undefined)
    return false;
  return (
    !draft.refused &&
    draft.anomaly === undefined &&
    draft.cacheRead + draft.cacheWrite + draft.reasoning === 0
  );
}

/** A side of the call that was refused or is missing where there must be one: the counts are a lower bound. */
function isIncomplete(draft: Draft): boolean {
  if (draft.input !== undefined) return draft.output === undefined && draft.refused;
  return draft.refused || (draft.output ?? 0) + draft.cacheRead + draft.cacheWrite > 0;
}

function putCacheInside(draft: Draft): void {
  if (draft.input !== undefined) draft.input += draft.cacheRead + draft.cacheWrite;
}

/**
 * Uses the stated total to fill in or correct the two sides. Returns the total itself where it is all there is.
 * Some providers leave the cache out of input, or reasoning out of output; the total tells which.
 */
function settleTotal(draft: Draft): number | undefined {
  const { total, input, output } = draft;
  if (total === undefined) return undefined;
  if ((input ?? 0) === 0 && (output ?? 0) === 0) return total > 0 ? total : undefined;
  if (input === undefined) draft.input = Math.max(total - (output ?? 0), 0);
  else if (output === undefined) draft.output = Math.max(total - input, 0);
  else explainExcess(draft, input, output, total - input - output);
  return undefined;
}

function explainExcess(draft: Draft, input: number, output: number, excess: number): void {
  if (excess <= 0) return;
  const cache = draft.cacheRead + draft.cacheWrite;
  const { reasoning } = draft;
  if (excess === cache || excess === cache + reasoning) draft.input = input + cache;
  if (excess === reasoning || excess === cache + reasoning) draft.output = output + reasoning;
  if (draft.input !== input || draft.output !== output) return;
  note(draft, 'total > input + output');
  draft.output = output + excess;
  if (reasoning === 0) draft.reasoning = excess;
}

function disjoint(draft: Draft): TokenCounts {
  const cacheWrite1h = Math.min(draft.cacheWrite1h, draft.cacheWrite);
  const tokens = {
    input: 0,
    inputAudio: draft.inputAudio,
    inputImage: draft.inputImage,
    cacheRead: draft.cacheRead,
    cacheReadAudio: Math.min(draft.cacheReadAudio, draft.cacheRead),
    cacheWrite: draft.cacheWrite - cacheWrite1h,
    cacheWrite1h,
    output: 0,
    outputAudio: draft.outputAudio,
    outputImage: draft.outputImage,
    reasoning: draft.reasoning,
  };
  splitInput(draft, tokens);
  splitOutput(draft, tokens);
  return tokens;
}

function splitInput(draft: Draft, tokens: TokenCounts): void {
  const cache = draft.cacheRead + draft.cacheWrite;
  if (cache > (draft.input ?? 0) && draft.input !== undefined) note(draft, 'cache > input');
  const input = Math.max(draft.input ?? 0, cache);
  tokens.inputAudio = Math.max(tokens.inputAudio - tokens.cacheReadAudio, 0);
  tokens.inputImage = Math.max(tokens.inputImage - draft.cacheReadImage, 0);
  tokens.cacheRead -= tokens.cacheReadAudio;
  const room = input - cache;
  // What does not fit beside the cache was counted as cached as well, or is more than there was.
  tokens.inputImage = Math.min(tokens.inputImage, room);
  const audioRoom = room - tokens.inputImage;
  const cachedAudio = Math.min(Math.max(tokens.inputAudio - audioRoom, 0), tokens.cacheRead);
  tokens.inputAudio = Math.min(tokens.inputAudio, audioRoom);
  tokens.cacheRead -= cachedAudio;
  tokens.cacheReadAudio += cachedAudio;
  tokens.input = audioRoom - tokens.inputAudio;
}

function splitOutput(draft: Draft, tokens: TokenCounts): void {
  const output = draft.output ?? 0;
  const parts = tokens.reasoning + tokens.outputAudio + tokens.outputImage;
  if (parts > output && draft.output !== undefined) note(draft, 'reasoning > output');
  // Reasoning that does not fit into the output stands beside it.
  tokens.output = tokens.reasoning > output ? output : Math.max(output - parts, 0);
}
