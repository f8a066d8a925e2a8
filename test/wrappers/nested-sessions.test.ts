import { describe, expect, it } from 'vitest';
import { recordCost, withLlm, withSession, withTask, withTool } from '../../src/index.js';
import { completion, inSpan, startTracing } from '../support/tracing.js';

describe('a session in a session', () => {
  it('counts the tasks inside in both, as their cost', () => {
    const { spans } = startTracing();
    withSession('outer', () =>
      withSession('inner', () => withTask('t', () => withTool({ name: 'x', costUsd: 1 }, () => 1))),
    );
    const stated = spans().filter(({ name }) => name === 'session');
    expect(stated).toHaveLength(2);
    for (const { attributes } of stated) {
      expect(attributes).toMatchObject({
        'session.cost_usd': 1,
        'session.tasks': 1,
        'session.cost_per_action_usd': 1,
      });
    }
  });

  it('goes on counting when a task inside names the one further out', () => {
    startTracing();
    const inner = withSession('outer', () =>
      withSession('inner', (session) => {
        withTask({ name: 'task', sessionId: 'outer' }, () => recordCost(1));
        return session.totals;
      }),
    );
    expect(inner.costUsd).toBe(1);
    expect(withSession('outer', ({ totals }) => totals.costUsd)).toBe(1);
  });
});

describe("a session inside another instrumentation's root span", () => {
  it('counts its steps', () => {
    startTracing();
    const steps = inSpan('root', {}, () =>
      withSession('session', (session) => {
        withLlm({ provider: 'openai', model: 'gpt-4o' }, () => completion(0, 10));
        return session.totals.steps;
      }),
    );
    expect(steps).toBe(1);
  });
});
