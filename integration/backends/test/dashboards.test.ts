import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DashboardQuery, queriesOf, readDashboards } from '../../../test/support/grafana.js';
import { type Agents, startAgents } from '../support/agent-run.js';
import { eventually } from '../support/ask.js';
import { comparable } from '../support/comparable.js';
import { Ledger } from '../support/ledger.js';
import { asked, chosenBy } from '../support/panel-queries.js';
import { CLICKHOUSE } from '../support/panels/clickhouse.js';
import type { Figures } from '../support/panels/figures.js';
import { FINOPS } from '../support/panels/finops.js';
import { LIVE } from '../support/panels/live.js';
import { SAVINGS } from '../support/panels/savings.js';
import { TASKS } from '../support/panels/tasks.js';
import { isSkipped } from '../support/programs/binaries.js';
import { LACKS_CLICKHOUSE, LACKS_TEMPO, type Stack, startStack } from '../support/stack.js';

const FIGURES: Record<string, Figures> = {
  'agent-cost-live': LIVE,
  'agent-cost-tasks': TASKS,
  'agent-cost-savings': SAVINGS,
  'agent-cost-finops': FINOPS,
  'agent-cost-clickhouse': CLICKHOUSE,
};

const LACKING = { traceql: LACKS_TEMPO, sql: LACKS_CLICKHOUSE, promql: false };

/** Two apps that do the same at other costs, each with a task that goes on. */
const APPS = [
  { seed: 1, scale: 1, openUsd: [0.5, 0.25] },
  { seed: 2, scale: 3, openUsd: [2] },
] as const;

interface Observed {
  service: string;
  ledger: Ledger;
  agents: Agents;
}

async function observe(otlpUrl: string, { seed, scale, openUsd }: (typeof APPS)[number]): Promise<Observed> {
  const agents = startAgents({ endpoint: otlpUrl });
  const round = await agents.round({ seed, scale });
  const options = { name: 'resolve_ticket', sessionId: `open-${seed}`, budgetUsd: 100 };
  let figures = await agents.openTask(options);
  for (const usd of openUsd) figures = await agents.spend(figures.id, usd);
  return { service: agents.service, agents, ledger: new Ledger([round], [{ ...options, ...figures }]) };
}

describe.skipIf(isSkipped('collector', 'prometheus', 'jaeger'))('the dashboards', () => {
  let stack: Stack;
  let observed: Observed[];

  beforeAll(async () => {
    stack = await startStack();
    observed = await Promise.all(APPS.map((app) => observe(stack.otlpUrl, app)));
  });
  afterAll(async () => {
    await Promise.all((observed ?? []).map(({ agents }) => agents.end()));
    await stack?.stop();
  });

  describe.each(readDashboards())('$title', (dashboard) => {
    const figures = FIGURES[dashboard.uid] ?? {};
    const queries = queriesOf(dashboard);

    it('has a figure of the ledger for every query', () => {
      const names = queries.map(({ name }) => name.replace(`${dashboard.uid} / `, ''));
      expect(Object.keys(figures).sort()).toEqual(names.sort());
    });

    const isAsked = ({ language }: DashboardQuery) => !LACKING[language];
    it.skip.each(queries.filter((query) => !isAsked(query)))('$name is what the ledger says', () => {});
    it.each(queries.filter(isAsked))('$name is what the ledger says, of two apps', async (query) => {
      const figure = figures[query.name.replace(`${dashboard.uid} / `, '')];
      const said = observed.map(async ({ service, ledger }) => {
        const chosen = chosenBy(dashboard, query, service);
        const expected = comparable(figure?.(ledger, chosen) ?? []);
        await eventually(
          () => asked(stack, query, chosen),
          (answer) => expect(comparable(answer)).toEqual(expected),
        );
        return expected;
      });
      const [one, other] = await Promise.all(said);
      // No amount of ours is unreadable.
      if (/Usd|cost_usd|spend/.test(query.text) && !query.text.includes('IS NULL')) {
        expect(one).not.toEqual(other);
      }
    });
  });
});
