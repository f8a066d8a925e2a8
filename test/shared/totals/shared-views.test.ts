import { afterEach, describe, expect, it } from 'vitest';
import { type TaskSummary, withAgent, withLlm, withSession, withTask } from '../../../src/index.js';
import { Account } from '../../../src/ledger/account.js';
import { textOfPart } from '../../../src/shared/totals/row-part.js';
import { eventually, exported, handOver, pause, pay, serviceStand } from '../../support/services.js';
import { completion, startTracing, stopTracing } from '../../support/tracing.js';

const stand = serviceStand();
const { share, call } = stand;

describe('the total of a task', () => {
  it('includes the cost of the services that it called', async () => {
    await share();
    await withTask('plan', async (task) => {
      pay(0.001);
      await call('crawl', () => {
        pay(0.0025);
        pay(0.0025);
      });
      expect(task.totals.costUsd).toBe(0.001);
    });
    await exported(stand.tracing, 'task plan', 'task crawl');
    const plan = stand.tracing.attributes('task plan');
    expect(plan).toMatchObject({
      'task.cost_usd': 0.006,
      'task.cost_usd_nanos': 6_000_000,
      'task.remote_cost_usd': 0.005,
      'task.tool_cost_usd': 0.006,
      'task.tool_calls': 3,
      'task.cost_complete': true,
      'task.cost_view': 'shared',
    });
    const crawl = stand.tracing.attributes('task crawl');
    expect(crawl).toMatchObject({
      'task.cost_usd': 0.005,
      'task.root_id': plan['task.id'],
      'task.cost_view': 'shared',
    });
    expect(crawl['task.remote_cost_usd']).toBeUndefined();
  });

  it('adds up over three services, each of them with its own part', async () => {
    await share();
    await withTask('plan', async () => {
      await call('research', async () => {
        pay(0.01);
        await withTask('inner', async () => {
          await call('crawl', () => pay(0.1));
        });
        await call('crawl again', () => pay(1));
      });
    });
    await exported(stand.tracing, 'task plan', 'task research', 'task inner');
    expect(stand.tracing.attributes('task inner')).toMatchObject({
      'task.cost_usd': 0.1,
      'task.remote_cost_usd': 0.1,
    });
    expect(stand.tracing.attributes('task research')).toMatchObject({
      'task.cost_usd': 1.11,
      'task.remote_cost_usd': 1.1,
    });
    expect(stand.tracing.attributes('task plan')).toMatchObject({
      'task.cost_usd': 1.11,
      'task.remote_cost_usd': 1.11,
      'task.cost_complete': true,
    });
    const root = stand.tracing.attributes('task plan')['task.id'];
    for (const name of ['task crawl', 'task crawl again', 'task inner']) {
      expect(stand.tracing.attributes(name)['task.root_id']).toBe(root);
    }
  });

  it('is returned to the app before the span ends', async () => {
    await share();
    let isServed = false;
    const result = await withTask('plan', async () => {
      void call('slow', async () => {
        await pause(30);
        pay(0.5);
        isServed = true;
      });
      return 'early';
    });
    expect(result).toBe('early');
    expect(isServed).toBe(false);
    expect(stand.tracing.spans()).toEqual([]);
    await exported(stand.tracing, 'task plan');
    expect(stand.tracing.attributes('task plan')).toMatchObject({
      'task.cost_usd': 0.5,
      'task.cost_complete': true,
    });
    const { duration } = stand.tracing.span('task plan');
    expect(duration[0] * 1e3 + duration[1] / 1e6).toBeLessThan(25);
  });

  it('is reported to the app with the cost of its services', async () => {
    await stopTracing();
    const ended: TaskSummary[] = [];
    stand.tracing = startTracing({ cost: { onTaskEnd: (summary) => ended.push(summary) } });
    await share();
    await withTask('plan', async () => {
      await call('crawl', () => pay(0.25));
    });
    await exported(stand.tracing, 'task plan');
    expect(ended.map(({ taskName, costUsd }) => [taskName, costUsd])).toEqual([
      ['crawl', 0.25],
      ['plan', 0.25],
    ]);
  });

  it('has a line for other processes in its receipt', async () => {
    await share();
    let receipt = () => '';
    await withTask('plan', async (task) => {
      receipt = task.receipt;
      pay(0.001);
      await call('crawl', () => pay(0.25));
      expect(receipt()).not.toContain('other processes');
    });
    await exported(stand.tracing, 'task plan');
    const lines = receipt()
      .split('\n')
      .map((line) => line.replaceAll(/ +/g, ' '));
    expect(lines.slice(1)).toEqual([
      'task plan 0 0 $0.251 ✓',
      '├─ tool search $0.001 ✓',
      '└─ … in other processes $0.25',
    ]);
  });

  it('is incomplete when a service takes too long, and is corrected later', async () => {
    await share({ waitForCalleesMillis: 20 });
    let finish: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let served: Promise<void> | undefined;
    await withTask('plan', async () => {
      pay(0.001);
      served = call('slow', async () => {
        await gate;
        pay(0.5);
      });
      await pause(1);
    });
    await exported(stand.tracing, 'task plan');
    const plan = stand.tracing.attributes('task plan');
    expect(plan).toMatchObject({
      'task.cost_usd': 0.001,
      'task.cost_complete': false,
      'task.unpriced_calls': 1,
      'task.cost_view': 'shared',
    });
    finish();
    await served;
    await exported(stand.tracing, 'cost correction');
    expect(stand.tracing.attributes('cost correction')).toMatchObject({
      'task.id': plan['task.id'],
      'task.cost_usd': 0.501,
      'task.remote_cost_usd': 0.5,
      'task.cost_complete': true,
    });
    expect(stand.tracing.attributes('cost correction')['task.unpriced_calls']).toBeUndefined();
  });

  it('is incomplete when a service never confirms that it took the call', async () => {
    await share({ waitForCalleesMillis: 10 });
    await withTask('plan', () => {
      handOver();
    });
    await exported(stand.tracing, 'task plan');
    expect(stand.tracing.attributes('task plan')).toMatchObject({
      'task.cost_complete': false,
      'task.unpriced_calls': 1,
    });
  });

  it('is that of this process when the store does not answer', async () => {
    stand.store.read = () => new Promise(() => {});
    await share({ storeTimeoutMillis: 10, waitForCalleesMillis: 10 });
    await withTask('plan', async () => {
      pay(0.001);
      await call('crawl', () => pay(1));
    });
    await exported(stand.tracing, 'task plan');
    expect(stand.tracing.attributes('task plan')).toMatchObject({
      'task.cost_usd': 0.001,
      'task.cost_complete': false,
      'task.cost_view': 'process',
    });
    expect(stand.costs.stats.failedReads).toBeGreaterThan(0);
  });

  it('includes late and unpriced calls of a service', async () => {
    await share();
    await withTask('plan', async () => {
      await call('crawl', () => {
        pay(0.25);
        pay(Number.NaN, 'broken');
      });
    });
    await exported(stand.tracing, 'task plan');
    expect(stand.tracing.attributes('task plan')).toMatchObject({
      'task.cost_usd': 0.25,
      'task.cost_complete': false,
      'task.unpriced_calls': 1,
      'task.tool_calls': 2,
    });
  });

  it('is corrected when a call of a service ends after its task', async () => {
    await share({ waitForCalleesMillis: 10 });
    let finish: (response: object) => void = () => {};
    await withTask('plan', async () => {
      await call('ask', () => {
        void withLlm(
          { provider: 'openai', model: 'gpt-4o' },
          () => new Promise<object>((resolve) => (finish = resolve)),
        );
      });
    });
    await exported(stand.tracing, 'task plan');
    expect(stand.tracing.attributes('task plan')).toMatchObject({
      'task.cost_usd': 0,
      'task.cost_complete': false,
      'task.unpriced_calls': 1,
    });
    finish(completion(1000, 100));
    const { 'task.id': id } = stand.tracing.attributes('task plan');
    await eventually(() => {
      const last = stand.tracing
        .spans()
        .filter(({ attributes }) => attributes['task.id'] === id)
        .at(-1);
      expect(last?.attributes).toMatchObject({ 'task.cost_usd': 0.0035, 'task.cost_complete': true });
    });
  });

  it('is wasted with the cost of its services when it fails, and a dollar is wasted once', async () => {
    await share();
    await withSession('s', () =>
      withTask('plan', async () => {
        await withTask('part', async (part) => {
          await call('crawl', () => pay(0.25));
          await call('broken', () => {
            pay(0.5);
            throw new Error('no page');
          }).catch(() => {});
          part.fail('nothing found');
        });
        await call('search', () => pay(1));
      }),
    );
    await exported(stand.tracing, 'task plan', 'session', 'task part');
    expect(stand.tracing.attributes('task part')).toMatchObject({
      'task.cost_usd': 0.75,
      'task.wasted_cost_usd': 0.75,
    });
    expect(stand.tracing.attributes('task plan')).toMatchObject({
      'task.cost_usd': 1.75,
      'task.wasted_cost_usd': 0.75,
    });
  });

  it('wastes a dollar once, also when a task that has failed calls a service after its end', async () => {
    await share();
    await withTask('plan', async () => {
      let late: Promise<void> | undefined;
      await withTask('part', async (part) => {
        await call('crawl', () => pay(0.25));
        late = pause(100).then(() => call('crawl', () => pay(0.5)));
        part.fail('nothing found');
      });
      await exported(stand.tracing, 'task part');
      await late;
    });
    await exported(stand.tracing, 'task plan');
    await eventually(() =>
      expect(
        stand.tracing
          .spans()
          .filter(({ name }) => name.startsWith('task plan'))
          .at(-1)?.attributes,
      ).toMatchObject({
        'task.cost_usd': 0.75,
        'task.wasted_cost_usd': 0.75,
      }),
    );
  });

  it('of a process that shares nothing is as before', async () => {
    withTask('plan', () => pay(0.001));
    expect(
      Object.keys(stand.tracing.attributes('task plan')).filter((key) => /view|remote/.test(key)),
    ).toEqual([]);
  });
});

