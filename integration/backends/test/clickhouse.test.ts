/** `deploy/collector-config.clickhouse.yaml` as it is, on ClickHouse's engine: every span, and sums exact to the pico-dollar. */
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recipesIn, SQL_COOKBOOK } from '../../../test/support/cookbook.js';
import type { CallFigures, Round } from '../support/agent-figures.js';
import { runAgents, startAgents } from '../support/agent-run.js';
import { type AnswerlessProxy, startAnswerlessProxy } from '../support/answerless-proxy.js';
import { eventually } from '../support/ask.js';
import { ClickHouseClient } from '../support/clickhouse.js';
import { newTraceId, sendSpans } from '../support/otlp-send.js';
import { isSkipped } from '../support/programs/binaries.js';
import { type ClickHouse, startClickHouse } from '../support/programs/clickhouse.js';
import type { Collector } from '../support/programs/collector.js';
import { startShippedCollector } from '../support/shipped-collector.js';

const SET_UP = readFileSync(new URL('../../../docs/set-up.md', import.meta.url), 'utf8');

/** Any sampling would leave something out. */
const NONE_BY_SAMPLING = { KEEP_SHARE_PERCENT: '0' };

const DECIMALS = 12;
const OWN_COST = `sum(toDecimal128OrNull(SpanAttributes['cost_usd'], ${DECIMALS}))`;

/** Dollars as ClickHouse prints a decimal, or as a double of the ledger, in whole pico-dollars. */
function pico(usd: string | number): bigint {
  if (typeof usd === 'number') return BigInt(Math.round(usd * 10 ** DECIMALS));
  const [whole = '', fraction = ''] = usd.split('.');
  return BigInt(whole + fraction.padEnd(DECIMALS, '0'));
}

function picoBy(calls: readonly CallFigures[], key: keyof CallFigures): Record<string, bigint> {
  const sums: Record<string, bigint> = {};
  for (const call of calls) {
    if (call.costUsd === 0) continue;
    const group = String(call[key] ?? '');
    sums[group] = (sums[group] ?? 0n) + pico(call.costUsd);
  }
  return sums;
}

const picoOf = (calls: readonly CallFigures[]) => calls.reduce((sum, { costUsd }) => sum + pico(costUsd), 0n);

