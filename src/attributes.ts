/** Names of the attributes this library writes. Tables, no logic. */

/** Apart from our own keys, so that none of these can ever be the name of an attribution key. */
const TAG_PREFIX = 'cost.tag.';

/** Own cost: on the span that was billed. */
export const COST_USD = 'cost_usd';
export const COST_KIND = 'cost.kind';
export const COST_SOURCE = 'cost.source';
export const COST_STATUS = 'cost.status';
export const COST_REASON = 'cost.reason';
export const COST_RATE_MATCH = 'cost.rate_match';
export const COST_ANOMALY = 'cost.anomaly';
export const COST_SAVED_USD = 'cost.saved_usd';
export const COST_ATTEMPT = 'cost.attempt';
export const COST_COMPUTE_SECONDS = 'cost.compute_seconds';
export const COST_TOOL_OVERHEAD_TOKENS = 'cost.tool_overhead_tokens';
export const COST_CONTEXT_USED_RATIO = 'cost.context_used_ratio';
export const COST_CONTEXT_GROWTH_RATIO = 'cost.context_growth_ratio';

/** On own-cost spans and task spans. */
export const TASK_ID = 'task.id';
export const TASK_NAME = 'task.name';
/** Inside a sub-task: the id of the outermost task. */
export const TASK_ROOT_ID = 'task.root_id';
export const TASK_OUTCOME = 'task.outcome';
export const TASK_ACTIONS = 'task.actions';
export const TASK_BUDGET_USD = 'task.budget_usd';
export const TASK_OVER_BUDGET = 'task.over_budget';
/** On a call that a budget refused, and on the event of a threshold, which has all five. */
export const BUDGET_SCOPE = 'cost.budget.scope';
export const BUDGET_MEASURE = 'cost.budget.measure';
export const BUDGET_LIMIT = 'cost.budget.limit';
export const BUDGET_SPENT = 'cost.budget.spent';
export const BUDGET_THRESHOLD = 'cost.budget.threshold';
export const SESSION_ID = 'session.id';
export const SESSION_TASKS = 'session.tasks';
export const SESSION_SUCCESSFUL_TASKS = 'session.successful_tasks';
export const SESSION_COST_PER_ACTION_USD = 'session.cost_per_action_usd';
export const STEP_NUMBER = 'step.number';
export const STEP_NAME = 'step.name';

/** Who or what a cost is charged to: {@link costTag} for all keys but the user. */
export const USER_ID = 'user.id';

/** The attribute that an attribution key (`team`) is written as, on spans, metrics and in baggage. */
export function costTag(key: string): string {
  return `${TAG_PREFIX}${key}`;
}

/** From the GenAI conventions. */
export const OPERATION_NAME = 'gen_ai.operation.name';
export const PROVIDER_NAME = 'gen_ai.provider.name';
export const REQUEST_MODEL = 'gen_ai.request.model';
export const REQUEST_TEMPERATURE = 'gen_ai.request.temperature';
export const REQUEST_MAX_TOKENS = 'gen_ai.request.max_tokens';
export const REQUEST_TOP_P = 'gen_ai.request.top_p';
export const RESPONSE_MODEL = 'gen_ai.response.model';
export const RESPONSE_ID = 'gen_ai.response.id';
export const RESPONSE_FINISH_REASONS = 'gen_ai.response.finish_reasons';
export const USAGE_INPUT_TOKENS = 'gen_ai.usage.input_tokens';
export const USAGE_OUTPUT_TOKENS = 'gen_ai.usage.output_tokens';
export const USAGE_CACHE_READ_TOKENS = 'gen_ai.usage.cache_read.input_tokens';
export const USAGE_CACHE_WRITE_TOKENS = 'gen_ai.usage.cache_creation.input_tokens';
export const USAGE_REASONING_TOKENS = 'gen_ai.usage.reasoning.output_tokens';
export const AGENT_NAME = 'gen_ai.agent.name';
export const WORKFLOW_NAME = 'gen_ai.workflow.name';
export const TOOL_NAME = 'gen_ai.tool.name';
export const ERROR_TYPE = 'error.type';

/** On requests of a metered `fetch`: from the HTTP conventions, but for the last. */
export const HTTP_REQUEST_METHOD = 'http.request.method';
export const HTTP_RESPONSE_STATUS_CODE = 'http.response.status_code';
export const REQUEST_BODY_BYTES = 'http.request.body.size';
export const RESPONSE_BODY_BYTES = 'http.response.body.size';
export const SERVER_ADDRESS = 'server.address';
export const URL_TEMPLATE = 'url.template';
export const PARAMETER_NAMES = 'cost.parameter_names';

/** The names of one scope's roll-up. */
export interface RollUpKeys {
  readonly costUsd: string;
  readonly costUsdNanos: string;
  readonly llmCostUsd: string;
  readonly toolCostUsd: string;
  readonly estimatedCostUsd: string;
  readonly computeCostUsd: string;
  readonly computeSeconds: string;
  readonly otherCostUsd: string;
  readonly inputTokens: string;
  readonly outputTokens: string;
  readonly cacheReadTokens: string;
  readonly cacheWriteTokens: string;
  readonly reasoningTokens: string;
  readonly toolOverheadTokens: string;
  readonly llmCalls: string;
  readonly toolCalls: string;
  readonly failedCalls: string;
  readonly retries: string;
  readonly steps: string;
  readonly wastedCostUsd: string;
  readonly savedCostUsd: string;
  readonly costComplete: string;
  readonly unpricedCalls: string;
}

function rollUpKeys(prefix: string): RollUpKeys {
  return {
    costUsd: `${prefix}.cost_usd`,
    costUsdNanos: `${prefix}.cost_usd_nanos`,
    llmCostUsd: `${prefix}.llm_cost_usd`,
    toolCostUsd: `${prefix}.tool_cost_usd`,
    estimatedCostUsd: `${prefix}.estimated_cost_usd`,
    computeCostUsd: `${prefix}.compute_cost_usd`,
    computeSeconds: `${prefix}.compute_seconds`,
    otherCostUsd: `${prefix}.other_cost_usd`,
    inputTokens: `${prefix}.input_tokens`,
    outputTokens: `${prefix}.output_tokens`,
    cacheReadTokens: `${prefix}.cache_read_tokens`,
    cacheWriteTokens: `${prefix}.cache_write_tokens`,
    reasoningTokens: `${prefix}.reasoning_tokens`,
    toolOverheadTokens: `${prefix}.tool_overhead_tokens`,
    llmCalls: `${prefix}.llm_calls`,
    toolCalls: `${prefix}.tool_calls`,
    failedCalls: `${prefix}.failed_calls`,
    retries: `${prefix}.retries`,
    steps: `${prefix}.steps`,
    wastedCostUsd: `${prefix}.wasted_cost_usd`,
    savedCostUsd: `${prefix}.saved_cost_usd`,
    costComplete: `${prefix}.cost_complete`,
    unpricedCalls: `${prefix}.unpriced_calls`,
  };
}

export const AGENT_KEYS = rollUpKeys('agent');
export const TASK_KEYS = rollUpKeys('task');
export const SESSION_KEYS = rollUpKeys('session');
export const STEP_KEYS = rollUpKeys('step');
