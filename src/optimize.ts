/** The entry `otel-agent-cost/optimize`: ways to spend less, and reports of the savings. */

export type { Counterfactual, Saving } from './counterfactual.js';
export { type CachedTool, type CachedToolOptions, cachedTool } from './optimize/cached-tool.js';
export { type CallLogOptions, recordCalls } from './optimize/call-log.js';
export { costHints } from './optimize/cost-hints.js';
export type { CostHint, CostHintKind } from './optimize/hint.js';
export { compressHistory } from './optimize/history.js';
export type {
  CompressedHistory,
  CompressOptions,
  HistorySavings,
  SummaryMessage,
} from './optimize/history-options.js';
export type { RoutedTasks } from './optimize/route-tasks.js';
export {
  type ModelRouter,
  type RouteCosts,
  type RoutedLlmOptions,
  type RoutedModel,
  type RoutedStep,
  type RouteOptions,
  type RouterOptions,
  type RouterReport,
  routeModel,
} from './optimize/router.js';
export type { ToolCacheStats } from './optimize/tool-cache.js';
