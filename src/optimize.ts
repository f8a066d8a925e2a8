/** The entry `otel-agent-cost/optimize`: ways to spend less, and reports of the savings. */

export type { Counterfactual, Saving } from './counterfactual.js';
export { cachedTool } from './optimize/cached-tool.js';
export type { CachedTool, CachedToolOptions, ToolCacheStats } from './optimize/cached-tool-options.js';
export { costHints } from './optimize/cost-hints.js';
export type { CostHint, CostHintKind } from './optimize/hint.js';
export { compressHistory } from './optimize/history.js';
export type {
  CompressedHistory,
  CompressOptions,
  HistorySavings,
  SummaryMessage,
} from './optimize/history-options.js';
export { type CallLogOptions, recordCalls } from './optimize/recorded-calls.js';
export {
  type ModelRouter,
  type RoutedLlmOptions,
  type RoutedStep,
  type RouteOptions,
  type RouterOptions,
  routeModel,
} from './optimize/router.js';
export type { RouteCosts, RoutedModel, RoutedTasks, RouterReport } from './optimize/router-report.js';
