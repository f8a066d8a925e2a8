import {
  AGENT_NAME,
  BUDGET_MEASURE,
  BUDGET_SCOPE,
  COST_KIND,
  PROVIDER_NAME,
  RESPONSE_MODEL,
  TASK_NAME,
  TASK_OUTCOME,
  TOOL_NAME,
} from '../attributes.js';

const TOKEN_TYPE = 'gen_ai.token.type';
const WASTE_REASON = 'cost.waste_reason';
/** `true` on tasks inside another task, whose cost and actions include theirs. */
const TASK_NESTED = 'task.nested';

export const RUNAWAY_KEYS = ['task.runaway_reason', TASK_NAME] as const;

/** The label names of every table, attribution labels last. None of them is an id. */
export class LabelKeys {
  readonly calls: readonly string[];
  readonly tokens: readonly string[];
  readonly waste: readonly string[];
  readonly tasks: readonly string[];
  /** Of budgets that were crossed, and of calls under them whose cost stayed unknown. */
  readonly budgets: readonly string[];
  readonly refusals: readonly string[];

  /** `attribution` are the attribute names (`cost.tag.team`) that the app allows. */
  constructor(readonly attribution: readonly string[] = []) {
    this.calls = [COST_KIND, PROVIDER_NAME, RESPONSE_MODEL, AGENT_NAME, TOOL_NAME, TASK_NAME, ...attribution];
    this.tokens = [TOKEN_TYPE, PROVIDER_NAME, RESPONSE_MODEL, AGENT_NAME, TASK_NAME, ...attribution];
    this.waste = [WASTE_REASON, TASK_NAME, ...attribution];
    this.tasks = [TASK_NAME, TASK_OUTCOME, TASK_NESTED, ...attribution];
    this.budgets = [BUDGET_SCOPE, TASK_NAME, ...attribution];
    this.refusals = [BUDGET_SCOPE, BUDGET_MEASURE, TASK_NAME, ...attribution];
  }
}
