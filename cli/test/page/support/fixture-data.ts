/** The answers of a viewer that has seen the sample tasks. */
import type {
  Distribution,
  Explore,
  ExploreRow,
  Opportunity,
  Overview,
  Status,
  TaskPage,
} from '../../../src/api.js';
import type { TaskRow } from '../../../src/task-answers.js';
import { randomNumbers, total } from './fixture-tasks.js';

export function sampleStatus(changes: Partial<Status> = {}): Status {
  return {
    version: '0.2.0',
    endpoint: 'http://127.0.0.1:4318',
    file: null,
    bytes: 2_140_000,
    spans: 4_210,
    firstMillis: 1_700_000_000_000,
    lastMillis: 1_700_003_000_000,
    rejectedSpans: 0,
    deletedSpans: 0,
    advice: null,
    demo: 'ready',
    trouble: null,
    ...changes,
  };
}

export function sampleOverview(tasks: readonly TaskRow[], nowMillis: number): Overview {
  const spent = tasks.reduce((sum, task) => sum + BigInt(task.total.pico), 0n);
  const random = randomNumbers(11);
  const weights = Array.from({ length: 120 }, (_, index) => random() * random() * (1 + Math.sin(index / 14)));
  const stepMillis = 30_000;
  const startMillis = nowMillis - 120 * stepMillis;
  return {
    asOfMillis: nowMillis,
    window: { name: 'auto', fromMillis: startMillis, toMillis: nowMillis },
    ticker: {
      usdPerHourPico: '4712300450000',
      isRateLowerBound: false,
      rateOverMillis: 300_000,
      activeTasks: tasks.filter((task) => task.state === 'running').length,
      spent: total(spent.toString(), { unpricedCalls: 2, isLowerBound: true, estimatedPico: '1000000000' }),
      wastedPico: '342004500123',
      today: total((spent * 3n).toString(), { unpricedCalls: 2, isLowerBound: true }),
      month: total((spent * 41n).toString(), { unpricedCalls: 2, isLowerBound: true }),
      projectedTodayPico: (spent * 7n).toString(),
      projectedMonthPico: (spent * 160n).toString(),
      projection: 'Cost of the last 24 hours, as a day; that day for each day that is left of the month.',
      series: {
        startMillis,
        stepMillis,
        pico: weights.map((weight) => BigInt(Math.floor(weight * 3e11)).toString()),
      },
    },
  };
}

export function sampleDistribution(tasks: readonly TaskRow[], name: string | null): Distribution {
  const chosen = tasks.filter((task) => task.state === 'ended' && (name === null || task.name === name));
  const costs = chosen.map((task) => BigInt(task.total.pico)).sort((one, other) => (one < other ? -1 : 1));
  const names = [...new Set(tasks.map((task) => task.name))];
  const at = (quantile: number) =>
    (costs[Math.min(costs.length - 1, Math.floor(costs.length * quantile))] ?? 0n).toString();
  if (costs.length === 0) return { now: null, before: null, bins: [], names };
  const step = 6_000_000_000n;
  const bins = Array.from({ length: 20 }, (_, index) => {
    const from = BigInt(index) * step;
    const to = index === 19 ? 320_000_000_000n : from + step;
    return {
      fromPico: from.toString(),
      toPico: to.toString(),
      count: costs.filter((cost) => cost >= from && cost < to).length,
    };
  });
  return {
    now: { count: costs.length, incomplete: 0, p50Pico: at(0.5), p90Pico: at(0.9), p99Pico: at(0.99) },
    before: {
      count: 40,
      incomplete: 0,
      p50Pico: '31000000000',
      p90Pico: '60000000000',
      p99Pico: '130000000000',
    },
    bins,
    names,
  };
}

export function sampleOpportunities(tasks: readonly TaskRow[]): Opportunity[] {
  const evidence = (count: number) =>
    tasks.slice(0, count).map((task) => ({ traceId: task.traceId, spanId: task.id, taskId: task.id }));
  return [
    {
      kind: 'repeated_tool_calls',
      subject: 'web_search',
      amountPico: '120000000000',
      amountIs: 'saving',
      count: 24,
      message: 'web_search was called 24 times with arguments that it had been called with before.',
      fix: 'Wrap it with cachedTool from otel-agent-cost/optimize.',
      evidence: evidence(12),
    },
    {
      kind: 'smaller_model',
      subject: 'gpt-4o',
      amountPico: '81230045000',
      amountIs: 'saving',
      count: 41,
      message: 'gpt-4o answered 41 short calls with fewer than 200 tokens.',
      fix: 'Try gpt-4o-mini for the task "support ticket" and compare the outcomes.',
      evidence: evidence(3),
    },
    {
      kind: 'wasted',
      subject: 'research',
      amountPico: '342004500123',
      amountIs: 'spend',
      count: 4,
      message: 'Four tasks cost money and did not succeed.',
      fix: 'Look at the failed calls; a budget for the task ends such runs earlier.',
      evidence: evidence(4),
    },
  ];
}

