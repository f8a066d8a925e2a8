/** Totals that must not look surer than they are: connections that end, callees that give up, stores that lose data. */
import { describe, expect, it } from 'vitest';
import { ActionResult, withTask, withTool } from '../../../src/index.js';
import { eventually, exported, handOver, pause, pay, serviceStand } from '../../support/services.js';
import { foreign } from '../../support/tracing.js';

const stand = serviceStand();
const { share, call } = stand;

function last(name: string) {
  const { 'task.id': id } = stand.tracing.attributes(name);
  return stand.tracing
    .spans()
    .filter(({ attributes }) => attributes['task.id'] === id && attributes['task.cost_usd'] !== undefined)
    .at(-1)?.attributes;
}

describe('an implicit task, whose span another instrumentation ends', () => {
  it('is incomplete at its end, and is corrected', async () => {
    await share();
    await foreign().startActiveSpan('GET /answer', async (span) => {
      pay(0.001);
      await call('crawl', () => pay(0.25));
      span.end();
    });
    expect(stand.tracing.attributes('GET /answer')).toMatchObject({
      'task.cost_usd': 0.001,
      'task.cost_complete': false,
    });
    await eventually(() =>
      expect(last('GET /answer')).toMatchObject({ 'task.cost_usd': 0.251, 'task.cost_complete': true }),
    );
  });
});

describe('a service that never learns what its own callee has cost', () => {
  it('says so to its caller, also when its connection is closed', async () => {
    await share({ waitForCalleesMillis: 5 });
    await withTask('plan', async () => {
      await call('research', () => {
        pay(0.25);
        // Nobody takes this call.
        handOver();
      });
    });
    await exported(stand.tracing, 'task plan', 'task research');
    expect(last('task plan')).toMatchObject({ 'task.cost_usd': 0.25, 'task.cost_complete': false });
    const { 'task.id': id } = stand.tracing.attributes('task plan');
    await stand.costs.close();
    const { rows } = await stand.store.read([{ kind: 'task', id: String(id) }]);
    const part = JSON.parse(rows[0]?.parts[0]?.value ?? '{}');
    expect(part.n.at(-1)).toBe(1);
  });
});

describe('a task that ends after the connection was closed', () => {
  it('is incomplete if it has called a service', async () => {
    await share();
    await withTask('plan', async () => {
      pay(0.001);
      await call('crawl', () => pay(0.25));
      await stand.costs.close();
    });
    expect(stand.tracing.attributes('task plan')).toMatchObject({
      'task.cost_usd': 0.001,
      'task.cost_complete': false,
    });
  });

  it('is incomplete with another connection, too', async () => {
    await share();
    await withTask('plan', async () => {
      await call('crawl', () => pay(0.25));
      await stand.costs.close();
      await share();
    });
    await exported(stand.tracing, 'task plan');
    expect(stand.tracing.attributes('task plan')).toMatchObject({
      'task.cost_complete': false,
      'task.cost_view': 'process',
    });
  });
});

describe('a session that goes on with another connection', () => {
  it('counts once', async () => {
    await share();
    withTask({ name: 'first', sessionId: 's' }, () => pay(1));
    await exported(stand.tracing, 'task first');
    await stand.costs.close();
    await share();
    withTask({ name: 'second', sessionId: 's' }, () => pay(1));
    await exported(stand.tracing, 'task second');
    await stand.costs.flush();
    withTask({ name: 'third', sessionId: 's' }, () => pay(1));
    await exported(stand.tracing, 'task third');
    expect(stand.tracing.attributes('task third')).toMatchObject({
      'session.cost_usd': 3,
      'session.tasks': 3,
    });
    const { rows } = await stand.store.read([{ kind: 'session', id: 's' }]);
    expect(rows[0]?.parts).toHaveLength(1);
  });
});

describe('a store that has lost its data', () => {
  it('is told by each process that the sessions and tasks it works in are incomplete', async () => {
    await share();
    withTask({ name: 'turn', sessionId: 's' }, () => pay(1));
    await stand.costs.flush();
    stand.store.clear();
    await stand.costs.open();
    await eventually(async () => {
      const { rows } = await stand.store.read([{ kind: 'session', id: 's' }]);
      expect(JSON.parse(rows[0]?.parts[0]?.value ?? '{}')).toMatchObject({ partial: true });
    });
  });
});

describe('the total of a task that has ended', () => {
  it('stays as it was when the store loses its data afterwards', async () => {
    await share();
    let totals = () => ({});
    await withTask('plan', async (task) => {
      totals = () => task.totals;
      await call('crawl', () => pay(0.25));
    });
    await exported(stand.tracing, 'task plan');
    expect(totals()).toMatchObject({ costUsd: 0.25, remoteCostUsd: 0.25, costComplete: true });
    stand.store.clear();
    await pause(1200);
    expect(totals()).toMatchObject({ costUsd: 0.25, remoteCostUsd: 0.25, costComplete: true });
  });
});

describe('a tool whose returned cost includes that of a service', () => {
  it('is estimated, because the service has billed it, too', async () => {
    await share();
    await withTask('plan', () =>
      withTool({ name: 'crawler', billable: true, costIncludesChildren: true }, async () => {
        await call('crawl', () => pay(2));
        return new ActionResult(1, { costUsd: 2 });
      }),
    );
    await exported(stand.tracing, 'task plan');
    expect(stand.tracing.attributes('execute_tool crawler')).toMatchObject({
      cost_usd: 2,
      'cost.status': 'estimated',
      'cost.reason': 'ambiguous_usage',
    });
    expect(stand.tracing.attributes('task plan')).toMatchObject({
      'task.cost_usd': 4,
      'task.estimated_cost_usd': 2,
    });
  });
});

describe('a call whose identity does not fit', () => {
  it('makes its task incomplete', async () => {
    await share({ waitForCalleesMillis: 1 });
    await withTask({ name: 'plan', sessionId: 'x'.repeat(300) }, () => {
      expect(() => handOver()).toThrow();
    });
    await exported(stand.tracing, 'task plan');
    expect(stand.tracing.attributes('task plan')).toMatchObject({
      'task.cost_complete': false,
      'task.unpriced_calls': 1,
    });
    expect(stand.costs.stats.identitiesLeftOut).toBe(1);
  });
});

describe('work that a service begins after its task has ended', () => {
  it('is added to the total of the caller', async () => {
    await share();
    let late: Promise<unknown> | undefined;
    await withTask('plan', async () => {
      await call('crawl', () => {
        late = pause(50).then(() => withTask('later', () => pay(0.25)));
      });
    });
    await exported(stand.tracing, 'task plan');
    expect(last('task plan')).toMatchObject({ 'task.cost_usd': 0, 'task.cost_complete': true });
    await late;
    await eventually(() => expect(last('task plan')).toMatchObject({ 'task.cost_usd': 0.25 }));
  });
});

describe('work that goes on after the end of its task, and then calls a service', () => {
  it('is added to the total by a correction', async () => {
    await share();
    let late: Promise<unknown> | undefined;
    withTask('plan', () => {
      late = withTask('part', async () => {
        await pause(20);
        await call('crawl', () => pay(0.25));
      });
    });
    await exported(stand.tracing, 'task plan');
    expect(last('task plan')).toMatchObject({ 'task.cost_usd': 0 });
    await late;
    await eventually(() =>
      expect(last('task plan')).toMatchObject({ 'task.cost_usd': 0.25, 'task.cost_complete': true }),
    );
  });
});
