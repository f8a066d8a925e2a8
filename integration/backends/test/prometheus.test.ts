import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeBlocks, PAGES } from '../../../test/support/readme.js';
import { type CallFigures, costBy, costOf, nanoUsd, type Round, sumUsd } from '../support/agent-figures.js';
import { runAgents, runJob, startAgents } from '../support/agent-run.js';
import { eventually } from '../support/ask.js';
import { isSkipped } from '../support/programs/binaries.js';
import type { Collector } from '../support/programs/collector.js';
import { type Prometheus, startPrometheus } from '../support/programs/prometheus.js';
import { PrometheusClient } from '../support/prometheus.js';
import { startShippedCollector } from '../support/shipped-collector.js';

/** How the page on the set-up checks that data has arrived. */
const [CHECK_QUERY = ''] = codeBlocks('promql', PAGES.get('set-up.md') ?? '');

const SAMPLED_OUT = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' };
const OWN_PROVIDER = './own-provider.js';
const SAMPLED_OUT_BY_SPAN = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' };

/** In nano-dollars; what costs nothing may be there or not. */
const paid = (costs: Map<string, number>) =>
  Object.fromEntries(
    [...costs].filter(([key, usd]) => key !== '' && usd > 0).map(([key, usd]) => [key, nanoUsd(usd)]),
  );
const total = (
  calls: CallFigures[],
  key: 'inputTokens' | 'outputTokens' | 'llmCalls' | 'toolCalls' | 'failedCalls' | 'unpricedCalls',
) => calls.reduce((sum, call) => sum + call[key], 0);

