import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRules, rulesOf } from '../../../test/support/rules.js';
import { costOf, type Round, sumUsd } from '../support/agent-figures.js';
import { type Agents, type OpenTaskFigures, runAgents, startAgents } from '../support/agent-run.js';
import { type ActiveAlert, type AlertStand, startAlertStand } from '../support/alert-stand.js';
import { booked } from '../support/arrival.js';
import { eventually } from '../support/ask.js';
import { isSkipped } from '../support/programs/binaries.js';

/** As many as a median needs. */
const ROUNDS = 5;

/** So many times what such tasks cost as a rule: more than the five of the alert. */
const RUN_AWAY = 8;

describe.skipIf(isSkipped('collector', 'prometheus', 'alertmanager'))('alerts on agents that work', () => {
  let stand: AlertStand;
  let agents: Agents;
  beforeAll(async () => {
    stand = await startAlertStand();
    agents = startAgents({ endpoint: stand.otlpUrl });
  });
  afterAll(async () => {
    await agents?.kill();
    await stand?.stop();
  });

  const rounds: Round[] = [];
  const open = new Map<string, OpenTaskFigures>();
  /** All of it, as the app's ledger has it. */
  const spentUsd = () =>
    sumUsd([
      ...rounds.map(({ calls }) => costOf(calls)),
      ...[...open.values()].map(({ totals }) => totals.costUsd),
    ]);

  const told = (alertname: string, status: 'firing' | 'resolved', taskName?: string) =>
    stand.notifications.filter(
      ({ labels, ...notification }) =>
        notification.status === status && labels.alertname === alertname && labels.task_name === taskName,
    );

  /** The states that an alert on a task of this name went through, up to the first one that fires. */
  async function statesOf(alertname: string, taskName: string): Promise<ActiveAlert['state'][]> {
    const states: ActiveAlert['state'][] = [];
    await eventually(
      async () => {
        const alert = (await stand.activeAlerts(alertname)).find(
          ({ labels }) => labels.task_name === taskName,
        );
        if (alert !== undefined && alert.state !== states.at(-1)) states.push(alert.state);
        return alert;
      },
      (alert) => expect(alert?.state).toBe('firing'),
    );
    return states;
  }

  it('tell a webhook of a task that crossed its budget and goes on', async () => {
    const { id } = await agents.openTask({ name: 'monitor', sessionId: 'session-1', budgetUsd: 0.5 });
    await agents.spend(id, 0.25);
    open.set(id, await agents.spend(id, 0.5));
    const [notification] = await eventually(
      () => told('AgentTaskOverBudget', 'firing', 'monitor'),
      (found) => expect(found.length).toBeGreaterThan(0),
    );
    expect(notification?.labels).toEqual({
      alertname: 'AgentTaskOverBudget',
      job: agents.service,
      task_name: 'monitor',
      severity: 'warning',
    });
    expect(notification?.annotations).toEqual({
      summary: `Task monitor of ${agents.service} crossed its budget`,
      description: expect.stringMatching(
        /^1 of them crossed the budget that their withTask gave them in the last 15 minutes\. The most expensive one that still runs has cost \$0\.[27]500\.$/,
      ),
      runbook_url: 'docs/cookbook.md#agent-task-over-budget',
    });
    // It has no median: nobody knows what such tasks cost as a rule.
    expect(await stand.activeAlerts('AgentTaskRunawayOpen')).toEqual([]);
  });

  it('tell of a task that has run away while it runs, first pending, and that it is over', async () => {
    for (let seed = 0; seed < ROUNDS; seed++) rounds.push(await agents.round({ seed }));
    const usual = rounds.flatMap(({ tasks }) => tasks).filter(({ name }) => name === 'research');
    const maxUsd = Math.max(...usual.map(({ totals }) => totals.costUsd));
    const { id } = await agents.openTask({ name: 'research', sessionId: 'session-2', budgetUsd: 100 });
    const { totals } = await agents.spend(id, RUN_AWAY * maxUsd);
    open.set(id, { id, totals });

    expect(await statesOf('AgentTaskRunawayOpen', 'research')).toEqual(['pending', 'firing']);
    const [notification] = await eventually(
      () => told('AgentTaskRunawayOpen', 'firing', 'research'),
      (found) => expect(found.length).toBeGreaterThan(0),
    );
    expect(notification?.labels).toMatchObject({ job: agents.service, severity: 'critical' });
    expect(notification?.annotations.description).toContain(`$${totals.costUsd.toFixed(4)} so far`);
    // The app has seen it, too.
    await eventually(
      () => told('AgentTaskRunaway', 'firing', 'research'),
      (found) => expect(found.length).toBeGreaterThan(0),
    );

    await agents.finish(id);
    await eventually(
      () => told('AgentTaskRunawayOpen', 'resolved', 'research'),
      (found) => expect(found.length).toBeGreaterThan(0),
    );
  });

  it('tell of calls that a budget refused, of a task that has stayed below it', async () => {
    const crawls = rounds.flatMap(({ tasks }) => tasks).filter(({ name }) => name === 'crawl');
    expect(crawls.every(({ budgetUsd, totals }) => totals.costUsd < (budgetUsd ?? 0))).toBe(true);
    const refused = rounds.flatMap(({ calls }) => calls).filter(({ isRefused }) => isRefused);
    expect(refused).toHaveLength(ROUNDS);
    const [notification] = await eventually(
      () => told('AgentCallsRefused', 'firing', 'crawl'),
      (found) => expect(found.length).toBeGreaterThan(0),
    );
    expect(notification?.labels).toEqual({
      alertname: 'AgentCallsRefused',
      job: agents.service,
      task_name: 'crawl',
      cost_budget_scope: 'task',
      cost_budget_measure: 'usd',
      cost_tag_team: 'growth',
      severity: 'warning',
    });
    await eventually(
      () => stand.activeAlerts('AgentCallsRefused'),
      ([alert]) =>
        expect(alert?.annotations.description).toMatch(
          new RegExp(`^${ROUNDS} calls of team growth were not made.+ for customer acme: ${ROUNDS}\\.`),
        ),
    );
  });

  it('tell of spend that burns the budget of a day, in dollars of the ledger', async () => {
    const before = spentUsd();
    const { id } = await agents.openTask({ name: 'migrate', sessionId: 'session-3', budgetUsd: 1000 });
    open.set(id, await agents.spend(id, 40));
    await eventually(
      () => told('AgentSpendBudgetBurnFast', 'firing'),
      (found) =>
        expect(found[0]?.labels).toEqual({ alertname: 'AgentSpendBudgetBurnFast', severity: 'critical' }),
    );
    const [alert] = await eventually(
      () => stand.activeAlerts('AgentSpendBudgetBurnFast'),
      ([found]) =>
        expect(found?.annotations.description).toContain(`All agents spent $${spentUsd().toFixed(2)} in`),
    );
    expect(alert?.annotations.description).not.toContain(before.toFixed(2));
  });

  it('keep quiet about all that is well', async () => {
    const quiet = [
      'AgentCostCounterReset',
      'AgentCostDataSilent',
      'AgentCostSpansLost',
      'AgentCostTargetIgnored',
    ];
    expect((await Promise.all(quiet.map(stand.activeAlerts))).flat()).toEqual([]);
  });

  // At last, for only data makes a query that matches more than it may fail.
  it('are rules that Prometheus evaluates without an error, of two services with tasks of the same names', async () => {
    const other = await runAgents({ endpoint: stand.otlpUrl, service: 'other' });
    await booked(stand.prometheus, 'other', [other]);
    const evaluatedAfter = Date.now();
    const loaded = await eventually(stand.loadedRules, (rules) =>
      expect(rules.filter(({ lastEvaluation }) => Date.parse(lastEvaluation) <= evaluatedAfter)).toEqual([]),
    );
    const written = rulesOf(readRules()).map(({ record, alert }) => record ?? alert);
    expect(loaded.map(({ name }) => name).sort()).toEqual(written.sort());
    expect(loaded.filter(({ health }) => health !== 'ok')).toEqual([]);
  });
});