describe.skipIf(isSkipped('collector', 'clickhouse'))('spans in ClickHouse', () => {
  let clickhouse: ClickHouse;
  let proxy: AnswerlessProxy;
  let collector: Collector;
  let api: ClickHouseClient;
  beforeAll(async () => {
    clickhouse = await startClickHouse();
    api = new ClickHouseClient(clickhouse.url);
    proxy = await startAnswerlessProxy(clickhouse.url, (path) => path.includes('INSERT'));
  });
  afterAll(async () => {
    await collector?.stop();
    await proxy?.close();
    await clickhouse?.stop();
  });

  /** Two columns: what the second is, in pico-dollars, by the first. */
  const picoIn = async (sql: string): Promise<Record<string, bigint>> => {
    const { rows } = await api.query(sql);
    return Object.fromEntries(
      rows.map(([group, usd]) => [group ?? '', pico(usd ?? '0')] as const).filter(([, usd]) => usd !== 0n),
    );
  };
  const spentBy = (column: string, service: string) =>
    picoIn(
      `SELECT ${column} AS key, ${OWN_COST} FROM otel_traces WHERE ServiceName = '${service}' GROUP BY key`,
    );
  const arrived = (service: string, rounds: readonly Round[]) =>
    eventually(
      () => spentBy("''", service),
      (sums) => expect(sums).toEqual({ '': picoOf(rounds.flatMap(({ calls }) => calls)) }),
    );

  describe('behind a collector that creates the table', () => {
    let runs: (Round & { service: string })[];
    beforeAll(async () => {
      collector = await startShippedCollector({ clickhouse }, NONE_BY_SAMPLING);
      // In the second, amounts are below a millionth of a dollar, which the exporter writes as 3e-7.
      runs = await Promise.all(
        [1, 0.001, 3].map((scale, seed) => runAgents({ endpoint: collector.otlpUrl, seed, scale })),
      );
      for (const { service, ...round } of runs) await arrived(service, [round]);
    });

    it('add up to what the ledger says, to the pico-dollar', async () => {
      const columns = [
        ["SpanAttributes['gen_ai.response.model']", 'model'],
        ["SpanAttributes['cost.tag.team']", 'team'],
        ["SpanAttributes['user.id']", 'user'],
        ["SpanAttributes['task.id']", 'taskId'],
        ["SpanAttributes['session.id']", 'sessionId'],
      ] as const;
      for (const { service, calls } of runs) {
        for (const [column, key] of columns) {
          expect(await spentBy(column, service), column).toEqual(picoBy(calls, key));
        }
      }
    });

    it('have the roll-ups of the ledger, to the pico-dollar', async () => {
      for (const { service, tasks } of runs) {
        const shown = await picoIn(
          `SELECT SpanAttributes['task.id'], max(toDecimal128OrNull(SpanAttributes['task.cost_usd'], ${DECIMALS}))
          FROM otel_traces WHERE ServiceName = '${service}' AND mapContains(SpanAttributes, 'task.cost_usd')
          GROUP BY SpanAttributes['task.id']`,
        );
        expect(shown).toEqual(Object.fromEntries(tasks.map(({ id, totals }) => [id, pico(totals.costUsd)])));
      }
    });

    it('are strings, some of them with an exponent', async () => {
      const { rows } = await api.query(
        "SELECT DISTINCT SpanAttributes['cost_usd'] AS usd FROM otel_traces WHERE usd != ''",
      );
      const texts = rows.map(([text]) => text ?? '');
      expect(texts.filter((text) => /^\d+(\.\d+)?e-\d+$/.test(text)).length).toBeGreaterThan(0);
      expect(texts).toContain('1');
      for (const text of texts) expect(pico(Number(text)), text).toBeGreaterThanOrEqual(0n);
    });

    const answerTo = async (section: string, number = 1) => {
      const recipe = recipesIn(SQL_COOKBOOK).find((one) => one.section === section && one.number === number);
      return (await api.query(recipe?.query ?? '')).rows;
    };

    it('that state a task again count once, and the last one counts', async () => {
      const task = (cost: number) => ({
        traceId: newTraceId(),
        name: 'task corrected',
        attributes: {
          ...{ 'task.id': 'corrected', 'task.name': 'corrected', 'task.outcome': 'success' },
          ...{ 'task.cost_usd': cost, 'task.actions': 2 },
        },
      });
      for (const cost of [10_000, 30_000, 20_000]) {
        await sendSpans(collector.otlpUrl, [task(cost)], { service: 'correcting' });
        await setTimeout(2);
      }
      const ofTask = (rows: (string | null)[][]) => rows.filter((row) => row.includes('corrected'));
      await eventually(
        () => answerTo('Most expensive tasks'),
        (rows) => expect(ofTask(rows)).toEqual([['corrected', 'corrected', 'success', '20000']]),
      );
      expect(ofTask(await answerTo('Cost per action'))).toEqual([['corrected', '10000']]);
      expect(ofTask(await answerTo('What a task costs as a rule'))).toEqual([
        ['corrected', '20000', '20000'],
      ]);
    });

    it('of a task that runs are its own calls and those of the tasks inside it', async () => {
      const call = (attributes: Record<string, string>) => ({
        traceId: newTraceId(),
        name: 'call',
        attributes: { cost_usd: 0.25, ...attributes },
      });
      const inner = { 'task.id': 'inner', 'task.root_id': 'outer', 'task.name': 'part' };
      const spans = [
        call({ 'task.id': 'outer', 'task.name': 'whole' }),
        call(inner),
        { traceId: newTraceId(), name: 'task part', attributes: { ...inner, 'task.cost_usd': 0.25 } },
      ];
      await sendSpans(collector.otlpUrl, spans, { service: 'running' });
      await eventually(
        () => answerTo('Tasks that run now'),
        (rows) => expect(rows).toEqual([['outer', 'whole', '0.5']]),
      );
    });

    it('with an amount that is none are counted, and are not in the sum; the largest amount is', async () => {
      const service = 'unreadable';
      const amounts = ['about a dollar', '', 1_000_000, 3e-12];
      const spans = amounts.map((cost_usd) => ({
        traceId: newTraceId(),
        name: 'call',
        attributes: { cost_usd },
      }));
      await sendSpans(collector.otlpUrl, spans, { service });
      await eventually(
        () => spentBy("''", service),
        (sums) => expect(sums).toEqual({ '': pico('1000000.000000000003') }),
      );
      const [counted, listed] = recipesIn(SQL_COOKBOOK).flatMap(({ query }) =>
        query.includes('unreadable') ? [query.replace('WHERE', `WHERE ServiceName = '${service}' AND`)] : [],
      );
      expect((await api.query(counted ?? '')).rows).toEqual([['0', '2']]);
      expect((await api.query(listed ?? '')).rows).toEqual([[service, 'by hand', 'call', '2']]);
    });

    it('are all there, and once, when ClickHouse was away', async () => {
      const agents = startAgents({ endpoint: collector.otlpUrl });
      const before = await agents.round();
      await arrived(agents.service, [before]);
      await clickhouse.kill();
      const meanwhile = await agents.round({ seed: 2 });
      await agents.end();
      await clickhouse.restart();
      await arrived(agents.service, [before, meanwhile]);
    });
  });

  describe('when an answer is lost, and the insert is sent again', () => {
    /** Resolves when every insert of it was sent twice. */
    const send = async () => {
      const run = await runAgents({ endpoint: collector.otlpUrl });
      await eventually(
        () => spentBy("''", run.service),
        (sums) => expect(sums['']).toBeGreaterThanOrEqual(picoOf(run.calls)),
      );
      await eventually(
        () => proxy.repeated(),
        (repeated) => expect(repeated).toBe(proxy.lost()),
      );
      return run;
    };
    const countOf = async (service: string) => {
      const { rows } = await api.query(
        `SELECT count(), uniqExact(TraceId, SpanId) FROM otel_traces WHERE ServiceName = '${service}'`,
      );
      return rows[0]?.map(Number) ?? [];
    };
    beforeAll(async () => {
      await collector?.stop();
      // The table is there.
      const env = { ...NONE_BY_SAMPLING, CLICKHOUSE_CREATE_SCHEMA: 'false' };
      collector = await startShippedCollector({ clickhouse: proxy }, env);
    });

    it('are there twice, which the cookbook says how to see, and how to leave out', async () => {
      const { service, calls } = await send();
      const [all = 0, different = 0] = await countOf(service);
      expect(all).toBe(2 * different);
      const once = `(SELECT * FROM otel_traces LIMIT 1 BY TraceId, SpanId)`;
      expect(SQL_COOKBOOK).toContain(once);
      const sums = await picoIn(`SELECT '', ${OWN_COST} FROM ${once} WHERE ServiceName = '${service}'`);
      expect(sums).toEqual({ '': picoOf(calls) });
    });

    it('are there once, with the setting of the set-up', async () => {
      const statement = recipesIn(SET_UP).find(({ language }) => language === 'sql')?.query ?? '';
      expect(statement).toMatch(/^ALTER TABLE/);
      await api.run(statement);
      const { service, calls } = await send();
      const [all, different] = await countOf(service);
      expect(all).toBe(different);
      expect(await spentBy("''", service)).toEqual({ '': picoOf(calls) });
    });

    it('wait on disk for a ClickHouse that is away when the collector starts', async () => {
      await clickhouse.kill();
      await collector.restart();
      const run = await runAgents({ endpoint: collector.otlpUrl });
      await clickhouse.restart();
      await arrived(run.service, [run]);
    });
  });

  it('are not taken by a collector that is to create the table, and cannot', async () => {
    await clickhouse.kill();
    await expect(startShippedCollector({ clickhouse })).rejects.toThrow(
      /create traces table|connection refused/,
    );
    await clickhouse.restart();
  });
});
