/** Totals over calls, in SQL and as answers. */
import type { Total } from '../figures.js';
import type { Row } from '../store/database.js';
import { countOf, isTrue, sumOf } from '../store/row-values.js';

/** The columns of a total over rows of `costs`. */
export const LEAF_TOTAL = `
  coalesce(sum(pico), 0) AS total,
  coalesce(sum(pico) FILTER (status = 'estimated'), 0) AS estimated,
  coalesce(sum(unpriced), 0) AS unpriced,
  coalesce(bool_or(is_open_ended), false) AS is_lower`;

export function totalOf(row: Row): Total {
  return {
    pico: String(sumOf(row, 'total')),
    estimatedPico: String(sumOf(row, 'estimated')),
    unpricedCalls: countOf(row, 'unpriced'),
    isLowerBound: isTrue(row, 'is_lower'),
  };
}

export const NOTHING: Total = { pico: '0', estimatedPico: '0', unpricedCalls: 0, isLowerBound: false };
