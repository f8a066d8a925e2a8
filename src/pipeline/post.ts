import { type BudgetNews, reviewBudgets } from '../budgets/around.js';
import { rowName } from '../ledger/call-rows.js';
import { addUnpriced, moveRow, post } from '../ledger/scope.js';
import { notifyBilled } from '../runtime/listeners.js';
import type { Bill } from '../spans/bill.js';
import type { SpanRecord } from '../spans/span-record.js';

/** Posts a bill to the scopes and sessions around a span, and notifies listeners and budgets. */
export function postBill(record: SpanRecord, bill: Bill): BudgetNews | undefined {
  const { sessions, task } = record;
  const scope = record.scope ?? task?.ensureScope();
  const isStep = bill.llmCalls > 0 && scope?.countsLlmCalls === true;
  task?.notePost(sessions?.session, bill, isStep);
  post(bill, scope, sessions);
  if (bill.settlesUnpriced) settleWhereCounted(record, bill);
  else if (bill.unpricedCalls > 0) record.unpricedRow = rowName(bill);
  scope?.noteCall(bill);
  if (bill.llmCalls > 0) scope?.countDirectLlmCall(sessions);
  if (bill.contextUsedRatio !== undefined) scope?.noteContext(bill.contextUsedRatio);
  notifyBilled(bill, record);
  return reviewBudgets(record, bill);
}

/**
 * A bill that prices a formerly unknown call removes it from the unpriced calls around its own span. The call may have
 * been counted around another span. Example: a `withLlm` ends without usage, and an agent inside it continues and is
 * billed: the agent never counted the call.
 */
function settleWhereCounted(record: SpanRecord, bill: Bill): void {
  const { unpricedIn } = bill;
  moveRow(unpricedIn ?? record.place(), bill);
  if (unpricedIn === undefined) return;
  addUnpriced(record.place(), 1);
  addUnpriced(unpricedIn, -1);
}