describe('the roll-up of an agent', () => {
  it('is always that of its process', async () => {
    await share();
    await withTask('plan', () => withAgent('planner', () => call('crawl', () => pay(0.25))));
    await exported(stand.tracing, 'task plan', 'invoke_agent planner');
    expect(stand.tracing.attributes('invoke_agent planner')).toMatchObject({
      'agent.cost_usd': 0,
      'agent.cost_view': 'process',
    });
    expect(stand.tracing.attributes('task plan')['task.cost_usd']).toBe(0.25);
  });
});

describe('the total of a session', () => {
  /** Another process has booked this in the session. */
  async function bookElsewhere(costUsd: number, version = 1): Promise<void> {
    const account = new Account();
    account.addTo('llm', BigInt(Math.round(costUsd * 1e12)));
    account.llmCalls = 2;
    const counts = { tasks: 3, successfulTasks: 2, actions: 2 };
    const value = textOfPart({ account, counts, open: 0, received: new Map() });
    await stand.store.write([
      { kind: 'session', id: 's', writer: 'other', version, value, keepMillis: 60_000 },
    ]);
  }

  it('includes the turns that other processes took', async () => {
    await share();
    await bookElsewhere(0.25);
    await withTask({ name: 'turn', sessionId: 's' }, () => pay(0.05));
    await exported(stand.tracing, 'task turn');
    expect(stand.tracing.attributes('task turn')).toMatchObject({
      'task.cost_usd': 0.05,
      'session.cost_usd': 0.3,
      'session.cost_view': 'shared',
      'session.tasks': 4,
      'session.successful_tasks': 3,
      'session.cost_per_action_usd': 0.1,
    });
    expect(stand.tracing.attributes('task turn')['task.remote_cost_usd']).toBeUndefined();
  });

  describe('whose task has called a slow service', () => {
    let finish: () => void = () => {};
    let served: Promise<void>;

    afterEach(() => finish());

    async function callSlowly(waitForCalleesMillis: number): Promise<void> {
      await share({ waitForCalleesMillis });
      const gate = new Promise<void>((resolve) => {
        finish = resolve;
      });
      await withSession('s', () =>
        withTask('plan', async () => {
          pay(0.05);
          served = call('slow', async () => {
            await gate;
            pay(0.5);
          });
          await pause(1);
        }),
      );
    }

    it('waits for it on the span of a session as well', async () => {
      await callSlowly(2000);
      await pause(50);
      expect(stand.tracing.spans().filter(({ name }) => name === 'session')).toEqual([]);
      finish();
      await exported(stand.tracing, 'session');
      expect(stand.tracing.attributes('session')).toMatchObject({
        'session.cost_usd': 0.55,
        'session.cost_complete': true,
        'session.cost_view': 'shared',
      });
    });

    it('is incomplete on the span of a session, and is corrected later', async () => {
      await callSlowly(20);
      await exported(stand.tracing, 'session');
      expect(stand.tracing.attributes('session')).toMatchObject({
        'session.cost_usd': 0.05,
        'session.cost_complete': false,
        'session.unpriced_calls': 1,
      });
      finish();
      await served;
      const corrected = () =>
        stand.tracing
          .spans()
          .filter(
            ({ name, attributes }) => name === 'cost correction' && attributes['session.cost_complete'],
          );
      for (let wait = 0; wait < 600 && corrected().length === 0; wait += 1) await pause(5);
      expect(corrected()[0]?.attributes).toMatchObject({ 'session.id': 's', 'session.cost_usd': 0.55 });
    });
  });

  it('has the part of other processes apart on the span of a session', async () => {
    await share();
    await bookElsewhere(0.25);
    await withSession('s', () => withTask('turn', () => pay(0.05)));
    await exported(stand.tracing, 'session', 'task turn');
    expect(stand.tracing.attributes('session')).toMatchObject({
      'session.cost_usd': 0.3,
      'session.remote_cost_usd': 0.25,
      'session.llm_cost_usd': 0.25,
      'session.tool_cost_usd': 0.05,
      'session.cost_view': 'shared',
      'session.cost_complete': true,
    });
  });

  it('is written to the store once, however often a write is repeated', async () => {
    const { write } = stand.store;
    let writes = 0;
    stand.store.write = async (rows) => {
      writes += 1;
      const state = await write.call(stand.store, rows);
      // Written, but not confirmed.
      if (writes % 2 === 1) throw new Error('connection lost');
      return state;
    };
    await share();
    for (let turn = 0; turn < 3; turn++) {
      withTask({ name: 'turn', sessionId: 's' }, () => pay(0.05));
      await pause(2);
    }
    await pause(250);
    await stand.costs.flush();
    const { rows } = await stand.store.read([{ kind: 'session', id: 's' }]);
    expect(rows[0]?.parts).toHaveLength(1);
    expect(JSON.parse(rows[0]?.parts[0]?.value ?? '{}')).toMatchObject({ tasks: [3, 3, 3] });
    expect(stand.costs.stats.failedWrites).toBeGreaterThan(0);
  });

  it('is incomplete after the store has lost its data', async () => {
    await share();
    await withSession('s', async () => {
      withTask('first', () => pay(0.05));
      await stand.costs.flush();
      stand.store.clear();
      withTask('second', () => pay(0.05));
      await stand.costs.flush();
      await stand.store.open();
      withTask('third', () => pay(0.05));
    });
    await exported(stand.tracing, 'session', 'task third');
    expect(stand.tracing.attributes('session')).toMatchObject({
      'session.cost_usd': 0.15,
      'session.cost_complete': false,
    });
    expect(stand.costs.stats.dataLosses).toBe(1);
  });

  it('is incomplete when a part cannot be read', async () => {
    await share();
    for (const [writer, value] of [
      ['a', '{'],
      ['b', '{"v":2}'],
      ['c', '{"v":1,"usd":["-5"]}'],
    ] as const) {
      await stand.store.write([{ kind: 'session', id: 's', writer, version: 1, value, keepMillis: 60_000 }]);
    }
    await withSession('s', () => pay(0.05));
    await exported(stand.tracing, 'session');
    expect(stand.tracing.attributes('session')).toMatchObject({
      'session.cost_usd': 0.05,
      'session.cost_complete': false,
    });
    expect(stand.costs.stats.unreadableParts).toBe(3);
  });
});

describe('a process that ends', () => {
  it('writes its spans at once when the provider is flushed, with what is known', async () => {
    await share();
    withTask('plan', () => {
      pay(0.001);
      handOver();
    });
    expect(stand.tracing.spans().map(({ name }) => name)).not.toContain('task plan');
    await stand.tracing.cost.forceFlush();
    expect(stand.tracing.attributes('task plan')).toMatchObject({
      'task.cost_usd': 0.001,
      'task.cost_complete': false,
    });
  });
});
