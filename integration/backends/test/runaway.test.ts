import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nanoUsd } from '../support/agent-figures.js';
import { type Agents, type OpenTaskFigures, startAgents } from '../support/agent-run.js';
import { eventually } from '../support/ask.js';
import { isSkipped } from '../support/programs/binaries.js';
import { LACKS_TEMPO, type Stack, startStack } from '../support/stack.js';

const SESSION = 'session-of-the-runaway';
/** Keeps a trace for what is in it, and for nothing else. */
const SAMPLED_OUT = { KEEP_SHARE_PERCENT: '0' };

describe.skipIf(isSkipped('collector', 'jaeger', 'prometheus'))('a task that does not end', () => {
  let stack: Stack;
  let agents: Agents;
  let task: OpenTaskFigures;
  beforeAll(async () => {
    stack = await startStack({}, SAMPLED_OUT);
    agents = startAgents({ endpoint: stack.otlpUrl });
    const { id } = await agents.openTask({ name: 'monitor', sessionId: SESSION, budgetUsd: 0.5 });
    await agents.spend(id, 0.4);
    task = await agents.spend(id, 1);
  });
  afterAll(async () => {
    await agents?.kill();
    await stack?.stop();
  });

  const shown = (metric: string) =>
    stack.prometheus.number(`sum(${metric}{job="${agents.service}",task_name="monitor"})`);

  it('is seen in Prometheus while it runs: what it has cost, and that it is over its budget', async () => {
    await eventually(
      () => shown('task_max_open_cost_usd'),
      (usd) => expect(nanoUsd(usd)).toBe(nanoUsd(task.totals.costUsd)),
    );
    expect(await shown('task_active')).toBe(1);
    expect(nanoUsd(await shown('cost_usd_total'))).toBe(nanoUsd(task.totals.costUsd));
    const runaways = await stack.prometheus.query(`task_runaways_total{job="${agents.service}"}`);
    expect(runaways).toMatchObject([
      { value: 1, labels: { task_name: 'monitor', task_runaway_reason: 'budget' } },
    ]);
    const session = await stack.prometheus.number(`session_max_open_cost_usd{job="${agents.service}"}`);
    expect(nanoUsd(session)).toBe(nanoUsd(task.totals.costUsd));
  });

  it.skipIf(LACKS_TEMPO)('has the call that took it over its budget in Tempo while it runs', async () => {
    const query = `{ resource.service.name = "${agents.service}" && span.task.over_budget = true } | select(name, span.cost_usd, span.session.id)`;
    const found = await eventually(
      () => stack.tempo.search(query),
      (spans) => expect(spans).toHaveLength(1),
    );
    expect(found).toMatchObject([
      { name: 'execute_tool deep_search', attributes: { cost_usd: 1, 'session.id': SESSION } },
    ]);
  });

  it('has it in Jaeger while it runs', async () => {
    const found = await eventually(
      () => stack.jaeger.search(agents.service, { 'task.over_budget': 'true', 'session.id': SESSION }),
      (spans) => expect(spans.some(({ tags }) => tags['task.over_budget'] === true)).toBe(true),
    );
    expect(found.some(({ name }) => name === 'task monitor')).toBe(false);
  });

  it('is gone from the open ones when it ends at last', async () => {
    const { totals } = await agents.finish(task.id);
    await eventually(
      () => shown('task_active'),
      (count) => expect(count).toBe(0),
    );
    expect(await shown('task_max_open_cost_usd')).toBe(0);
    expect(nanoUsd(await shown('task_cost_usd_sum'))).toBe(nanoUsd(totals.costUsd));
  });
});
