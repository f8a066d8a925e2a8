import { describe, expect, it } from 'vitest';
import { computeCostUsd, recordCompute, withCompute, wrapCompute } from '../../src/compute.js';
import { withLlm, withSession, withTask } from '../../src/index.js';
import { completion, ownKeys, startProcessor, startTracing, wait } from '../support/tracing.js';

/** $1 a second, so that a cost is a time. */
const SECOND = { vcpuHourUsd: 3600 };

/** Uses so much CPU, however busy the machine is. */
function spin(millis: number): void {
  const before = process.cpuUsage();
  let used = process.cpuUsage(before);
  while (used.user + used.system < millis * 1000) used = process.cpuUsage(before);
}

describe('work that is billed for compute', () => {
  it('stands on a span of its own, with its cost, kind and seconds', async () => {
    const { attributes } = startTracing();
    const answer = await withTask({ name: 't', sessionId: 's', attribution: { team: 'a' } }, async (task) => {
      const value = await withCompute({ name: 'render', rates: SECOND, vcpus: 2 }, async () => {
        await wait(20);
        return 'done';
      });
      expect(task.totals.computeSeconds).toBeGreaterThan(0.015);
      return value;
    });
    expect(answer).toBe('done');
    const own = attributes('compute render');
    expect(ownKeys(own).sort()).toEqual(
      [
        'cost.compute_seconds',
        'cost.kind',
        'cost.source',
        'cost.tag.team',
        'cost_usd',
        'gen_ai.usage.cost',
        'session.id',
        'task.id',
        'task.name',
      ].sort(),
    );
    expect(own).toMatchObject({ 'cost.kind': 'compute', 'cost.source': 'declared' });
    expect(own.cost_usd).toBeCloseTo(Number(own['cost.compute_seconds']) * 2, 5);
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': own.cost_usd,
      'task.compute_cost_usd': own.cost_usd,
      'task.compute_seconds': own['cost.compute_seconds'],
      'task.cost_complete': true,
      'task.llm_cost_usd': 0,
    });
  });

  it('adds up in the session, in whole microseconds', () => {
    const { attributes } = startTracing();
    withSession('s', () => {
      for (const seconds of [0.1, 0.2, 0.7])
        withTask('t', () => {
          recordCompute({ name: 'job', rates: SECOND, amounts: { vcpuHours: seconds / 3600 }, seconds });
        });
    });
    expect(attributes('session')).toMatchObject({ 'session.compute_seconds': 1, 'session.cost_usd': 1 });
  });

  it('leaves what was not computed out', () => {
    const { attributes } = startTracing();
    withTask('t', () => withLlm('gpt-4o', () => completion(10, 1)));
    expect(Object.keys(attributes('task t')).filter((key) => key.includes('compute'))).toEqual([]);
  });

  it('that fails is billed and wasted, and counts as no failed call', () => {
    const { attributes } = startTracing();
    const failure = new Error('boom');
    const work = () =>
      withTask('t', () =>
        withCompute({ name: 'c', rates: { platformUnitUsd: 0.25 } }, () => {
          throw failure;
        }),
      );
    expect(work).toThrow(failure);
    expect(attributes('compute c')).toMatchObject({ cost_usd: 0.25, 'error.type': 'Error' });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.25, 'task.wasted_cost_usd': 0.25 });
    expect(attributes('task t')).not.toHaveProperty(['task.failed_calls']);
  });

  it('by measured CPU does not count time that is waited', async () => {
    startProcessor();
    const measured = { name: 'c', rates: SECOND, measure: 'cpu' } as const;
    await withTask('t', async (task) => {
      await withCompute(measured, () => wait(300));
      expect(task.totals.computeSeconds).toBeLessThan(0.3);
      const waited = task.totals.computeSeconds;
      withCompute(measured, () => spin(60));
      expect(task.totals.computeSeconds - waited).toBeGreaterThanOrEqual(0.06);
    });
  });

  it('by measured CPU is shared among calls that overlap', async () => {
    startProcessor();
    const measured = { name: 'c', rates: SECOND, measure: 'cpu' } as const;
    const before = process.cpuUsage();
    const seconds = await withTask('t', async (task) => {
      const one = () =>
        withCompute(measured, async () => {
          spin(20);
          await wait(5);
          spin(20);
        });
      await Promise.all([one(), one(), one(), one()]);
      return task.totals.computeSeconds;
    });
    const { user, system } = process.cpuUsage(before);
    expect(seconds).toBeGreaterThanOrEqual(0.16);
    expect(seconds).toBeLessThanOrEqual((user + system) / 1e6 + 1e-5);
  });

  it('lasts as long as a stream is read', async () => {
    startProcessor();
    await withTask('t', async (task) => {
      const stream = withCompute({ name: 'c', rates: SECOND }, async function* () {
        yield 1;
        await wait(15);
        yield 2;
      });
      const read: number[] = [];
      for await (const value of stream) read.push(value);
      expect(read).toEqual([1, 2]);
      expect(task.totals.computeSeconds).toBeGreaterThan(0.01);
    });
  });

  it('bills calls of models inside as ever', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withCompute({ name: 'c', rates: { platformUnitUsd: 1 } }, () =>
        withLlm({ provider: 'openai', model: 'gpt-4o' }, () => completion(1000, 100)),
      ),
    );
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 1.0035,
      'task.llm_cost_usd': 0.0035,
      'task.compute_cost_usd': 1,
    });
  });
});

