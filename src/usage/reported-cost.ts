/** The cost that a provider or gateway reports for a call, in USD. Prices from the price list are not handled here. */
import { isPostableUsd } from '../money.js';
import { isRecord } from '../validate.js';
import { addUsd, type Notes, note, readUsd } from './counts.js';

/** xAI reports its bill in ticks of 1e-10 USD. */
const TICKS_PER_USD = 1e10;

/** Undefined when the usage object has no bill. */
export function readReportedCost(usage: Record<string, unknown>, notes: Notes): number | undefined {
  const ticks = readUsd(dividedBy(usage.cost_in_usd_ticks, TICKS_PER_USD), 'cost_in_usd_ticks', notes);
  if (ticks !== undefined) return ticks;
  const gateway = usage.pydantic_ai_gateway;
  if (isRecord(gateway)) return readUsd(gateway.cost_estimate, 'cost_estimate', notes);
  if (usage.costUSD !== undefined) return readUsd(usage.costUSD, 'costUSD', notes);
  if (usage.costUsd !== undefined) return readUsd(usage.costUsd, 'costUsd', notes);
  // Perplexity reports the parts of its bill beside the total.
  const cost = isRecord(usage.cost) ? usage.cost.total_cost : usage.cost;
  if (usage.is_byok === true) return ownKeyCost(usage, cost, notes);
  // DeepInfra's field. Other providers write an estimate of 0 when they have no price.
  if (cost === undefined || cost === null)
    return readUsd(usage.estimated_cost || undefined, 'estimated_cost', notes);
  const fee = readUsd(cost, 'cost', notes);
  return usage.is_byok === undefined && isFeeAlone(usage, fee) ? ownKeyCost(usage, fee, notes) : fee;
}

/**
 * True when the gateway's cost must be its fee alone, although the usage does not say whose key was used: no
 * gateway sells for less than half of what the provider charges.
 */
function isFeeAlone({ cost_details: details }: Record<string, unknown>, fee: number | undefined): boolean {
  if (fee === undefined || !isRecord(details)) return false;
  const { upstream_inference_cost: upstream } = details;
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
  const details = isRecord(usage.cost_details) ? usage.cost_details : {};
  const upstream =
    readUsd(details.upstream_inference_cost, 'upstream_inference_cost', notes) ??
    sumOf(details.upstream_inference_prompt_cost, details.upstream_inference_completions_cost, notes) ??
    sumOf(details.upstream_inference_input_cost, details.upstream_inference_output_cost, notes) ??
    readUsd(usage.market_cost, 'market_cost', notes);
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
