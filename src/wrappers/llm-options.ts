import type { BudgetedOptions } from '../ledger/budget-options.js';
import type { Counterfactual } from '../pipeline/counterfactual.js';
import type { CountTokens } from '../usage/tool-overhead.js';

export interface LlmOptions extends BudgetedOptions {
  /** The model asked for: `gen_ai.request.model`. Read from `request` when it is not given. */
  model?: string;
  /** Who serves it: `gen_ai.provider.name`, like `openai` or `aws.bedrock`. */
  provider?: string;
  /** `gen_ai.operation.name`. Default `chat`. */
  operation?: string;
  /** The request as the provider's SDK takes it: model, temperature, max tokens and top-p are read from it. */
  request?: unknown;
  /**
   * Which attempt of the same request this is, from 1. Default: found by `request`, where the same one failed before in
   * the same agent or task.
   */
  attempt?: number;
  /** What it is expected to cost, in USD, where budgets hold calls back; before any other estimate. */
  estimateUsd?: number;
  /** When it started, ms since 1970. Default: now. Prices are dated. */
  startTimeMillis?: number;
  /** The call that this one stands in for: what it costs less than that is stated as saved. */
  counterfactual?: Counterfactual;
  /**
   * Counts the tokens of a text, so that what the tool definitions and results in `request` take of the input can be
   * told. Its count is stated as it is, up to the call's input. Default: only what the provider reports (Gemini).
   */
  countTokens?: CountTokens;
}

/** Usage that the app has itself. A provider's usage object can be recorded as it came, too. */
export interface RecordedUsage {
  /** Cache included. */
  inputTokens?: number;
  /** Reasoning included. */
  outputTokens?: number;
  cacheReadTokens?: number;
  cacheWriteTokens?: number;
  reasoningTokens?: number;
  /** What the provider said it cost, in USD; then no price is looked up. */
  costUsd?: number;
  model?: string;
  provider?: string;
}
