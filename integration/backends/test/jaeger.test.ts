import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COOKBOOK } from '../../../test/support/cookbook.js';
import { costOf, nanoUsd, type Round, sumUsd } from '../support/agent-figures.js';
import { runAgents } from '../support/agent-run.js';
import { eventually } from '../support/ask.js';
import { JaegerClient, type JaegerSpan } from '../support/jaeger.js';
import { Ledger } from '../support/ledger.js';
import { isSkipped } from '../support/programs/binaries.js';
import type { Collector } from '../support/programs/collector.js';
import { type Jaeger, startJaeger } from '../support/programs/jaeger.js';
import { startShippedCollector } from '../support/shipped-collector.js';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/** In nano-dollars, by id. */
const ofLedger = {
  task: ({ tasks }: Round) =>
    Object.fromEntries(tasks.map(({ id, totals }) => [id, nanoUsd(totals.costUsd)])),
  session: ({ calls, tasks }: Round) => {
    const ids = new Set(tasks.flatMap(({ sessionId }) => sessionId ?? []));
    return Object.fromEntries(
      [...ids].map((id) => [id, nanoUsd(costOf(calls.filter(({ sessionId }) => sessionId === id)))]),
    );
  },
  user: ({ calls }: Round) => {
    const names = new Set(calls.map(({ user }) => user));
    return Object.fromEntries(
      [...names].map((name) => [
        name ?? '(none)',
        nanoUsd(costOf(calls.filter(({ user }) => user === name))),
      ]),
    );
  },
};

describe.skipIf(isSkipped('collector', 'jaeger'))('the spans in Jaeger', () => {
  let collector: Collector;
  let jaeger: Jaeger;
  let jaegerApi: JaegerClient;
  let run: Awaited<ReturnType<typeof runAgents>>;
  let all: JaegerSpan[];
  beforeAll(async () => {
    jaeger = await startJaeger();
    jaegerApi = new JaegerClient(jaeger.url);
    collector = await startShippedCollector({ jaeger });
    run = await runAgents({ endpoint: collector.otlpUrl });
    const priced = run.calls.filter(({ costUsd }) => costUsd > 0);
    all = await eventually(
      () => jaegerApi.search(run.service),
      (spans) => {
        expect(spans.filter(isTask)).toHaveLength(run.tasks.length);
        expect(spans.filter(({ tags }) => Number(tags.cost_usd) > 0)).toHaveLength(priced.length);
      },
    );
  });
  afterAll(() => Promise.all([collector?.stop(), jaeger?.stop()]));

  const isTask = ({ tags }: JaegerSpan) => tags['task.cost_usd_nanos'] !== undefined;

  describe('Jaeger', () => {
    it('holds every dollar that the ledger booked, on the spans that were billed', () => {
      const own = all.filter(({ tags }) => tags.cost_usd !== undefined);
      expect(nanoUsd(sumUsd(own.map(({ tags }) => Number(tags.cost_usd))))).toBe(nanoUsd(costOf(run.calls)));
    });

    it('finds the tasks over their budget, or stopped by it, by a tag, and no other', async () => {
      const found = await jaegerApi.search(run.service, { 'task.over_budget': 'true' });
      // Whole traces, of which other tasks are part.
      const flagged = found.filter((span) => isTask(span) && span.tags['task.over_budget'] === true);
      const ids = flagged.map(({ tags }) => tags['task.id']);
      expect(ids.sort()).toEqual(new Ledger([run]).flagged.map(({ id }) => id).sort());
    });

    it('finds the tasks of a session by its id', async () => {
      const sessions = new Set(run.tasks.map(({ sessionId }) => sessionId));
      for (const sessionId of sessions) {
        if (sessionId === undefined) continue;
        const found = await jaegerApi.search(run.service, { 'session.id': sessionId });
        const booked = run.tasks.filter((task) => task.sessionId === sessionId).map(({ id }) => id);
        expect(
          found
            .filter(isTask)
            .map(({ tags }) => tags['task.id'])
            .sort(),
        ).toEqual(booked.sort());
      }
    });

    it.each(['task', 'session', 'user'] as const)(
      'is asked by the script of the cookbook for the most expensive %s, and says what the ledger does',
      async (view) => {
        const [command = ''] =
          COOKBOOK.match(new RegExp(`node deploy/jaeger-costs.mjs .* --by ${view}`)) ?? [];
        const [, script = '', ...args] = command.split(' ');
        args[args.indexOf('--service') + 1] = run.service;
        const { stdout } = await promisify(execFile)(
          process.execPath,
          [script, ...args, '--url', jaeger.url, '--top', '1000', '--json'],
          { cwd: REPOSITORY },
        );
        const shown: Record<string, unknown>[] = stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
        const costs = shown.map(({ cost_usd }) => Number(cost_usd));
        expect(costs).toEqual([...costs].sort((a, b) => b - a));
        const byId = Object.fromEntries(shown.map((row) => [row[view], nanoUsd(Number(row.cost_usd))]));
        expect(byId).toEqual(ofLedger[view](run));
      },
    );

    it('has numbers as numbers, whole dollars too', () => {
      const contract = all.find(({ name }) => name === 'task review_contract');
      const { totals } = run.tasks.find(({ name }) => name === 'review_contract') ?? {};
      expect(contract?.tags).toMatchObject({
        'task.cost_usd': totals?.costUsd,
        'task.cost_usd_nanos': nanoUsd(totals?.costUsd ?? 0),
        'task.input_tokens': totals?.inputTokens,
        'task.over_budget': true,
      });
      expect(contract?.tagTypes).toMatchObject({
        'task.cost_usd': 'float64',
        'task.cost_usd_nanos': 'int64',
        'task.input_tokens': 'int64',
        'task.over_budget': 'bool',
      });
      const own = all.filter(({ tags }) => tags.cost_usd !== undefined);
      expect(new Set(own.map(({ tagTypes }) => tagTypes.cost_usd))).toEqual(new Set(['float64']));
    });
  });
});