describe('compute with invalid options', () => {
  it.each([
    [{ name: 'c', rates: { vcpuHourUsd: Number.NaN } }],
    [{ name: 'c', rates: {} }],
    [{ name: 'c', rates: SECOND, vcpus: -1 }],
    [{ name: 'c' }],
  ])('%j runs and is unpriced, and the totals are not complete', (options) => {
    const { attributes, cost } = startTracing();
    expect(withTask('t', () => withCompute(Object(options), () => 'ran'))).toBe('ran');
    expect(attributes('compute c')).toMatchObject({
      'cost.status': 'unpriced',
      'cost.reason': 'bad_amount',
    });
    expect(attributes('compute c')).not.toHaveProperty('cost_usd');
    expect(String(attributes('compute c')['cost.anomaly'])).toMatch(/withCompute options/);
    expect(attributes('task t')).toMatchObject({ 'task.cost_complete': false, 'task.unpriced_calls': 1 });
    expect(cost.stats.refusedAmounts).toBe(1);
  });

  it.each([[undefined], [null], ['c'], [{}]])('%j runs, too', (options) => {
    startProcessor();
    expect(withCompute(Object(options), () => 'ran')).toBe('ran');
  });

  it('throws where it is wrapped', () => {
    expect(() => wrapCompute({ name: 'c', rates: { vcpuHourUsd: -1 } }, () => 1)).toThrow(
      /"wrapCompute options.rates.vcpuHourUsd" must be a number from 0 to 1000000, got -1/,
    );
    expect(() => wrapCompute({ name: 'c', rates: SECOND }, Object('no function'))).toThrow(
      /must be a function/,
    );
  });
});

describe('a function wrapped for compute', () => {
  it('is the same function, billed', () => {
    const { attributes } = startTracing();
    const add = wrapCompute({ name: 'add', rates: { platformUnitUsd: 0.5 }, platformUnits: 3 }, sum);
    expect([add.name, add.length]).toEqual(['sum', 2]);
    withTask('t', () => expect(add(1, 2)).toBe(3));
    expect(attributes('compute add').cost_usd).toBe(1.5);
  });

  function sum(a: number, b: number): number {
    return a + b;
  }
});

describe('recorded compute', () => {
  const rates = { gpuSecondUsd: 0.5 };

  it('costs what its amounts cost', () => {
    const { attributes } = startTracing();
    const amounts = { gpuSeconds: 3 };
    withTask('t', () => recordCompute({ name: 'job', rates, amounts }));
    expect(attributes('cost job')).toMatchObject({
      cost_usd: computeCostUsd(rates, amounts),
      'cost.kind': 'compute',
    });
    expect(attributes('task t')).not.toHaveProperty(['task.compute_seconds']);
  });

  it.each([[{ gpuSeconds: Number.NaN }], [{ gpuSeconds: -1 }], [{ vcpuHours: 1 }], [{}], [undefined]])(
    'of %j is refused and flagged',
    (amounts) => {
      const { attributes, cost } = startTracing();
      withTask('t', () => recordCompute(Object({ name: 'job', rates, amounts, seconds: Number.NaN })));
      expect(attributes('cost job')).toMatchObject({ 'cost.status': 'unpriced' });
      expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0, 'task.cost_complete': false });
      expect(cost.stats.refusedAmounts).toBe(1);
    },
  );

  it('of nothing readable does not throw', () => {
    startProcessor();
    for (const recorded of [undefined, null, 'x', { name: 3 }]) recordCompute(Object(recorded));
  });
});
