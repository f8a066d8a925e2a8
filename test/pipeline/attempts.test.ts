import { describe, expect, it } from 'vitest';
import {
  ActionError,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
  wrapLlm,
  wrapTool,
} from '../../src/index.js';
import { completion, startTracing, type Tracing, wait } from '../support/tracing.js';

function attemptsOf({ spans }: Tracing, name: string): unknown[] {
  return spans()
    .filter((span) => span.name === name)
    .map(({ attributes }) => attributes['cost.attempt']);
}

/** A $1 tool that fails a given number of times for each argument. */
function failing(
  times: number,
  price: object = { costUsd: 1 },
): (query: unknown, ...more: unknown[]) => unknown {
  const calls = new Map<unknown, number>();
  return wrapTool({ name: 'x', ...price }, (query: unknown) => {
    const call = (calls.get(query) ?? 0) + 1;
    calls.set(query, call);
    if (call <= times) throw new Error('not now');
    return query;
  });
}

function quietly<R>(work: () => R): R | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

describe('a tool called again with the same arguments after it failed', () => {
  it('is an attempt, numbered from 2; the failed ones are wasted and stay in the total', () => {
    const tracing = startTracing();
    const tool = failing(2);
    withTask('t', () => {
      for (let i = 0; i < 4; i++) quietly(() => tool({ a: 1, b: [2] }.a));
    });
    expect(attemptsOf(tracing, 'execute_tool x')).toEqual([undefined, 2, 3, undefined]);
    expect(tracing.attributes('task t')).toMatchObject({
      'task.cost_usd': 4,
      'task.wasted_cost_usd': 2,
      'task.tool_calls': 4,
      'task.failed_calls': 2,
      'task.retries': 2,
    });
  });

  it('is one whatever the order of keys, and none with other arguments, another tool or no failure', () => {
    const tracing = startTracing();
    const tool = wrapTool({ name: 'x', costUsd: 1 }, (_query: object): void => {
      throw new Error('no');
    });
    const other = wrapTool({ name: 'y', costUsd: 1 }, (_query: object) => 1);
    withTask('t', () => {
      quietly(() => tool({ a: 1, b: 2 }));
      quietly(() => tool({ a: 1, b: 3 }));
      quietly(() => tool({ b: 2, a: 1 }));
      other({ a: 1, b: 2 });
      other({ a: 1, b: 2 });
    });
    expect(attemptsOf(tracing, 'execute_tool x')).toEqual([undefined, undefined, 2]);
    expect(attemptsOf(tracing, 'execute_tool y')).toEqual([undefined, undefined]);
  });

  it('is one in a later step of the same agent, and none in another agent or task', () => {
    const tracing = startTracing();
    const tool = failing(9);
    const inAgent = (name: string) =>
      withAgent(name, () => {
        for (let i = 0; i < 2; i++) withStep('turn', () => quietly(() => tool('q')));
      });
    withTask('one', () => {
      inAgent('a');
      inAgent('b');
    });
    withTask('two', () => quietly(() => tool('q')));
    expect(attemptsOf(tracing, 'execute_tool x')).toEqual([undefined, 2, undefined, 2, undefined]);
    expect(tracing.attributes('task one')['task.retries']).toBe(2);
    expect(tracing.attributes('task two')).not.toHaveProperty(['task.retries']);
  });

  it('is one directly in a session, and none outside all scopes', () => {
    const tracing = startTracing();
    const tool = failing(9);
    quietly(() => tool('q'));
    quietly(() => tool('q'));
    withSession('s', () => {
      quietly(() => tool('q'));
      withStep('turn', () => quietly(() => tool('q')));
    });
    expect(attemptsOf(tracing, 'execute_tool x')).toEqual([undefined, undefined, undefined, 2]);
    expect(tracing.attributes('session')['session.retries']).toBe(1);
  });

  it('counts from when it began: calls at the same time are no attempts of each other', async () => {
    const tracing = startTracing();
    const tool = wrapTool({ name: 'x', costUsd: 1 }, async (_query: string): Promise<void> => {
      await wait();
      throw new Error('no');
    });
    await withTask('t', async () => {
      await Promise.allSettled([tool('q'), tool('q')]);
      await Promise.allSettled([tool('q')]);
    });
    expect(attemptsOf(tracing, 'execute_tool x')).toEqual([undefined, undefined, 2]);
  });

  it('is one after a returned ActionError, and is counted where the tool is not billed', () => {
    const { attributes } = startTracing();
    const tool = wrapTool('x', (_query: string) => new ActionError('no'));
    withTask('t', () => [tool('q'), tool('q')]);
    expect(attributes('task t')).toMatchObject({ 'task.failed_calls': 2, 'task.retries': 1 });
  });

  it('is detected in withTool by its option args, and not guessed without it', () => {
    const tracing = startTracing();
    const call = (name: string, args?: unknown[]) =>
      quietly(() =>
        withTool({ name, costUsd: 1, ...(args && { args }) }, () => {
          throw new Error('no');
        }),
      );
    withTask('t', () => {
      for (const args of [['q'], ['r'], ['q']]) call('told', args);
      for (let i = 0; i < 2; i++) call('untold');
    });
    expect(attemptsOf(tracing, 'execute_tool told')).toEqual([undefined, undefined, 2]);
    expect(attemptsOf(tracing, 'execute_tool untold')).toEqual([undefined, undefined]);
  });

  it('is the number that the app sets, and counts on from there', () => {
    const tracing = startTracing();
    const call = (attempt?: number) =>
      quietly(() =>
        withTool({ name: 'x', costUsd: 1, args: ['q'], ...(attempt && { attempt }) }, () => {
          throw new Error('no');
        }),
      );
    withTask('t', () => [call(4), call(), call(1)]);
    expect(attemptsOf(tracing, 'execute_tool x')).toEqual([4, 5, undefined]);
  });

  it('does no harm with arguments of any kind', () => {
    const { cost, attributes } = startTracing();
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const inputs = [cyclic, revoked.proxy, Symbol('x'), 'x'.repeat(2_000_000), new Map(), () => 1, 1n];
    const tool = failing(9);
    withTask('t', () => {
      for (const input of inputs) for (let i = 0; i < 2; i++) quietly(() => tool(input));
    });
    expect(cost.stats.internalErrors).toBe(0);
    // The same map, the same function and the same number.
    expect(attributes('task t')).toMatchObject({ 'task.tool_calls': 14, 'task.retries': 3 });
  });
});

