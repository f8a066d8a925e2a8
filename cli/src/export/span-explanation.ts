/** The arithmetic of a stored span's cost, for the page. */

import { explainCost } from 'otel-agent-cost/offline';
import type { Arithmetic } from '../task-answers.js';

/** Tokens × rate at a time, by the span's own attributes. Undefined when they cannot be read. */
export function explainSpan(
  attributes: Readonly<Record<string, unknown>>,
  timeMillis: number,
  options?: Parameters<typeof explainCost>[1],
): Pick<Arithmetic, 'lines' | 'notes'> | undefined {
  try {
    const { lines, notes } = explainCost({ attributes, timeMillis }, options);
    return {
      lines: lines.map(({ label, quantity, unit, usdPerUnit, pico }) => ({
        label,
        quantity: String(quantity),
        unit,
        usdPerUnit,
        pico,
      })),
      notes: [...notes],
    };
  } catch {
    return undefined;
  }
}
