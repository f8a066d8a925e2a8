import type { RollUpAttributes } from '../attributes.js';
import type { Account } from '../ledger/account.js';
import type { Scope } from '../ledger/scope.js';
import type { Session } from '../ledger/sessions.js';
import { type CostView, currentSharing } from '../runtime/sharing.js';
import type { SdkSpan } from '../sdk-span.js';
import type { SpanRecord } from '../spans/span-record.js';
import { attributesToWrite, keepAttributes, type SpanAttributes, takesAttributes } from '../spans/targets.js';
import type { Task } from '../spans/task.js';
import { writeAttribution, writeSessionId, writeTaskName, writeWhereabouts } from './own-cost-attributes.js';

/** True for a span that carries a roll-up. */
export function hasRollUps({ ownScope, ownSession, ownTask }: SpanRecord): boolean {
  return ownScope !== undefined || ownSession !== undefined || ownTask?.isStated === true;
}

/** States every roll-up of a record on a span. */
export function writeRollUps(span: SdkSpan, record: SpanRecord): void {
  if (!takesAttributes(span)) return;
  const into = attributesToWrite(span);
  writeAll(into, span, record);
  keepAttributes(span, into);
}

function writeAll(into: SpanAttributes, span: SdkSpan, record: SpanRecord): void {
  // A session that was entered inside a task is not part of that task.
  if (record.ownScope !== undefined || record.ownTask !== undefined) writeWhereabouts(into, span, record);
  else writeAttribution(into, span, record);
  if (record.ownScope?.kind === 'step') writeStep(into, record.ownScope);
  if (record.ownScope?.kind === 'agent') writeAgentAccount(into, record.ownScope.account);
  if (record.ownTask?.isStated) writeTask(into, span, record.ownTask);
  if (record.ownSession !== undefined) {
    writeSessionProgress(into, span, record.ownSession.session);
    writeSessionAccount(into, record.ownSession.session.account);
  }
}

function writeTask(into: SpanAttributes, span: SdkSpan, task: Task): void {
  writeTaskName(into, span, task.name);
  if (task.outcome !== undefined) {
    into['task.outcome'] = task.outcome;
    into['task.actions'] = task.delivered;
  }
  const budget = task.scope?.budget;
  if (budget !== undefined) {
    if (budget.limitUsd !== undefined) into['task.budget_usd'] = budget.limitUsd;
    into['task.over_budget'] = task.wasRefused || budget.wasReached;
  } else if (task.wasRefused) into['task.over_budget'] = true;
  if (task.isOutermost && task.sessions !== undefined) {
    const { session } = task.sessions;
    writeSessionProgress(into, span, session);
    const total = session.account.shown.total();
    into['session.cost_usd'] = total.toUsd();
    into['session.cost_usd_nanos'] = total.toNanoUsd();
    const view = viewOf(session.account);
    if (view !== undefined) into['session.cost_view'] = view;
  }
  writeTaskAccount(into, task.ensureScope().account);
}

function writeSessionProgress(into: SpanAttributes, span: SdkSpan, session: Session): void {
  writeSessionId(into, span, session.id);
  const { tasks, successfulTasks } = session.shownTasks;
  into['session.tasks'] = tasks;
  into['session.successful_tasks'] = successfulTasks;
  const { costPerActionUsd } = session;
  if (costPerActionUsd !== undefined) into['session.cost_per_action_usd'] = costPerActionUsd;
}

/** Undefined in a process that shares nothing. */
function viewOf(account: Account): CostView | undefined {
  return currentSharing()?.views?.viewOf(account);
}

function writeStep(into: SpanAttributes, { account, contextUsedRatio, contextGrowthRatio }: Scope): void {
  if (contextUsedRatio !== undefined) into['cost.context_used_ratio'] = contextUsedRatio;
  if (contextGrowthRatio !== undefined) into['cost.context_growth_ratio'] = contextGrowthRatio;
  into['step.llm_cost_usd'] = account.llm.toUsd();
  into['step.tool_cost_usd'] = account.tool.toUsd();
  into['step.input_tokens'] = account.inputTokens;
  into['step.output_tokens'] = account.outputTokens;
  into['step.cost_usd'] = account.total().toUsd();
}

