/**
 * Libraries that run queued work: whose task a wrapped call belongs to when it is made inside the queue, wrapped outside
 * of it, or run by the task's handle. docs/queues.md has the same table.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { context, trace } from '@opentelemetry/api';
import { queue as asyncQueue } from 'async';
import Bottleneck from 'bottleneck';
import * as fastq from 'fastq';
import pLimit from 'p-limit';
import PQueue from 'p-queue';
import { describe, expect, it } from 'vitest';
import {
  recordCost,
  type TaskHandle,
  withAgent,
  withLlm,
  withSession,
  withTask,
  withTool,
  wrapLlm,
} from '../../src/index.js';
import { forgetWarnings } from '../../src/warnings.js';
import { watchDiag } from '../support/diag.js';
import { completion, inSpan, startProcessor, startTracing } from '../support/tracing.js';

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

/** Two tenants share the queue: the bill of each, and whether its total is marked as complete. */
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

  it(`bills ${insideIsRight ? 'the tenant that asked' : 'another tenant'} if the call is wrapped inside`, async () => {
    const inside = (_task: TaskHandle, enqueue: Enqueue) => enqueue(() => withLlm(OPTIONS, provider));
    const billed = await bill(make(), inside);
    if (insideIsRight) expect(billed).toEqual(RIGHT);
    else expect(billed).not.toEqual(RIGHT);
    // Whoever has nothing is not sure of it, unless its calls are another open task's.
    if (name.startsWith('a worker')) expect(billed).toEqual({ usd: [0, 0], complete: [false, false] });
  });

  it('has its row in the docs', () => {
    const page = readFileSync(new URL('../../docs/queues.md', import.meta.url), 'utf8');
    const row = `| ${name} | ${insideIsRight ? 'right' : '**wrong**'} | right | right |`;
    expect(page).toContain(row);
  });
});

/** Runs work as a queue with a context of its own does: in the one in which this module was loaded. */
const outside: <R>(work: () => R) => R = AsyncLocalStorage.snapshot();
/** The same, for use inside the first. */
const outsideAgain: <R>(work: () => R) => R = AsyncLocalStorage.snapshot();

describe('a task in which nothing was billed while calls ran outside every task', () => {
  const ANOMALY = 'no call in this task while 1 wrapped call ran outside every task';

  it.each<[string, () => unknown]>([
    ['a call', () => withLlm(OPTIONS, () => completion(1000, 100))],
    ['a billable tool', () => withTool({ name: 'paid', costUsd: 1 }, () => 1)],
    ['a recorded cost', () => recordCost(1)],
    ['a call in an agent', () => withAgent('a', () => withLlm(OPTIONS, () => completion(1000, 100)))],
    ['a call in a session', () => withSession('s', () => withLlm(OPTIONS, () => completion(1000, 100)))],
  ])('is not complete, with the reason: %s', (_what, call) => {
    const { attributes } = startTracing();
    withTask({ name: 't', sessionId: 'of the task' }, () => {
      withTool('local', () => 1);
      outside(call);
    });
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0,
      'task.cost_complete': false,
      'task.unpriced_calls': 1,
      'cost.anomaly': ANOMALY,
    });
  });

  it('is not complete beside others of its kind either: whose the calls are cannot be known', () => {
    const { attributes } = startTracing();
    withTask('a', () => {
      outside(() =>
        withTask('b', () => {
          outsideAgain(() => withLlm(OPTIONS, () => completion(1000, 100)));
        }),
      );
    });
    for (const name of ['a', 'b']) expect(attributes(`task ${name}`)['task.cost_complete']).toBe(false);
  });

  it('is the same below a request, with an SDK and without', () => {
    const work = () =>
      withTask('t', (task) => {
        outside(() => inSpan('request', {}, () => withLlm(OPTIONS, () => completion(1000, 100))));
        return task;
      }).totals.costComplete;
    startTracing();
    expect(work()).toBe(false);
    trace.disable();
    context.disable();
    startProcessor();
    expect(work()).toBe(false);
  });

  it('is reported once, and what to do', async () => {
    forgetWarnings();
    const warn = watchDiag();
    for (let time = 0; time < 2; time++) {
      withTask('t', () => outside(() => withLlm(OPTIONS, () => completion(1000, 100))));
    }
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/a task ended without a call.*task\.run\(fn\)/)],
    ]);
    warn.mockRestore();
  });

  it.each<[string, () => unknown]>([
    [
      'it had a call itself',
      () => [withLlm(OPTIONS, () => completion(1000, 100)), outside(() => recordCost(1))],
    ],
    ['there were none', () => 1],
    ['a local tool ran outside', () => outside(() => withTool('local', () => 1))],
    ['the call was in another task', () => outside(() => withTask('other', () => recordCost(1)))],
    [
      'an agent inside runs on',
      () => [void withAgent('a', () => new Promise(() => {})), outside(() => recordCost(1))],
    ],
  ])('is complete where %s', (_what, work) => {
    const { attributes } = startTracing();
    withTask('t', () => {
      work();
    });
    expect(attributes('task t')['task.cost_complete']).toBe(true);
    expect(attributes('task t')).not.toHaveProperty(['cost.anomaly']);
  });

  it('cannot be distinguished from a task in which only another instrumentation’s span is open', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      void inSpan('request', {}, () => new Promise(() => {}));
      outside(() => recordCost(1));
    });
    expect(attributes('task t')['task.cost_complete']).toBe(false);
  });
});

it('a call that begins in a task that has ended is reported', async () => {
  forgetWarnings();
  const warn = watchDiag();
  const task = withTask('t', (handle) => handle);
  task.run(() => withLlm(OPTIONS, () => completion(1000, 100)));
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('a wrapped call began in a task that had ended'));
  warn.mockRestore();
});
