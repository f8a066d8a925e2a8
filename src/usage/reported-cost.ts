/** The cost that a provider or gateway reports for a call, in USD. Prices from the price list are not handled here. */
import { isPostableUsd } from '../money.js';
import { isRecord } from '../validate.js';
import { keysOf } from './bounds.js';
import { addUsd, type Notes, note, readUsd } from './counts.js';
import type { Draft } from './draft.js';

/** xAI reports its bill in ticks of 1e-10 USD. */
const TICKS_PER_USD = 1e10;

/** Sets the bill that the usage object states, and a cost that its client computed. */
export function readBill(usage: Record<string, unknown>, draft: Draft): void {
  // Before anything else: most usage objects have no bill.
  if (!hasMoney(usage)) return;
  draft.reportedCostUsd = readReportedCost(usage, draft);
  draft.refusesBill = draft.refusesUsd && draft.reportedCostUsd === undefined;
  // pi's client computes its cost from a list of its own.
  const computed = isRecord(usage.cost) ? usage.cost.total : undefined;
  draft.estimatedCostUsd = readUsd(computed || undefined, 'cost.total', draft);
}

function hasMoney(usage: Record<string, unknown>): boolean {
  return keysOf(usage).some((key) => MONEY.test(key));
}

const MONEY = /cost|pydantic_ai_gateway/i;

/** Undefined when the usage object has no bill. */
function readReportedCost(usage: Record<string, unknown>, notes: Notes): number | undefined {
  const ticks = usage.cost_in_usd_ticks ?? usage.costInUsdTicks;
  const inTicks = readUsd(dividedBy(ticks, TICKS_PER_USD), 'cost_in_usd_ticks', notes);
  if (inTicks !== undefined) return inTicks;
  const gateway = usage.pydantic_ai_gateway;
  if (isRecord(gateway)) return readUsd(gateway.cost_estimate, 'cost_estimate', notes);
  const inUsd = usage.costUSD ?? usage.costUsd ?? usage.cost_usd;
  if (inUsd !== undefined) return readUsd(inUsd, 'costUsd', notes);
  // Perplexity reports the parts of its bill beside the total.
  const cost = isRecord(usage.cost) ? (usage.cost.total_cost ?? usage.cost.totalCost) : usage.cost;
  const ownKey = usage.is_byok ?? usage.isByok;
  if (ownKey === true) return ownKeyCost(usage, cost, notes);
  // DeepInfra's field. Other providers write an estimate of 0 when they have no price.
  if (cost === undefined || cost === null) {
    const estimated = usage.estimated_cost ?? usage.estimatedCost;
    return readUsd(estimated || undefined, 'estimated_cost', notes);
  }
  const fee = readUsd(cost, 'cost', notes);
  return ownKey === undefined && isFeeAlone(usage, fee) ? ownKeyCost(usage, fee, notes) : fee;
}

/** The parts of a gateway's cost, under the names of its API or its client. */
function costDetails(usage: Record<string, unknown>): Record<string, unknown> {
  const details = usage.cost_details ?? usage.costDetails;
  return isRecord(details) ? details : {};
}

/**
 * True when the gateway's cost must be its fee alone, although the usage does not say whose key was used: no gateway
 * charges less than half of the provider's price.
 */
function isFeeAlone(usage: Record<string, unknown>, fee: number | undefined): boolean {
  if (fee === undefined) return false;
  const details = costDetails(usage);
  const upstream = details.upstream_inference_cost ?? details.upstreamInferenceCost;
  return typeof upstream === 'number' && isPostableUsd(upstream) && upstream > 2 * fee;
}

function dividedBy(value: unknown, divisor: number): unknown {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) / divisor : undefined;
}

/**
 * With the customer's own key, the gateway reports only its fee, often 0, and the provider's bill beside it.
 * Without the provider's bill, the cost is unknown.
 */
function ownKeyCost(usage: Record<string, unknown>, fee: unknown, notes: Notes): number | undefined {
  const d = costDetails(usage);
  const upstream =
    readUsd(d.upstream_inference_cost ?? d.upstreamInferenceCost, 'upstream_inference_cost', notes) ??
    sumOf(
      d.upstream_inference_prompt_cost ?? d.upstreamInferencePromptCost,
      d.upstream_inference_completions_cost ?? d.upstreamInferenceCompletionsCost,
      notes,
    ) ??
    sumOf(
      d.upstream_inference_input_cost ?? d.upstreamInferenceInputCost,
      d.upstream_inference_output_cost ?? d.upstreamInferenceOutputCost,
      notes,
    ) ??
    readUsd(usage.market_cost ?? usage.marketCost, 'market_cost', notes);
  if (upstream === undefined) {
    note(notes, 'own key without upstream cost');
    return undefined;
  }
  return addUsd(upstream, readUsd(fee, 'cost', notes) ?? 0);
}

function sumOf(input: unknown, output: unknown, notes: Notes): number | undefined {
  const ofInput = readUsd(input, 'upstream cost', notes);
  const ofOutput = readUsd(output, 'upstream cost', notes);
  return ofInput === undefined || ofOutput === undefined ? undefined : addUsd(ofInput, ofOutput);
}
