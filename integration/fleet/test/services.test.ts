/** Tasks and sessions over services: what the caller states is the sum of what all processes were billed. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { billed, latestPoints, leavesOf, ownCost, pico, totalsOf } from '../support/amounts.js';
import { until } from '../support/app.js';
import { costOf, costOfSearch } from '../support/bills.js';
import { connect } from '../support/client.js';
import { type Front, type Installation, startInstallation } from '../support/installation.js';
import { type OutsideHost, startOutsideHost } from '../support/outside-host.js';

/** The question of the turn that is not sampled. */
const DARK = 'the third';

let installation: Installation;
let outside: OutsideHost;

beforeAll(async () => {
  [installation, outside] = await Promise.all([startInstallation(), startOutsideHost()]);
  console.log(
    `spans and metrics came ${installation.hasCollector ? 'through a Collector' : 'to a receiver: there is no Collector here'}`,
  );
});

afterAll(async () => {
  await installation?.remove();
  await outside?.close();
});

const spans = () => installation.receiver.spans();
const totals = (taskId: string) => totalsOf(spans(), taskId);

/** The billed calls of one answer: 1 of the orchestrator, 4 for research, 5 for writing. */
const CALLS = 10;

/** Answers a question, and waits for the spans of all services. */
async function answer(front: Front, body: Record<string, unknown>): Promise<string> {
  const id = await installation.turn(front, body);
  await until(
    `the spans of task ${id}`,
    () => totals(id)['task.cost_complete'] === true && leavesOf(spans(), id).length >= CALLS,
  );
  return id;
}

describe('a task over six processes', () => {
  it('states the sum of the own costs of all services, to the pico-dollar', async () => {
    const id = await answer('front', { session: 'one', question: 'the tides' });
    const leaves = leavesOf(spans(), id);
    const services = new Set(leaves.map(({ resource }) => resource['service.name']));
    expect([...services].sort()).toEqual(['front', 'library', 'pages', 'research', 'search', 'writing']);
    expect(leaves).toHaveLength(CALLS);
    const stated = totals(id);
    expect(pico(stated['task.cost_usd'])).toBe(ownCost(leaves));
    expect(stated).toMatchObject({
      'task.cost_complete': true,
      'task.cost_view': 'shared',
      'session.id': 'one',
    });
    const own = ownCost(leaves.filter(({ resource }) => resource['service.name'] === 'front'));
    expect(pico(stated['task.remote_cost_usd'])).toBe(ownCost(leaves) - own);
    expect(pico(stated['session.cost_usd'])).toBe(ownCost(leaves));
  });

  it('gives every billed span the session, the outermost task and the attribution of the caller', async () => {
    const id = await answer('front', { session: 'two', question: 'the moon' });
    for (const { attributes, name, resource } of leavesOf(spans(), id)) {
      const isCaller = resource['service.name'] === 'front';
      expect(attributes, name).toMatchObject({
        'session.id': 'two',
        'user.id': 'ann',
        'cost.tag.team': 'support',
        ...(isCaller ? { 'task.id': id } : { 'task.root_id': id }),
      });
    }
  });

  it('states the sums of the sub-tasks in the services as well', async () => {
    const id = await answer('front', { session: 'three', question: 'the sun' });
    for (const name of ['research', 'writing']) {
      const task = spans().find(
        (span) => span.name === `task ${name}` && span.attributes['task.root_id'] === id,
      );
      expect(task?.attributes['task.remote_cost_usd']).toBeGreaterThan(0);
      expect(task?.attributes).toMatchObject({ 'task.cost_complete': true, 'task.cost_view': 'shared' });
    }
    const parts = spans().filter(
      ({ attributes, name }) =>
        attributes['task.root_id'] === id && (name === 'task research' || name === 'task writing'),
    );
    const own = ownCost(leavesOf(spans(), id).filter(({ resource }) => resource['service.name'] === 'front'));
    const sum = parts.reduce((total, { attributes }) => total + pico(attributes['task.cost_usd']), own);
    expect(pico(totals(id)['task.cost_usd'])).toBe(sum);
  });

  it('is one trace', async () => {
    const id = await answer('front', { session: 'four', question: 'the stars' });
    const traces = new Set(leavesOf(spans(), id).map(({ traceId }) => traceId));
    expect(traces.size).toBe(1);
  });
});

describe('a session', () => {
  /** The span of a session, as one of its processes has it. */
  function stated(id: string, tasks: number) {
    const span = spans().find(
      ({ name, attributes }) =>
        name.startsWith('session') &&
        attributes['session.id'] === id &&
        attributes['session.tasks'] === tasks,
    );
    return span?.attributes;
  }

  it('adds up turns that land on different processes, unsampled and without an SDK as well', async () => {
    const session = 'long';
    const first = await answer('front', { session, question: 'one' });
    const second = await answer('other-front', { session, question: 'number two' });
    const sampled = [...leavesOf(spans(), first), ...leavesOf(spans(), second)];
    expect(pico(totals(second)['session.cost_usd'])).toBe(ownCost(sampled));
    expect(totals(second)['session.tasks']).toBe(2);

    const dark = await installation.turn('dark', { session, question: DARK });
    const bare = await installation.turn('bare', { session, question: 'the fourth one' });
    // A turn is in the store 20 ms after its end; on a busy machine, somewhat later.
    await pause(1000);
    const last = await answer('front', { session, question: 'five' });
    expect(totals(dark)).toEqual({});
    expect(totals(last)).toMatchObject({ 'session.tasks': 5, 'session.successful_tasks': 5 });
    await until('the session is stated', () => stated(session, 5) !== undefined);
    expect(stated(session, 5)).toMatchObject({
      'session.cost_usd': totals(last)['session.cost_usd'],
      'session.cost_complete': true,
      'session.cost_view': 'shared',
    });
    const rest = pico(totals(last)['session.cost_usd']) - ownCost([...sampled, ...leavesOf(spans(), last)]);
    expect(rest).toBe(costOf(DARK) + costOf('the fourth one'));
    expect(leavesOf(spans(), bare).length).toBe(CALLS - 1);
  });
});

