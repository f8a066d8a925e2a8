export { ActionError, type ActionErrorOptions, ActionResult, type ActionResultOptions } from './action.js';
export { BudgetExceededError, type BudgetMeasure } from './errors.js';
export { type ExportSettings, exportSettings } from './export-settings.js';
export type { CostKind, Totals } from './ledger/account.js';
export type { BudgetMode, BudgetOptions, BudgetThreshold } from './ledger/budget-options.js';
export type { TaskOutcome } from './ledger/scope.js';
export type { TaskStats } from './ledger/task-tally.js';
export type { ModelRate } from './pricing/model-rate.js';
export type { PriceOptions } from './pricing/price-book.js';
export type { ToolPrice, ToolPrices } from './pricing/tool-prices.js';
export type { AgentOptions, StepOptions } from './tracing/agent-call.js';
export type { AttributionOptions } from './tracing/attribution.js';
export type { Dialect } from './tracing/dialects.js';
export type { LlmOptions, RecordedUsage } from './tracing/llm-options.js';
export type { MeterStats } from './tracing/meter.js';
export type { CostOptions } from './tracing/options.js';
export { CostSpanProcessor } from './tracing/processor.js';
export { type CostOptionsOfRecord, recordCost, recordUsage } from './tracing/record.js';
export type { SessionOptions } from './tracing/session-call.js';
export type { TaskSummary } from './tracing/summary.js';
export type { TaskOptions } from './tracing/task-call.js';
export type { ToolOptions } from './tracing/tool-call.js';
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
} from './tracing/with.js';
export { type Unwrapped, wrapAgent, wrapLlm, wrapTool } from './tracing/wrap.js';