describe('an LLM request sent again after it failed', () => {
  const request = { model: 'gpt-4o', messages: [{ role: 'user', content: 'q' }] };
  const limited = Object.assign(new Error('slow down'), { status: 429 });

  it('is an attempt, by the request, whether wrapped or given', async () => {
    const tracing = startTracing();
    let left = 2;
    const send = async (): Promise<object> => {
      if (left-- > 0) throw limited;
      return completion(1000, 100);
    };
    const ask = wrapLlm({ provider: 'openai' }, (_request: object) => send());
    await withTask('t', async () => {
      await Promise.allSettled([ask(request)]);
      const again = structuredClone(request);
      await Promise.allSettled([withLlm({ provider: 'openai', request: again }, send)]);
      await ask(structuredClone(request));
      await ask({ ...request, messages: [] });
      await ask(request);
    });
    expect(attemptsOf(tracing, 'chat gpt-4o')).toEqual([undefined, 2, 3, undefined, undefined]);
    expect(tracing.attributes('task t')).toMatchObject({
      'task.llm_calls': 5,
      'task.failed_calls': 2,
      'task.retries': 2,
      'task.cost_complete': true,
    });
  });

  it('to another model is none, and neither is one whose request is not known', () => {
    const tracing = startTracing();
    const fail = () => {
      throw limited;
    };
    withTask('t', () => {
      quietly(() => withLlm({ request }, fail));
      quietly(() => withLlm({ request, model: 'gpt-4o-mini' }, fail));
      for (let i = 0; i < 2; i++) quietly(() => withLlm('gpt-4.1', fail));
    });
    expect(tracing.attributes('task t')).not.toHaveProperty(['task.retries']);
  });
});

describe('a call that timed out after it was sent', () => {
  it.each([
    ['AbortError', new DOMException('aborted', 'AbortError')],
    ['TimeoutError', new DOMException('too late', 'TimeoutError')],
    ['APIConnectionTimeoutError', Object.assign(new Error('late'), { name: 'APIConnectionTimeoutError' })],
    ['ETIMEDOUT', Object.assign(new Error('late'), { code: 'ETIMEDOUT' })],
    ['408', Object.assign(new Error('late'), { status: 408 })],
    ['504', Object.assign(new Error('late'), { statusCode: 504 })],
    ['499', Object.assign(new Error('gone'), { status: 499 })],
  ])('by %s is of unknown cost, never 0', async (_name, error) => {
    const { attributes } = startTracing();
    const late = () => Promise.reject(error);
    await withTask('t', async () => {
      await Promise.allSettled([withLlm({ provider: 'openai', model: 'gpt-4o' }, late)]);
      await Promise.allSettled([withTool({ name: 'paid', billable: true }, late)]);
    });
    for (const name of ['chat gpt-4o', 'execute_tool paid']) {
      expect(attributes(name)['cost.status']).toBe('unpriced');
      expect(attributes(name)).not.toHaveProperty(['cost_usd']);
    }
    expect(attributes('task t')).toMatchObject({ 'task.cost_complete': false, 'task.unpriced_calls': 2 });
  });

  it('of a tool with a declared price is billed that', () => {
    const { attributes } = startTracing();
    const late = (): never => {
      throw new DOMException('too late', 'TimeoutError');
    };
    withTask('t', () => quietly(() => withTool({ name: 'paid', costUsd: 0.5 }, late)));
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.5, 'task.wasted_cost_usd': 0.5 });
  });
});
