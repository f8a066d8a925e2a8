/** The use of one period in the store, as this process knows it. */
import { type CountedMeasure, Use } from '../../ledger/measures.js';
import { minus, plus, type Units } from '../../ledger/units.js';
import type { StorePeriodState } from '../store/store.js';
import { unitsIn } from './amounts.js';

/** A store forgets a day that is not used for longer, and begins again with the version 0. */
const STALE_MILLIS = 86_400_000;

export class PeriodView {
  /** The parts of it that are this process's own: settled or kept, and held. Only what the store has confirmed. */
  readonly settledHere = new Use();
  readonly heldHere = new Use();
  private state: StorePeriodState | undefined;
  private takenMillis = 0;

  get version(): number {
    return this.state?.version ?? 0;
  }

  /**
   * Takes the state of an answer. `seen`: the version that was known when the request was sent. A lower one shows that the
   * store has lost data: `lost`. One that is lower than that of a later answer is `late`.
   */
  take(state: StorePeriodState, seen: number): 'taken' | 'late' | 'lost' {
    const isLost = state.version < seen;
    if (!isLost && state.version < this.version) return 'late';
    this.state = state;
    this.takenMillis = performance.now();
    return isLost ? 'lost' : 'taken';
  }

  /** True if the store may have forgotten the period, because nobody used it. */
  get isStale(): boolean {
    return this.state !== undefined && performance.now() - this.takenMillis > STALE_MILLIS;
  }

  /** Settled and kept, by all processes. */
  spent(measure: CountedMeasure): Units {
    const { state } = this;
    return state === undefined ? 0 : plus(unitsIn(state.spent, measure), unitsIn(state.kept, measure));
  }

  /** Held by other processes. */
  held(measure: CountedMeasure): Units {
    return this.state === undefined
      ? 0
      : rest(unitsIn(this.state.reserved, measure), this.heldHere.of(measure));
  }

  /** Settled, kept and held by other processes. */
  others(measure: CountedMeasure): Units {
    return plus(rest(this.spent(measure), this.settledHere.of(measure)), this.held(measure));
  }
}

function rest(all: Units, own: Units): Units {
  return all > own ? minus(all, own) : 0;
}