describe.skipIf(isSkipped('collector', 'prometheus'))('the metrics in Prometheus', () => {
  let collector: Collector;
  let prometheus: Prometheus;
  let prometheusApi: PrometheusClient;
  beforeAll(async () => {
    prometheus = await startPrometheus();
    prometheusApi = new PrometheusClient(prometheus.url);
    collector = await startShippedCollector({ prometheus });
  });
  afterAll(() => Promise.all([collector?.stop(), prometheus?.stop()]));

  /** Resolves when the metrics that the process sent last are there. */
  async function arrived(service: string, { tasks }: Round): Promise<void> {
    await eventually(
      () => prometheusApi.number(`sum(task_cost_usd_count{job="${service}"})`),
      (count) => expect(count).toBe(tasks.length),
    );
  }

  describe.each([
    ['all traces are sampled', {}],
    ['1 % of all traces are sampled', { env: SAMPLED_OUT }],
    ['1 % of all traces are sampled, whatever their parents', { env: SAMPLED_OUT_BY_SPAN }],
    ['the app set up OpenTelemetry itself, for 1 % of all traces', { preload: OWN_PROVIDER }],
  ])('Prometheus holds what the ledger says when %s', (_case, options) => {
    let run: Awaited<ReturnType<typeof runAgents>>;
    beforeAll(async () => {
      run = await runAgents({ endpoint: collector.otlpUrl, ...options });
      expect(run.finished).toMatchObject({ code: 0, stderr: '' });
      await arrived(run.service, run);
    });
    const sum = (metric: string) => prometheusApi.number(`sum(${metric}{job="${run.service}"})`);

    it('as the total, to the nano-dollar', async () => {
      expect(nanoUsd(await sum('cost_usd_total'))).toBe(nanoUsd(costOf(run.calls)));
    });

    it.each([
      ['kind', 'cost_kind'],
      ['provider', 'gen_ai_provider_name'],
      ['model', 'gen_ai_response_model'],
      ['tool', 'gen_ai_tool_name'],
      ['agent', 'gen_ai_agent_name'],
      ['taskName', 'task_name'],
      ['team', 'cost_tag_team'],
      ['feature', 'cost_tag_feature'],
      ['customer', 'cost_tag_customer'],
    ] as const)('by %s', async (key, label) => {
      const shown = await prometheusApi.by(label, `sum by (${label}) (cost_usd_total{job="${run.service}"})`);
      expect(paid(shown)).toEqual(paid(costBy(run.calls, key)));
    });

    it('as counts of calls and tokens', async () => {
      const { calls } = run;
      expect(await sum('cost_calls_total')).toBe(total(calls, 'llmCalls') + total(calls, 'toolCalls'));
      expect(await sum('cost_failed_calls_total')).toBe(total(calls, 'failedCalls'));
      expect(await sum('cost_unpriced_calls_total')).toBe(total(calls, 'unpricedCalls'));
      expect(await sum('cost_tokens_total')).toBe(total(calls, 'inputTokens') + total(calls, 'outputTokens'));
    });

    it('as what was saved, wasted and estimated', async () => {
      const outermost = run.tasks.filter(({ isNested }) => !isNested);
      const wasted = sumUsd(outermost.map(({ totals }) => totals.wastedCostUsd));
      const saved = sumUsd(outermost.map(({ totals }) => totals.savedCostUsd));
      const estimated = sumUsd(outermost.map(({ totals }) => totals.estimatedCostUsd));
      expect(estimated).toBeGreaterThan(0);
      expect(nanoUsd(await sum('cost_estimated_usd_total'))).toBe(nanoUsd(estimated));
      expect(nanoUsd(await sum('cost_wasted_usd_total'))).toBe(nanoUsd(wasted));
      expect(nanoUsd(await sum('cost_saved_usd_total'))).toBe(nanoUsd(saved));
    });

    it('as tasks and sessions: outcomes, actions, cost', async () => {
      const outcomes = await prometheusApi.by(
        'task_outcome',
        `sum by (task_outcome) (task_outcomes_total{job="${run.service}"})`,
      );
      const ended = (outcome: string | undefined) =>
        run.tasks.filter((task) => task.outcome === outcome).length;
      expect(Object.fromEntries(outcomes)).toEqual({
        '': ended(undefined),
        success: ended('success'),
        failure: ended('failure'),
        cancelled: ended('cancelled'),
      });
      expect(await sum('task_actions_total')).toBe(
        run.tasks.reduce((count, { actions }) => count + actions, 0),
      );
      expect(nanoUsd(await sum('task_cost_usd_sum'))).toBe(
        nanoUsd(sumUsd(run.tasks.map(({ totals }) => totals.costUsd))),
      );
      expect(nanoUsd(await sum('session_cost_usd_sum'))).toBe(
        nanoUsd(sumUsd(run.sessions.map(({ totals }) => totals.costUsd))),
      );
      expect(await sum('session_cost_usd_count')).toBe(run.sessions.length);
    });

    it('as cost per successful action, a division', async () => {
      const tickets = run.tasks.filter(({ name }) => name === 'resolve_ticket');
      const of = (metric: string) => `sum(${metric}{job="${run.service}",task_name="resolve_ticket"})`;
      const shown = await prometheusApi.number(`${of('task_cost_usd_sum')} / ${of('task_actions_total')}`);
      const actions = tickets.reduce((count, task) => count + task.actions, 0);
      expect(nanoUsd(shown)).toBe(nanoUsd(sumUsd(tickets.map(({ totals }) => totals.costUsd)) / actions));
    });

    it('and budgets that were passed or refused a call', async () => {
      const over = run.tasks.filter(({ budgetUsd, totals }) => totals.costUsd >= (budgetUsd ?? Infinity));
      expect(await sum('cost_budget_hits_total')).toBe(over.length);
      expect(await sum('task_runaways_total')).toBe(over.length);
      expect(await sum('cost_budget_refusals_total')).toBe(1);
    });
  });

  describe('costs derived from spans', () => {
    const derived = (service: string) =>
      prometheusApi.number(`sum(span_cost_usd_total{job="${service}"}) or vector(0)`);

    it('are the ledger, too, where all traces are sampled', async () => {
      const run = await runAgents({ endpoint: collector.otlpUrl, seed: 3 });
      await eventually(
        () => derived(run.service),
        (usd) => expect(nanoUsd(usd)).toBe(nanoUsd(costOf(run.calls))),
      );
    });

    it('are less where not all are: that is what the ledger is for', async () => {
      const run = await runAgents({ endpoint: collector.otlpUrl, env: SAMPLED_OUT });
      await arrived(run.service, run);
      expect(await derived(run.service)).toBeLessThan(costOf(run.calls));
    });
  });

  describe('processes of one service', () => {
    it.each([
      ['register', {}],
      ['their own set-up', { preload: OWN_PROVIDER }],
    ])('have series of their own, whose sum is what all of them cost: with %s', async (setUp, options) => {
      const service = `twins with ${setUp}`;
      const twins = [1, 2].map(() => startAgents({ endpoint: collector.otlpUrl, service, ...options }));
      const rounds = await Promise.all(
        twins.map((agents, index) => agents.round({ seed: index, scale: index + 1 })),
      );
      await Promise.all(twins.map((agents) => agents.end()));
      const costs = rounds.map(({ calls }) => nanoUsd(costOf(calls)));
      const byInstance = await eventually(
        () => prometheusApi.by('instance', `sum by (instance) (cost_usd_total{job="${service}"})`),
        (shown) => expect([...shown.values()].map(nanoUsd).sort()).toEqual([...costs].sort()),
      );
      expect(new Set(byInstance.keys()).size).toBe(2);
      const all = await prometheusApi.number(`sum(cost_usd_total{job="${service}"})`);
      expect(nanoUsd(all)).toBe(nanoUsd(sumUsd(rounds.map(({ calls }) => costOf(calls)))));
    });

    it('deliver what they cost though they end after 200 ms', async () => {
      const job = await runJob({ endpoint: collector.otlpUrl });
      expect(job.finished).toMatchObject({ code: 0, stderr: '' });
      await eventually(
        () => prometheusApi.number(`sum(cost_usd_total{job="${job.service}"})`),
        (usd) => expect(nanoUsd(usd)).toBe(nanoUsd(costOf(job.calls))),
      );
      // The check of the set-up, a quarter of an hour later: by then nothing has been sent for more than five minutes.
      const later = Date.now() / 1000 + 15 * 60;
      const answer = await prometheusApi.query(CHECK_QUERY, later);
      const [shown] = answer.filter(({ labels }) => labels.job === job.service);
      expect(nanoUsd(shown?.value ?? 0)).toBe(nanoUsd(costOf(job.calls)));
    });
  });
});