describe('a message that is handled after its caller has ended', () => {
  it('is added by a correction of the caller', async () => {
    const id = await installation.turn('front', { session: 'mail', question: 'the rain', extra: 'letter' });
    await until('the task is stated', () => totals(id)['task.cost_usd'] !== undefined);
    expect(totals(id)).toMatchObject({ 'task.cost_complete': false, 'task.unpriced_calls': 1 });
    const before = pico(totals(id)['task.cost_usd']);

    await fetch(installation.urls.letters, { method: 'POST' });
    await until('the correction', () => totals(id)['task.cost_complete'] === true);
    await until('the letter', () => leavesOf(spans(), id).length === CALLS + 1);
    const leaves = leavesOf(spans(), id);
    const letter = ownCost(leaves.filter(({ resource }) => resource['service.name'] === 'letters'));
    expect(letter).toBeGreaterThan(0n);
    expect(pico(totals(id)['task.cost_usd'])).toBe(before + letter);
    expect(ownCost(leaves)).toBe(before + letter);
    const corrections = spans().filter(
      ({ name, attributes }) => name === 'cost correction' && attributes['task.id'] === id,
    );
    expect(corrections).toHaveLength(1);
  });
});

describe('identity', () => {
  /** An identity with ids that its sender made up. */
  const forged = Buffer.from(
    JSON.stringify({
      v: 1,
      s: 'stolen',
      t: ['00000000000000ab'],
      c: ['thief', 1],
      i: Math.floor(Date.now() / 1000),
    }),
  ).toString('base64url');

  async function searchAs(headers: Record<string, string>, query: string) {
    const body = JSON.stringify({ query });
    await fetch(installation.urls.search, { method: 'POST', headers, body });
    await until(`the span of ${query}`, () => bySize(query) !== undefined);
    return bySize(query)?.attributes ?? {};
  }

  /** Each query has a length of its own, and with it a bill of its own. */
  function bySize({ length }: string) {
    const cost = costOfSearch(length);
    return billed(spans()).find(({ attributes }) => pico(attributes.cost_usd) === cost);
  }

  it.each([
    ['forged, without a signature', `agent-cost=${forged}`],
    ['forged, with a wrong signature', `agent-cost=${forged}.${'A'.repeat(43)}`],
    ['of 64 kB', `agent-cost=${'A'.repeat(8000)}`],
    ['twice', `agent-cost=${forged},agent-cost=${forged}`],
  ])('that is %s is ignored', async (name, baggage) => {
    const attributes = await searchAs({ baggage }, name.repeat(40));
    expect(attributes['session.id']).toBeUndefined();
    expect(attributes['task.root_id']).toBeUndefined();
    expect(attributes['task.id']).toBeDefined();
  });

  it('that comes from a peer which is not accepted is ignored, though it is signed', async () => {
    const headers = await signedHeaders();
    const trusted = await searchAs(headers, 'q'.repeat(2001));
    expect(trusted).toMatchObject({ 'session.id': 'lent' });
    const ignored = await searchAs({ ...headers, 'x-public': '1' }, 'q'.repeat(2002));
    expect(ignored['session.id']).toBeUndefined();
  });

  /** The headers of a real caller: those of the letter that it put into the queue. */
  async function signedHeaders(): Promise<Record<string, string>> {
    await installation.turn('front', { session: 'lent', question: 'a secret', extra: 'letter' });
    const client = await connect(installation.redis.url);
    const message = await client.sendCommand(['LPOP', 'letters']);
    await client.close();
    return JSON.parse(String(message)).headers;
  }

  it('is not sent to other hosts, directly or by a redirect', async () => {
    await answer('front', {
      session: 'abroad',
      question: 'the sea',
      extra: 'outside',
      outsideUrl: outside.url,
    });
    expect(outside.requests.map(({ path }) => path).sort()).toEqual([
      '/direct',
      '/redirected',
      '/redirected-with-headers',
    ]);
    for (const { headers } of outside.requests) {
      expect(JSON.stringify(headers)).not.toContain('agent-cost');
      expect(JSON.stringify(headers)).not.toContain('abroad');
    }
  });
});

describe('the metrics of all processes', () => {
  it('add up to the own costs, also those of unsampled work: nothing is counted twice', async () => {
    const before = ownCost(billed(spans()));
    await installation.endServices();
    const points = latestPoints(installation.receiver, 'cost.usd');
    const counted = points.reduce((sum, { value }) => sum + pico(value), 0n);
    const after = ownCost(billed(spans()));
    expect(after).toBeGreaterThanOrEqual(before);
    // The services of an unsampled trace do not export their spans either.
    expect(counted - after).toBe(costOf(DARK));
  });
});
