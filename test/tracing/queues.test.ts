/**
 * Libraries that run queued work: whose task a wrapped call belongs to when it is made inside the queue, wrapped outside
 * of it, or run by the task's handle. docs/queues.md has the same table.
 */
import { readFileSync } from 'node:fs';
import { queue as asyncQueue } from 'async';
import Bottleneck from 'bottleneck';
import * as fastq from 'fastq';
import pLimit from 'p-limit';
import PQueue from 'p-queue';
import { describe, expect, it } from 'vitest';
import { type TaskHandle, withLlm, withTask, wrapLlm } from '../../src/index.js';
import { completion, startTracing } from '../support/tracing.js';

type Work = () => Promise<unknown>;
/** Puts work into a queue that does one thing at a time; resolves with its result. */
type Enqueue = (work: Work) => Promise<unknown>;

const QUEUES: Record<string, { make: () => Enqueue; insideIsRight: boolean }> = {
  'p-limit': { make: () => pLimit(1), insideIsRight: true },
  'p-queue': {
    make: () => {
      const queue = new PQueue({ concurrency: 1 });
      return (work) => queue.add(work);
    },
    insideIsRight: false,
  },
  bottleneck: {
    make: () => {
      const limiter = new Bottleneck({ maxConcurrent: 1 });
      return (work) => limiter.schedule(work);
    },
    insideIsRight: false,
  },
  fastq: {
    make: () => {
      const queue = fastq.promise<undefined, Work, unknown>((work) => work(), 1);
      return (work) => queue.push(work);
    },
    insideIsRight: false,
  },
  async: {
    make: () => {
      const queue = asyncQueue<Work>(async (work) => work(), 1);
      return (work) => queue.pushAsync(work);
    },
    insideIsRight: false,
  },
  'a worker started at module load': {
    make: () => {
      const waiting: (() => void)[] = [];
      let wake: () => void = () => {};
      const worker = async () => {
        for (;;) {
          const next = waiting.shift();
          if (next === undefined) await new Promise<void>((resolve) => (wake = resolve));
          else next();
        }
      };
      void worker();
      return (work) =>
        new Promise((resolve, reject) => {
          waiting.push(() => void work().then(resolve, reject));
          wake();
        });
    },
    insideIsRight: false,
  },
};

const OPTIONS = { provider: 'openai', model: 'gpt-4o' };
const CALL_USD = 0.0035;
const CALLS = { a: 5, b: 1 };

async function provider(): Promise<object> {
  await new Promise((resolve) => setTimeout(resolve, 2));
  return completion(1000, 100);
}

/** Two tenants share the queue: what each was billed, and whether its total is said to be complete. */
async function bill(enqueue: Enqueue, call: (task: TaskHandle, enqueue: Enqueue) => Promise<unknown>) {
  const { attributes } = startTracing();
  const tenant = (name: keyof typeof CALLS) =>
    withTask(name, async (task) => {
      await Promise.all(Array.from({ length: CALLS[name] }, () => call(task, enqueue)));
    });
  await Promise.all([tenant('a'), tenant('b')]);
  const usd = (name: string) => attributes(`task ${name}`)['task.cost_usd'];
  const complete = (name: string) => attributes(`task ${name}`)['task.cost_complete'];
  return { usd: [usd('a'), usd('b')], complete: [complete('a'), complete('b')] };
}

const RIGHT = { usd: [CALLS.a * CALL_USD, CALLS.b * CALL_USD], complete: [true, true] };

describe.each(Object.entries(QUEUES))('%s', (name, { make, insideIsRight }) => {
  it('bills whoever asked, where the function is wrapped outside the queue', async () => {
    const outside = (_task: TaskHandle, enqueue: Enqueue) => wrapLlm(OPTIONS, () => enqueue(provider))();
    expect(await bill(make(), outside)).toEqual(RIGHT);
  });

  it('bills whoever asked, where the queued work is run by the task', async () => {
    const byTask = (task: TaskHandle, enqueue: Enqueue) =>
      enqueue(() => task.run(() => withLlm(OPTIONS, provider)));
    expect(await bill(make(), byTask)).toEqual(RIGHT);
  });

  it(`bills ${insideIsRight ? 'whoever asked' : 'somebody else'}, where the call is wrapped inside`, async () => {
    const inside = (_task: TaskHandle, enqueue: Enqueue) => enqueue(() => withLlm(OPTIONS, provider));
    const billed = await bill(make(), inside);
    if (insideIsRight) expect(billed).toEqual(RIGHT);
    else expect(billed.usd).not.toEqual(RIGHT.usd);
  });

  it('has its row in the docs', () => {
    const page = readFileSync(new URL('../../docs/queues.md', import.meta.url), 'utf8');
    const row = `| ${name} | ${insideIsRight ? 'right' : '**wrong**'} | right | right |`;
    expect(page).toContain(row);
  });
});

describe('a task whose calls ran outside every task', () => {
  const worker = QUEUES['a worker started at module load'];

  it('is not complete, and says why', async () => {
    const { attributes } = startTracing();
    const enqueue = worker?.make() ?? expect.unreachable();
    await withTask({ name: 't', sessionId: 's' }, () => enqueue(() => withLlm(OPTIONS, provider)));
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0,
      'task.cost_complete': false,
      'task.unpriced_calls': 1,
      'cost.anomaly': 'no call in this task while 1 wrapped call ran outside every task',
    });
  });

  it('is complete where the calls were its own, or there were none', async () => {
    const { attributes } = startTracing();
    await withTask('busy', async () => {
      await withLlm(OPTIONS, provider);
    });
    await withLlm(OPTIONS, provider);
    await withTask('idle', async () => {});
    for (const name of ['busy', 'idle']) {
      expect(attributes(`task ${name}`)['task.cost_complete']).toBe(true);
      expect(attributes(`task ${name}`)).not.toHaveProperty(['cost.anomaly']);
    }
  });
});
