import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Budget } from '../../src/ledger/budget.js';
import { Refusal, Reservation } from '../../src/ledger/reservation.js';
import { reserveOrWait } from '../../src/ledger/waiting.js';
import { budgetOf, demandOf, postingOf } from '../support/budgets/simulation.js';

const CENT = 1e10;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function ask(budgets: Budget[], cents: number | undefined) {
  return reserveOrWait({ budgets, demand: () => demandOf(cents === undefined ? undefined : cents * CENT) });
}

/** Like `ask`, of a call whose work is known to return a promise. */
function askAsync(budget: Budget, cents: number | undefined, around?: Reservation) {
  const demand = () => demandOf(cents === undefined ? undefined : cents * CENT);
  return reserveOrWait({ budgets: [budget], demand, around, canWait: true });
}

function now(outcome: ReturnType<typeof ask>): Reservation {
  if (outcome instanceof Reservation) return outcome;
  throw new Error('it was not let in at once');
}

/** The outcome, or 'waits' if there is none after a few turns. */
async function settled(outcome: ReturnType<typeof ask>): Promise<unknown> {
  const waits = new Promise((resolve) => setTimeout(() => resolve('waits'), 5));
  const first = Promise.race([outcome, waits]);
  await vi.advanceTimersByTimeAsync(5);
  return first;
}

