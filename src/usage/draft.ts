/** The counts of one call as they are stated: totals and parts of them, under whatever names. */
import type { EstimateReason } from '../cost-reason.js';
import { firstReason } from '../cost-reason.js';
import type { Fact } from './count-names.js';
import { isPresent, MAX_COUNT, type Notes, readCount, readSeconds } from './counts.js';
import type { BilledUnits, UsagePart } from './usage.js';

type Stated = number | undefined;

/** Filled in by the readers; `toUsage` makes the parts disjoint. A field is undefined where nothing states it. */
export class Draft implements Notes, Record<Fact, Stated> {
  input: Stated = undefined;
  /** The smallest other non-zero input count of the same call, stated by another convention. */
  lesserInput: Stated = undefined;
  freshInput: Stated = undefined;
  output: Stated = undefined;
  lesserOutput: Stated = undefined;
  total: Stated = undefined;
  inputText: Stated = undefined;
  inputAudio: Stated = undefined;
  inputImage: Stated = undefined;
  inputVideo: Stated = undefined;
  cacheRead: Stated = undefined;
  cacheReadText: Stated = undefined;
  cacheReadAudio: Stated = undefined;
  cacheReadImage: Stated = undefined;
  /** All cache writes, those that live for an hour included. */
  cacheWrite: Stated = undefined;
  cacheWrite5m: Stated = undefined;
  cacheWrite1h: Stated = undefined;
  outputText: Stated = undefined;
  outputAudio: Stated = undefined;
  outputImage: Stated = undefined;
  outputVideo: Stated = undefined;
  reasoning: Stated = undefined;
  citation: Stated = undefined;
  toolInput: Stated = undefined;
  toolAudio: Stated = undefined;
  toolImage: Stated = undefined;
  toolVideo: Stated = undefined;
  /** Input that is billed beside the text (Cohere's images). */
  besideInput: Stated = undefined;
  webSearches: Stated = undefined;
  fileSearches: Stated = undefined;
  codeExecutions: Stated = undefined;
  rerankSearches: Stated = undefined;
  otherToolCalls: Stated = undefined;
  toolCalls: Stated = undefined;
  inputAudioSeconds: Stated = undefined;
  images: Stated = undefined;
  requests: Stated = undefined;

  /** True if the provider usually states the cache beside the input. Where the counts show the place, they decide. */
  cacheIsOutside = false;
  /** True if this provider's recorder never counts the cache in the input, nor in the total. */
  cacheMustBeOutside = false;
  /** True if only the counts can show whether the cache is in the input. */
  cacheIsUnsure = false;
  /** True if the text of the output is everything except reasoning, images included, as in the AI SDK. */
  textIsRest = false;
  /** True if the provider usually states reasoning beside the output. */
  reasoningIsOutside = false;
  /** True if this model's reasoning is never in the output, nor in the total. */
  reasoningMustBeOutside = false;
  /** True for thinking models of providers that count thoughts only in the total. */
  totalHasThoughts = false;
  /** True for models whose cached tokens some recorders count only in the total. */
  totalHasCache = false;
  /** True if the total also counts something other than tokens that are billed, so nothing can be derived from it. */
  totalIsOther = false;
  /** Further models that worked within the same call, such as an advisor. */
  others: UsagePart[] | undefined = undefined;
  reportedCostUsd: Stated = undefined;
  estimatedCostUsd: Stated = undefined;
  refusesUsd = false;
  /** True if a bill was stated that cannot be one, and no other. */
  refusesBill = false;
  anomaly: string | undefined = undefined;
  doubt: EstimateReason | undefined = undefined;
  unread: readonly string[] | undefined = undefined;
  /** True if one of the totals was present but unreadable. */
  refused = false;
  /** True if the unreadable one was the total of both sides. */
  totalRefused = false;

  /** Takes a count. If several names state one fact, the largest value is used. */
  take(fact: Fact, value: unknown, name: string): void {
    if (!isPresent(value)) return;
    const count =
      fact === 'inputAudioSeconds' ? readSeconds(value, name, this) : readCount(value, name, this);
    if (count === undefined) this.refuse(fact);
    else this.add(fact, count);
  }

  add(fact: Fact, count: number): void {
    const before = this[fact];
    if (before === undefined) this[fact] = count;
    else if (fact === 'otherToolCalls' || fact === 'cacheReadText') this[fact] = before + count;
    else {
      if (fact === 'input') this.lesserInput = lesser(this.lesserInput, before, count);
      else if (fact === 'output') this.lesserOutput = lesser(this.lesserOutput, before, count);
      if (count > before) this[fact] = count;
    }
  }

  /** Notes that the amount is uncertain. */
  doubtful(reason: EstimateReason): void {
    this.doubt = firstReason(this.doubt, reason);
  }

  private refuse(fact: Fact): void {
    if (fact === 'total') this.totalRefused = true;
    if (fact === 'input' || fact === 'output' || fact === 'total' || fact === 'freshInput')
      this.refused = true;
    else if (!WITHOUT_PRICE.has(fact)) this.doubtful('unread_usage');
  }

  get units(): BilledUnits | undefined {
    const { webSearches = 0, fileSearches = 0, codeExecutions = 0, toolCalls = 0 } = this;
    const named = webSearches + fileSearches + codeExecutions;
    const counts = {
      webSearches,
      fileSearches,
      codeExecutions,
      otherToolCalls: Math.max(this.otherToolCalls ?? 0, toolCalls - named),
      rerankSearches: this.rerankSearches ?? 0,
      inputAudioSeconds: this.inputAudioSeconds ?? 0,
      images: this.images ?? 0,
    };
    const units: BilledUnits = {};
    for (const unit of UNITS) if (counts[unit] > 0) units[unit] = counts[unit];
    for (const _any in units) return units;
    return undefined;
  }
}

/** Counts that are only compared with others and have no price of their own. */
const WITHOUT_PRICE: ReadonlySet<Fact> = new Set<Fact>(['inputText', 'outputText', 'requests']);

export const UNITS = [
  'webSearches',
  'otherToolCalls',
  'rerankSearches',
  'fileSearches',
  'codeExecutions',
  'inputAudioSeconds',
  'images',
] as const satisfies readonly (keyof BilledUnits)[];

/** A zero is not a second statement: many recorders write it for "unknown". */
function lesser(known: Stated, a: number, b: number): Stated {
  const less = Math.min(a, b);
  if (less === 0 || a === b) return known;
  return known === undefined ? less : Math.min(known, less);
}

/** True for a number that may be a count of tokens or of something that is billed. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= MAX_COUNT && Number.isInteger(value);
}
