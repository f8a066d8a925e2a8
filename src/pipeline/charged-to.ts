/** Puts attribution on a record, with the budgets of what it names. */
import type { Context } from '@opentelemetry/api';
import { withAttributionBudgets } from '../budgets/around.js';
import type { Runtime } from '../runtime/runtime.js';
import { type AttributionOptions, mergeAttribution } from '../spans/attribution.js';
import type { SpanRecord } from '../spans/span-record.js';
import { warnOnce } from '../warnings.js';

/** Charges what a record stands for, and all below it, to whom the app says. */
export function chargeTo(
  runtime: Runtime,
  record: SpanRecord,
  attribution: AttributionOptions | undefined,
): void {
  record.attribution = mergeAttribution(record.attribution, attribution, runtime.attributionKeys, warnOnce);
  const { budgetTables } = runtime;
  if (budgetTables.size === 0) return;
  record.budgets = withAttributionBudgets(budgetTables, record.budgets, attribution);
}

/** The same by the baggage of another process, for a record that begins here. Never throws. */
export function chargeToCaller(runtime: Runtime, record: SpanRecord, ctx: Context): void {
  try {
    const attribution = runtime.baggage.read(ctx);
    if (attribution !== undefined) chargeTo(runtime, record, attribution);
  } catch (error) {
    runtime.caught(error);
  }
}
