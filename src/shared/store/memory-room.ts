/** Decides whether a period has room for a call: the meaning of the limits that every store keeps. */
import type { MemoryPeriod } from './memory-period.js';
import type { StoreAsk, StoreLimit } from './store.js';
import { classOf, type HolderClass, MAX_AMOUNT } from './store-rules.js';

export type Verdict = 'fits' | 'alone' | 'reached' | 'too_large' | 'no_room';

/** The decision over all limits. A limit that waiting does not help wins over one that others may make room in. */
export interface Decision {
  readonly verdict: Verdict;
  readonly period?: number;
  readonly limit?: number;
  /** The classes of which the call gets all that is left. */
  readonly alone: Readonly<Record<HolderClass, boolean>>;
}

export function decide(periods: readonly MemoryPeriod[], ask: StoreAsk): Decision {
  const alone = { money: ask.alone.money, tokens: ask.alone.tokens };
  let verdict: Verdict = 'fits';
  let wait: Decision | undefined;
  for (const [period, { limits }] of ask.periods.entries()) {
    const at = periods[period];
    if (ask.isForced || at === undefined) continue;
    for (const [limit, terms] of limits.entries()) {
      const here = judge(at, terms, ask);
      if (here === 'reached' || here === 'too_large') return { verdict: here, period, limit, alone };
      if (here === 'no_room') wait ??= { verdict: here, period, limit, alone };
      const holderClass = classOf(terms.measure);
      if (here !== 'alone' || holderClass === undefined) continue;
      verdict = 'alone';
      alone[holderClass] = true;
    }
  }
  return wait ?? { verdict, alone };
}

function judge(period: MemoryPeriod, limit: StoreLimit, ask: StoreAsk): Verdict {
  const { measure } = limit;
  const [need, firm] = [BigInt(limit.need), BigInt(limit.firm)];
  // Nothing above the range can be booked, so a larger limit is the same as the largest amount.
  const most = BigInt(limit.most) < MAX_AMOUNT ? BigInt(limit.most) : MAX_AMOUNT;
  const booked = period.spent.of(measure) + period.kept.of(measure);
  if (booked >= most) return 'reached';
  if (!fits(firm)) return 'too_large';
  const holderClass = classOf(measure);
  const isCertain = holderClass === undefined || (need === firm && need > 0n && !ask.alone[holderClass]);
  const around = [...new Set(ask.around)].flatMap((id) => period.holdOf(id) ?? []);
  const heldAround = around.reduce((sum, { amounts }) => sum + amounts.of(measure), 0n);
  // The calls around this one do not end before it, so waiting does not release their holds.
  if (isCertain && !fits(need, heldAround)) return 'too_large';
  const others = [...period.holdsBeside(ask.around)];
  if (holderClass !== undefined && isBlocked(holderClass)) return 'no_room';
  const least = need > 0n ? need : 1n;
  if (fits(least, period.reserved.of(measure))) return 'fits';
  if (isCertain) return 'no_room';
  // A call inside another one never waits for calls that may wait for it, in whatever process they run: no deadlock.
  return ask.around.length > 0 || !others.some(({ holds }) => holds[holderClass]) ? 'alone' : 'no_room';

  /** An amount out of range does not fit, whatever has been booked. */
  function fits(amount: bigint, held = 0n): boolean {
    return amount <= MAX_AMOUNT && booked + held + amount <= most;
  }

  /** Another call has all that is left, unless one around this call has it, too (both were forced). */
  function isBlocked(holderClass: HolderClass): boolean {
    return others.some(({ alone }) => alone[holderClass]) && !around.some(({ alone }) => alone[holderClass]);
  }
}
