/** The ticker. */
import type { Overview, Ticker } from '../api.js';
import type { Total } from '../figures.js';
import { countOf, sumOf, wholeOf } from '../store/row-values.js';
import { millisOf, nanosOf } from '../store/span-times.js';
import { shortUsd } from '../usd-text.js';
import type { QuestionContext } from './source.js';
import { UNSUCCESSFUL, WASTED_LEAF } from './tasks-sql.js';
import { LEAF_TOTAL, totalOf } from './totals.js';
import { boundsOf, type NamedPeriod } from './window.js';

const HOUR_MILLIS = 3_600_000;
const DAY_MILLIS = 24 * HOUR_MILLIS;
/** Long enough for more than one call, short enough to see a loop that runs away. */
const RATE_OVER_MILLIS = 300_000;
/** A task without a call for so long has ended without saying so, or waits. */
const ACTIVE_MILLIS = 900_000;
const MAX_STEPS = 120;
const STEP_MILLIS = [
  1_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000, 10_800_000, 21_600_000,
  86_400_000, 604_800_000, 2_592_000_000,
];

export async function overviewOf({ database, now }: QuestionContext, window: NamedPeriod): Promise<Overview> {
  const asOfMillis = now();
  const [spent, rate, activeTasks, calendar, series] = await Promise.all([
    spentIn(database, window),
    totalBetween(database, asOfMillis - RATE_OVER_MILLIS, asOfMillis + 1),
    countActive(database, asOfMillis),
    calendarOf(database, asOfMillis),
    seriesOf(database, window),
  ]);
  const ticker: Ticker = {
    usdPerHourPico: String((BigInt(rate.pico) * BigInt(HOUR_MILLIS)) / BigInt(RATE_OVER_MILLIS)),
    isRateLowerBound: rate.isLowerBound,
    rateOverMillis: RATE_OVER_MILLIS,
    activeTasks,
    ...spent,
    ...calendar,
    series,
  };
  return { asOfMillis, window, ticker };
}

type Database = QuestionContext['database'];

async function spentIn(database: Database, window: NamedPeriod) {
  const [row = {}] = await database.all(
    `WITH RECURSIVE ${UNSUCCESSFUL}
     SELECT ${LEAF_TOTAL}, sum(${WASTED_LEAF}) AS wasted FROM costs WHERE at_ns >= $from AND at_ns < $to`,
    boundsOf(window),
  );
  return { spent: totalOf(row), wastedPico: String(sumOf(row, 'wasted')) };
}

async function picoBetween(database: Database, fromMillis: number, toMillis: number): Promise<bigint> {
  const [row = {}] = await database.all(
    'SELECT sum(pico) AS pico FROM costs WHERE at_ns >= $from AND at_ns < $to',
    boundsOf({ fromMillis, toMillis }),
  );
  return sumOf(row, 'pico');
}

async function countActive(database: Database, nowMillis: number): Promise<number> {
  const [row = {}] = await database.all(
    `SELECT count(DISTINCT task) AS tasks FROM costs
     WHERE at_ns >= $from AND at_ns < $to
       AND task NOT IN (SELECT scope_id FROM rollups WHERE scope = 'task')`,
    boundsOf({ fromMillis: nowMillis - ACTIVE_MILLIS, toMillis: nowMillis + 1 }),
  );
  return countOf(row, 'tasks');
}

async function totalBetween(database: Database, fromMillis: number, toMillis: number): Promise<Total> {
  const [row = {}] = await database.all(
    `SELECT ${LEAF_TOTAL} FROM costs WHERE at_ns >= $from AND at_ns < $to`,
    boundsOf({ fromMillis, toMillis }),
  );
  return totalOf(row);
}

/** Today and this month in local time, and what they come to if the last hour goes on. */
async function calendarOf(database: Database, nowMillis: number) {
  const midnight = new Date(nowMillis).setHours(0, 0, 0, 0);
  const first = new Date(new Date(midnight).setDate(1));
  const nextDay = new Date(midnight);
  nextDay.setDate(nextDay.getDate() + 1);
  const nextMonth = new Date(first);
  nextMonth.setMonth(nextMonth.getMonth() + 1);
  const [today, month, lastHour, isOlder] = await Promise.all([
    totalBetween(database, midnight, nowMillis + 1),
    totalBetween(database, first.getTime(), nowMillis + 1),
    picoBetween(database, nowMillis - HOUR_MILLIS, nowMillis + 1),
    hasCostBefore(database, nowMillis - HOUR_MILLIS),
  ]);
  const none = { today, month, projectedTodayPico: null, projectedMonthPico: null };
  if (BigInt(today.pico) === 0n) return { ...none, projection: 'No cost today.' };
  // A burst of a minute says nothing about the month.
  if (!isOlder) return { ...none, projection: 'A projection needs costs of more than an hour.' };
  const restMillis = nextDay.getTime() - nowMillis;
  const projectedToday = BigInt(today.pico) + (lastHour * BigInt(restMillis)) / BigInt(HOUR_MILLIS);
  const days = Math.round((nextMonth.getTime() - nextDay.getTime()) / DAY_MILLIS);
  const projectedMonth = BigInt(month.pico) - BigInt(today.pico) + projectedToday * BigInt(days + 1);
  return {
    today,
    month,
    projectedTodayPico: String(projectedToday),
    projectedMonthPico: String(projectedMonth),
    projection:
      `Today: ${shortUsd(BigInt(today.pico)).text} so far + ${(restMillis / HOUR_MILLIS).toFixed(1)} h × ` +
      `${shortUsd(lastHour).text} in the last hour. Month: ${shortUsd(BigInt(month.pico) - BigInt(today.pico)).text} ` +
      `before today + ${days === 0 ? '' : `${days + 1} days at `}today's ${shortUsd(projectedToday).text}.`,
  };
}

async function hasCostBefore(database: Database, millis: number): Promise<boolean> {
  const rows = await database.all('SELECT 1 AS found FROM costs WHERE at_ns < $to LIMIT 1', {
    to: nanosOf(millis),
  });
  return rows.length > 0;
}

async function seriesOf(database: Database, window: NamedPeriod): Promise<Ticker['series']> {
  const length = window.toMillis - window.fromMillis;
  const stepMillis = STEP_MILLIS.find((step) => length / step <= MAX_STEPS) ?? Math.ceil(length / MAX_STEPS);
  const startMillis = Math.floor(window.fromMillis / stepMillis) * stepMillis;
  const pico: string[] = new Array(Math.ceil((window.toMillis - startMillis) / stepMillis)).fill('0');
  const rows = await database.all(
    `SELECT (at_ns - $start) // $step AS step, sum(pico) AS pico FROM costs
     WHERE at_ns >= $from AND at_ns < $to GROUP BY step`,
    { ...boundsOf(window), start: nanosOf(startMillis), step: nanosOf(stepMillis) },
  );
  for (const row of rows) pico[countOf(row, 'step')] = String(sumOf(row, 'pico'));
  return { startMillis, stepMillis, pico };
}

/** Number and times of the spans. */
export async function spansOf({ database }: QuestionContext) {
  const [row = {}] = await database.all(
    `SELECT count(*) AS spans, min(start_ns) AS first, max(end_ns) AS last FROM spans WHERE NOT is_priced_here`,
  );
  const first = wholeOf(row, 'first');
  const last = wholeOf(row, 'last');
  return {
    spans: countOf(row, 'spans'),
    firstMillis: first === null ? null : millisOf(first),
    lastMillis: last === null ? null : millisOf(last),
  };
}
