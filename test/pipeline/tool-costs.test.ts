import { describe, expect, it } from 'vitest';
import { ActionError, ActionResult, recordCost, withTask, withTool } from '../../src/index.js';
import { inSpan, startTracing } from '../support/tracing.js';

const record = (usd: number) => recordCost(usd, { kind: 'other' });

describe('a tool whose cost includes what is below it', () => {
  it('may be declared once for its name', () => {
    const { attributes } = startTracing({ cost: { tools: { search: { costIncludesChildren: true } } } });
    withTool('search', () => {
      record(0.25);
      return new ActionResult('found', { costUsd: 1 });
    });
    expect(attributes('execute_tool search').cost_usd).toBe(0.75);
  });

  it('includes it in a cost that it returns, and not in one that was declared', () => {
    const { attributes } = startTracing();
    withTool({ name: 'search', costUsd: 1, costIncludesChildren: true }, () => record(0.25));
    expect(attributes('execute_tool search').cost_usd).toBe(1);
  });
});

describe('cost that is recorded in a tool of which the own cost cannot be read', () => {
  it('goes out below it, and is wasted where the tool failed', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      try {
        withTool('search', () => {
          recordCost(1, { kind: 'tool' });
          throw new ActionError('broken', { costUsd: Number.NaN });
        });
      } catch {}
    });
    expect(attributes('execute_tool search')).toMatchObject({
      'cost.status': 'unpriced',
      'cost.reason': 'bad_amount',
    });
    expect(attributes('cost tool').cost_usd).toBe(1);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 1, 'task.wasted_cost_usd': 1 });
  });
});

describe('cost that is recorded in a span inside a tool', () => {
  it('stands on the tool', () => {
    const { attributes } = startTracing();
    withTool('search', () => inSpan('fetch', {}, () => recordCost(1, { kind: 'tool' })));
    expect(attributes('execute_tool search').cost_usd).toBe(1);
  });
});
