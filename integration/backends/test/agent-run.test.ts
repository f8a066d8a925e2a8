import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver } from '../../../test/support/otlp-receiver.js';
import { costBy, costOf, type Round, sumUsd } from '../support/agent-figures.js';
import { type Agents, runJob, startAgents } from '../support/agent-run.js';

let receiver: Receiver;
let agents: Agents;
/** Every round they did. */
let rounds: Round[];
let round: Round;
beforeAll(async () => {
  receiver = await startReceiver();
  agents = startAgents({ endpoint: receiver.url });
  round = await agents.round();
  rounds = [round];
});
afterAll(() => receiver.close());

const cents = (usd: number) => Math.round(usd * 100);

describe('the agents that the tests send', () => {
  it('say of each task what its calls add up to', () => {
    const byTask = costBy(round.calls, 'taskId');
    for (const { id, name, totals } of round.tasks) {
      const inside = name === 'research' ? round.calls.filter((call) => call.taskName === 'fact_check') : [];
      expect(sumUsd([byTask.get(id) ?? 0, costOf(inside)]), name).toBe(totals.costUsd);
    }
  });

  it('cost something else with another seed, and in proportion to the scale', async () => {
    const total = costOf(round.calls);
    const again = await agents.round();
    const other = await agents.round({ seed: 2 });
    const large = await agents.round({ scale: 3 });
    rounds.push(again, other, large);
    expect(costOf(again.calls)).toBe(total);
    expect(costOf(other.calls)).not.toBe(total);
    expect(cents(costOf(large.calls))).toBeGreaterThan(cents(2.9 * total));
  });

  it('have whole dollars, waste, savings, and what nobody can price in them', () => {
    const legal = round.tasks.find(({ name }) => name === 'review_contract');
    expect(legal?.totals.costUsd).toBe(4);
    expect(sumUsd(round.tasks.map(({ totals }) => totals.wastedCostUsd))).toBeGreaterThan(0);
    expect(sumUsd(round.calls.map(({ savedCostUsd }) => savedCostUsd))).toBeGreaterThan(0);
    expect(round.tasks.filter(({ totals }) => !totals.costComplete).map(({ name }) => name)).toEqual([
      'translate',
    ]);
    expect(new Set(round.tasks.map(({ outcome }) => outcome)).size).toBe(4);
  });

  it('send what they say, in spans and in metrics', async () => {
    await agents.end();
    const spans = sumUsd(receiver.spans().map(({ attributes }) => Number(attributes.cost_usd ?? 0)));
    const sent = receiver.points().filter(({ metric }) => metric === 'cost.usd');
    expect(sumUsd(sent.map(({ value }) => value))).toBe(spans);
    expect(spans).toBe(sumUsd(rounds.map(({ calls }) => costOf(calls))));
  });

  it('are a job of 200 ms, too', async () => {
    const job = await runJob({ endpoint: receiver.url });
    expect(job.finished).toMatchObject({ code: 0, stderr: '' });
    const sent = receiver.points().filter(({ metric }) => metric === 'cost.usd');
    expect(sumUsd(sent.map(({ value }) => value))).toBe(costOf(job.calls));
  });
});
