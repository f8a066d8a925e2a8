import type { BudgetedOptions } from '../ledger/budget-options.js';
import type { Counterfactual } from '../pipeline/counterfactual.js';
import type { CountTokens } from '../usage/tool-overhead.js';

export interface LlmOptions extends BudgetedOptions {
  /** The requested model: `gen_ai.request.model`. Default: read from `request`. */
  model?: string;
  /** The provider: `gen_ai.provider.name`, such as `openai` or `aws.bedrock`. */
  provider?: string;
  /** `gen_ai.operation.name`. Default `chat`. */
  operation?: string;
  /** The request in the form of the provider's SDK. Model, temperature, max tokens and top-p are read from it. */
  request?: unknown;
  /**
   * The attempt number of the same request, from 1. Default: detected by `request`, if the same request failed before
   * in the same agent or task.
   */
  attempt?: number;
  /** Estimated cost in USD, used by budgets to admit the call. Takes precedence over any other estimate. */
  estimateUsd?: number;
  /** Start time, ms since 1970. Default: now. Determines the price, because prices are dated. */
  startTimeMillis?: number;
  /** The call that this one replaces. The difference in cost is reported as saved. */
  counterfactual?: Counterfactual;
  /**
   * Counts the tokens of a string, to report how many input tokens the tool definitions and results in `request` take.
   * The count is used as is, up to the call's input tokens. Default: only the provider's own figure (Gemini).
   */
  countTokens?: CountTokens;
}

/** Usage recorded by the app. A provider's usage object can be passed unchanged instead. */
export interface RecordedUsage {
  /** Cache included. */
  inputTokens?: number;
  /** Reasoning included. */
  outputTokens?: number;
  cacheReadTokens?: number;
  cacheWriteTokens?: number;
  reasoningTokens?: number;
  /** Cost reported by the provider, in USD. If set, no price is looked up. */
  costUsd?: number;
  model?: string;
  provider?: string;
}
