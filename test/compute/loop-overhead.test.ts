import { afterEach, describe, expect, it, vi } from 'vitest';
import { withCompute, withLoopOverhead } from '../../src/compute.js';
import { withAgent, withLlm, withTask, withTool } from '../../src/index.js';
import { chat, completion, inSpan, startProcessor, startTracing } from '../support/tracing.js';

/** $1 for a vCPU-second. */
const RATE = { vcpuHourUsd: 3600 };

/** A clock of the test's own, for the wall clock and the steady one. */
function startClock() {
  let millis = 1_700_000_000_000;
  let jumped = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => millis + jumped);
  vi.spyOn(performance, 'now').mockImplementation(() => millis);
  return {
    pass: (seconds: number) => {
      millis += seconds * 1000;
    },
    jump: (seconds: number) => {
      jumped += seconds * 1000;
    },
  };
}

afterEach(() => vi.restoreAllMocks());

describe('the overhead of an agent loop', () => {
  it('is the time of the task outside calls of models, tools and compute', () => {
    const { pass } = startClock();
    const { attributes } = startTracing();
    const answer = withTask('t', () =>
      withLoopOverhead({ ...RATE, vcpus: 0.5 }, () => {
        pass(1);
        withLlm({ provider: 'openai', model: 'gpt-4o' }, () => {
          pass(10);
          return completion(1000, 100);
        });
        pass(2);
        withTool('local', () => pass(20));
        withCompute({ name: 'c', rates: { platformUnitUsd: 1 } }, () => pass(40));
        pass(1);
        return 'answer';
      }),
    );
    expect(answer).toBe('answer');
    expect(attributes('cost agent_loop')).toMatchObject({
      cost_usd: 2,
      'cost.kind': 'compute',
      'cost.compute_seconds': 4,
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 3.0035, 'task.compute_cost_usd': 3 });
  });

  it('counts calls that overlap once, and those of agents and sub-tasks too', async () => {
    const { pass } = startClock();
    startProcessor();
    await withTask('t', async (task) => {
      await withLoopOverhead(RATE, async () => {
        const slow = withTool('slow', async () => {
          await Promise.resolve();
          pass(5);
        });
        withAgent('a', () => withTask('sub', () => withTool('fast', () => pass(3))));
        await slow;
        pass(1);
      });
      expect(task.totals.computeSeconds).toBe(1);
    });
  });

  it('leaves out calls that other instrumentations record', () => {
    const { attributes } = startTracing();
    withTask('t', () => withLoopOverhead(RATE, () => inSpan('work', {}, () => chat(1000, 100))));
    // No time left over is no attribute: the clock counts whole milliseconds.
    expect(Number(attributes('cost agent_loop')['cost.compute_seconds'] ?? 0)).toBeLessThan(5);
  });

  it('is no different for what other tasks do meanwhile', async () => {
    const { pass } = startClock();
    startProcessor();
    let finish = () => {};
    const other = withTask('other', () =>
      withTool(
        'slow',
        () =>
          new Promise<void>((resolve) => {
            finish = resolve;
          }),
      ),
    );
    await withTask('t', async (task) => {
      await withLoopOverhead(RATE, async () => {
        pass(3);
        finish();
        await other;
      });
      expect(task.totals.computeSeconds).toBe(3);
    });
  });

  it.each([[3600], [-3600]])(
    'is never more than the time that passed when the clock jumps by %d s',
    (seconds) => {
      const { pass, jump } = startClock();
      startProcessor();
      withTask('t', (task) => {
        withLoopOverhead(RATE, () => {
          pass(1);
          withTool('a', () => {
            pass(1);
            jump(seconds);
          });
          pass(1);
        });
        expect(task.totals.computeSeconds).toBeLessThanOrEqual(3);
      });
    },
  );

  it('of a loop that fails is wasted', () => {
    const { pass } = startClock();
    const { attributes } = startTracing();
    const loop = () => {
      pass(1);
      throw new Error('boom');
    };
    expect(() => withTask('t', () => withLoopOverhead(RATE, loop))).toThrow('boom');
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 1, 'task.wasted_cost_usd': 1 });
  });

  it('is not billed outside a task', () => {
    const { spans } = startTracing();
    expect(withLoopOverhead(RATE, () => 'ran')).toBe('ran');
    expect(spans()).toEqual([]);
  });

  it.each([[undefined], [{}], [{ vcpuHourUsd: Number.NaN }], [{ vcpuHourUsd: 1, vcpus: -1 }]])(
    'by %j is unpriced, and nothing is thrown',
    (options) => {
      const { pass } = startClock();
      startProcessor();
      withTask('t', (task) => {
        expect(withLoopOverhead(options as never, () => pass(1))).toBeUndefined();
        expect(task.totals).toMatchObject({ costUsd: 0, costComplete: false });
      });
    },
  );
});
