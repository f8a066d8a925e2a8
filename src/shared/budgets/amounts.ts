/** Amounts in the form of the store: whole units as decimal strings, by measure. */
import { Use } from '../../ledger/measures.js';
import { minus, type Units, unitsFromText } from '../../ledger/units.js';
import type { StoreAmounts, StoreMeasure } from '../store/store.js';
import { MEASURES } from '../store/store-rules.js';

/** Measures of 0 are left out. Undefined when all are. */
export function amountsOf(use: Use): StoreAmounts | undefined {
  let amounts: Partial<Record<StoreMeasure, string>> | undefined;
  for (const measure of MEASURES) {
    const units = use.of(measure);
    // Units compare by value.
    if (units === 0) continue;
    amounts ??= {};
    amounts[measure] = String(units);
  }
  return amounts;
}

/** Throws a SyntaxError for an amount that is not a whole number. */
export function unitsIn(amounts: StoreAmounts, measure: StoreMeasure): Units {
  const text = amounts[measure];
  return text === undefined ? 0 : unitsFromText(text);
}

export function copyOf(use: Use): Use {
  const copy = new Use();
  copy.add(use);
  return copy;
}

/** Takes that many pico-dollars out of a use, with all of its counts. */
export function takeUsd(use: Use, pico: Units): Use {
  const taken = copyOf(use);
  let left = pico;
  for (const part of ['llmPico', 'toolPico', 'otherPico'] as const) {
    taken[part] = use[part] < left ? use[part] : left;
    left = minus(left, taken[part]);
  }
  use.subtract(taken);
  return taken;
}
