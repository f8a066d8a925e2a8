/** The cost of tasks: percentiles and a histogram. */
import type { Distribution, Percentiles } from '../api.js';
import type { Row } from '../store/database.js';
import { countOf, sumOf, wordOf } from '../store/row-values.js';
import type { QuestionContext, Source } from './source.js';
import { ENDED_TASKS } from './tasks-sql.js';
import { boundsOf, type NamedPeriod, periodBefore } from './window.js';

const BINS = 24;
const MAX_NAMES = 50;
/** Above this ratio between the largest and the smallest cost, each bin is a factor wider than the one before. */
const LINEAR_RATIO = 50;

export async function distributionIn(
  { database }: QuestionContext,
  window: NamedPeriod,
  name?: string,
): Promise<Distribution> {
  const [now, before, names] = await Promise.all([
    percentilesIn(database, window, name),
    percentilesIn(database, periodBefore(window), name),
    namesIn(database, window),
  ]);
  const bins = now === null ? [] : await binsIn(database, window, now.row, name);
  return { now: now?.percentiles ?? null, before: before?.percentiles ?? null, bins, names };
}

const MATCHING = 'at_ns >= $from AND at_ns < $to AND ($name IS NULL OR name = $name)';

async function percentilesIn(database: Source, window: NamedPeriod, name?: string) {
  const [row = {}] = await database.all(
    `WITH ${ENDED_TASKS} SELECT count(*) AS tasks, count(*) FILTER (is_lower) AS incomplete, quantile_disc(total, 0.5) AS p50, quantile_disc(total, 0.9) AS p90,
       quantile_disc(total, 0.99) AS p99, min(total) FILTER (total > 0) AS smallest, max(total) AS largest
     FROM ended WHERE ${MATCHING}`,
    { ...boundsOf(window), name: name ?? null },
  );
  const count = countOf(row, 'tasks');
  if (count === 0) return null;
  const percentiles: Percentiles = {
    count,
    incomplete: countOf(row, 'incomplete'),
    p50Pico: String(sumOf(row, 'p50')),
    p90Pico: String(sumOf(row, 'p90')),
    p99Pico: String(sumOf(row, 'p99')),
  };
  return { percentiles, row };
}

async function binsIn(
  database: Source,
  window: NamedPeriod,
  extremes: Row,
  name?: string,
): Promise<Distribution['bins']> {
  const edges = edgesOf(sumOf(extremes, 'smallest'), sumOf(extremes, 'largest'));
  const rows = await database.all(
    `WITH ${ENDED_TASKS}, edges AS (SELECT unnest($edges)::BIGINT AS edge)
     SELECT edge, count(*) AS tasks FROM ended ASOF JOIN edges ON total >= edge WHERE ${MATCHING} GROUP BY edge`,
    { ...boundsOf(window), name: name ?? null, edges: edges.slice(0, -1) },
  );
  const counts = new Map(rows.map((row) => [sumOf(row, 'edge'), countOf(row, 'tasks')]));
  return edges.slice(0, -1).map((from, index) => ({
    fromPico: String(from),
    toPico: String(edges[index + 1] ?? from),
    count: counts.get(from) ?? 0,
  }));
}

/** From 0; the last edge is above the largest cost. Each edge is larger than the one before. */
function edgesOf(smallest: bigint, largest: bigint): bigint[] {
  const end = largest + 1n;
  const isLinear = smallest === 0n || largest <= smallest * BigInt(LINEAR_RATIO);
  const edges = [0n];
  for (let bin = 1; bin < BINS; bin += 1) {
    const edge = isLinear
      ? (end * BigInt(bin)) / BigInt(BINS)
      : BigInt(
          Math.round(Number(smallest) * (Number(largest) / Number(smallest)) ** ((bin - 1) / (BINS - 1))),
        );
    if (edge > (edges.at(-1) ?? 0n) && edge < end) edges.push(edge);
  }
  return [...edges, end];
}

async function namesIn(database: Source, window: NamedPeriod): Promise<string[]> {
  const rows = await database.all(
    `WITH ${ENDED_TASKS} SELECT name, sum(total) AS total FROM ended WHERE at_ns >= $from AND at_ns < $to
     GROUP BY name ORDER BY total DESC, name LIMIT ${MAX_NAMES}`,
    boundsOf(window),
  );
  return rows.map((row) => wordOf(row, 'name'));
}
