/** The parts of a budget and of a hold that other processes see. `src/shared` implements them on a store. */
import type { Posting } from './account.js';
import type { CountedMeasure, Use } from './measures.js';
import type { BudgetWindow } from './period.js';
import type { Units } from './units.js';

/** The use of a shared budget by all processes, as far as this one knows it. */
export interface SharedUse {
  /** True once the connection to the store was closed. */
  readonly isClosed: boolean;
  /** True while the store does not answer, or is not open, and calls run all the same. */
  readonly isOpenToAll: boolean;
  /** The latest known use in the current period. 0 if nothing is known, or if this process decides alone. */
  spent(measure: CountedMeasure, window: BudgetWindow): Units;
  /** The part of the use that is not this process's own, with the reservations of other processes. */
  others(measure: CountedMeasure, window: BudgetWindow): Units;
  /** The reservations of other processes. */
  held(measure: CountedMeasure, window: BudgetWindow): Units;
  /** A bill was posted in the account of the budget. `hold`: that of its call, or of the nearest call around it. */
  billed(posting: Posting, hold: { readonly shared: SharedHold | undefined } | undefined): void;
}

/** A hold in the store. */
export interface SharedHold {
  /** The id of its reservation in the store. Undefined: it has none. */
  readonly id: string | undefined;
  /** A bill was posted that belongs to it. */
  bill(use: Use): void;
  release(): void;
  /** Stops holding room, and books `use` in its place until `dropKept`. */
  keep(use: Use): void;
  dropKept(): void;
}
