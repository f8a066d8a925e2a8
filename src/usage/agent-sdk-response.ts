import { isRecord } from '../validate.js';
import { keysOf } from './bounds.js';
import { addBills } from './combine.js';
import { type Notes, readUsd } from './counts.js';
import { readUsage } from './read-usage.js';
import type { CallFacts, ModelUsage, Usage } from './usage.js';

/**
 * Reads the Claude Agent SDK's `result` message, which ends a whole run. `modelUsage` lists every model that
 * worked, each with its own counts and bill. `usage` alone leaves out the smaller helper models.
 */
export function readAgentSdkResult(result: Record<string, unknown>): CallFacts | undefined {
  const models = isRecord(result.modelUsage) ? readModels(result.modelUsage) : [];
  const [first, ...others] = models;
  const usage = first === undefined ? readUsage(result.usage) : { ...first.usage };
  if (usage === undefined) return undefined;
  if (others.length > 0) usage.others = others;
  setRunCost(usage, result.total_cost_usd);
  const facts: CallFacts = { usage };
  if (first !== undefined) facts.responseModel = first.model;
  return facts;
}

/** Sorted by bill, largest first. The first one becomes the run's model. */
function readModels(modelUsage: Record<string, unknown>): ModelUsage[] {
  const models: ModelUsage[] = [];
  for (const model of keysOf(modelUsage)) {
    const usage = readUsage(modelUsage[model]);
    if (usage !== undefined) models.push({ model, usage });
  }
  return models.sort((a, b) => (b.usage.reportedCostUsd ?? 0) - (a.usage.reportedCostUsd ?? 0));
}

/** Sets the bill of the whole run; each model's bill is a part of it. */
function setRunCost(usage: Usage, value: unknown): void {
  const notes: Notes = { anomaly: undefined };
  let sum = usage.reportedCostUsd;
  for (const other of usage.others ?? []) sum = addBills(sum, other.usage.reportedCostUsd);
  const cost = readUsd(value, 'total_cost_usd', notes) ?? sum;
  if (cost !== undefined) usage.reportedCostUsd = cost;
  else delete usage.reportedCostUsd;
}
