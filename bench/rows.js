/** All rows by name, in the order they are printed. */
import * as budget from './rows/budget.js';
import * as growth from './rows/growth.js';
import * as kept from './rows/kept.js';
import * as metrics from './rows/metrics.js';
import * as noSdk from './rows/no-sdk.js';
import * as otlp from './rows/otlp.js';
import * as pricing from './rows/pricing.js';
import * as processor from './rows/processor.js';
import * as settlement from './rows/settlement.js';
import * as startUp from './rows/start-up.js';

const GROUPS = [processor, metrics, noSdk, pricing, settlement, budget, growth, kept, startUp, otlp];

export const rowNames = GROUPS.flatMap(({ rows }) => Object.keys(rows));

export function findRow(name) {
  const group = GROUPS.find(({ rows }) => name in rows);
  if (group === undefined) throw new Error(`no row is named ${JSON.stringify(name)}`);
  return { prepare: group.prepare, run: group.rows[name] };
}
