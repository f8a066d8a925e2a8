/**
 * Converts any provider's usage object to one form. The words of a name show what it counts, whichever provider wrote
 * it.
 */
import { isRecord } from '../validate.js';
import { addIterations } from './anthropic-iterations.js';
import { listed } from './bounds.js';
import { holds, richest, sumOfParts } from './combine.js';
import { Draft } from './draft.js';
import { readPlainRecord } from './plain-usage.js';
import { toUsage } from './reading.js';
import { readRecord } from './record-reader.js';
import { readBill } from './reported-cost.js';
import { UnreadNumbers } from './unread.js';
import type { Usage } from './usage.js';
import { countsReasoningApart, mayCountThoughtsApart, mayDropCache, statesCacheOutside } from './vendors.js';

export interface UsageHint {
  /** The provider that served the call. Provider and model decide the cases that the counts leave open. */
  provider?: string | undefined;
  model?: string | undefined;
}

/**
 * Reads a usage object into disjoint counts. Undefined when it is not a usage object or has no counts. Unreadable
 * counts are refused and named in `anomaly`; numbers under unknown names are in `unread`. Never throws.
 */
export function readUsage(usage: unknown, hint: UsageHint = {}): Usage | undefined {
  try {
    if (!isRecord(usage)) return undefined;
    const { requestUsageEntries: requests = usage.request_usage_entries } = usage;
    return Array.isArray(requests) ? readRequests(usage, requests, hint) : readWhole(usage, hint);
  } catch {
    // A getter or proxy of the app threw, so there is nothing to read.
    return undefined;
  }
}

/** The OpenAI Agents SDK lists the counts of each request of a run beside their sum. */
function readRequests(
  usage: Record<string, unknown>,
  requests: readonly unknown[],
  hint: UsageHint,
): Usage | undefined {
  const { requestUsageEntries: _camel, request_usage_entries: _snake, ...counts } = usage;
  const whole = readWhole(counts, hint);
  const parts = listed(requests)
    .filter(isRecord)
    .flatMap((request) => readWhole(request, hint) ?? []);
  const sum = sumOfParts(parts.map((part) => ({ usage: part })));
  if (sum === undefined || parts.length < 2) return whole;
  const isAll = whole === undefined || (holds(sum, whole) && holds(whole, sum));
  return isAll ? { ...sum, requests: parts.length } : whole;
}

/** A client's usage, the one of the client inside it, and the provider's own: Mastra has three levels of `raw`. */
const MAX_RAW_LEVELS = 3;

function readWhole(usage: Record<string, unknown>, hint: UsageHint): Usage | undefined {
  return readPlainRecord(usage) ?? readInFull(usage, hint);
}

/** The full reading, of any usage object. */
export function readInFull(usage: Record<string, unknown>, hint: UsageHint, level = 1): Usage | undefined {
  const draft = new Draft();
  const numbers = new UnreadNumbers(['usage']);
  const billed = billedUnits(usage);
  if (billed === undefined) readRecord(draft, numbers, usage, '');
  else {
    readRecord(draft, numbers, billed, 'billed_units');
    noticeBeside(numbers, usage);
    // Cohere bills the images beside the text.
    draft.besideInput = draft.toolImage;
  }
  expectPlaces(draft, usage, hint);
  if (Array.isArray(usage.iterations)) addIterations(draft, usage.iterations, readCounts);
  readBill(usage, draft);
  // Audio that is billed by the second is in the total as tokens, but on neither side.
  draft.totalIsOther = draft.inputAudioSeconds !== undefined;
  // Perplexity's fee per request depends on the search context size. Our rate is for the smallest size, the default.
  const searched = usage.search_context_size ?? usage.searchContextSize;
  if (searched === 'medium' || searched === 'high') draft.doubtful('other_tier');
  draft.textIsRest = isRecord(usage.outputTokenDetails);
  draft.unread = numbers.paths();
  const read = toUsage(draft);
  const original = level < MAX_RAW_LEVELS ? usage.raw : undefined;
  const raw = isRecord(original) ? readInFull(original, hint, level + 1) : undefined;
  return read !== undefined && raw !== undefined ? richest(read, raw) : (read ?? raw);
}

