/** Sessions, tasks and budgets that processes share: `otel-agent-cost/shared`. */
export type { Caller } from './caller.js';
export type { OnStoreDown } from './ledger/budget-options.js';
export type { IdentityOptions } from './shared/identity/identity-options.js';
export { type ExtractOptions, extract, type InjectOptions, inject } from './shared/identity/inject.js';
export { type SharedCosts, type SharedCostsStats, shareCosts } from './shared/share-costs.js';
export type { ShareCostsOptions } from './shared/share-options.js';
export { type MemoryStore, type MemoryStoreOptions, memoryStore } from './shared/store/memory-store.js';
export type {
  RowKey,
  SharedStore,
  StoreAmounts,
  StoreAnswer,
  StoreAsk,
  StoreBatch,
  StoreBudget,
  StoredRow,
  StoreLease,
  StoreLimit,
  StoreMeasure,
  StoreOutcome,
  StorePeriod,
  StorePeriodState,
  StoreRow,
  StoreSettled,
  StoreSettlement,
  StoreState,
} from './shared/store/store.js';