// Repeated three times because the names are spelled out: see `own-cost-attributes.ts`.

function writeAgentAccount(into: RollUpAttributes<'agent'>, account: Account): void {
  const total = account.total();
  into['agent.cost_usd'] = total.toUsd();
  into['agent.cost_usd_nanos'] = total.toNanoUsd();
  into['agent.llm_cost_usd'] = account.llm.toUsd();
  into['agent.tool_cost_usd'] = account.tool.toUsd();
  into['agent.input_tokens'] = account.inputTokens;
  into['agent.output_tokens'] = account.outputTokens;
  into['agent.llm_calls'] = account.llmCalls;
  into['agent.tool_calls'] = account.toolCalls;
  if (account.hasRareCosts) writeAgentRareCosts(into, account);
  writeAgentRareCounts(into, account);
  into['agent.cost_complete'] = account.isComplete;
  // A caller knows the calls of an agent in other processes only as those of its task.
  if (currentSharing()?.views !== undefined) into['agent.cost_view'] = 'process';
}

function writeAgentRareCosts(into: RollUpAttributes<'agent'>, account: Account): void {
  const { compute, other, wasted, saved, estimated } = account;
  if (!compute.isZero) into['agent.compute_cost_usd'] = compute.toUsd();
  if (!other.isZero) into['agent.other_cost_usd'] = other.toUsd();
  if (!estimated.isZero) into['agent.estimated_cost_usd'] = estimated.toUsd();
  if (!wasted.isZero) into['agent.wasted_cost_usd'] = wasted.toUsd();
  if (!saved.isZero) into['agent.saved_cost_usd'] = saved.toUsd();
}

function writeAgentRareCounts(into: RollUpAttributes<'agent'>, account: Account): void {
  if (account.computeSeconds !== 0) into['agent.compute_seconds'] = account.computeSeconds;
  if (account.cacheReadTokens !== 0) into['agent.cache_read_tokens'] = account.cacheReadTokens;
  if (account.cacheWriteTokens !== 0) into['agent.cache_write_tokens'] = account.cacheWriteTokens;
  if (account.reasoningTokens !== 0) into['agent.reasoning_tokens'] = account.reasoningTokens;
  if (account.toolOverheadTokens !== 0) into['agent.tool_overhead_tokens'] = account.toolOverheadTokens;
  if (account.failedCalls !== 0) into['agent.failed_calls'] = account.failedCalls;
  if (account.retries !== 0) into['agent.retries'] = account.retries;
  if (account.steps !== 0) into['agent.steps'] = account.steps;
  if (account.missingCalls !== 0) into['agent.unpriced_calls'] = account.missingCalls;
}

function writeTaskAccount(into: RollUpAttributes<'task'>, own: Account): void {
  const account = own.shown;
  const total = account.total();
  into['task.cost_usd'] = total.toUsd();
  into['task.cost_usd_nanos'] = total.toNanoUsd();
  into['task.llm_cost_usd'] = account.llm.toUsd();
  into['task.tool_cost_usd'] = account.tool.toUsd();
  into['task.input_tokens'] = account.inputTokens;
  into['task.output_tokens'] = account.outputTokens;
  into['task.llm_calls'] = account.llmCalls;
  into['task.tool_calls'] = account.toolCalls;
  if (account.hasRareCosts) writeTaskRareCosts(into, account);
  writeTaskRareCounts(into, account);
  into['task.cost_complete'] = account.isComplete;
  const view = viewOf(own);
  if (view === undefined) return;
  into['task.cost_view'] = view;
  if (own.remote?.total().isZero === false) into['task.remote_cost_usd'] = own.remote.total().toUsd();
}

