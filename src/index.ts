export { ActionError, type ActionErrorOptions, ActionResult, type ActionResultOptions } from './action.js';
export type { Counterfactual, Saving } from './counterfactual.js';
export {
  BudgetExceededError,
  type BudgetExcess,
  type BudgetMeasure,
  type BudgetWait,
  InvalidOptionError,
} from './errors.js';
export { type ExportSettings, exportSettings } from './export-settings.js';
export type {
  AgentHandle,
  CallHandle,
  LlmHandle,
  RecordedModel,
  RecordedUsage,
  ScopeHandle,
  SessionHandle,
  StartedTask,
  StepHandle,
  TaskHandle,
  ToolHandle,
} from './handles.js';
export type {
  BudgetedOptions,
  BudgetMode,
  BudgetOptions,
  BudgetThreshold,
  OnStoreDown,
  SharedBudgetOptions,
  WindowLimits,
} from './ledger/budget-options.js';
export type { ModelRate, PriceOptions } from './pricing/model-rate.js';
export type { PriceRefresh, PriceRefreshOptions } from './pricing/price-refresh.js';
export type { ToolCostFunction, ToolPrice, ToolPrices } from './pricing/tool-prices.js';
export { CostSpanProcessor } from './processor/processor.js';
export type { CostSpanProcessorOptions, Dialect } from './runtime/processor-options.js';
export type { TaskSummary } from './runtime/summary.js';
export type { AttributionOptions, ScopeOptions } from './scope-options.js';
export type { ProcessorStats, TaskStats } from './stats.js';
export type { CostKind, ModelTotals, TaskOutcome, ToolTotals, Totals } from './totals.js';
export { type CostEstimate, type EstimateCostOptions, estimateCost } from './wrappers/estimate-cost.js';
export type {
  AgentOptions,
  LlmOptions,
  RecordCostOptions,
  SessionOptions,
  StepOptions,
  TaskOptions,
  ToolOptions,
} from './wrappers/options.js';
export { recordCost, recordProviderUsage, recordUsage } from './wrappers/record.js';
export { startTask } from './wrappers/start-task.js';
export { withAgent, withLlm, withSession, withStep, withTask, withTool } from './wrappers/with.js';
export {
  type ToolResult,
  type Unwrapped,
  type WrapToolOptions,
  wrapAgent,
  wrapLlm,
  wrapTool,
} from './wrappers/wrap.js';