/** The counts of one object, without objects beside them. */
function readCounts(counts: Record<string, unknown>): Draft {
  const draft = new Draft();
  readRecord(draft, new UnreadNumbers(), counts, '');
  expectPlaces(draft, counts, {});
  return draft;
}

/**
 * The billed units of a usage object, or of the `meta` of an older response. Cohere processes more tokens than it
 * bills, and states their count beside the billed units. Its client has the names in camel case.
 */
function billedUnits(usage: Record<string, unknown>): Record<string, unknown> | undefined {
  const own = usage.billed_units ?? usage.billedUnits;
  if (isRecord(own)) return own;
  if (!isRecord(usage.meta)) return undefined;
  const { billed_units: billed = usage.meta.billedUnits } = usage.meta;
  return isRecord(billed) ? billed : undefined;
}

/** Of the numbers beside the billed units, the tokens that Cohere processed and those that it cached are not billed. */
const NOT_BILLED = new Set([
  'billed_units',
  'billedUnits',
  'tokens',
  'cached_tokens',
  'cachedTokens',
  'meta',
]);

function noticeBeside(numbers: UnreadNumbers, usage: Record<string, unknown>): void {
  const others = Object.fromEntries(Object.entries(usage).filter(([key]) => !NOT_BILLED.has(key)));
  readRecord(new Draft(), numbers, others, '');
}

/** Sets where this shape usually counts the cache and the reasoning. Used where the stated totals do not show it. */
function expectPlaces(draft: Draft, usage: Record<string, unknown>, { provider, model }: UsageHint): void {
  // OpenAI counts both inside the totals, under names that others took over.
  const hasPromptTokens = (usage.prompt_tokens ?? usage.promptTokens) !== undefined;
  const isOfAnthropicShape = !hasPromptTokens && hasAny(usage, CACHE_BESIDE);
  draft.cacheIsOutside = isOfAnthropicShape || (usage.input !== undefined && hasAny(usage, CACHE_OF_PI));
  // A harness that adds the other names may follow either convention.
  draft.cacheIsUnsure = hasPromptTokens && usage.input_tokens !== undefined && hasAny(usage, CACHE_BESIDE);
  draft.cacheMustBeOutside = isOfOldAiSdk(usage) && statesCacheOutside(provider);
  if (provider === undefined && isOfOldAiSdk(usage) && statesCacheOutside(model)) doubtCacheThatFits(draft);
  draft.reasoningIsOutside = hasAny(usage, THOUGHTS_BESIDE);
  draft.reasoningMustBeOutside = countsReasoningApart(model);
  draft.totalHasThoughts = mayCountThoughtsApart(provider, model);
  draft.totalHasCache = mayDropCache(provider, model);
}

/** The provider that served the model decides where its cache is, unless the cache is larger than the input. */
function doubtCacheThatFits(draft: Draft): void {
  const { cacheRead = 0, input = 0 } = draft;
  if (cacheRead > 0 && cacheRead <= input) draft.doubtful('ambiguous_usage');
}

/** Anthropic's names, Bedrock's, and those of the Claude Agent SDK. */
const CACHE_BESIDE = [
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'cache_creation',
  'cacheReadInputTokens',
  'cacheWriteInputTokens',
  'cacheCreationInputTokens',
  'cacheReadInputTokenCount',
  'cacheWriteInputTokenCount',
];
const CACHE_OF_PI = ['cacheRead', 'cacheWrite'];

/** Google's names. */
const THOUGHTS_BESIDE = [
  'thoughtsTokenCount',
  'thoughts_token_count',
  'total_thought_tokens',
  'thoughtsTokens',
];

function hasAny(usage: Record<string, unknown>, names: readonly string[]): boolean {
  return names.some((name) => usage[name] !== undefined && usage[name] !== null);
}

/**
 * AI SDK 5 passes on the input count of Anthropic and Bedrock, and computes its total from it. Later versions have
 * details.
 */
function isOfOldAiSdk(usage: Record<string, unknown>): boolean {
  const { cachedInputTokens, inputTokenDetails, cacheCreationInputTokens } = usage;
  // Mastra adds the writes to an input that contains both.
  return (
    (cachedInputTokens ?? undefined) !== undefined &&
    (inputTokenDetails ?? cacheCreationInputTokens) === undefined
  );
}
