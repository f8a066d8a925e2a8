import type { Total } from '../../../src/figures.js';
import { fullUsd, plainUsd, shortUsd } from '../../../src/usd-text.js';
import { isZero } from '../money.js';
import { plural } from '../text.js';

interface MoneyProps {
  /** Null is unknown. */
  pico: string | null;
  /** Decimals of the column, to align at the point. */
  align?: number;
  isEstimated?: boolean;
  isLowerBound?: boolean;
  /** More for hovering, behind all digits. */
  notes?: string[];
}

/** An amount: four significant digits to see, all of them to hover and to copy. */
export function Money({ pico, align, isEstimated, isLowerBound, notes = [] }: MoneyProps) {
  if (pico === null) {
    return (
      <span class="money unknown" title={['The cost is unknown', ...notes].join('\n')}>
        unknown
      </span>
    );
  }
  const { text, decimals } = shortUsd(pico);
  const missing = align === undefined ? 0 : Math.max(0, align - decimals);
  const style = missing > 0 ? { paddingInlineEnd: `${missing}ch` } : undefined;
  return (
    <span class="money" data-usd={plainUsd(pico)} title={[fullUsd(pico), ...notes].join('\n')} style={style}>
      {isEstimated && (
        <span class="estimated-mark">
          ≈<span class="sr-only">estimated </span>
        </span>
      )}
      {text}
      {isLowerBound && (
        <span class="plus">
          +<span class="sr-only"> or more</span>
        </span>
      )}
    </span>
  );
}

interface TotalProps {
  total: Total;
  align?: number | undefined;
  /** The scope is still running. */
  isSoFar?: boolean;
}

export function TotalMoney({ total, align, isSoFar = false }: TotalProps) {
  return (
    <Money
      pico={total.pico}
      {...(align === undefined ? {} : { align })}
      isEstimated={!isZero(total.estimatedPico)}
      isLowerBound={total.isLowerBound}
      notes={totalNotes(total, isSoFar)}
    />
  );
}

export function totalNotes(total: Total, isSoFar = false): string[] {
  const notes: string[] = [];
  if (isSoFar) notes.push('So far: still running');
  if (!isZero(total.estimatedPico)) notes.push(`≈ ${fullUsd(total.estimatedPico)} of it is estimated`);
  if (total.unpricedCalls > 0) notes.push(`+ ${plural(total.unpricedCalls, 'call')} without a known cost`);
  else if (total.isLowerBound) notes.push('+ a lower bound: something is missing');
  return notes;
}

/**
 * The marks of a total on its parts. A roll-up does not say in which part something is missing or estimated: it nearly
 * always is the LLM calls, so the mark is there, or on the tools if there is no LLM call.
 */
export function partMarks({ total, llmCalls }: { total: Total; llmCalls: number }, part: 'llm' | 'tool') {
  const isMarked = part === 'llm' ? llmCalls > 0 : llmCalls === 0;
  return {
    isEstimated: isMarked && !isZero(total.estimatedPico),
    isLowerBound: isMarked && total.isLowerBound,
  };
}
