import { isRecord } from '../validate.js';
import { keysOf } from './bounds.js';
import { addUsage, holds, richest, sumOfParts } from './combine.js';
import { type Notes, readUsd } from './counts.js';
import { readUsage } from './read-usage.js';
import { maySumUpEarlier, noteTotal } from './session-totals.js';
import { type CallFacts, inputTokens, outputTokens, type Usage, type UsagePart } from './usage.js';

/** A smaller difference of two bills is rounding. */
const ROUNDING_USD = 1e-6;

/**
 * Reads the Claude Agent SDK's `result` message, which ends a whole run. `modelUsage` lists every model that
 * worked, each with its own counts and bill. `usage` alone leaves out the smaller helper models.
 */
export function readAgentSdkResult(result: Record<string, unknown>): CallFacts | undefined {
  const only = result.result_index === 0 ? readIncrement(result) : undefined;
  return only ?? withDoubtOfSession(readTotals(result), result.session_id);
}

/** A session that was seen before may continue from the total that was already billed. */
function withDoubtOfSession(facts: CallFacts | undefined, session: unknown): CallFacts | undefined {
  const usage = facts?.usage;
  if (usage === undefined || !maySumUpEarlier(session, sizeOf(usage))) return facts;
  return { ...facts, usage: { ...usage, doubt: usage.doubt ?? 'ambiguous_usage' } };
}

function sizeOf({ tokens }: Usage): number {
  return inputTokens(tokens) + outputTokens(tokens);
}

/** Reads the running totals of a run. */
export function readTotals(result: Record<string, unknown>): CallFacts | undefined {
  const parts = isRecord(result.modelUsage) ? readModels(result.modelUsage) : [];
  const models = sumOfParts(parts);
  const own = readUsage(result.usage);
  const stated = models ?? own;
  if (stated === undefined) return undefined;
  const usage = withRunCost(stated, result.total_cost_usd);
  const [first] = parts;
  return {
    usage: models !== undefined && own !== undefined && !holds(models, own) ? larger(models, own) : usage,
    ...(first?.model !== undefined && { responseModel: first.model }),
  };
}

/**
 * The part of a run since the result before, which Claude Agent SDK 0.3 states beside the running totals. The totals of
 * a session that is resumed include those of the earlier queries, so only the increments are the cost of this query.
 *
 * Example: a query cost $0.004. One that resumes its session cost $0.005, and states $0.009 and an increment of $0.005.
 */
export function readIncrement(result: Record<string, unknown>): CallFacts | undefined {
  const increment = result.model_usage_since_last_result;
  if (!isRecord(increment)) return undefined;
  const parts = readModels(increment);
  const usage = sumOfParts(parts);
  const model = parts[0]?.model;
  return usage && { usage, ...(model !== undefined && { responseModel: model }) };
}

/** Each model's counts cover all its calls. Sorted by bill, largest first. The first one becomes the run's model. */
function readModels(modelUsage: Record<string, unknown>): UsagePart[] {
  const models: UsagePart[] = [];
  for (const model of keysOf(modelUsage)) {
    const entry = modelUsage[model];
    const usage = readUsage(entry);
    if (usage === undefined) continue;
    const part: Usage = { ...usage, isSum: true };
    // The SDK has no rate for this model and used that of another one.
    if (isRecord(entry) && entry.costBasis === 'unknown') part.doubt = 'guessed_provider';
    models.push({ model, usage: part });
  }
  return models.sort((a, b) => (b.usage.reportedCostUsd ?? 0) - (a.usage.reportedCostUsd ?? 0));
}

/** Of two bills for one run, the larger is taken, and the amount is uncertain. */
function withRunCost(usage: Usage, value: unknown): Usage {
  const notes: Notes = { anomaly: undefined };
  const { reportedCostUsd: sum = 0 } = usage;
  const total = readUsd(value, 'total_cost_usd', notes);
  if (notes.refusesUsd) return { ...usage, doubt: 'reported_differs' };
  if (total === undefined) return usage;
  if (sum <= total + ROUNDING_USD) return { ...usage, reportedCostUsd: total };
  return { ...usage, doubt: 'reported_differs' };
}

/**
 * The models cannot have used less than the run reports for itself. If they did, their bills do not cover all of it.
 */
function larger(models: Usage, own: Usage): Usage {
  const { reportedCostUsd: _bill, parts: _parts, ...usage } = richest(models, own);
  return { ...usage, isSum: true, doubt: 'ambiguous_usage' };
}

/**
 * The results of one session. Each states its bill and its models as running totals, but its own `usage` for one turn
 * only.
 *
 * Example: results with $0.02 and $0.05 are a session of $0.05. A later one with $0.01 is of another session: $0.06.
 */
export class SessionResults {
  private readonly sessions = new Map<unknown, { before: Usage | undefined; last: Usage }>();

  /** Adds a result's usage, given beside its running totals. */
  add(session: unknown, usage: Usage): void {
    const known = this.sessions.get(session);
    this.sessions.set(session, { before: known && addUsage(known.before, known.last), last: usage });
  }

  push(session: unknown, usage: Usage): void {
    const known = this.sessions.get(session);
    if (known === undefined) this.sessions.set(session, { before: undefined, last: first(session, usage) });
    else if (isMore(usage, known.last)) known.last = next(session, known.last, usage);
    else this.sessions.set(session, { before: addUsage(known.before, known.last), last: usage });
  }

  get usage(): Usage | undefined {
    let sum: Usage | undefined;
    for (const { before, last } of this.sessions.values()) {
      if (before !== undefined) sum = addUsage(sum, before);
      sum = addUsage(sum, last);
    }
    return sum;
  }
}

/** The first result of this stream: its session may have begun in an earlier one. */
function first(session: unknown, usage: Usage): Usage {
  if (!maySumUpEarlier(session, sizeOf(usage))) return usage;
  return { ...usage, doubt: usage.doubt ?? 'ambiguous_usage' };
}

function next(session: unknown, before: Usage, usage: Usage): Usage {
  noteTotal(session, sizeOf(usage));
  // If the earlier part is uncertain, the whole is uncertain, too.
  const whole = later(before, usage);
  return before.doubt === undefined ? whole : { ...whole, doubt: whole.doubt ?? before.doubt };
}

function isMore(usage: Usage, before: Usage): boolean {
  const { reportedCostUsd: bill } = usage;
  const { reportedCostUsd: billBefore } = before;
  if (bill !== undefined && billBefore !== undefined) return bill >= billBefore;
  return usage.parts === undefined || holds(usage, before);
}

/** Without a list of models, the counts cover one turn, but the bill covers all turns. */
function later(before: Usage, usage: Usage): Usage {
  if (usage.parts !== undefined) return usage;
  const { reportedCostUsd: _sum, ...turns } = addUsage(before, usage);
  return usage.reportedCostUsd === undefined ? turns : { ...turns, reportedCostUsd: usage.reportedCostUsd };
}
