import { afterEach, describe, expect, it, vi } from 'vitest';
import { startTask, withAgent, withLlm, withSession, withTask } from '../../src/index.js';
import { forgetWarnings } from '../../src/warnings.js';
import { watchDiag } from '../support/diag.js';
import { completion, startTracing } from '../support/tracing.js';

/** A call that costs $0.0035. */
const ask = () => withLlm({ provider: 'openai', model: 'gpt-4o' }, async () => completion(1000, 100));

describe('a started task', () => {
  it('has what runs in it, lasts to the end of its block, and is a success', async () => {
    const { attributes, span } = startTracing();
    await (async () => {
      await using task = startTask({ name: 'answer', sessionId: 's1' });
      expect(await task.run(ask)).toMatchObject({ model: 'gpt-4o-2024-08-06' });
      expect(task.run(() => 42)).toBe(42);
      expect(task.totals.costUsd).toBe(0.0035);
      expect(task.receipt()).toContain('LLM gpt-4o');
      expect(() => span('task answer')).toThrow('0 spans');
    })();
    expect(attributes('task answer')).toMatchObject({
      'task.cost_usd': 0.0035,
      'task.outcome': 'success',
      'task.cost_complete': true,
      'session.tasks': 1,
    });
    expect(attributes('chat gpt-4o')['task.id']).toBe(attributes('task answer')['task.id']);
  });

  it('ends once, with the outcome that was set', async () => {
    const { attributes, spans } = startTracing();
    const task = startTask('answer');
    await task.run(ask);
    task.succeed({ actions: 3 });
    const { end } = task;
    end();
    task.end();
    await task[Symbol.asyncDispose]();
    expect(spans().filter(({ name }) => name === 'task answer')).toHaveLength(1);
    expect(attributes('task answer')).toMatchObject({ 'task.outcome': 'success', 'task.actions': 3 });
  });

  it('fails when the run that ended last failed, whose error the caller gets', async () => {
    const { attributes, span } = startTracing();
    const broken = new Error('broken');
    const block = async () => {
      await using task = startTask('answer');
      await task.run(ask);
      await task.run(async () => {
        throw broken;
      });
    };
    await expect(block()).rejects.toBe(broken);
    expect(attributes('task answer')).toMatchObject({
      'task.outcome': 'failure',
      'error.type': 'Error',
      'task.wasted_cost_usd': 0.0035,
    });
    expect(span('task answer').status.message).toBe('broken');
  });

  it('is a success when a run after a failed one succeeded, or when the app says so', async () => {
    const { spans } = startTracing();
    const fail = () => {
      throw new Error('broken');
    };
    const retried = startTask('retried');
    expect(() => retried.run(fail)).toThrow('broken');
    await retried.run(ask);
    retried.end();
    const declared = startTask('declared');
    expect(() => declared.run(fail)).toThrow('broken');
    declared.succeed();
    declared.end();
    const tasks = spans().filter(({ name }) => name.startsWith('task'));
    expect(tasks.map(({ attributes }) => attributes['task.outcome'])).toEqual(['success', 'success']);
    expect(tasks.map(({ status }) => status.code)).toEqual([0, 0]);
  });

  it('can be failed and cancelled by hand', () => {
    const { attributes, span } = startTracing();
    const failed = startTask('failed');
    failed.fail('no reply');
    failed.end();
    expect(attributes('task failed')['task.outcome']).toBe('failure');
    expect(span('task failed').status.message).toBe('no reply');
    const cancelled = startTask('cancelled');
    cancelled.cancel();
    cancelled.end();
    expect(attributes('task cancelled')['task.outcome']).toBe('cancelled');
  });

  it('is part of the task in which it was started, wherever its work runs', async () => {
    const { attributes } = startTracing();
    await withSession('s1', () =>
      withTask('outer', async (outer) => {
        const inner = startTask('inner');
        await withAgent('elsewhere', () => inner.run(ask));
        inner.end();
        expect(outer.totals.costUsd).toBe(0.0035);
      }),
    );
    expect(attributes('task inner')['task.root_id']).toBe(attributes('task outer')['task.id']);
    expect(attributes('invoke_agent elsewhere')['agent.cost_usd']).toBe(0);
  });

  it('holds back calls with its budget', async () => {
    startTracing();
    const task = startTask({ name: 'answer', budgetUsd: 0.003 });
    await task.run(ask);
    await expect(task.run(ask)).rejects.toThrow('budget of task "answer" exceeded');
    task.end();
  });

  it('counts what its generators do', async () => {
    const { attributes } = startTracing();
    const task = startTask('answer');
    const parts = task.run(async function* () {
      await ask();
      yield 1;
    });
    for await (const part of parts) expect(part).toBe(1);
    task.end();
    expect(attributes('task answer')['task.cost_usd']).toBe(0.0035);
  });

  it('counts without an SDK', async () => {
    const task = startTask('answer');
    await task.run(ask);
    task.end();
    expect(task.totals.costUsd).toBe(0.0035);
  });

  it('takes what it gets, but for a wrong budget', () => {
    startTracing();
    startTask(undefined as never).end();
    startTask({ name: '' }).end();
    expect(() => startTask({ name: 'x', budgetUsd: -1 })).toThrow('startTask.budgetUsd');
  });
});

describe('a call beside a started task', () => {
  afterEach(() => void vi.restoreAllMocks());

  /** The warnings where none has been given yet. */
  async function warnings(work: (fresh: typeof import('../../src/index.js')) => void): Promise<string[]> {
    startTracing();
    forgetWarnings();
    const warn = watchDiag();
    work(await import('../../src/index.js'));
    return warn.mock.calls.map(String).filter((message) => message.includes('beside a started task'));
  }

  it('is reported while nothing has run in the task', async () => {
    const said = await warnings((fresh) => {
      const task = fresh.startTask('answer');
      fresh.withLlm('gpt-4o', () => completion(1000, 100));
      fresh.withLlm('gpt-4o', () => completion(1000, 100));
      task.end();
    });
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('run the work with task.run(fn)');
  });

  it('is reported in an outer task as well, and for billable tools', async () => {
    const said = await warnings((fresh) =>
      fresh.withTask('outer', () => {
        const task = fresh.startTask('answer');
        fresh.withTool({ name: 'x', costUsd: 1 }, () => {});
        task.end();
      }),
    );
    expect(said).toHaveLength(1);
  });

  it('is not once work has run in it, after its end, or for calls elsewhere', async () => {
    const said = await warnings((fresh) => {
      const used = fresh.startTask('used');
      used.run(() => fresh.withLlm('gpt-4o', () => completion(1000, 100)));
      fresh.withLlm('gpt-4o', () => completion(1000, 100));
      used.end();
      fresh.startTask('ended').end();
      fresh.withLlm('gpt-4o', () => completion(1000, 100));
      const open = fresh.startTask('open');
      fresh.withTask('another', () => fresh.withLlm('gpt-4o', () => completion(1000, 100)));
      fresh.withTool('local', () => {});
      open.end();
    });
    expect(said).toEqual([]);
  });
});
