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
import { writeAttribution } from './charge.js';
import type { AttributeTarget } from './dialects.js';
import type { Link } from './link.js';
import type { Task } from './task.js';

/** The key that {@link writeRollUps} writes last for a link, or undefined when it has nothing to state. */
export function lastRollUpKey(link: Link): string | undefined {
  if (link.ownSession !== undefined) return SESSION_KEYS.costComplete;
  if (link.ownTask?.isStated) return TASK_KEYS.costComplete;
  if (link.ownScope?.kind === 'agent') return AGENT_KEYS.costComplete;
  return link.ownScope === undefined ? undefined : STEP_KEYS.costUsd;
}

/** States every roll-up that a span carries. */
export function writeRollUps(target: AttributeTarget, link: Link): void {
  writeAttribution(target, link);
  if (link.ownScope?.kind === 'step') writeStep(target, link.ownScope);
  if (link.ownScope?.kind === 'agent') writeAccount(target, AGENT_KEYS, link.ownScope.account);
  if (link.ownTask?.isStated) writeTask(target, link.ownTask);
  if (link.ownSession !== undefined) {
    writeSessionProgress(target, link.ownSession.session);
    writeAccount(target, SESSION_KEYS, link.ownSession.session.account);
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
  const totals = account.totals();
  if (contextUsedRatio !== undefined) target.setAttribute(COST_CONTEXT_USED_RATIO, contextUsedRatio);
  if (contextGrowthRatio !== undefined) target.setAttribute(COST_CONTEXT_GROWTH_RATIO, contextGrowthRatio);
  target.setAttribute(STEP_KEYS.llmCostUsd, totals.llmCostUsd);
  target.setAttribute(STEP_KEYS.toolCostUsd, totals.toolCostUsd);
  target.setAttribute(STEP_KEYS.inputTokens, totals.inputTokens);
  target.setAttribute(STEP_KEYS.outputTokens, totals.outputTokens);
  target.setAttribute(STEP_KEYS.costUsd, totals.costUsd);
}

function writeAccount(target: AttributeTarget, keys: RollUpKeys, account: Account): void {
  const totals = account.totals();
  target.setAttribute(keys.costUsd, totals.costUsd);
  target.setAttribute(keys.costNanoUsd, account.total().toNanoUsd());
  for (const part of ALWAYS) target.setAttribute(keys[part], totals[part]);
  for (const part of UNLESS_ZERO) if (totals[part] !== 0) target.setAttribute(keys[part], totals[part]);
  target.setAttribute(keys.costComplete, totals.costComplete);
}

const ALWAYS = ['llmCostUsd', 'toolCostUsd', 'inputTokens', 'outputTokens', 'llmCalls', 'toolCalls'] as const;

const UNLESS_ZERO = [
  'computeCostUsd',
  'computeSeconds',
  'otherCostUsd',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'toolOverheadTokens',
  'failedCalls',
  'retries',
  'steps',
  'wastedCostUsd',
  'savedCostUsd',
  'unpricedCalls',
] as const;
