/** A span with our keys: as it was sent, or as it was priced here. */

import type { OfflineSpan } from 'otel-agent-cost/offline';
import type { Row } from '../store/database.js';
import { spanOf } from '../store/priced-trace.js';
import { isTrue, numberOf, textOf } from '../store/row-values.js';

const PICO_PER_USD = 1e12;

const KEYS: Readonly<Record<string, string>> = {
  kind: 'cost.kind',
  source: 'cost.source',
  status: 'cost.status',
  reason: 'cost.reason',
  task_id: 'task.id',
  task_name: 'task.name',
  session_id: 'session.id',
  agent: 'gen_ai.agent.name',
};

export function keyedSpan(row: Row): OfflineSpan {
  const span = spanOf(row);
  return { ...span, attributes: { ...span.attributes, ...pricedKeys(row) } };
}

/** The keys that pricing here found, which are not among the attributes. */
function pricedKeys(row: Row): Record<string, unknown> {
  const keys: Record<string, unknown> = {};
  if (isTrue(row, 'is_priced_here')) {
    for (const [column, key] of Object.entries(KEYS)) {
      const value = textOf(row, column);
      if (value !== null) keys[key] = value;
    }
    const pico = numberOf(row, 'pico');
    if (pico !== null) keys.cost_usd = pico / PICO_PER_USD;
    const root = textOf(row, 'task');
    if (root !== null && root !== textOf(row, 'task_id')) keys['task.root_id'] = root;
  }
  if (isTrue(row, 'is_rollup_priced')) {
    keys['task.id'] = textOf(row, 'stated_task');
    keys['task.name'] = textOf(row, 'stated_name');
    keys['task.cost_usd'] = (numberOf(row, 'total_pico') ?? 0) / PICO_PER_USD;
  }
  return keys;
}
