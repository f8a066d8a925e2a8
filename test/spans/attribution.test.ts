import { describe, expect, it } from 'vitest';
import { recordCost, withAgent, withSession, withStep, withTask, withTool } from '../../src/index.js';
import { watchDiag } from '../support/diag.js';
import { chat, startTracing } from '../support/tracing.js';

describe('attribution', () => {
  it('is on every span with own cost and every roll-up at and below the scope that set it', () => {
    const { attributes, spans } = startTracing();
    const attribution = { user: 'u1', team: 'growth', project: 'p', feature: 'f', customer: 'acme' };
    withSession('s', () =>
      withTask({ name: 't', attribution }, () =>
        withAgent('a', () =>
          withStep('one', () => {
            chat(1000, 100);
            withTool({ name: 'x', costUsd: 1 }, () => recordCost(1, { kind: 'compute' }));
          }),
        ),
      ),
    );
    const set = {
      'user.id': 'u1',
      'cost.tag.team': 'growth',
      'cost.tag.project': 'p',
      'cost.tag.feature': 'f',
      'cost.tag.customer': 'acme',
    };
    expect(spans()).toHaveLength(7);
    for (const { name, attributes: of } of spans()) {
      if (name !== 'session') expect(of, name).toMatchObject(set);
    }
    expect(attributes('session')).not.toHaveProperty(['user.id']);
  });

  it('set further in wins there, and the rest still holds', () => {
    const { attributes } = startTracing();
    withSession({ id: 's', attribution: { user: 'u1', team: 'growth' } }, () =>
      withTask({ name: 't', attribution: { team: 'search' } }, () =>
        withAgent({ name: 'a', attribution: { feature: 'f' } }, () => chat(1000, 100)),
      ),
    );
    expect(attributes('chat gpt-4o')).toMatchObject({
      'user.id': 'u1',
      'cost.tag.team': 'search',
      'cost.tag.feature': 'f',
    });
    expect(attributes('task t')).not.toHaveProperty(['cost.tag.feature']);
    expect(attributes('session')).toMatchObject({ 'cost.tag.team': 'growth' });
  });

  it('takes further keys that are declared, and leaves out all others', () => {
    const { cost, attributes } = startTracing({ cost: { attributionKeys: ['tenant'] } });
    withTask({ name: 't', attribution: { tenant: 'acme', planet: 'mars' } }, () => chat(1000, 100));
    expect(attributes('chat gpt-4o')).toMatchObject({ 'cost.tag.tenant': 'acme' });
    expect(Object.values(attributes('chat gpt-4o'))).not.toContain('mars');
    expect(cost.stats.internalErrors).toBe(0);
  });

  it('that is no text is left out, and harms nothing', () => {
    const { attributes } = startTracing();
    for (const attribution of [{ team: {} }, { team: 0.5 }, { team: null }, null, 'growth', []]) {
      withTask({ name: JSON.stringify(attribution), attribution: attribution as never }, () => {});
      expect(attributes(`task ${JSON.stringify(attribution)}`)).not.toHaveProperty(['cost.tag.team']);
    }
  });

  it('that is a whole number is written as a string: ids often are', () => {
    const { attributes } = startTracing({ cost: { budgets: { user: { usd: 0.05 } } } });
    for (const [name, user] of Object.entries({ number: 42, bigint: 42n })) {
      const attribution = { user } as never;
      const call = () =>
        withTask({ name, attribution }, () => withTool({ name: 'x', costUsd: 0.04 }, () => 1));
      if (name === 'number') call();
      else expect(call).toThrow('budget of user "42"');
      expect(attributes(`task ${name}`)['user.id']).toBe('42');
    }
  });

  it('that is undefined or null keeps the enclosing value, without a warning', () => {
    const warn = watchDiag();
    const { attributes } = startTracing();
    const unknown: { team?: string } = JSON.parse('{"team":null}');
    withTask({ name: 't', attribution: { team: 'growth' } }, () =>
      withAgent({ name: 'a', attribution: { ...unknown, tenant: undefined } }, () => recordCost(1)),
    );
    expect(attributes('cost other')).toMatchObject({ 'cost.tag.team': 'growth' });
    expect(warn).not.toHaveBeenCalled();
  });

  it('under a former name on a span is ignored, and the new name is reported once', () => {
    const warn = watchDiag();
    startTracing();
    for (const _ of [1, 2]) chat(1000, 100, { 'cost.feature': 'f' });
    expect(
      warn.mock.calls
        .flat()
        .join('\n')
        .match(/"cost\.tag\.feature"/g),
    ).toHaveLength(1);
  });

  it('under the name of its attribute is reported with the key', () => {
    const warn = watchDiag();
    startTracing();
    withTask({ name: 't', attribution: { 'cost.team': 'growth' } }, () => {});
    expect(warn.mock.calls.flat().join('\n')).toContain('did you mean "team"?');
  });

  it('is not on spans without own cost and roll-up', () => {
    const { attributes } = startTracing();
    withTask({ name: 't', attribution: { team: 'growth' } }, () => withTool('local', () => 1));
    expect(attributes('execute_tool local')).not.toHaveProperty(['cost.tag.team']);
  });
});

describe('a budget', () => {
  it('is stated on the task, with whether it was reached', () => {
    const { attributes } = startTracing();
    withTask({ name: 'within', budgetUsd: 1 }, () => recordCost(0.999999999999));
    withTask({ name: 'over', budgetUsd: 1 }, () => recordCost(1));
    withTask('none', () => recordCost(1));
    expect(attributes('task within')).toMatchObject({ 'task.budget_usd': 1, 'task.over_budget': false });
    expect(attributes('task over')).toMatchObject({ 'task.budget_usd': 1, 'task.over_budget': true });
    expect(attributes('task none')).not.toHaveProperty(['task.budget_usd']);
    expect(attributes('task none')).not.toHaveProperty(['task.over_budget']);
  });

  it('that is crossed is flagged on the leaf that crosses it, and on no other', () => {
    const { attributes } = startTracing();
    withTask({ name: 'outer', budgetUsd: 2 }, () =>
      withTask('inner', () => {
        for (const name of ['one', 'two', 'three', 'four']) recordCost(1, { name });
      }),
    );
    const flags = ['one', 'two', 'three', 'four'].map(
      (name) => attributes(`cost ${name}`)['task.over_budget'],
    );
    expect(flags).toEqual([undefined, undefined, true, undefined]);
    expect(attributes('task outer')['task.over_budget']).toBe(true);
  });
});
