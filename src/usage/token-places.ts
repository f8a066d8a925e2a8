/** Decides whether cached tokens are inside the stated input or beside it, and reasoning inside the output or beside it. */
import type { Draft } from './draft.js';
import type { Sides, Totals } from './sides.js';

/** The tokens that are stated beside the totals that should contain them. */
export interface Outside {
  cache: number;
  reasoning: number;
  /** True if the stated total is the sum of everything that is stated. */
  addsUp: boolean;
}

/** The places in which the stated total adds up, or else the usual ones. */
export function outsideOf(draft: Draft, sides: Sides, totals: Totals, beside: number): Outside {
  const caches = cachePlaces(draft, sides, totals);
  const reasonings = reasoningPlaces(draft, sides.reasoning, totals.output);
  const fitting = fittingPlaces(draft, totals, beside, caches, reasonings);
  if (fitting !== undefined) return fitting;
  noteDoubts(draft, sides, totals, caches.length > 1);
  return { cache: caches[0] ?? 0, reasoning: reasonings[0] ?? 0, addsUp: false };
}

function fittingPlaces(
  { citation = 0 }: Draft,
  { input, output, total }: Totals,
  beside: number,
  caches: readonly number[],
  reasonings: readonly number[],
): Outside | undefined {
  if (input === undefined || output === undefined || total === undefined) return undefined;
  const stated = input + output + beside;
  for (const cache of caches) {
    const reasoning = reasonings.find((one) => {
      const sum = stated + cache + one;
      return sum === total || sum + citation === total;
    });
    if (reasoning !== undefined) return { cache, reasoning, addsUp: true };
  }
  return undefined;
}

function noteDoubts(
  draft: Draft,
  sides: Sides,
  { input, output, total, cache }: Totals,
  isOpen: boolean,
): void {
  // If the cache is larger than the input, it is beside the input: all of it, or only the reads or the writes.
  const isForced = !draft.cacheIsOutside && cache > (input ?? cache);
  // A side that is derived from the total depends on where the parts are, so the total cannot decide their place.
  const isDerived = total !== undefined && (input === undefined || output === undefined);
  const hasParts = cache > 0 || sides.reasoning > 0;
  const isUnsure = isOpen && (draft.cacheIsUnsure || isForced);
  if (isUnsure || (hasParts && (isDerived || draft.totalRefused))) draft.doubtful('ambiguous_usage');
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
  // Some recorders count cache writes as fresh input.
  if (gap !== draft.cacheRead) draft.doubtful('ambiguous_usage');
  return undefined;
}

/** True where a second statement of the output leaves out reasoning that the first one contains. */
function decidedReasoning(draft: Draft): boolean {
  const { output = 0, lesserOutput, reasoning = 0 } = draft;
  if (lesserOutput === undefined) return false;
  if (output - lesserOutput === reasoning) return true;
  draft.doubtful('ambiguous_usage');
  return false;
}
