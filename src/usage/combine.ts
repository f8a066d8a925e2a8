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
  type UsagePart,
} from './usage.js';

/**
 * The sum of two calls. The reported cost is kept only when both calls have one, because a partial bill would be
 * wrong. Parts are kept if either has any.
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
  setFlags(sum, IN_ANY_CALL, (flag) => a[flag] === true || b[flag] === true);
  setFlags(sum, IN_ALL_CALLS, (flag) => a[flag] === true && b[flag] === true);
  if (a.requests !== undefined || b.requests !== undefined)
    sum.requests = (a.requests ?? 1) + (b.requests ?? 1);
  const cost = addBills(a.reportedCostUsd, b.reportedCostUsd);
  if (cost !== undefined) sum.reportedCostUsd = cost;
  joinDoubts(sum, a, b);
  joinAnomalies(sum, a, b);
  const toolOverhead = (a.toolOverheadTokens ?? 0) + (b.toolOverheadTokens ?? 0);
  if (toolOverhead > 0) sum.toolOverheadTokens = toolOverhead;
  if (a.parts !== undefined || b.parts !== undefined) sum.parts = [...partsOf(a), ...partsOf(b)];
  return sum;
}

/** The calls that a usage sums up; itself, if it is one call. */
function partsOf(usage: Usage): readonly UsagePart[] {
  return usage.parts ?? [{ usage }];
}

/**
 * The sum of several calls or models, each of which keeps its own model, tier and bill. Undefined when there are none.
 */
export function sumOfParts(parts: readonly UsagePart[]): Usage | undefined {
  let sum: Usage | undefined;
  for (const { usage } of parts) sum = addUsage(sum, withoutParts(usage));
  if (sum === undefined) return undefined;
  // A part may have parts of its own, such as the passes of one message.
  return { ...sum, parts: parts.flatMap(flat) };
}

/** A call with further models in it. Its reported bill covers all of them. */
export function withOthers(usage: Usage, others: readonly UsagePart[]): Usage {
  const { reportedCostUsd, ...own } = usage;
  const sum = sumOfParts([{ usage: own }, ...others]) ?? own;
  return reportedCostUsd === undefined ? sum : { ...sum, reportedCostUsd };
}

function withoutParts({ parts: _parts, ...usage }: Usage): Usage {
  return usage;
}

function flat(part: UsagePart): readonly UsagePart[] {
  const { usage, ...call } = part;
  // The bill of a message is not split by pass.
  if (usage.parts === undefined) return [part];
  if (usage.reportedCostUsd !== undefined) return [{ ...call, usage: withoutParts(usage) }];
  return usage.parts.map((pass) => ({ ...call, ...pass, model: pass.model ?? call.model }));
}

/** Undefined when either bill is unknown. */
function addBills(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : addUsd(a, b);
}

/** Folds split counts into a total without a split: the sum of both is again a total without a split. */
function setUnsplit(sum: Usage, unsplit: number): void {
  sum.unsplitTokens = unsplit + inputTokens(sum.tokens) + outputTokens(sum.tokens);
  sum.tokens = noTokens();
}

/**
 * Merges two reports of one call. Input and output are each taken from the report that counted more; if both
 * counted the same, from the second one, which is nearer to the provider. The parts of a report are kept if it counted
 * no less than the other.
 */
export function richest(a: Usage, b: Usage): Usage {
  const tokens = noTokens();
  addInputTokens(tokens, inputTokens(a.tokens) > inputTokens(b.tokens) ? a.tokens : b.tokens);
  addOutputTokens(tokens, moreOutput(a.tokens, b.tokens) ? a.tokens : b.tokens);
  // One of the two may count only the cited sources.
  tokens.citation = Math.max(a.tokens.citation, b.tokens.citation);
  const one: Usage = { tokens };
  const unsplit = a.unsplitTokens ?? b.unsplitTokens;
  if (unsplit !== undefined && inputTokens(tokens) + outputTokens(tokens) === 0) one.unsplitTokens = unsplit;
  const units = b.units ?? a.units;
  if (units !== undefined) one.units = units;
  setFlags(one, IN_ALL_REPORTS, (flag) => a[flag] === true && b[flag] === true);
  setFlags(one, IN_ANY_REPORT, (flag) => a[flag] === true || b[flag] === true);
  const cost = b.reportedCostUsd ?? a.reportedCostUsd;
  if (cost !== undefined) one.reportedCostUsd = cost;
  const requests = Math.max(a.requests ?? 1, b.requests ?? 1);
  if (requests > 1) one.requests = requests;
  joinDoubts(one, a, b);
  joinAnomalies(one, a, b);
  const toolOverhead = b.toolOverheadTokens ?? a.toolOverheadTokens;
  if (toolOverhead !== undefined) one.toolOverheadTokens = toolOverhead;
  const withParts = [b, a].find(({ parts }) => parts !== undefined);
  if (withParts?.parts !== undefined && holds(withParts, one)) {
    one.tokens = withParts.tokens;
    one.parts = withParts.parts;
  } else if (withParts !== undefined || a.isSum || b.isSum) one.isSum = true;
  return one;
}

/** True when the view has at least as many tokens as the other one on each side. */
export function holds(view: Usage, other: Usage): boolean {
  return (
    inputTokens(view.tokens) >= inputTokens(other.tokens) &&
    outputTokens(view.tokens) >= outputTokens(other.tokens) &&
    (view.unsplitTokens ?? 0) >= (other.unsplitTokens ?? 0)
  );
}

type Flag =
  | 'incomplete'
  | 'inputOnly'
  | 'isSum'
  | 'mixesCache'
  | 'refusesBill'
  | 'splitsInput'
  | 'splitsOutput';

/** Flags that a sum has when either call has them. All other flags need both calls. */
const IN_ANY_CALL: readonly Flag[] = ['incomplete', 'isSum', 'mixesCache', 'refusesBill'];
const IN_ALL_CALLS: readonly Flag[] = ['inputOnly', 'splitsInput', 'splitsOutput'];
/** Flags that a merged report has only when both reports have them: the more complete report settles the question. */
const IN_ALL_REPORTS: readonly Flag[] = ['incomplete', 'inputOnly', 'mixesCache'];
const IN_ANY_REPORT: readonly Flag[] = ['refusesBill', 'splitsInput', 'splitsOutput'];

function setFlags(into: Usage, flags: readonly Flag[], isSet: (flag: Flag) => boolean): void {
  for (const flag of flags) if (isSet(flag)) into[flag] = true;
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

/** If either usage is uncertain, the combined one is uncertain, too. */
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
