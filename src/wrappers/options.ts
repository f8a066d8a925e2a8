/** The options of the wrappers. */
import type { Caller } from '../caller.js';
import type { Counterfactual } from '../counterfactual.js';
import type { BudgetedOptions } from '../ledger/budget-options.js';
import type { ToolPrice } from '../pricing/tool-prices.js';
import type { ScopeOptions } from '../scope-options.js';
import type { CostKind } from '../totals.js';

/** Options of `withSession`. */
export interface SessionOptions extends ScopeOptions, BudgetedOptions {
  /** The session id: `session.id`. Another call with the same id continues the session. */
  id: string;
}

/** Options of `withTask` and `startTask`. */
export interface TaskOptions extends ScopeOptions, BudgetedOptions {
  /** The kind of task. Must be low-cardinality, because costs are grouped by it. */
  name: string;
  /** The id of its session, for tasks outside `withSession`. Default: the enclosing session, if any. */
  sessionId?: string | undefined;
  /**
   * The work in another process that this task is done for, as `extract` of `otel-agent-cost/shared` returns it. The task
   * is then a part of that process's task and session, and its cost is charged as the caller says, unless `sessionId` or
   * `attribution` say otherwise. Ignored inside another task. Default: none.
   */
  caller?: Caller | undefined;
}

/** Options of `withAgent` and `wrapAgent`. */
export interface AgentOptions extends ScopeOptions, BudgetedOptions {
  /** The agent's name: `gen_ai.agent.name`. */
  name: string;
}

/** Options of `withStep`. A step has no budget: give it to the agent or task. */
export interface StepOptions extends ScopeOptions {
  /** The step's name: `step.name`. */
  name: string;
}

/** Options of `withLlm` and `wrapLlm`. All are optional. */
export interface LlmOptions extends BudgetedOptions {
  /** The requested model: `gen_ai.request.model`. Default: read from `request`. */
  model?: string | undefined;
  /** The provider: `gen_ai.provider.name`, such as `openai` or `aws.bedrock`. Default: read from `request`. */
  provider?: string | undefined;
  /** `gen_ai.operation.name`. Default `chat`. */
  operation?: string | undefined;
  /** The request in the form of the provider's SDK. Model, temperature, max tokens and top-p are read from it. */
  request?: unknown;
  /**
   * The attempt number of the same request, from 1. Default: detected by `request`, if the same request failed before
   * in the same agent or task.
   */
  attempt?: number | undefined;
  /**
   * Estimated cost in USD, from 0 to 1,000,000, used by budgets to admit the call. Takes precedence over any other
   * estimate.
   */
  estimateUsd?: number | undefined;
  /** Start time, ms since 1970. Default: now. Determines the price, because prices are dated. */
  startTimeMillis?: number | undefined;
  /** The call that this one replaces. The difference in cost is reported as saved. */
  counterfactual?: Counterfactual | undefined;
  /**
   * Counts the tokens of a string, to report how many input tokens the tool definitions and results in `request` take.
   * The count is used as is, up to the call's input tokens. Default: only the provider's own figure (Gemini).
   */
  countTokens?: (((text: string) => number) | undefined) | undefined;
}

/**
 * Options of `withTool` and `wrapTool`. `Result` and `Args` are those of the function in `costUsd`, and `Given` is the
 * type of `args`.
 */
export interface ToolOptions<
  Result = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  Given extends readonly unknown[] = Args,
> extends ToolPrice<Result, Args>,
    BudgetedOptions {
  /** The tool's name: `gen_ai.tool.name`. */
  name: string;
  /** Returns `.data` of an `ActionResult` instead of the `ActionResult`. Default false. */
  unwrap?: boolean | undefined;
  /**
   * The attempt number of the same call, from 1. Default: detected by the arguments, if the same call failed before in
   * the same agent or task.
   */
  attempt?: number | undefined;
  /** The arguments of the tool in `withTool`, to detect repeated calls. `wrapTool` reads them itself. */
  args?: Given | undefined;
  /**
   * Estimated cost in USD, from 0 to 1,000,000, used by budgets to admit the call. Takes precedence over any other
   * estimate.
   */
  estimateUsd?: number | undefined;
  /** Start time, ms since 1970. Default: now. */
  startTimeMillis?: number | undefined;
}

/** Options of `recordCost`. */
export interface RecordCostOptions {
  /** The kind of cost. Default `other`. */
  kind?: CostKind | undefined;
  /** A low-cardinality name; the span is named `cost {name}`. Default: the kind. */
  name?: string | undefined;
}
