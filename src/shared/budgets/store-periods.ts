/** The days and months of a shared budget, by the clock of the store. */
import type { BudgetWindow, Calendar } from '../../ledger/period.js';
import type { StorePeriod } from '../store/store.js';

const DAY_MILLIS = 86_400_000;

/** A call may be in flight at midnight, and its bill may come later still. */
const KEEP_DAY_MILLIS = 3 * DAY_MILLIS;

/** The longest month, and the same margin. */
const KEEP_MONTH_MILLIS = 34 * DAY_MILLIS;

const zones = new WeakMap<Calendar, string>();

/** `keepTotalMillis`: how long the total is kept after its latest use. Undefined: for good. */
export function storePeriod(
  keepTotalMillis: number | undefined,
  window: BudgetWindow,
  calendar: Calendar,
  nowMillis: number,
): StorePeriod {
  if (window === 'total') return { name: 'total', keepMillis: keepTotalMillis };
  const name = calendar.nameOf(window, nowMillis);
  const zone = zoneOf(calendar);
  const keepMillis = window === 'day' ? KEEP_DAY_MILLIS : KEEP_MONTH_MILLIS;
  return { name: zone === 'UTC' ? name : `${name} ${zone}`, keepMillis };
}

/** As the platform spells it, so that `utc` and `UTC` are one. */
function zoneOf(calendar: Calendar): string {
  let zone = zones.get(calendar);
  if (zone === undefined) {
    const { timeZone } = calendar;
    zone = new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions().timeZone;
    zones.set(calendar, zone);
  }
  return zone;
}
