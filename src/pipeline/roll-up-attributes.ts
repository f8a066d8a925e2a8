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
  TASK_KEYS,
  TASK_NAME,
  TASK_OUTCOME,
  TASK_OVER_BUDGET,
} from '../attributes.js';
import type { Account } from '../ledger/account.js';
import type { Scope } from '../ledger/scope.js';
import type { Session } from '../ledger/sessions.js';
import type { SdkSpan } from '../otel.js';
import type { SpanRecord } from '../spans/span-record.js';
import { putText, type SpanAttributes } from '../spans/targets.js';
import type { Task } from '../spans/task.js';
import { writeAttribution, writeWhereabouts } from './own-cost-attributes.js';

/** True for a span that carries a roll-up. */
export function hasRollUps({ ownScope, ownSession, ownTask }: SpanRecord): boolean {
  return ownScope !== undefined || ownSession !== undefined || ownTask?.isStated === true;
}

/** States every roll-up that a span carries. */
export function writeRollUps(into: SpanAttributes, span: SdkSpan, record: SpanRecord): void {
  // A session that was entered inside a task is no part of that task.
  if (record.ownScope !== undefined || record.ownTask !== undefined) writeWhereabouts(into, span, record);
  else writeAttribution(into, span, record);
  if (record.ownScope?.kind === 'step') writeStep(into, record.ownScope);
  if (record.ownScope?.kind === 'agent') writeAccount(into, AGENT_KEYS, record.ownScope.account);
  if (record.ownTask?.isStated) writeTask(into, span, record.ownTask);
  if (record.ownSession !== undefined) {
    writeSessionProgress(into, span, record.ownSession.session);
    writeAccount(into, SESSION_KEYS, record.ownSession.session.account);
  }
}

function writeTask(into: SpanAttributes, span: SdkSpan, task: Task): void {
  putText(into, span, TASK_NAME, task.name);
  if (task.outcome !== undefined) {
    into[TASK_OUTCOME] = task.outcome;
    into[TASK_ACTIONS] = task.delivered;
  }
  const budget = task.scope?.budget;
  if (budget !== undefined) {
    if (budget.limitUsd !== undefined) into[TASK_BUDGET_USD] = budget.limitUsd;
    into[TASK_OVER_BUDGET] = task.wasRefused || budget.wasReached;
  } else if (task.wasRefused) into[TASK_OVER_BUDGET] = true;
  if (task.isOutermost && task.sessions !== undefined) {
    const { session } = task.sessions;
    writeSessionProgress(into, span, session);
    const total = session.account.total();
    into[SESSION_KEYS.costUsd] = total.toUsd();
    into[SESSION_KEYS.costUsdNanos] = total.toNanoUsd();
  }
  writeAccount(into, TASK_KEYS, task.ensureScope().account);
}

function writeSessionProgress(into: SpanAttributes, span: SdkSpan, session: Session): void {
  putText(into, span, SESSION_ID, session.id);
  into[SESSION_TASKS] = session.tasks;
  into[SESSION_SUCCESSFUL_TASKS] = session.successfulTasks;
  const { costPerActionUsd } = session;
  if (costPerActionUsd !== undefined) into[SESSION_COST_PER_ACTION_USD] = costPerActionUsd;
}

function writeStep(into: SpanAttributes, { account, contextUsedRatio, contextGrowthRatio }: Scope): void {
  if (contextUsedRatio !== undefined) into[COST_CONTEXT_USED_RATIO] = contextUsedRatio;
  if (contextGrowthRatio !== undefined) into[COST_CONTEXT_GROWTH_RATIO] = contextGrowthRatio;
  into[STEP_KEYS.llmCostUsd] = account.llm.toUsd();
  into[STEP_KEYS.toolCostUsd] = account.tool.toUsd();
  into[STEP_KEYS.inputTokens] = account.inputTokens;
  into[STEP_KEYS.outputTokens] = account.outputTokens;
  into[STEP_KEYS.costUsd] = account.total().toUsd();
}

// Every part is spelled out: a lookup by a constant name costs a nanosecond, by a variable twenty.
function writeAccount(into: SpanAttributes, keys: RollUpKeys, account: Account): void {
  const total = account.total();
  into[keys.costUsd] = total.toUsd();
  into[keys.costUsdNanos] = total.toNanoUsd();
  into[keys.llmCostUsd] = account.llm.toUsd();
  into[keys.toolCostUsd] = account.tool.toUsd();
  into[keys.inputTokens] = account.inputTokens;
  into[keys.outputTokens] = account.outputTokens;
  into[keys.llmCalls] = account.llmCalls;
  into[keys.toolCalls] = account.toolCalls;
  writeRareCosts(into, keys, account);
  writeRareCounts(into, keys, account);
  into[keys.costComplete] = account.isComplete;
}

function writeRareCosts(into: SpanAttributes, keys: RollUpKeys, account: Account): void {
  const { compute, other, wasted, saved, estimated } = account;
  if (!compute.isZero) into[keys.computeCostUsd] = compute.toUsd();
  if (!other.isZero) into[keys.otherCostUsd] = other.toUsd();
  if (!estimated.isZero) into[keys.estimatedCostUsd] = estimated.toUsd();
  if (!wasted.isZero) into[keys.wastedCostUsd] = wasted.toUsd();
  if (!saved.isZero) into[keys.savedCostUsd] = saved.toUsd();
}

function writeRareCounts(into: SpanAttributes, keys: RollUpKeys, account: Account): void {
  const { computeSeconds, cacheReadTokens, cacheWriteTokens, reasoningTokens, toolOverheadTokens } = account;
  const { failedCalls, retries, steps, missingCalls } = account;
  if (computeSeconds !== 0) into[keys.computeSeconds] = computeSeconds;
  if (cacheReadTokens !== 0) into[keys.cacheReadTokens] = cacheReadTokens;
  if (cacheWriteTokens !== 0) into[keys.cacheWriteTokens] = cacheWriteTokens;
  if (reasoningTokens !== 0) into[keys.reasoningTokens] = reasoningTokens;
  if (toolOverheadTokens !== 0) into[keys.toolOverheadTokens] = toolOverheadTokens;
  if (failedCalls !== 0) into[keys.failedCalls] = failedCalls;
  if (retries !== 0) into[keys.retries] = retries;
  if (steps !== 0) into[keys.steps] = steps;
  if (missingCalls !== 0) into[keys.unpricedCalls] = missingCalls;
}
