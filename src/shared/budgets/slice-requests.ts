/** Takes slices of a shared budget from the store. */
import { Use } from '../../ledger/measures.js';
import type { Units } from '../../ledger/units.js';
import type { SharedStore, StoreAnswer, StoreAsk } from '../store/store.js';
import type { StoreClient } from '../store/store-client.js';
import type { SharedBudget } from './shared-budget.js';
import { SlicePool } from './slice-pool.js';
import { Slices } from './slices.js';
import type { SharedPeriod } from './store-ask.js';
import { StoreHold } from './store-hold.js';

export interface SliceSettings {
  readonly store: SharedStore;
  readonly client: StoreClient;
  readonly leaseMillis: number;
}

/** The slices of a budget, whose terms have an amount for them. */
export function slicesOf(shared: SharedBudget, slice: Units, settings: SliceSettings): Slices {
  const newPool = (periods: readonly SharedPeriod[], onFree: () => void) => {
    const keptHold = () => {
      const hold = new StoreHold(shared, periods, new Use());
      hold.refused();
      return hold;
    };
    return new SlicePool(periods, keptHold, (use) => shared.post(periods, use), onFree);
  };
  return new Slices(
    slice,
    settings.leaseMillis / 3,
    newPool,
    () => shared.periods(),
    (periods, pico) => takeSlice(shared, periods, pico, settings),
    () => shared.wakeWaiters(),
  );
}

async function takeSlice(
  shared: SharedBudget,
  periods: readonly SharedPeriod[],
  pico: Units,
  { store, client, leaseMillis }: SliceSettings,
): Promise<StoreHold | 'down' | StoreAnswer> {
  for (let tries = 0; ; tries += 1) {
    if (client.isPausing) return 'down';
    const amounts = new Use();
    amounts.otherPico = pico;
    const hold = new StoreHold(shared, periods, amounts);
    const mayLag = shared.posts.isBusy;
    const seen = shared.seen();
    const ask = sliceAsk(shared, periods, pico, hold.id, leaseMillis);
    const answer = await client.ask(() => store.reserve(ask), true);
    if (answer === undefined) {
      hold.missed();
      return 'down';
    }
    const isHeld = answer.outcome === 'admitted' || answer.outcome === 'alone';
    if (isHeld) {
      hold.admitted();
      shared.noteRunning(hold);
    } else if (answer.outcome === 'no_room') hold.refusedForNow();
    else hold.refused();
    shared.observe(periods, answer.states, seen);
    if (isHeld) return hold;
    if (answer.outcome === 'not_open') return 'down';
    // The store does not know yet what this process has given back.
    const mayClear = answer.outcome === 'no_room' && mayLag && tries === 0;
    if (!mayClear || !(await shared.posts.send())) return answer;
  }
}

function sliceAsk(
  shared: SharedBudget,
  periods: readonly SharedPeriod[],
  pico: Units,
  id: string,
  leaseMillis: number,
): StoreAsk {
  const usd = String(pico);
  const limitsIn = (wanted: SharedPeriod['window']) =>
    shared.budget.limits.filter(({ measure, window }) => measure === 'usd' && window === wanted);
  return {
    budget: shared.name,
    id,
    leaseMillis,
    periods: periods.map(({ window, name, keepMillis }) => ({
      name,
      keepMillis,
      limits: limitsIn(window).map(({ most }) => ({
        measure: 'usd',
        most: String(most),
        need: usd,
        firm: usd,
      })),
    })),
    amounts: { usd },
    holds: { money: true, tokens: false },
    alone: { money: false, tokens: false },
    around: shared.slices?.ids ?? [],
    isForced: false,
  };
}
