/** Puts attribution on a link, with the budgets of what it names. */
import type { Context } from '@opentelemetry/api';
import { withAttributionBudgets } from '../budgets/around.js';
import type { Meter } from '../runtime/meter.js';
import { type AttributionOptions, mergeAttribution } from '../spans/attribution.js';
import type { Link } from '../spans/link.js';
import { warnOnce } from '../warnings.js';

/** Charges what a link stands for, and all below it, to whom the app says. */
export function attributeTo(meter: Meter, link: Link, attribution: AttributionOptions | undefined): void {
  link.attribution = mergeAttribution(link.attribution, attribution, meter.attributionKeys, warnOnce);
  const { budgetTables } = meter;
  if (budgetTables.size === 0) return;
  link.budgets = withAttributionBudgets(budgetTables, link.budgets, attribution);
}

/** The same by the baggage of another process, for a link that begins here. Never throws. */
export function attributeFrom(meter: Meter, link: Link, ctx: Context): void {
  try {
    const attribution = meter.baggage.read(ctx);
    if (attribution !== undefined) attributeTo(meter, link, attribution);
  } catch (error) {
    meter.caught(error);
  }
}