describe('a call that waits for room', () => {
  it('begins when enough is given back, the first to come first', async () => {
    const budget = budgetOf(0.1, 'test', { reserveTimeoutMillis: 1000 });
    const [first, second] = [now(ask([budget], 5)), now(ask([budget], 5))];
    const order: number[] = [];
    const waiting = [4, 5, 6].map(async (cents) => {
      const outcome = await ask([budget], cents);
      order.push(cents);
      return outcome;
    });
    first.release();
    second.release();
    await vi.advanceTimersByTimeAsync(0);
    expect(order).toEqual([4, 5]);
    const held = await Promise.all(waiting.slice(0, 2));
    for (const each of held) now(each).release();
    expect(await waiting[2]).toBeInstanceOf(Reservation);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is refused when its time is up', async () => {
    const budget = budgetOf(0.1, 'test', { reserveTimeoutMillis: 50 });
    now(ask([budget], undefined));
    const outcome = ask([budget], undefined);
    await vi.advanceTimersByTimeAsync(51);
    expect(await outcome).toBeInstanceOf(Refusal);
    expect(budget.line.size).toBe(0);
  });

  it('is refused at once when waiting is of no use', () => {
    const budget = budgetOf(0.1, 'test', { reserveTimeoutMillis: 50 });
    const held = now(ask([budget], 5));
    expect(ask([budget], 11)).toBeInstanceOf(Refusal);
    budget.account.add(postingOf(10 * CENT), 0);
    expect(ask([budget], 1)).toBeInstanceOf(Refusal);
    held.release();
    expect(ask([budgetOf(0.1)], 11)).toBeInstanceOf(Refusal);
  });

  it('is refused as soon as the limit is reached, though the call that it waits for still runs', async () => {
    const budget = budgetOf(0.1, 'test', { reserveTimeoutMillis: 60_000 });
    const running = now(ask([budget], undefined));
    const outcome = ask([budget], undefined);
    budget.account.add(postingOf(10 * CENT), 0);
    budget.review();
    expect(await outcome).toBeInstanceOf(Refusal);
    running.release();
  });

  it('is refused when the room it waits for was spent', async () => {
    const budget = budgetOf(0.1, 'test', { reserveTimeoutMillis: 50 });
    const held = now(ask([budget], 10));
    const outcome = ask([budget], 5);
    budget.account.add(postingOf(8 * CENT), 0);
    held.release();
    expect(await outcome).toBeInstanceOf(Refusal);
  });

  it('goes on waiting for the next budget without room, and holds nothing meanwhile', async () => {
    const inner = budgetOf(0.1, 'inner', { reserveTimeoutMillis: 100 });
    const outer = budgetOf(0.1, 'outer', { reserveTimeoutMillis: 200 });
    const [holdsInner, holdsOuter] = [now(ask([inner], 10)), now(ask([outer], 10))];
    const outcome = ask([inner, outer], 10);
    holdsInner.release();
    expect([inner.holds.size, outer.holds.size]).toEqual([0, 1]);
    await vi.advanceTimersByTimeAsync(150);
    holdsOuter.release();
    expect(await outcome).toBeInstanceOf(Reservation);
  });

  it('that was passed over for too long lets in no others, but those inside running calls', async () => {
    const budget = budgetOf(1, 'test', { reserveTimeoutMillis: 1000 });
    const running = now(askAsync(budget, 50));
    const large = askAsync(budget, 90);
    // Sixteen smaller ones pass it.
    for (let count = 0; count < 16; count++) now(askAsync(budget, 1)).release();
    const small = askAsync(budget, 1);
    expect(small).toBeInstanceOf(Promise);
    now(askAsync(budget, 1, running)).release();
    running.release();
    now(await large).release();
    now(await small).release();
  });

  it('is tried again in later turns when the line is long', async () => {
    const budget = budgetOf(1, 'test', { reserveTimeoutMillis: 60_000 });
    const running = [now(askAsync(budget, 60)), now(askAsync(budget, 40))];
    const large = Array.from({ length: 200 }, () => askAsync(budget, 70));
    const small = askAsync(budget, 30);
    running[1]?.release();
    await vi.advanceTimersByTimeAsync(10);
    now(await small).release();
    running[0]?.release();
    for (const each of large) now(await each).release();
  });

  it('lets each of 1,000 that have no estimate run, one at a time', async () => {
    const budget = budgetOf(100, 'test', { reserveTimeoutMillis: 1000 });
    let running = 0;
    let most = 0;
    const calls = Array.from({ length: 1000 }, async () => {
      const held = await ask([budget], undefined);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running -= 1;
      if (held instanceof Reservation) held.release();
    });
    await Promise.all(calls);
    expect(most).toBe(1);
  });

  it('that waits in another budget does not keep the place of the first one in line', async () => {
    const task = budgetOf(0.1, 'task', { reserveTimeoutMillis: 60_000 });
    const user = budgetOf(1, 'user', { reserveTimeoutMillis: 60_000 });
    const held = [now(ask([task, user], 10)), now(ask([user], 50))];
    const inTask = ask([task, user], 5);
    const large = askAsync(user, 90);
    for (let count = 0; count < 16; count++) now(askAsync(user, 1)).release();
    const small = askAsync(user, 1);
    expect(small).toBeInstanceOf(Promise);
    for (const each of held) each.release();
    for (const each of [inTask, large, small]) now(await each).release();
  });

  it('holds nobody up any more when it has to wait in another budget', async () => {
    const inner = budgetOf(0.1, 'inner', { reserveTimeoutMillis: 60_000 });
    const outer = budgetOf(1, 'outer', { reserveTimeoutMillis: 60_000 });
    const [held, ends] = [now(ask([outer], 94)), now(ask([outer], 1))];
    const large = ask([inner, outer], 10);
    for (let count = 0; count < 16; count++) now(askAsync(outer, 1)).release();
    const small = askAsync(outer, 1);
    expect(small).toBeInstanceOf(Promise);
    const first = now(ask([inner], 5));
    ends.release();
    expect(await settled(small)).toBeInstanceOf(Reservation);
    first.release();
    held.release();
    now(await large).release();
  });

  it('lets others in at once when it gives up after it was passed over for long', async () => {
    const budget = budgetOf(0.1, 'test', { reserveTimeoutMillis: 100 });
    const held = now(ask([budget], 6));
    const large = ask([budget], 8);
    for (let count = 0; count < 16; count++) now(askAsync(budget, 1)).release();
    await vi.advanceTimersByTimeAsync(50);
    const small = askAsync(budget, 1);
    expect(small).toBeInstanceOf(Promise);
    await vi.advanceTimersByTimeAsync(60);
    expect(await settled(large)).toBeInstanceOf(Refusal);
    expect(await settled(small)).toBeInstanceOf(Reservation);
    held.release();
  });

  it('inside one is let in as soon as the call that it waits for waits, in any budget', async () => {
    const session = budgetOf(5, 'session', { mode: 'observe' });
    const inner = budgetOf(0.1, 'inner', { reserveTimeoutMillis: 60_000 });
    const [a, b] = [now(askAsync(session, undefined)), now(askAsync(session, undefined))];
    session.change({ ...session.terms, mode: 'refuse' });
    const held = now(ask([inner], 10));
    const insideA = askAsync(session, undefined, a);
    expect(insideA).toBeInstanceOf(Promise);
    const request = { budgets: [inner, session], demand: () => demandOf(5 * CENT) };
    const insideB = reserveOrWait({ ...request, around: b, canWait: true });
    expect(await settled(insideA)).toBeInstanceOf(Reservation);
    now(await insideA).release();
    // This one waits for the first call, which waits for nothing any more.
    held.release();
    expect(await settled(insideB)).toBe('waits');
    a.release();
    now(await insideB).release();
  });
});
