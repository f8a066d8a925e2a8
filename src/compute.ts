export type { ApiFee, ApiFees } from './compute/api-fees.js';
export { type LoopOverheadOptions, withLoopOverhead } from './compute/loop-overhead.js';
export { type MeteredFetchOptions, meteredFetch } from './compute/metered-fetch.js';
export type { ComputeOptions } from './compute/plan.js';
export { type ProvisionedThroughput, provisionedRate, spreadFee } from './compute/provisioned.js';
export { type ComputeAmounts, type ComputeRates, computeCostUsd } from './compute/rates.js';
export { type UnitCostOptions, unitCost } from './compute/unit-cost.js';
export {
  type ComputeHandle,
  type RecordedCompute,
  recordCompute,
  withCompute,
  wrapCompute,
} from './compute/with-compute.js';
