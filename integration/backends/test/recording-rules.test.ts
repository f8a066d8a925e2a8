import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRules, rulesOf } from '../../../test/support/rules.js';
import type { CallFigures, Round } from '../support/agent-figures.js';
import { type Agents, startAgents } from '../support/agent-run.js';
import { answerOf } from '../support/answers.js';
import { eventually } from '../support/ask.js';
import { comparable } from '../support/comparable.js';
import { writeHastyRules } from '../support/hasty-rules.js';
import { costOf, Ledger } from '../support/ledger.js';
import { isSkipped } from '../support/programs/binaries.js';
import type { Collector } from '../support/programs/collector.js';
import { type Prometheus, startPrometheus } from '../support/programs/prometheus.js';
import { PrometheusClient } from '../support/prometheus.js';
import { RECORDED } from '../support/rules/figures.js';
import { startShippedCollector } from '../support/shipped-collector.js';

/** So many that there are a P90 of sessions and of tickets, and fees of tools. */
const ROUNDS = 10;

/** Takes other branches than the rounds before: other buckets, above targets. */
const SCALE_OF_THE_LAST = 7;

const FIVE_MINUTES = 300;

const CHARGED = ['cost_tag_team', 'cost_tag_feature', 'cost_tag_customer'] as const;

/** What was lost, and what was there six hours ago: no run of agents shows these. */
const SEEN_BY_PROMTOOL = [
  'agent_cost:presence:ratio_6h',
  'agent_cost:lost_spans:1h',
  'agent_cost:unreadable_spans:1h',
];

describe.skipIf(isSkipped('collector', 'prometheus'))('recording rules', () => {
  const hasty = writeHastyRules();
  const rounds: Round[] = [];
  let prometheus: Prometheus;
  let collector: Collector;
  let agents: Agents;
  let api: PrometheusClient;
  beforeAll(async () => {
    prometheus = await startPrometheus({ ruleFiles: [hasty.pattern] });
    collector = await startShippedCollector({ prometheus });
    api = new PrometheusClient(prometheus.url);
    agents = startAgents({ endpoint: collector.otlpUrl });
  });
  afterAll(async () => {
    await agents?.kill();
    await Promise.all([collector?.stop(), prometheus?.stop()]);
    hasty.remove();
  });

  it('are all held to the ledger, but for those that other tests see', () => {
    const files = readRules().filter(({ name }) => /\.(windows|recording)\.rules/.test(name));
    const others = rulesOf(files)
      .map(({ record = '' }) => record)
      .filter((record) => !(record in RECORDED));
    expect(others).toEqual(SEEN_BY_PROMTOOL);
  });

  describe.each([
    ['after some rounds', Array.from({ length: ROUNDS }, (_, seed) => ({ seed, scale: 1 }))],
    ['after another one that costs more', [{ seed: ROUNDS, scale: SCALE_OF_THE_LAST }]],
  ])('%s', (_when, orders) => {
    let ledger: Ledger;
    beforeAll(async () => {
      for (const order of orders) rounds.push(await agents.round(order));
      ledger = new Ledger(rounds);
    });

    it.each(Object.entries(RECORDED))(
      '%s is what the ledger says',
      async (record, { by, only = '', expected }) => {
        const shown = async () => answerOf(await api.query(`sum by (${by.join(', ')}) (${record}{${only}})`));
        const said = comparable(expected(ledger));
        expect(said).not.toEqual({});
        await eventually(shown, (answer) => expect(comparable(answer)).toEqual(said));
      },
    );

    // Five minutes have to be over; Prometheus can be asked for the time when they will be.
    it.each([
      ['agent_cost:spend_usd:day', ['cost_tag_team'], costOf],
      ['agent_cost:charged_usd:day', CHARGED, costOf],
      ['agent_cost:estimated_usd:day', CHARGED, ({ estimatedCostUsd }: CallFigures) => estimatedCostUsd],
      ['agent_cost:refusals:day', CHARGED, ({ isRefused }: CallFigures) => (isRefused === true ? 1 : 0)],
    ] as const)('%s is what the ledger says', async (record, labels, amountOf) => {
      const rule = rulesOf(readRules()).find((candidate) => candidate.record === record);
      const end = Math.ceil(Date.now() / 1000 / FIVE_MINUTES) * FIVE_MINUTES;
      const shown = await api.query(`sum by (${labels.join(', ')}) (${rule?.expr})`, end);
      const said = comparable(ledger.callsBy(labels, amountOf));
      expect(said).not.toEqual({});
      expect(comparable(answerOf(shown))).toEqual(said);
    });
  });
});
