import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { costBy, nanoUsd, type TaskFigures } from '../support/agent-figures.js';
import { runAgents } from '../support/agent-run.js';
import { eventually } from '../support/ask.js';
import { isSkipped } from '../support/programs/binaries.js';
import type { Collector } from '../support/programs/collector.js';
import { startTempo, type Tempo } from '../support/programs/tempo.js';
import { startShippedCollector } from '../support/shipped-collector.js';
import { TempoClient } from '../support/tempo.js';

type Run = Awaited<ReturnType<typeof runAgents>>;

describe.skipIf(isSkipped('collector', 'tempo'))('the spans in Tempo', () => {
  let collector: Collector;
  let tempo: Tempo;
  let tempoApi: TempoClient;
  let run: Run;
  let dearRun: Run;
  beforeAll(async () => {
    tempo = await startTempo();
    tempoApi = new TempoClient(tempo.url);
    collector = await startShippedCollector({ tempo });
    run = await runAgents({ endpoint: collector.otlpUrl });
    dearRun = await runAgents({ endpoint: collector.otlpUrl, seed: 2, scale: 3 });
    for (const { service, tasks, calls } of [run, dearRun]) {
      await finds(`{ resource.service.name = "${service}" && span.task.cost_usd_nanos >= 0 }`, tasks.length);
      const priced = calls.filter(({ costUsd }) => costUsd > 0);
      await finds(`{ resource.service.name = "${service}" && span.cost_usd > 0.0 }`, priced.length);
    }
  });
  afterAll(() => Promise.all([collector?.stop(), tempo?.stop()]));

  /** Resolves when a search has so many answers: what was just sent is not there at once. */
  async function finds(traceql: string, count: number): Promise<void> {
    await eventually(
      () => tempoApi.search(traceql),
      (spans) => expect(spans).toHaveLength(count),
    );
  }

  const of = ({ service }: Run) => `resource.service.name = "${service}"`;
  const paid = (costs: Map<string, number>) =>
    Object.fromEntries(
      [...costs]
        .filter(([group, usd]) => group !== 'nil' && usd > 0)
        .map(([key, usd]) => [key, nanoUsd(usd)]),
    );
  const namesAbove = (tasks: TaskFigures[], usd: number) =>
    tasks
      .filter(({ totals }) => totals.costUsd > usd)
      .map(({ id }) => id)
      .sort();

  describe('a search in Tempo', () => {
    it('gives own cost back as a number, whole dollars too', async () => {
      const spans = await tempoApi.search(`{ ${of(run)} && span.cost_usd > 0.0 } | select(span.cost_usd)`);
      expect(new Set(spans.map(({ attributeTypes }) => attributeTypes.cost_usd))).toEqual(
        new Set(['doubleValue']),
      );
      const shown = spans.map(({ attributes }) => nanoUsd(Number(attributes.cost_usd)));
      const booked = run.calls.filter(({ costUsd }) => costUsd > 0).map(({ costUsd }) => nanoUsd(costUsd));
      expect(shown.sort()).toEqual(booked.sort());
      expect(shown).toContain(nanoUsd(1));
    });

    it.each([0.1, 2.5])('finds the tasks above $%s', async (usd) => {
      for (const each of [run, dearRun]) {
        const spans = await tempoApi.search(
          `{ ${of(each)} && span.task.cost_usd > ${usd} } | select(span.task.id)`,
        );
        expect(spans.map(({ attributes }) => attributes['task.id']).sort()).toEqual(
          namesAbove(each.tasks, usd),
        );
      }
    });

    it('finds tasks over their budget or stopped by it, with the calls that took them over it', async () => {
      const spans = await tempoApi.search(`{ ${of(run)} && span.task.over_budget = true } | select(name)`);
      expect(spans.map(({ name }) => name).sort()).toEqual([
        'execute_tool register_search',
        'task crawl',
        'task review_contract',
      ]);
    });
  });

  describe("Tempo's own figures", () => {
    it('add up own cost by model to what the ledger says', async () => {
      for (const each of [run, dearRun]) {
        const shown = await tempoApi.metric(
          `{ ${of(each)} } | sum_over_time(span.cost_usd) by (span.gen_ai.request.model)`,
        );
        expect(paid(shown)).toMatchObject(paid(costBy(each.calls, 'requestModel')));
      }
    });

    // One span without a number makes a sum none: without this filter, groups with unpriced calls or tasks are missing.
    it.each([
      ['requestModel', 'span.gen_ai.request.model'],
      ['tool', 'span.gen_ai.tool.name'],
      ['kind', 'span.cost.kind'],
      ['taskName', 'span.task.name'],
      ['sessionId', 'span.session.id'],
      ['team', 'span.cost.tag.team'],
    ] as const)('add it up by %s, of spans with own cost', async (key, attribute) => {
      for (const each of [run, dearRun]) {
        const query = `{ ${of(each)} && span.cost_usd >= 0.0 } | sum_over_time(span.cost_usd) by (${attribute})`;
        expect(paid(await tempoApi.metric(query))).toEqual(paid(costBy(each.calls, key)));
      }
    });

    it('give the most expensive sessions', async () => {
      for (const each of [run, dearRun]) {
        const query = `{ ${of(each)} && span.session.cost_usd > 0.0 } | max_over_time(span.session.cost_usd) by (span.session.id)`;
        expect(paid(await tempoApi.metric(query))).toEqual(paid(costBy(each.calls, 'sessionId')));
      }
    });

    it('give quantiles of whole nano-dollars, within the powers of two that Tempo sorts them by', async () => {
      for (const each of [run, dearRun]) {
        const costs = each.tasks.map(({ totals }) => nanoUsd(totals.costUsd)).sort((a, b) => a - b);
        const query = `{ ${of(each)} } | quantile_over_time(span.task.cost_usd_nanos, 0.5, 0.99)`;
        const shown = [...(await tempoApi.metric(query)).values()].sort((a, b) => a - b);
        const booked = [0.5, 0.99].map((share) => costs[Math.ceil(share * costs.length) - 1] ?? 0);
        expect(shown.map((cost, index) => Math.abs(Math.log2(cost / (booked[index] ?? 0))) <= 1)).toEqual([
          true,
          true,
        ]);
      }
    });
  });
});