export function samplePage(tasks: readonly TaskRow[], query: URLSearchParams): TaskPage {
  const filter = (query.get('filter') ?? '').toLowerCase();
  const name = query.get('name');
  const outcome = query.get('outcome');
  const only = query.get('only');
  const found = tasks.filter(
    (task) =>
      `${task.id} ${task.name} ${task.sessionId} ${task.service}`.toLowerCase().includes(filter) &&
      (name === null || task.name === name) &&
      (outcome === null || (task.outcome ?? task.state) === outcome) &&
      (only === null || task.isOverBudget || (only === 'outliers' && task.outlier !== null)),
  );
  const sorted = found.sort((one, other) =>
    compare(sortValue(one, query.get('sort')), sortValue(other, query.get('sort'))),
  );
  if (query.get('descending') === 'true') sorted.reverse();
  return { rows: sorted.slice(0, Number(query.get('limit') ?? 100)), count: found.length };
}

function sortValue(task: TaskRow, sort: string | null): bigint | string {
  if (sort === 'name') return task.name;
  if (sort === 'outcome') return task.outcome ?? '';
  if (sort === 'steps') return BigInt(task.steps);
  if (sort === 'tokens') return BigInt(task.inputTokens + task.outputTokens);
  if (sort === 'llm') return BigInt(task.llmPico);
  if (sort === 'tool') return BigInt(task.toolPico);
  return sort === 'total' ? BigInt(task.total.pico) : BigInt(task.startMillis);
}

function compare(one: bigint | string, other: bigint | string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

export function sampleExplore(tasks: readonly TaskRow[], query: URLSearchParams): Explore {
  const by = query.get('by') ?? 'task';
  const groups = new Map<string | null, TaskRow[]>();
  for (const task of tasks) {
    const key = groupKey(task, by);
    groups.set(key, [...(groups.get(key) ?? []), task]);
  }
  const filter = (query.get('filter') ?? '').toLowerCase();
  const rows = [...groups]
    .map(([key, members]) => exploreRow(key, members, by))
    .filter((row) => (row.key ?? '').toLowerCase().includes(filter))
    .sort((one, other) => compare(exploreValue(one, query), exploreValue(other, query)));
  if (query.get('descending') === 'true') rows.reverse();
  const sum = rows.reduce((all, row) => all + BigInt(row.total.pico), 0n);
  const limit = Number(query.get('limit') ?? 200);
  return {
    rows: rows.slice(0, limit),
    count: rows.length,
    total: total(sum.toString(), { isLowerBound: true, unpricedCalls: 2 }),
  };
}

function groupKey(task: TaskRow, by: string): string | null {
  if (by === 'task') return task.name;
  if (by === 'session') return task.sessionId;
  if (by === 'model')
    return ['gpt-4o', 'claude-sonnet-5', 'gemini-3-flash', 'gpt-4o-mini'][task.steps % 4] ?? null;
  return task.attribution[by] ?? null;
}

function exploreRow(key: string | null, members: TaskRow[], by: string): ExploreRow {
  const sum = (of: (task: TaskRow) => string | number) =>
    members.reduce((all, task) => all + BigInt(of(task)), 0n);
  const cost = sum((task) => task.total.pico);
  const actions = by === 'model' ? null : members.filter((task) => task.outcome === 'success').length;
  return {
    key,
    total: total(
      cost.toString(),
      members.some((task) => task.total.unpricedCalls > 0) ? { unpricedCalls: 2, isLowerBound: true } : {},
    ),
    wastedPico: sum((task) => task.wastedPico).toString(),
    actions,
    costPerActionPico: actions === null || actions === 0 ? null : (cost / BigInt(actions)).toString(),
    tasks: members.length,
    llmCalls: Number(sum((task) => task.llmCalls)),
    toolCalls: Number(sum((task) => task.toolCalls)),
    failedCalls: Number(sum((task) => task.failedCalls)),
    inputTokens: Number(sum((task) => task.inputTokens)),
    outputTokens: Number(sum((task) => task.outputTokens)),
  };
}

function exploreValue(row: ExploreRow, query: URLSearchParams): bigint | string {
  const sort = query.get('sort');
  if (sort === 'key') return row.key ?? '';
  if (sort === 'calls') return BigInt(row.llmCalls + row.toolCalls);
  if (sort === 'tokens') return BigInt(row.inputTokens + row.outputTokens);
  return BigInt(sort === 'wasted' ? row.wastedPico : row.total.pico);
}
