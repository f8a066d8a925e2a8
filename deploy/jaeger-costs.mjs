#!/usr/bin/env node
/**
 * The most expensive tasks, sessions or users, from the spans that Jaeger keeps. Jaeger cannot compare, sort or add up, so
 * this reads the traces of a service over its HTTP API and does it here. Needs Node.js 20 and nothing else.
 *
 *   node jaeger-costs.mjs --service agents --since 24h --by task
 *
 * Sampling decides which traces there are: take totals from Prometheus.
 */
import { parseArgs } from 'node:util';

const USAGE = `node jaeger-costs.mjs --service NAME [--by task|session|user] [--url http://localhost:16686]
    [--since 24h] [--top 20] [--json]`;

/** The most traces that one request asks for. If there may be more, the time is split. */
const MAX_TRACES = 1000;
const MILLIS = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const PICO_PER_USD = 1e12;

const { values: options } = parseArgs({
  options: {
    service: { type: 'string' },
    by: { type: 'string', default: 'task' },
    url: { type: 'string', default: 'http://localhost:16686' },
    since: { type: 'string', default: '24h' },
    top: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});

const VIEWS = { task: tasksIn, session: sessionsIn, user: usersIn };

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main() {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(options.since) ?? [];
  const top = Number(options.top);
  const rowsIn = VIEWS[options.by];
  if (!options.service || count === undefined || !Number.isInteger(top) || rowsIn === undefined) {
    throw new Error(USAGE);
  }
  const end = Date.now();
  const traces = new Map();
  await collect(traces, end - Number(count) * MILLIS[unit], end);
  const spans = [...traces.values()].flatMap(spansOf);
  const rows = rowsIn(spans).sort((a, b) => b.cost_usd - a.cost_usd);
  print(rows.slice(0, top));
  const found = `${rows.length} in ${traces.size} traces that Jaeger has kept`;
  console.error(rows.length > top ? `the first ${top} of ${found}` : found);
}

/** Adds the traces of a time, in ms since 1970, by their ids: one that spans two times is found in both. */
async function collect(traces, from, to) {
  const query = new URLSearchParams({
    service: options.service,
    start: String(from * 1000),
    end: String(to * 1000),
    limit: String(MAX_TRACES),
  });
  const response = await fetch(`${options.url.replace(/\/$/, '')}/api/traces?${query}`);
  if (!response.ok) throw new Error(`${response.status} of Jaeger: ${(await response.text()).slice(0, 300)}`);
  const { data = [] } = await response.json();
  const middle = Math.floor((from + to) / 2);
  if (data.length >= MAX_TRACES && middle > from) {
    await collect(traces, from, middle);
    await collect(traces, middle, to);
    return;
  }
  if (data.length >= MAX_TRACES)
    console.error(`more than ${MAX_TRACES} traces in a millisecond: some are missing`);
  for (const trace of data) traces.set(trace.traceID, trace);
}

function spansOf({ traceID, spans = [] }) {
  return spans.map(({ tags = [] }) => ({
    traceId: traceID,
    tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
  }));
}

/** A task that had ended before one of its calls is stated twice: the larger total holds. */
function tasksIn(spans) {
  const rows = new Map();
  for (const { traceId, tags } of spans) {
    const id = tags['task.id'];
    if (id === undefined || tags['task.cost_usd'] === undefined) continue;
    if (tags['task.cost_usd'] < (rows.get(id)?.cost_usd ?? 0)) continue;
    rows.set(id, {
      cost_usd: tags['task.cost_usd'],
      complete: tags['task.cost_complete'] !== false,
      name: tags['task.name'],
      outcome: tags['task.outcome'] ?? '',
      over_budget: tags['task.over_budget'] === true,
      steps: tags['task.steps'] ?? 0,
      llm_calls: tags['task.llm_calls'],
      tool_calls: tags['task.tool_calls'],
      input_tokens: tags['task.input_tokens'],
      output_tokens: tags['task.output_tokens'],
      llm_usd: tags['task.llm_cost_usd'],
      tool_usd: tags['task.tool_cost_usd'],
      wasted_usd: tags['task.wasted_cost_usd'] ?? 0,
      task: id,
      session: tags['session.id'] ?? '',
      trace: traceId,
    });
  }
  return [...rows.values()];
}

/** `session.cost_usd` is a running total, so the largest value is the last one; it counts traces that are not kept too. */
function sessionsIn(spans) {
  const rows = new Map();
  for (const { tags } of spans) {
    const id = tags['session.id'];
    const total = tags['session.cost_usd'];
    if (id === undefined || total === undefined || total < (rows.get(id)?.cost_usd ?? 0)) continue;
    rows.set(id, {
      cost_usd: total,
      tasks: tags['session.tasks'] ?? 0,
      successful_tasks: tags['session.successful_tasks'] ?? 0,
      session: id,
    });
  }
  return [...rows.values()];
}

/** Own cost may be added up over any set of spans. In whole pico-dollars, so that the sum is exact. */
function usersIn(spans) {
  const sums = new Map();
  for (const { tags } of spans) {
    const { cost_usd: own, 'user.id': user = '' } = tags;
    if (own === undefined) continue;
    const row = sums.get(user) ?? { pico: 0n, calls: 0 };
    row.pico += BigInt(Math.round(own * PICO_PER_USD));
    row.calls += 1;
    sums.set(user, row);
  }
  return [...sums].map(([user, { pico, calls }]) => ({
    cost_usd: Number(pico) / PICO_PER_USD,
    billed_spans: calls,
    user: user === '' ? '(none)' : user,
  }));
}

function print(rows) {
  if (options.json) {
    for (const row of rows) console.log(JSON.stringify(row));
    return;
  }
  const columns = Object.keys(rows[0] ?? {}).filter((column) => column !== 'complete');
  const lines = [columns, ...rows.map((row) => columns.map((column) => shown(row, column)))];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at].length)));
  for (const line of lines)
    console.log(
      line
        .map((cell, at) => cell.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    );
}

/** A total that lacks a call of unknown cost is at least that. */
function shown(row, column) {
  const value = row[column];
  if (!column.endsWith('_usd')) return String(value);
  return `${column === 'cost_usd' && row.complete === false ? '>= ' : ''}${Number(value.toFixed(6))}`;
}
