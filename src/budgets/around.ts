/** Finds the budgets around a span from its records. */
import type { Span } from '@opentelemetry/api';
import { BUDGET_LIMIT, BUDGET_MEASURE, BUDGET_SCOPE, BUDGET_SPENT, BUDGET_THRESHOLD } from '../attributes.js';
import type { Posting } from '../ledger/account.js';
import { Budget } from '../ledger/budget.js';
import type { BudgetThreshold } from '../ledger/budget-options.js';
import type { BudgetTable } from '../ledger/budget-table.js';
import type { Scope } from '../ledger/scope.js';
import { notifyBudgetCrossed } from '../runtime/listeners.js';
import type { AttributionOptions } from '../scope-options.js';
import { attributedValue } from '../spans/attribution.js';
import type { SpanRecord } from '../spans/span-record.js';
import { postShared } from './shared-admission.js';

/** The effect of a bill on the budgets around it. */
export interface BudgetNews {
  /** True if the bill took a task over its budget. */
  crossedTask: boolean;
  thresholds: readonly BudgetThreshold[];
}

/** Every budget that applies to a span: of calls and attribution, of the enclosing scopes, and of their sessions. */
export function budgetsAround(record: SpanRecord): readonly Budget[] {
  let found: Budget[] | undefined;
  for (let at = scopeOf(record); at !== undefined; at = at.parent) {
    if (at.budget !== undefined) found = add(found, at.budget);
  }
  for (let entry = record.sessions ?? record.task?.sessions; entry !== undefined; entry = entry.outer) {
    if (entry.session.budget !== undefined) found = add(found, entry.session.budget);
  }
  if (record.budgets === undefined) return found ?? NONE;
  return found === undefined ? record.budgets : [...record.budgets, ...found];
}

const NONE: readonly Budget[] = [];

function add(budgets: Budget[] | undefined, budget: Budget): Budget[] {
  if (budgets === undefined) return [budget];
  budgets.push(budget);
  return budgets;
}

function scopeOf(record: SpanRecord): Scope | undefined {
  return record.scope ?? record.task?.scope;
}

/**
 * Reports a bill, already posted to the scopes, to the budgets around a span. Undefined when the bill changed
 * nothing.
 */
export function reviewBudgets(record: SpanRecord, posting: Posting): BudgetNews | undefined {
  if (!Budget.isUsed) return undefined;
  // Budgets of calls and attribution have their own accounts.
  if (record.budgets !== undefined) {
    for (const { account } of record.budgets) account.add(posting, posting.wastedPico);
  }
  const budgets = budgetsAround(record);
  if (budgets.length === 0) return undefined;
  let crossedTask = false;
  const thresholds: BudgetThreshold[] = [];
  const { reservation } = record;
  const own = reservation === record.parent?.reservation ? undefined : reservation;
  // The bill is booked in all budgets before the first review, which may call the app and wake calls that read the others.
  for (const budget of budgets) {
    if (budget.hasWindows) budget.bookWhereReserved(posting, reservation?.holdIn(budget));
  }
  if (Budget.isShared) postShared(budgets, posting, reservation);
  for (const budget of budgets) {
    const news = budget.review(own?.ownHoldIn(budget));
    if (news === undefined) continue;
    if (news.crossed) notifyBudgetCrossed(budget, record);
    crossedTask ||= news.crossed && budget.scope.kind === 'task';
    thresholds.push(...news.thresholds);
  }
  return crossedTask || thresholds.length > 0 ? { crossedTask, thresholds } : undefined;
}

/** Adds an event per crossed threshold to the span of the bill, so that it is exported before the task ends. */
export function writeThresholds(span: Span, { thresholds }: BudgetNews): void {
  for (const { scope, measure, limit, spent, threshold } of thresholds) {
    span.addEvent('budget threshold', {
      [BUDGET_SCOPE]: scope,
      [BUDGET_MEASURE]: measure,
      [BUDGET_LIMIT]: limit,
      [BUDGET_SPENT]: spent,
      [BUDGET_THRESHOLD]: threshold,
    });
  }
}

/**
 * The budgets of calls and attribution after `set` is applied. A key that is set again replaces its former value's
 * budget.
 */
export function withAttributionBudgets(
  tables: ReadonlyMap<string, BudgetTable>,
  around: readonly Budget[] | undefined,
  set: AttributionOptions | undefined,
): readonly Budget[] | undefined {
  let budgets = around;
  if (set === undefined) return budgets;
  for (const [key, table] of tables) {
    const value = attributedValue(set[key]);
    if (value === undefined) continue;
    budgets = [...(budgets ?? []).filter(({ scope }) => scope.kind !== key), table.enter(value)];
  }
  return budgets;
}

/**
 * A signal that aborts when a budget in mode `abort` around a span is used up. It never aborts without such a
 * budget.
 */
export function signalAround(record: SpanRecord): AbortSignal {
  const signals = budgetsAround(record)
    .filter(({ terms }) => terms.mode === 'abort')
    .map((budget) => budget.signal);
  const [only] = signals;
  if (only === undefined) return new AbortController().signal;
  return signals.length === 1 ? only : AbortSignal.any(signals);
}
