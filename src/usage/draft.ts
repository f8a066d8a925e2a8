/** Turns the totals and parts that providers report into the disjoint counts that are priced. */
import { isPresent, type Notes, note, readCount } from './counts.js';
import { type BilledUnits, type ModelUsage, noTokens, type TokenCounts, type Usage } from './usage.js';

/**
 * One call's counts in the form that most providers use: `input` and `output` are totals, the others are parts of
 * them. The reader of each provider's shape fills in a draft, and {@link toUsage} makes the parts disjoint.
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
  /** All cache writes, including those that live for an hour. */
  cacheWrite = 0;
  cacheWrite1h = 0;
  outputAudio = 0;
  outputImage = 0;
  reasoning = 0;
  /** Part of the input. */
  toolOverhead = 0;
  /** True if the provider's input count excludes the cached tokens. */
  cacheIsOutside = false;
  /** True if the total also counts something other than input and output tokens, so nothing can be derived from it. */
  totalIsOther = false;
  units: BilledUnits | undefined = undefined;
  others: ModelUsage[] | undefined = undefined;
  reportedCostUsd: number | undefined = undefined;
  anomaly: string | undefined = undefined;
  /** True if the usage has details that show whether the cache is inside the input. */
  hasDetails = false;
  /** True if one of the totals was present but unreadable. */
  refused = false;

  /** Resets every field to its initial value. */
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

  /** Reads a total: the first of these fields that has a readable count. */
  first(from: Record<string, unknown>, ...keys: string[]): number | undefined {
    for (const key of keys) {
      const count = this.count(from[key], key);
      if (count !== undefined) return count;
    }
    return undefined;
  }

  /** Reads a total. An unreadable one marks the draft as refused. */
  count(value: unknown, name: string): number | undefined {
    if (!isPresent(value)) return undefined;
    const count = readCount(value, name, this);
    if (count === undefined) this.refused = true;
    return count;
  }

  /**
   * Reads a part: the largest count among these fields, which are several names for one fact. 0 when there is none.
   */
  most(from: Record<string, unknown>, ...keys: string[]): number {
    let most = 0;
    for (const key of keys) {
      const value = from[key];
      if (isPresent(value)) most = Math.max(most, readCount(value, key, this) ?? 0);
    }
    return most;
  }

  /** The larger of the total so far and the one under a further name. */
  more(before: number | undefined, value: unknown, name: string): number | undefined {
    if (value === undefined || value === null) return before;
    const count = readCount(value, name, this);
    if (count === undefined) this.refused = true;
    return before === undefined || (count !== undefined && count > before) ? count : before;
  }

  /** The larger of the part so far and the one under a further name. */
  part(before: number, value: unknown, name: string): number {
    return value === undefined ? before : Math.max(before, readCount(value, name, this) ?? 0);
  }

  addUnits(unit: keyof BilledUnits, count: number | undefined): void {
    if (count === undefined || count === 0) return;
    this.units ??= {};
    this.units[unit] = (this.units[unit] ?? 0) + count;
  }
}

/** The disjoint form. Undefined when the draft has no information at all. */
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

/**
 * True when one side of the call was refused, or is missing although there must be one. The counts are then a lower
 * bound.
 */
function isIncomplete(draft: Draft): boolean {
  if (draft.input !== undefined) return draft.output === undefined && draft.refused;
  return draft.refused || (draft.output ?? 0) + draft.cacheRead + draft.cacheWrite > 0;
}

function putCacheInside(draft: Draft): void {
  if (draft.input !== undefined) draft.input += draft.cacheRead + draft.cacheWrite;
}

/**
 * Uses the reported total to fill in or correct the two sides. Returns the total itself when it is the only count.
 * Some providers leave the cache out of input, or reasoning out of output; the total shows which.
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
    inputVideo: 0,
    cacheRead: draft.cacheRead,
    cacheReadAudio: Math.min(draft.cacheReadAudio, draft.cacheRead),
    cacheReadImage: 0,
    cacheWrite: draft.cacheWrite - cacheWrite1h,
    cacheWrite1h,
    output: 0,
    outputAudio: draft.outputAudio,
    outputImage: draft.outputImage,
    outputVideo: 0,
    reasoning: draft.reasoning,
    citation: 0,
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
  // The excess over the room beside the cache was counted as cached as well, or the provider counted too much.
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
  // If reasoning exceeds the output, the provider counts it beside the output.
  tokens.output = tokens.reasoning > output ? output : Math.max(output - parts, 0);
}
