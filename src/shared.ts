/** Sessions, tasks and budgets that processes share: `otel-agent-cost/shared`. */
export { type MemoryStore, type MemoryStoreOptions, memoryStore } from './shared/memory-store.js';
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
