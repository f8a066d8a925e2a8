/** Combines two usages: of two calls (added), or of one call that was reported twice (the richer one). */
import { firstReason } from '../cost-reason.js';
import { addUsd, type Notes, note } from './counts.js';
import { UNITS } from './draft.js';
import {
  addInputTokens,
  addOutputTokens,
  addTokens,
  type BilledUnits,
  inputTokens,
  noTokens,
  outputTokens,
  type TokenCounts,
  type Usage,
} from './usage.js';

/**
 * The sum of two calls. The reported cost is kept only when both calls have one, because a partial bill would be
 * wrong.
 */
export function addUsage(a: Usage | undefined, b: Usage): Usage {
  if (a === undefined) return b;
  const tokens = noTokens();
  addTokens(tokens, a.tokens);
  addTokens(tokens, b.tokens);
  const sum: Usage = { tokens };
  const units = addUnits(a.units, b.units);
  if (units !== undefined) sum.units = units;
  const unsplit = (a.unsplitTokens ?? 0) + (b.unsplitTokens ?? 0);
  if (unsplit > 0) setUnsplit(sum, unsplit);
  if (a.incomplete || b.incomplete) sum.incomplete = true;
  if (a.inputOnly && b.inputOnly) sum.inputOnly = true;
  const cost = addBills(a.reportedCostUsd, b.reportedCostUsd);
  if (cost !== undefined) sum.reportedCostUsd = cost;
  joinDoubts(sum, a, b);
  joinAnomalies(sum, a, b);
  const toolOverhead = (a.toolOverheadTokens ?? 0) + (b.toolOverheadTokens ?? 0);
  if (toolOverhead > 0) sum.toolOverheadTokens = toolOverhead;
  const others = [...(a.others ?? []), ...(b.others ?? [])];
  if (others.length > 0) sum.others = others;
  return sum;
}

/** Undefined when either bill is unknown. */
export function addBills(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : addUsd(a, b);
}

/** Folds split counts into a total without a split: the sum of both is again a total without a split. */
function setUnsplit(sum: Usage, unsplit: number): void {
  sum.unsplitTokens = unsplit + inputTokens(sum.tokens) + outputTokens(sum.tokens);
  sum.tokens = noTokens();
}

/**
 * Merges two reports of one call. Input and output are each taken from the report that counted more; if both
 * counted the same, from the second one, which is nearer to the provider.
 */
export function richest(a: Usage, b: Usage): Usage {
  const tokens = noTokens();
  addInputTokens(tokens, inputTokens(a.tokens) > inputTokens(b.tokens) ? a.tokens : b.tokens);
  addOutputTokens(tokens, moreOutput(a.tokens, b.tokens) ? a.tokens : b.tokens);
  // One of them may know the cited sources alone.
  tokens.citation = Math.max(a.tokens.citation, b.tokens.citation);
  const one: Usage = { tokens };
  const unsplit = a.unsplitTokens ?? b.unsplitTokens;
  if (unsplit !== undefined && inputTokens(tokens) + outputTokens(tokens) === 0) one.unsplitTokens = unsplit;
  const units = b.units ?? a.units;
  if (units !== undefined) one.units = units;
  if (a.incomplete && b.incomplete) one.incomplete = true;
  if (a.inputOnly && b.inputOnly) one.inputOnly = true;
  const requests = b.requests ?? a.requests;
  if (requests !== undefined) one.requests = requests;
  const cost = b.reportedCostUsd ?? a.reportedCostUsd;
  if (cost !== undefined) one.reportedCostUsd = cost;
  joinDoubts(one, a, b);
  joinAnomalies(one, a, b);
  const toolOverhead = b.toolOverheadTokens ?? a.toolOverheadTokens;
  if (toolOverhead !== undefined) one.toolOverheadTokens = toolOverhead;
  const others = b.others ?? a.others;
  if (others !== undefined) one.others = others;
  return one;
}

function moreOutput(a: TokenCounts, b: TokenCounts): boolean {
  const more = outputTokens(a) - a.citation - (outputTokens(b) - b.citation);
  return more === 0 ? a.reasoning > b.reasoning : more > 0;
}

function addUnits(a: BilledUnits | undefined, b: BilledUnits | undefined): BilledUnits | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const sum = { ...a };
  for (const unit of UNITS) {
    const count = (a[unit] ?? 0) + (b[unit] ?? 0);
    if (count > 0) sum[unit] = count;
  }
  return sum;
}

/** What is not sure of one is not sure of both together. */
function joinDoubts(into: Usage, a: Usage, b: Usage): void {
  const doubt = firstReason(a.doubt, b.doubt);
  if (doubt !== undefined) into.doubt = doubt;
  const unread = new Set([...(a.unread ?? []), ...(b.unread ?? [])]);
  if (unread.size > 0) into.unread = [...unread];
  const estimated = b.estimatedCostUsd ?? a.estimatedCostUsd;
  if (estimated !== undefined) into.estimatedCostUsd = estimated;
}

function joinAnomalies(into: Usage, a: Usage, b: Usage): void {
  const notes: Notes = { anomaly: a.anomaly };
  for (const text of b.anomaly?.split('; ') ?? []) note(notes, text);
  if (notes.anomaly !== undefined) into.anomaly = notes.anomaly;
}
