/** Names of the attributes this library writes. Tables, no logic. */
import type { AttributeValue } from '@opentelemetry/api';

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
export const BUDGET_ON_STORE_DOWN = 'cost.budget.on_store_down';
export const SESSION_ID = 'session.id';
export const SESSION_TASKS = 'session.tasks';
export const SESSION_SUCCESSFUL_TASKS = 'session.successful_tasks';
export const SESSION_COST_PER_ACTION_USD = 'session.cost_per_action_usd';
export const STEP_NUMBER = 'step.number';
export const STEP_NAME = 'step.name';

/** The attribution of a cost: {@link costTag} for all keys except the user. */
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

/** The end of each name in a roll-up: `cost_usd` is `agent.cost_usd`, `task.cost_usd` or `session.cost_usd`. */
type RollUpName =
  | 'cost_usd'
  | 'cost_usd_nanos'
  | 'llm_cost_usd'
  | 'tool_cost_usd'
  | 'estimated_cost_usd'
  | 'compute_cost_usd'
  | 'compute_seconds'
  | 'other_cost_usd'
  | 'input_tokens'
  | 'output_tokens'
  | 'cache_read_tokens'
  | 'cache_write_tokens'
  | 'reasoning_tokens'
  | 'tool_overhead_tokens'
  | 'llm_calls'
  | 'tool_calls'
  | 'failed_calls'
  | 'retries'
  | 'steps'
  | 'wasted_cost_usd'
  | 'saved_cost_usd'
  | 'cost_complete'
  | 'unpriced_calls'
  | 'cost_view';

/** The roll-up of one kind of scope. The names are written out where they are assigned: see `roll-up-attributes.ts`. */
export type RollUpAttributes<Scope extends string> = {
  [Key in `${Scope}.${RollUpName | 'remote_cost_usd'}`]?: AttributeValue | undefined;
};

/** The own cost of a span. The names are written out where they are assigned: see `own-cost-attributes.ts`. */
export type OwnCostAttributes = {
  [Key in
    | typeof COST_USD
    | typeof COST_KIND
    | typeof COST_SOURCE
    | typeof COST_STATUS
    | typeof COST_REASON
    | typeof COST_RATE_MATCH
    | typeof COST_SAVED_USD
    | typeof COST_ATTEMPT
    | typeof COST_COMPUTE_SECONDS
    | typeof COST_TOOL_OVERHEAD_TOKENS
    | typeof TASK_ID
    | typeof TASK_ROOT_ID
    | typeof TASK_OVER_BUDGET]?: AttributeValue | undefined;
};