function writeTaskRareCosts(into: RollUpAttributes<'task'>, account: Account): void {
  const { compute, other, wasted, saved, estimated } = account;
  if (!compute.isZero) into['task.compute_cost_usd'] = compute.toUsd();
  if (!other.isZero) into['task.other_cost_usd'] = other.toUsd();
  if (!estimated.isZero) into['task.estimated_cost_usd'] = estimated.toUsd();
  if (!wasted.isZero) into['task.wasted_cost_usd'] = wasted.toUsd();
  if (!saved.isZero) into['task.saved_cost_usd'] = saved.toUsd();
}

function writeTaskRareCounts(into: RollUpAttributes<'task'>, account: Account): void {
  if (account.computeSeconds !== 0) into['task.compute_seconds'] = account.computeSeconds;
  if (account.cacheReadTokens !== 0) into['task.cache_read_tokens'] = account.cacheReadTokens;
  if (account.cacheWriteTokens !== 0) into['task.cache_write_tokens'] = account.cacheWriteTokens;
  if (account.reasoningTokens !== 0) into['task.reasoning_tokens'] = account.reasoningTokens;
  if (account.toolOverheadTokens !== 0) into['task.tool_overhead_tokens'] = account.toolOverheadTokens;
  if (account.failedCalls !== 0) into['task.failed_calls'] = account.failedCalls;
  if (account.retries !== 0) into['task.retries'] = account.retries;
  if (account.steps !== 0) into['task.steps'] = account.steps;
  if (account.missingCalls !== 0) into['task.unpriced_calls'] = account.missingCalls;
}

function writeSessionAccount(into: RollUpAttributes<'session'>, own: Account): void {
  const account = own.shown;
  const total = account.total();
  into['session.cost_usd'] = total.toUsd();
  into['session.cost_usd_nanos'] = total.toNanoUsd();
  into['session.llm_cost_usd'] = account.llm.toUsd();
  into['session.tool_cost_usd'] = account.tool.toUsd();
  into['session.input_tokens'] = account.inputTokens;
  into['session.output_tokens'] = account.outputTokens;
  into['session.llm_calls'] = account.llmCalls;
  into['session.tool_calls'] = account.toolCalls;
  if (account.hasRareCosts) writeSessionRareCosts(into, account);
  writeSessionRareCounts(into, account);
  into['session.cost_complete'] = account.isComplete;
  const view = viewOf(own);
  if (view === undefined) return;
  into['session.cost_view'] = view;
  if (own.remote?.total().isZero === false) into['session.remote_cost_usd'] = own.remote.total().toUsd();
}

function writeSessionRareCosts(into: RollUpAttributes<'session'>, account: Account): void {
  const { compute, other, wasted, saved, estimated } = account;
  if (!compute.isZero) into['session.compute_cost_usd'] = compute.toUsd();
  if (!other.isZero) into['session.other_cost_usd'] = other.toUsd();
  if (!estimated.isZero) into['session.estimated_cost_usd'] = estimated.toUsd();
  if (!wasted.isZero) into['session.wasted_cost_usd'] = wasted.toUsd();
  if (!saved.isZero) into['session.saved_cost_usd'] = saved.toUsd();
}

function writeSessionRareCounts(into: RollUpAttributes<'session'>, account: Account): void {
  if (account.computeSeconds !== 0) into['session.compute_seconds'] = account.computeSeconds;
  if (account.cacheReadTokens !== 0) into['session.cache_read_tokens'] = account.cacheReadTokens;
  if (account.cacheWriteTokens !== 0) into['session.cache_write_tokens'] = account.cacheWriteTokens;
  if (account.reasoningTokens !== 0) into['session.reasoning_tokens'] = account.reasoningTokens;
  if (account.toolOverheadTokens !== 0) into['session.tool_overhead_tokens'] = account.toolOverheadTokens;
  if (account.failedCalls !== 0) into['session.failed_calls'] = account.failedCalls;
  if (account.retries !== 0) into['session.retries'] = account.retries;
  if (account.steps !== 0) into['session.steps'] = account.steps;
  if (account.missingCalls !== 0) into['session.unpriced_calls'] = account.missingCalls;
}
