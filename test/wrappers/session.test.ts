import { describe, expect, it } from 'vitest';
import { recordCost, type TaskHandle, withAgent, withSession, withTask } from '../../src/index.js';
import { chat, inSpan, ownKeys, startTracing } from '../support/tracing.js';

const inTask = (sessionId: string, costUsd: number, end: (task: TaskHandle) => void = () => {}) =>
  withTask({ name: 't', sessionId }, (task) => {
    recordCost(costUsd);
    end(task);
  });

describe('a session', () => {
  it('has a roll-up on its own span, with its tasks and what one action cost', () => {
    const { attributes } = startTracing();
    const totals = withSession('s', (session) => {
      withTask('won', () => recordCost(1));
      withTask('lost', (task) => {
        recordCost(2);
        task.fail();
      });
      recordCost(4);
      expect(session.id).toBe('s');
      return session.totals;
    });
    expect(attributes('session')).toMatchObject({
      'session.id': 's',
      'session.cost_usd': 7,
      'session.cost_usd_nanos': 7_000_000_000,
      'session.other_cost_usd': 7,
      'session.tasks': 2,
      'session.successful_tasks': 1,
      'session.cost_per_action_usd': 7,
      'session.wasted_cost_usd': 2,
      'session.cost_complete': true,
    });
    expect(totals.costUsd).toBe(7);
  });

  it('has no cost per action while nothing succeeded', () => {
    const { attributes } = startTracing();
    withSession('s', () => withTask('t', (task) => task.fail()));
    expect(attributes('session')).not.toHaveProperty(['session.cost_per_action_usd']);
    expect(attributes('task t')).not.toHaveProperty(['session.cost_per_action_usd']);
  });

  it('divides all of its cost by the actions that its successful tasks delivered', () => {
    const { attributes } = startTracing();
    withSession('s', () => {
      inTask('s', 3, (task) => task.succeed({ actions: 3 }));
      inTask('s', 1, (task) => task.fail());
    });
    expect(attributes('session')['session.cost_per_action_usd']).toBe(4 / 3);
  });

  it('is on every outermost task as the running total at its end, without the rest of its roll-up', () => {
    const { spans } = startTracing();
    inTask('s', 1);
    inTask('s', 2);
    const [first, second] = spans().filter(({ name }) => name === 'task t');
    expect(first?.attributes).toMatchObject({
      'session.id': 's',
      'session.cost_usd': 1,
      'session.cost_usd_nanos': 1_000_000_000,
      'session.tasks': 1,
    });
    expect(second?.attributes).toMatchObject({
      'session.cost_usd': 3,
      'session.tasks': 2,
      'session.successful_tasks': 2,
      'session.cost_per_action_usd': 1.5,
    });
    expect(ownKeys(second?.attributes ?? {}).filter((key) => key.startsWith('session.'))).toHaveLength(6);
  });

  it('counts what a running sibling spent so far', async () => {
    const { attributes } = startTracing();
    let finish = () => {};
    const slow = withTask({ name: 'slow', sessionId: 's' }, async () => {
      recordCost(1);
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    withTask({ name: 'quick', sessionId: 's' }, () => recordCost(2));
    finish();
    await slow;
    expect(attributes('task quick')).toMatchObject({ 'session.cost_usd': 3, 'session.tasks': 1 });
    expect(attributes('task slow')).toMatchObject({ 'session.cost_usd': 3, 'session.tasks': 2 });
  });

  it('counts outermost tasks only; a sub-task only names it', () => {
    const { attributes } = startTracing();
    withTask({ name: 'outer', sessionId: 's' }, () => withTask('inner', () => recordCost(1)));
    expect(attributes('task outer')).toMatchObject({ 'session.tasks': 1, 'session.cost_usd': 1 });
    expect(attributes('task inner')['session.id']).toBe('s');
    expect(attributes('task inner')).not.toHaveProperty(['session.cost_usd']);
  });

  it('goes on counting when it is entered again by its id, in another trace', () => {
    const { spans } = startTracing();
    withSession('s', () => recordCost(1));
    withSession('s', () => recordCost(2));
    inTask('s', 4);
    expect(spans().map(({ attributes }) => attributes['session.cost_usd'])).toEqual([
      undefined,
      1,
      undefined,
      3,
      undefined,
      7,
    ]);
  });

  it('entered inside itself counts everything once', () => {
    const { spans } = startTracing();
    withSession('s', () => withSession('s', () => inTask('s', 1)));
    const totals = spans().map(({ attributes }) => attributes['session.cost_usd']);
    expect(totals.filter((total) => total !== undefined)).toEqual([1, 1, 1]);
  });

  it('is separate from every other session', () => {
    const { spans } = startTracing();
    inTask('a', 1);
    inTask('b', 2);
    const totals = spans().filter(({ name }) => name === 'task t');
    expect(totals.map(({ attributes }) => attributes['session.cost_usd'])).toEqual([1, 2]);
  });

  it('evicted because the table was full starts again, incomplete, and is counted', () => {
    const { cost, spans } = startTracing({ cost: { maxSessions: 1 } });
    inTask('first', 1);
    inTask('second', 1);
    expect(cost.stats.sessionEvictions).toBe(1);
    withSession('first', () => recordCost(2));
    expect(spans().at(-1)?.attributes).toMatchObject({
      'session.cost_usd': 2,
      'session.cost_complete': false,
    });
    expect(cost.stats.sessionEvictions).toBe(2);
  });

  it('with work in it outlasts idle ones in a full table', () => {
    const { attributes } = startTracing({ cost: { maxSessions: 2 } });
    withSession('open', () => {
      recordCost(1);
      for (let index = 0; index < 5; index += 1) inTask(`idle ${index}`, 1);
      withSession('open', () => recordCost(2));
      inSpan('marker', {}, () => {});
    });
    expect(attributes('marker')).toEqual({});
  });
});

describe('the session of a span', () => {
  it('is that of the nearest wrapper, whatever session the span names', () => {
    const { attributes } = startTracing();
    withSession('ours', () => chat(1000, 100, { 'session.id': 'theirs', 'gen_ai.conversation.id': 'c' }));
    expect(attributes('session')['session.cost_usd']).toBe(0.0035);
    expect(attributes('chat gpt-4o')['session.id']).toBe('ours');
  });

  it("is its parent's before its own", () => {
    const { attributes } = startTracing();
    inSpan('root', { 'session.id': 'parent' }, () => {
      chat(1000, 100, { 'session.id': 'child' });
    });
    expect(attributes('root')).toMatchObject({ 'session.id': 'parent', 'session.cost_usd': 0.0035 });
    expect(attributes('chat gpt-4o')['session.id']).toBe('parent');
  });

  it('is its own session.id before its gen_ai.conversation.id', () => {
    const { attributes } = startTracing();
    inSpan('root', { 'gen_ai.conversation.id': 'c', 'session.id': 's' }, () => chat(1000, 100));
    expect(attributes('root')).toMatchObject({ 'session.id': 's', 'session.cost_usd': 0.0035 });
  });

  it('is the conversation if nothing else is named', () => {
    const { attributes } = startTracing();
    inSpan('root', {}, () => {
      chat(1000, 100, { 'gen_ai.conversation.id': 'c' }, 'one');
      chat(1000, 100, { 'gen_ai.conversation.id': 'c' }, 'two');
    });
    expect(attributes('one')['session.id']).toBe('c');
    withTask({ name: 'later', sessionId: 'c' }, () => {});
    expect(attributes('task later')['session.cost_usd']).toBe(0.007);
  });

  it('can have a further attribute for a name', () => {
    const { attributes } = startTracing({ cost: { sessionIdKeys: ['app.chat'] } });
    inSpan('root', { 'app.chat': 'x' }, () => chat(1000, 100));
    expect(attributes('root')).toMatchObject({ 'session.id': 'x', 'session.cost_usd': 0.0035 });
  });

  it('named by the root only after its work began takes over the earlier cost', () => {
    const { attributes } = startTracing();
    inSpan('root', {}, (span) => {
      chat(1000, 100);
      span.setAttribute('session.id', 'late');
      chat(1000, 100);
    });
    expect(attributes('root')).toMatchObject({ 'session.id': 'late', 'session.cost_usd': 0.007 });
  });

  it('named late by the root applies to wrappers below it, and to agents that have started', () => {
    const { attributes } = startTracing();
    inSpan('root', {}, (span) => {
      inSpan('agent', { 'gen_ai.operation.name': 'invoke_agent' }, () => {
        chat(1000, 100);
        span.setAttribute('session.id', 'late');
        inSpan('elsewhere', {}, () => {});
      });
      withAgent('ours', () => chat(1000, 100));
    });
    expect(attributes('root')).toMatchObject({ 'session.id': 'late', 'session.cost_usd': 0.007 });
    withSession('late', () => {});
    expect(attributes('session')).toMatchObject({ 'session.cost_usd': 0.007, 'session.steps': 2 });
  });

  it('named late by the root, after some of its spans had named it, has the whole cost once', () => {
    const { attributes } = startTracing();
    inSpan('root', {}, (span) => {
      chat(1000, 100, {}, 'in none');
      chat(2000, 100, { 'gen_ai.conversation.id': 'c' }, 'in c');
      span.setAttribute('session.id', 'c');
    });
    expect(attributes('root')).toMatchObject({
      'task.cost_usd': 0.0095,
      'session.id': 'c',
      'session.cost_usd': 0.0095,
    });
    withSession('c', ({ totals }) =>
      expect(totals).toMatchObject({ llmCalls: 2, steps: 2, inputTokens: 3000 }),
    );
  });

  it('named late by the root is counted in full if others had been named below', () => {
    const { attributes } = startTracing();
    inSpan('root', {}, (span) => {
      chat(1000, 100, { 'gen_ai.conversation.id': 'c' }, 'in c');
      chat(1000, 100, {}, 'in none');
      chat(1000, 100, { 'gen_ai.conversation.id': 'other' }, 'in another');
      span.setAttribute('session.id', 'c');
    });
    expect(attributes('root')).toMatchObject({ 'task.cost_usd': 0.0105, 'session.cost_usd': 0.0105 });
    withSession('other', ({ totals }) => expect(totals.costUsd).toBe(0.0035));
  });

  it('named late by the root never has half of the cost: the root is then in no session', () => {
    const { attributes } = startTracing();
    inSpan('root', {}, (span) => {
      chat(1000, 100, { 'gen_ai.conversation.id': 'first' }, 'in the first');
      chat(2000, 100, { 'gen_ai.conversation.id': 'c' }, 'in c');
      span.setAttribute('session.id', 'c');
    });
    expect(attributes('root')).toMatchObject({ 'task.cost_usd': 0.0095, 'session.id': 'c' });
    expect(attributes('root')).not.toHaveProperty(['session.cost_usd']);
  });

  it('set on a request before a task begins is the session of the task', () => {
    const { attributes } = startTracing();
    inSpan('POST /chat', {}, (span) => {
      span.setAttribute('session.id', 'of the request');
      withTask('t', () => recordCost(1));
    });
    expect(attributes('task t')).toMatchObject({ 'session.id': 'of the request', 'session.tasks': 1 });
  });

  it('is never invented if none is named', () => {
    const { spans } = startTracing();
    withTask('t', () => withAgent('a', () => chat(1000, 100)));
    for (const { attributes } of spans()) {
      expect(Object.keys(attributes).filter((key) => /^session|conversation/.test(key))).toEqual([]);
    }
  });
});
