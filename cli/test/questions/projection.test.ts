import { expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.js';
import { call } from '../support/made.js';

/** Local noon, so that the day and the hour before are the same day in any time zone. */
const NOON = new Date(2026, 10, 10, 12).getTime();
const HOUR = 3_600_000;

async function projectedAfter(endsMillis: readonly number[]) {
  const store = await openStore({ now: () => NOON });
  await store.add(endsMillis.map((end) => call(0.5, {}, { startMillis: end - 1000 })));
  const { ticker } = await store.overview('all');
  await store.close();
  return ticker;
}

it('is what the last hour costs, for the rest of the day and for each day left of the month', async () => {
  const ticker = await projectedAfter([NOON - 2 * HOUR, NOON - HOUR / 2]);
  // $1 so far, and 12 hours at $0.50; 20 more days at $7.
  expect(ticker.projectedTodayPico).toBe('7000000000000');
  expect(ticker.projectedMonthPico).toBe('147000000000000');
  expect(ticker.projection).toContain('12.0 h × $0.50 in the last hour');
});

it('is not made from a burst of less than an hour, nor without a cost today', async () => {
  const burst = await projectedAfter([NOON - HOUR / 2, NOON - 1000]);
  expect([burst.projectedTodayPico, burst.projectedMonthPico]).toEqual([null, null]);
  expect(burst.projection).toBe('A projection needs costs of more than an hour.');
  const yesterday = await projectedAfter([NOON - 30 * HOUR]);
  expect([yesterday.projectedTodayPico, yesterday.projection]).toEqual([null, 'No cost today.']);
});
