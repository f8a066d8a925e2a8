/** Sets attribution on a record, with the budgets of the attributed values. */
import { withAttributionBudgets } from '../budgets/around.js';
import type { Runtime } from '../runtime/runtime.js';
import type { AttributionOptions } from '../scope-options.js';
import { mergeAttribution } from '../spans/attribution.js';
import type { SpanRecord } from '../spans/span-record.js';
import { warnOnce } from '../warnings.js';

/** Attributes a record, and everything below it, to the given user, team or other key. */
export function chargeTo(
  runtime: Runtime,
  record: SpanRecord,
  attribution: AttributionOptions | undefined,
): void {
  if (attribution === undefined) return;
  const { attributionKeys, budgetTables } = runtime;
  const around = record.change();
  around.attribution = mergeAttribution(around.attribution, attribution, attributionKeys, warnOnce);
  if (budgetTables.size === 0) return;
  const entered = withAttributionBudgets(budgetTables, around.budgets, attribution);
  for (const budget of entered ?? []) {
    if (around.budgets?.includes(budget)) continue;
    budget.openScopes += 1;
    record.enteredBudgets = [...(record.enteredBudgets ?? []), budget];
  }
  around.budgets = entered;
}
