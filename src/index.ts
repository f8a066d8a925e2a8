export { ActionError, type ActionErrorOptions, ActionResult, type ActionResultOptions } from './action.js';
export { BudgetExceededError, type BudgetMeasure } from './errors.js';
export { type ExportSettings, exportSettings } from './export-settings.js';
export type { CostKind, Totals } from './ledger/account.js';
export type { BudgetMode, BudgetOptions, BudgetThreshold, WindowLimits } from './ledger/budget-options.js';
export type { TaskOutcome } from './ledger/scope.js';
export type { TaskStats } from './ledger/task-tally.js';
export type { ModelRate } from './pricing/model-rate.js';
export type { PriceOptions } from './pricing/price-book.js';
export type { PriceRefresh, PriceRefreshOptions } from './pricing/price-refresh.js';
export type { ToolPrice, ToolPrices } from './pricing/tool-prices.js';
export { CostSpanProcessor } from './processor/processor.js';
export type { Dialect } from './runtime/dialects.js';
export type { CostOptions } from './runtime/options.js';
export type { MeterStats } from './runtime/runtime.js';
export type { TaskSummary } from './runtime/summary.js';
export type { AttributionOptions } from './spans/attribution.js';
export type { AgentOptions, StepOptions } from './wrappers/agent-call.js';
export type { LlmOptions, RecordedUsage } from './wrappers/llm-options.js';
export { type CostOptionsOfRecord, recordCost, recordUsage } from './wrappers/record.js';
export type { SessionOptions } from './wrappers/session-call.js';
export type { TaskOptions } from './wrappers/task-call.js';
export type { ToolOptions } from './wrappers/tool-call.js';
export {
  type AgentHandle,
  type LlmHandle,
  type SessionHandle,
  type StepHandle,
  type TaskHandle,
  type ToolHandle,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
} from './wrappers/with.js';
export { type Unwrapped, wrapAgent, wrapLlm, wrapTool } from './wrappers/wrap.js';
