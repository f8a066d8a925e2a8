import { context, SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  recordCost,
  type TaskHandle,
  withAgent,
  withLlm,
  withStep,
  withTask,
  withTool,
} from '../../src/index.js';
import type { TaskSummary } from '../../src/runtime/summary.js';
import { completion, startTracing, wait } from '../support/tracing.js';

describe('the outcome of a task', () => {
  const told: TaskSummary[] = [];
  const outcomeOf = (work: (task: TaskHandle) => unknown): unknown => {
    told.length = 0;
    const { attributes } = startTracing({ cost: { onTaskEnd: (summary) => told.push(summary) } });
    try {
      withTask('t', work);
    } catch {}
    const { 'task.outcome': outcome, 'task.actions': actions } = attributes('task t');
    expect(told).toMatchObject([{ taskName: 't', outcome, actions }]);
    return [outcome, actions];
  };

  it('is success with one action when its function returns', () => {
    expect(outcomeOf(() => 1)).toEqual(['success', 1]);
  });

  it('is failure with no action when it throws', () => {
    expect(
      outcomeOf(() => {
        throw new Error('no');
      }),
    ).toEqual(['failure', 0]);
  });

  it.each<[string, (task: TaskHandle) => void, unknown[]]>([
    ['succeed with actions', (task) => task.succeed({ actions: 12 }), ['success', 12]],
    ['fail', (task) => task.fail('not found'), ['failure', 0]],
    ['cancel', (task) => task.cancel(), ['cancelled', 0]],
    ['succeed after fail', (task) => [task.fail(), task.succeed()], ['success', 1]],
  ])('is the one set last with the handle: %s', (_, work, outcome) => {
    expect(outcomeOf(work)).toEqual(outcome);
  });

  it('is cancelled when the consumer of its generator gives up', async () => {
    const { attributes } = startTracing();
    const numbers = withTask('t', async function* () {
      yield 1;
      yield 2;
    });
    for await (const _ of numbers) break;
    expect(attributes('task t')).toMatchObject({ 'task.outcome': 'cancelled', 'task.actions': 0 });
  });

  it('that failed marks the span with the reason', () => {
    const { span } = startTracing();
    withTask('t', (task) => task.fail('not found'));
    expect(span('task t').status).toEqual({ code: SpanStatusCode.ERROR, message: 'not found' });
  });

  it('that failed with an error, as apps without types write it, marks the span with its message', () => {
    const { span } = startTracing();
    withTask('t', (task) => Reflect.apply(task.fail, undefined, [new Error('not found')]));
    expect(span('task t').status).toEqual({ code: SpanStatusCode.ERROR, message: 'not found' });
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('takes %s actions for one', (actions) => {
    expect(outcomeOf((task) => task.succeed({ actions }))).toEqual(['success', 1]);
  });

  it('set after the end is ignored', () => {
    const { attributes } = startTracing();
    const task = withTask('t', (handle) => handle);
    task.fail();
    expect(attributes('task t')['task.outcome']).toBe('success');
  });

  it('set after the end is not in a correction either', () => {
    const { attributes } = startTracing();
    const handles: TaskHandle[] = [];
    let late = context.active();
    withTask('t', (task) => {
      handles.push(task);
      late = context.active();
    });
    for (const task of handles) task.succeed({ actions: 5 });
    context.with(late, () => withTool({ name: 'x', costUsd: 1 }, () => 1));
    expect(attributes('cost correction')).toMatchObject({ 'task.cost_usd': 1, 'task.actions': 1 });
  });
});

describe('the totals of a handle', () => {
  it('can be read at any time, and at the end are the figures of the span', async () => {
    const { attributes } = startTracing();
    const seen: number[] = [];
    const task = await withTask('t', async (handle) => {
      seen.push(handle.totals.costUsd);
      withTool({ name: 'search', costUsd: 0.005 }, () => 1);
      seen.push(handle.totals.costUsd);
      await wait();
      withLlm({ provider: 'openai', model: 'gpt-4o' }, () => completion(1000, 100));
      seen.push(handle.totals.costUsd);
      return handle;
    });
    expect(seen).toEqual([0, 0.005, 0.0085]);
    expect(task.totals).toMatchObject({
      costUsd: 0.0085,
      llmCostUsd: 0.0035,
      toolCostUsd: 0.005,
      inputTokens: 1000,
      outputTokens: 100,
      totalTokens: 1100,
      llmCalls: 1,
      toolCalls: 1,
      costComplete: true,
    });
    expect(attributes('task t')['task.cost_usd']).toBe(task.totals.costUsd);
    expect(attributes('task t')['task.id']).toBe(task.id);
  });

  it('of an agent and a step are their own part alone', () => {
    startTracing();
    withTask('t', () => {
      recordCost(1);
      withAgent('a', (agent) => {
        recordCost(2);
        withStep('s', (step) => {
          recordCost(4);
          expect(step.totals.costUsd).toBe(4);
        });
        expect(agent.totals.costUsd).toBe(6);
      });
    });
  });
});

describe('a task in a task in a task', () => {
  it('names the outermost as its root', () => {
    const { attributes } = startTracing();
    withTask('outer', () => withTask('middle', () => withTask('inner', () => recordCost(1))));
    const root = attributes('task outer')['task.id'];
    expect(attributes('task middle')['task.root_id']).toBe(root);
    expect(attributes('task inner')['task.root_id']).toBe(root);
  });
});
