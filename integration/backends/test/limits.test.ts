/** What docs/cookbook.md says that backends cannot do: whoever can do it one day makes a test fail, and the page shorter. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nanoUsd } from '../support/agent-figures.js';
import { runAgents } from '../support/agent-run.js';
import { booked, traced, tracedInJaeger } from '../support/arrival.js';
import { askJson, eventually } from '../support/ask.js';
import { costOf, Ledger } from '../support/ledger.js';
import { isSkipped } from '../support/programs/binaries.js';
import { LACKS_CLICKHOUSE, LACKS_TEMPO, type Stack, startStack } from '../support/stack.js';

const DAY_SECONDS = 86_400;

describe.skipIf(isSkipped('collector', 'prometheus', 'jaeger'))('backends cannot do everything', () => {
  let stack: Stack;
  let service: string;
  let ledger: Ledger;
  beforeAll(async () => {
    stack = await startStack();
    const run = await runAgents({ endpoint: stack.otlpUrl });
    service = run.service;
    ledger = new Ledger([run]);
    await booked(stack.prometheus, service, [run]);
    if (!LACKS_TEMPO) await traced(stack.tempo, service, [run]);
    await tracedInJaeger(stack.jaeger, service, [run]);
  });
  afterAll(() => stack?.stop());

  const found = async (traceql: string) => (await stack.tempo.search(traceql)).length;
  const summed = async (traceql: string) => nanoUsd((await stack.tempo.metric(traceql)).get('') ?? 0);

  /** Tempo, asked about the last so many seconds. */
  function askTempo(path: string, q: string, seconds: number): Promise<unknown> {
    const end = Math.ceil(Date.now() / 1000);
    return askJson(stack.tempo.url + path, { q, start: end - seconds, end });
  }

  it('Prometheus: increase() loses what a short job spent', async () => {
    const shown = await stack.prometheus.number(
      `sum(increase(cost_usd_total{job="${service}"}[1h])) or vector(0)`,
    );
    expect(nanoUsd(shown)).toBeLessThan(nanoUsd(ledger.costUsd) / 2);
  });

  it.skipIf(LACKS_TEMPO)('Tempo: a whole number is not compared with doubles', async () => {
    const dear = ledger.tasks.filter(({ totals }) => totals.costUsd > 2);
    expect(await found('{ span.task.cost_usd > 2 }')).toBe(0);
    expect(await found('{ span.task.cost_usd > 2.0 }')).toBe(dear.length);
  });

  it.skipIf(LACKS_TEMPO)('Tempo: a span without the attribute spoils a sum', async () => {
    const total = nanoUsd(ledger.costUsd);
    expect(await summed('{ } | sum_over_time(span.cost_usd)')).toBeLessThan(total);
    expect(await summed('{ span.cost_usd != nil } | sum_over_time(span.cost_usd)')).toBe(total);
  });

  it.skipIf(LACKS_TEMPO)('Tempo: not every span without a key is found by that', async () => {
    const billed = ledger.calls.filter(({ unpricedCalls }) => unpricedCalls === 0);
    const without = billed.filter(({ team }) => team === undefined).length;
    expect(await found('{ span.cost_usd != nil && span.cost.tag.team = nil }')).toBeLessThan(without);
    const byTeam = await stack.tempo.metric(
      '{ span.cost_usd != nil } | count_over_time() by (span.cost.tag.team)',
    );
    expect(byTeam.get('nil')).toBe(without);
  });

  it.skipIf(LACKS_TEMPO)('Tempo: doubles have no quantiles', async () => {
    const quantile = (key: string) =>
      stack.tempo.metric(`{ ${key} != nil } | quantile_over_time(${key}, 0.5)`);
    expect((await quantile('span.task.cost_usd')).size).toBe(0);
    expect((await quantile('span.task.cost_usd_nanos')).size).toBe(1);
  });

  it.skipIf(LACKS_TEMPO)('Tempo: sums end at a day and searches at a week', async () => {
    const sum = '{ span.cost_usd != nil } | sum_over_time(span.cost_usd)';
    await expect(askTempo('/api/metrics/query', sum, DAY_SECONDS / 2)).resolves.toBeDefined();
    await expect(askTempo('/api/metrics/query', sum, 2 * DAY_SECONDS)).rejects.toThrow(/exceeds.* 24h/);
    await expect(askTempo('/api/search', '{ span.cost_usd != nil }', DAY_SECONDS)).resolves.toBeDefined();
    await expect(askTempo('/api/search', '{ span.cost_usd != nil }', 8 * DAY_SECONDS)).rejects.toThrow(
      /exceeds.* 168h/,
    );
  });

  it('Jaeger: one span has to have all tags of a search', async () => {
    const [tool, outcome] = [{ 'gen_ai.tool.name': 'web_search' }, { 'task.outcome': 'success' }];
    for (const tags of [tool, outcome])
      expect((await stack.jaeger.search(service, tags)).length).toBeGreaterThan(0);
    expect(await stack.jaeger.search(service, { ...tool, ...outcome })).toEqual([]);
  });

  it('Jaeger: dollars are found by their very digits, and by nothing else', async () => {
    const maxOpenUsd = Math.max(...ledger.tasks.map(({ totals }) => costOf(totals)));
    const withCost = (text: string) => stack.jaeger.search(service, { 'task.cost_usd': text });
    expect((await withCost(String(maxOpenUsd))).length).toBeGreaterThan(0);
    expect(await withCost('>1')).toEqual([]);
  });

  describe.skipIf(LACKS_CLICKHOUSE)('ClickHouse', () => {
    const asked = async (sql: string) => (await stack.clickhouse.query(sql)).rows[0]?.[0];
    const ownCost = "sum(toDecimal128OrNull(SpanAttributes['cost_usd'], 12))";

    it('counts a span twice that arrives in two inserts', async () => {
      const copy = `INSERT INTO otel_traces SELECT * REPLACE ('copied' AS ServiceName) FROM (SELECT * FROM otel_traces WHERE ServiceName = '${service}')`;
      await eventually(
        async () =>
          Number(await asked(`SELECT ${ownCost} FROM otel_traces WHERE ServiceName = '${service}'`)),
        (usd) => expect(nanoUsd(usd)).toBe(nanoUsd(ledger.costUsd)),
      );
      for (let insert = 0; insert < 2; insert++) await stack.clickhouse.run(copy);
      const copied = (from: string) => asked(`SELECT ${ownCost} FROM ${from} WHERE ServiceName = 'copied'`);
      expect(nanoUsd(Number(await copied('otel_traces')))).toBe(nanoUsd(2 * ledger.costUsd));
      const once = '(SELECT * FROM otel_traces LIMIT 1 BY ServiceName, TraceId, SpanId)';
      expect(nanoUsd(Number(await copied(once)))).toBe(nanoUsd(ledger.costUsd));
    });

    it('has attributes as strings, which it does not add up', async () => {
      await expect(asked("SELECT sum(SpanAttributes['cost_usd']) FROM otel_traces")).rejects.toThrow(
        /Illegal type .*String/,
      );
    });

    it('adds up doubles as doubles', async () => {
      const sum = (cast: string) =>
        asked(`SELECT sum(${cast}) FROM (SELECT arrayJoin(['0.1', '0.2', '0.3']) AS usd)`);
      expect(await sum('toFloat64OrNull(usd)')).toBe('0.6000000000000001');
      expect(await sum('toDecimal128OrNull(usd, 12)')).toBe('0.6');
    });

    it('has no room for a million dollars in the smaller decimal', async () => {
      expect(await asked("SELECT toDecimal64OrNull('999999.999999999999', 12)")).toBe('999999.999999999999');
      expect(await asked("SELECT toDecimal64OrNull('1000000', 12)")).toBeNull();
      expect(await asked("SELECT toDecimal128OrNull('1000000', 12)")).toBe('1000000');
    });
  });
});
