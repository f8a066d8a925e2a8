import {
  AGENT_KEYS,
  COST_CONTEXT_GROWTH_RATIO,
  COST_CONTEXT_USED_RATIO,
  type RollUpKeys,
  SESSION_COST_PER_ACTION_USD,
  SESSION_ID,
  SESSION_KEYS,
  SESSION_SUCCESSFUL_TASKS,
  SESSION_TASKS,
  STEP_KEYS,
  TASK_ACTIONS,
  TASK_BUDGET_USD,
  TASK_ID,
  TASK_KEYS,
  TASK_NAME,
  TASK_OUTCOME,
  TASK_OVER_BUDGET,
} from '../attributes.js';
import type { Account } from '../ledger/account.js';
import type { Scope } from '../ledger/scope.js';
import type { Session } from '../ledger/sessions.js';
import type { SpanRecord } from '../spans/span-record.js';
import type { AttributeTarget } from '../spans/targets.js';
import type { Task } from '../spans/task.js';
import { writeAttribution } from './charge.js';

/** The key that {@link writeRollUps} writes last for a record, or undefined when it has nothing to state. */
export function lastRollUpKey(record: SpanRecord): string | undefined {
  if (record.ownSession !== undefined) return SESSION_KEYS.costComplete;
  if (record.ownTask?.isStated) return TASK_KEYS.costComplete;
  if (record.ownScope?.kind === 'agent') return AGENT_KEYS.costComplete;
  return record.ownScope === undefined ? undefined : STEP_KEYS.costUsd;
}

/** States every roll-up that a span carries. */
export function writeRollUps(target: AttributeTarget, record: SpanRecord): void {
  writeAttribution(target, record);
  if (record.ownScope?.kind === 'step') writeStep(target, record.ownScope);
  if (record.ownScope?.kind === 'agent') writeAccount(target, AGENT_KEYS, record.ownScope.account);
  if (record.ownTask?.isStated) writeTask(target, record.ownTask);
  if (record.ownSession !== undefined) {
    writeSessionProgress(target, record.ownSession.session);
    writeAccount(target, SESSION_KEYS, record.ownSession.session.account);
  }
}

function writeTask(target: AttributeTarget, task: Task): void {
  target.setAttribute(TASK_ID, task.id);
  target.setAttribute(TASK_NAME, task.name);
  if (task.outcome !== undefined) {
    target.setAttribute(TASK_OUTCOME, task.outcome);
    target.setAttribute(TASK_ACTIONS, task.delivered);
  }
  const budget = task.scope?.budget;
  if (budget !== undefined) {
    if (budget.limitUsd !== undefined) target.setAttribute(TASK_BUDGET_USD, budget.limitUsd);
    target.setAttribute(TASK_OVER_BUDGET, budget.isOver);
  }
  if (task.isOutermost && task.sessions !== undefined) {
    const { session } = task.sessions;
    writeSessionProgress(target, session);
    const total = session.account.total();
    target.setAttribute(SESSION_KEYS.costUsd, total.toUsd());
    target.setAttribute(SESSION_KEYS.costNanoUsd, total.toNanoUsd());
  } else if (task.sessions !== undefined) {
    target.setAttribute(SESSION_ID, task.sessions.session.id);
  }
  writeAccount(target, TASK_KEYS, task.ensureScope().account);
}

function writeSessionProgress(target: AttributeTarget, session: Session): void {
  target.setAttribute(SESSION_ID, session.id);
  target.setAttribute(SESSION_TASKS, session.tasks);
  target.setAttribute(SESSION_SUCCESSFUL_TASKS, session.successfulTasks);
  const { costPerActionUsd } = session;
  if (costPerActionUsd !== undefined) target.setAttribute(SESSION_COST_PER_ACTION_USD, costPerActionUsd);
}

function writeStep(target: AttributeTarget, { account, contextUsedRatio, contextGrowthRatio }: Scope): void {
  if (contextUsedRatio !== undefined) target.setAttribute(COST_CONTEXT_USED_RATIO, contextUsedRatio);
  if (contextGrowthRatio !== undefined) target.setAttribute(COST_CONTEXT_GROWTH_RATIO, contextGrowthRatio);
  target.setAttribute(STEP_KEYS.llmCostUsd, account.llm.toUsd());
  target.setAttribute(STEP_KEYS.toolCostUsd, account.tool.toUsd());
  target.setAttribute(STEP_KEYS.inputTokens, account.inputTokens);
  target.setAttribute(STEP_KEYS.outputTokens, account.outputTokens);
  target.setAttribute(STEP_KEYS.costUsd, account.total().toUsd());
}

// Every part is spelled out: a lookup by a constant name costs a nanosecond, by a variable twenty.
function writeAccount(target: AttributeTarget, keys: RollUpKeys, account: Account): void {
  const total = account.total();
  target.setAttribute(keys.costUsd, total.toUsd());
  target.setAttribute(keys.costNanoUsd, total.toNanoUsd());
  target.setAttribute(keys.llmCostUsd, account.llm.toUsd());
  target.setAttribute(keys.toolCostUsd, account.tool.toUsd());
  target.setAttribute(keys.inputTokens, account.inputTokens);
  target.setAttribute(keys.outputTokens, account.outputTokens);
  target.setAttribute(keys.llmCalls, account.llmCalls);
  target.setAttribute(keys.toolCalls, account.toolCalls);
  writeRareCosts(target, keys, account);
  writeRareCounts(target, keys, account);
  target.setAttribute(keys.costComplete, account.isComplete);
}

function writeRareCosts(target: AttributeTarget, keys: RollUpKeys, account: Account): void {
  const { compute, other, wasted, saved } = account;
  if (!compute.isZero) target.setAttribute(keys.computeCostUsd, compute.toUsd());
  if (!other.isZero) target.setAttribute(keys.otherCostUsd, other.toUsd());
  if (!wasted.isZero) target.setAttribute(keys.wastedCostUsd, wasted.toUsd());
  if (!saved.isZero) target.setAttribute(keys.savedCostUsd, saved.toUsd());
}

function writeRareCounts(target: AttributeTarget, keys: RollUpKeys, account: Account): void {
  const { computeSeconds, cacheReadTokens, cacheWriteTokens, reasoningTokens, toolOverheadTokens } = account;
  const { failedCalls, retries, steps, unpricedCalls } = account;
  if (computeSeconds !== 0) target.setAttribute(keys.computeSeconds, computeSeconds);
  if (cacheReadTokens !== 0) target.setAttribute(keys.cacheReadTokens, cacheReadTokens);
  if (cacheWriteTokens !== 0) target.setAttribute(keys.cacheWriteTokens, cacheWriteTokens);
  if (reasoningTokens !== 0) target.setAttribute(keys.reasoningTokens, reasoningTokens);
  if (toolOverheadTokens !== 0) target.setAttribute(keys.toolOverheadTokens, toolOverheadTokens);
  if (failedCalls !== 0) target.setAttribute(keys.failedCalls, failedCalls);
  if (retries !== 0) target.setAttribute(keys.retries, retries);
  if (steps !== 0) target.setAttribute(keys.steps, steps);
  if (unpricedCalls !== 0) target.setAttribute(keys.unpricedCalls, unpricedCalls);
}
