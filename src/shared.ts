/** Sessions, tasks and budgets that processes share: `otel-agent-cost/shared`. */
export type { Caller } from './caller.js';
export type { OnStoreDown } from './ledger/budget-options.js';
export { extract, inject } from './shared/identity.js';
export type { IdentityOptions } from './shared/identity-options.js';
export type { ExtractOptions } from './shared/incoming-identity.js';
export { type MemoryStore, type MemoryStoreOptions, memoryStore } from './shared/memory-store.js';
export type { InjectOptions } from './shared/outgoing-identity.js';
export { type SharedCosts, type SharedCostsStats, shareCosts } from './shared/share-costs.js';
export type { ShareCostsOptions } from './shared/share-options.js';
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
} from './shared/store.js';
