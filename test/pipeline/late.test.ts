import { context, type Span, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  type LlmHandle,
  recordCost,
  recordUsage,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
} from '../../src/index.js';
import { chatAttributes, completion, foreign, ownKeys, startTracing, wait } from '../support/tracing.js';

/** A gate that the test opens. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('usage that arrives after its span ended', () => {
  it('is written on a child span with own cost, and the open task includes it', () => {
    const { span, attributes } = startTracing();
    withTask('t', () => {
      let call: LlmHandle | undefined;
      withLlm({ provider: 'openai', model: 'gpt-4o' }, (handle) => {
        call = handle;
      });
      call?.recordUsage({ inputTokens: 1000, outputTokens: 100 });
    });
    expect(attributes('chat gpt-4o')).toMatchObject({ 'cost.status': 'unpriced' });
    expect(attributes('cost gpt-4o')).toMatchObject({
      cost_usd: 0.0035,
      'cost.kind': 'llm',
      'task.name': 't',
    });
    expect(span('cost gpt-4o').parentSpanContext?.spanId).toBe(span('chat gpt-4o').spanContext().spanId);
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.0035,
      'task.input_tokens': 1000,
      'task.llm_calls': 1,
      'task.cost_complete': true,
    });
  });

  it('is billed for the part above the usage of the response', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      let call: LlmHandle | undefined;
      withLlm({ provider: 'openai', model: 'gpt-4o' }, (handle) => {
        call = handle;
        return completion(1000, 0);
      });
      call?.recordUsage({ inputTokens: 1600, outputTokens: 0 });
    });
    expect(attributes('cost gpt-4o')).toMatchObject({
      cost_usd: 0.0015,
      'cost.status': 'estimated',
      'cost.reason': 'partial_statement',
    });
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.004,
      'task.estimated_cost_usd': 0.0015,
      'task.input_tokens': 1600,
      'task.llm_calls': 1,
    });
  });

  it.each([1000, 600])(
    'of %d tokens, which is no more than in the response, changes nothing',
    (inputTokens) => {
      const { spans, attributes } = startTracing();
      withTask('t', () => {
        let call: LlmHandle | undefined;
        withLlm({ provider: 'openai', model: 'gpt-4o' }, (handle) => {
          call = handle;
          return completion(1000, 0);
        });
        call?.recordUsage({ inputTokens, outputTokens: 0 });
      });
      expect(spans().map(({ name }) => name)).toEqual(['chat gpt-4o', 'task t']);
      expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0025, 'task.llm_calls': 1 });
    },
  );

  it('after the end of the task corrects the task, too', () => {
    const { cost, attributes } = startTracing();
    let call: LlmHandle | undefined;
    const task = withTask({ name: 't', sessionId: 's' }, (handle) => {
      withLlm({ provider: 'openai', model: 'gpt-4o' }, (llm) => {
        call = llm;
      });
      return handle;
    });
    expect(attributes('task t')['task.cost_complete']).toBe(false);
    call?.recordUsage({ inputTokens: 1000, outputTokens: 100 });
    expect(attributes('cost correction')).toMatchObject({
      'task.id': task.id,
      'session.id': 's',
      'task.cost_usd': 0.0035,
      'task.cost_complete': true,
      'session.cost_usd': 0.0035,
    });
    expect(attributes('cost correction')).not.toHaveProperty(['task.unpriced_calls']);
    expect(task.totals).toMatchObject({ costUsd: 0.0035, costComplete: true });
    expect(cost.stats.corrections).toBe(1);
  });
});

describe('a scope that ended before a descendant', () => {
  it('is written again on one zero-length span without own cost, with its ids', async () => {
    const { span, attributes } = startTracing();
    const { opened, open } = gate();
    let late: Promise<unknown> | undefined;
    const task = withTask({ name: 't', sessionId: 's', attribution: { team: 'growth' } }, (handle) => {
      recordCost(1);
      late = withTool({ name: 'slow', costUsd: 2 }, () => opened);
      return handle;
    });
    expect(attributes('task t')['task.cost_usd']).toBe(1);
    open();
    await late;
    const correction = span('cost correction');
    expect(correction.duration).toEqual([0, 0]);
    expect(correction.attributes).toMatchObject({
      'task.id': task.id,
      'task.name': 't',
      'task.outcome': 'success',
      'session.id': 's',
      'task.cost_usd': 3,
      'task.tool_calls': 1,
      'task.cost_complete': true,
      'session.cost_usd': 3,
      'session.tasks': 1,
      'cost.tag.team': 'growth',
    });
    expect(
      ownKeys(correction.attributes).filter((key) => /^cost_usd$|^cost\.(kind|source)/.test(key)),
    ).toEqual([]);
    expect(correction.spanContext().traceId).toBe(span('task t').spanContext().traceId);
    expect(task.totals.costUsd).toBe(3);
  });

  it('is corrected for each late descendant: the last statement is right', async () => {
    const { spans } = startTracing();
    const [first, second] = [gate(), gate()];
    const late: Promise<unknown>[] = [];
    withTask('t', () => {
      late.push(withTool({ name: 'a', costUsd: 1 }, () => first.opened));
      late.push(withTool({ name: 'b', costUsd: 2 }, () => second.opened));
    });
    second.open();
    await late[1];
    first.open();
    await late[0];
    const stated = spans().map(({ attributes }) => attributes['task.cost_usd']);
    expect(stated.filter((total) => total !== undefined)).toEqual([0, 2, 3]);
  });

  it('is each corrected on its own: agent, step and session', async () => {
    const { spans } = startTracing();
    const { opened, open } = gate();
    let late: Promise<unknown> | undefined;
    withSession('s', () => {
      withTask('t', () =>
        withAgent('a', () =>
          withStep('one', () => {
            late = withTool({ name: 'slow', costUsd: 2 }, () => opened);
          }),
        ),
      );
    });
    open();
    await late;
    const corrections = spans().filter(({ name }) => name === 'cost correction');
    const last = Object.assign({}, ...corrections.map(({ attributes }) => attributes));
    expect(last).toMatchObject({
      'step.cost_usd': 2,
      'agent.cost_usd': 2,
      'task.cost_usd': 2,
      'session.cost_usd': 2,
    });
    expect(corrections).toHaveLength(4);
    const parents = corrections.map(({ parentSpanContext }) => parentSpanContext?.spanId);
    const scopes = spans().filter(({ name }) => /^(agent_step|invoke_agent|task|session)/.test(name));
    expect(new Set(parents)).toEqual(new Set(scopes.map((scope) => scope.spanContext().spanId)));
  });

  it('needs none when what ended late cost nothing', async () => {
    const { cost } = startTracing();
    let late: Promise<unknown> | undefined;
    withTask('t', () => {
      late = withAgent('idle', () => wait());
    });
    await late;
    expect(cost.stats.corrections).toBe(0);
  });

  it('that failed counts what comes late as wasted', async () => {
    const { attributes } = startTracing();
    const { opened, open } = gate();
    let late: Promise<unknown> | undefined;
    withTask('t', (task) => {
      late = withTool({ name: 'slow', costUsd: 2 }, () => opened);
      task.fail();
    });
    open();
    await late;
    expect(attributes('cost correction')).toMatchObject({ 'task.cost_usd': 2, 'task.wasted_cost_usd': 2 });
  });

  it('inside one that still runs is corrected, and the outer one simply has it', async () => {
    const { attributes } = startTracing();
    await withTask('outer', async () => {
      let late: Promise<unknown> | undefined;
      withTask('inner', () => {
        late = withTool({ name: 'slow', costUsd: 2 }, () => wait());
      });
      await late;
    });
    expect(attributes('cost correction')).toMatchObject({ 'task.name': 'inner', 'task.cost_usd': 2 });
    expect(attributes('task outer')['task.cost_usd']).toBe(2);
  });

  it("may be an implicit task of other instrumentations' spans", () => {
    const { attributes } = startTracing();
    let call: Span | undefined;
    foreign().startActiveSpan('POST /ask', (root) => {
      call = foreign().startSpan('chat', { attributes: chatAttributes(1000, 100) });
      root.end();
    });
    // The call is open, so its cost is unknown.
    expect(attributes('POST /ask')).toMatchObject({
      'task.name': 'POST /ask',
      'task.cost_usd': 0,
      'task.llm_calls': 0,
      'task.cost_complete': false,
      'task.unpriced_calls': 1,
    });
    call?.end();
    expect(attributes('cost correction')).toMatchObject({
      'task.name': 'POST /ask',
      'task.cost_usd': 0.0035,
      'task.llm_calls': 1,
      'task.cost_complete': true,
    });
    expect(attributes('chat').cost_usd).toBe(0.0035);
  });
});

describe('work that starts after its scope has ended', () => {
  it('in the scope’s context is late work of that scope', () => {
    const { attributes } = startTracing();
    const ctx = withTask('t', () => context.active());
    context.with(ctx, () => recordCost(2));
    expect(attributes('cost correction')).toMatchObject({ 'task.name': 't', 'task.cost_usd': 2 });
  });

  it('below the span of an ended call is posted to the scopes around that call', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const ended = withTool('tool', (call) => call.span);
      context.with(trace.setSpan(context.active(), ended), () =>
        recordUsage({ inputTokens: 1000, outputTokens: 100, model: 'gpt-4o', provider: 'openai' }),
      );
    });
    expect(attributes('task t')['task.cost_usd']).toBe(0.0035);
  });
});

describe('scopes that ended from the outermost inward', () => {
  it('are corrected each, however many they are', async () => {
    const { spans } = startTracing();
    const { opened, open } = gate();
    const nested = (depth: number): Promise<void> =>
      withAgent('a', async () => {
        if (depth > 0) void nested(depth - 1);
        else await opened.then(() => recordCost(1));
      });
    const deepest = withTask('t', () => nested(40));
    await wait();
    open();
    await deepest;
    await wait();
    const corrections = spans().filter(({ name }) => name === 'cost correction');
    expect(corrections.filter(({ attributes }) => attributes['agent.cost_usd'] === 1)).toHaveLength(40);
    expect(corrections.filter(({ attributes }) => attributes['task.cost_usd'] === 1)).toHaveLength(1);
  });
});

describe('a step that is declared late', () => {
  it('corrects how many the task had', () => {
    const { spans } = startTracing();
    const inTask = withTask({ name: 't', sessionId: 's' }, () => context.active());
    context.with(inTask, () => withStep('late', () => 1));
    const [correction] = spans().filter(({ name }) => name === 'cost correction');
    expect(correction?.attributes).toMatchObject({ 'task.steps': 1 });
  });

  it('corrects the session that it is in', () => {
    const { spans } = startTracing();
    const inSession = withSession('s', () => context.active());
    context.with(inSession, () => withTask('t', () => withStep('late', () => 1)));
    const [correction] = spans().filter(({ name }) => name === 'cost correction');
    expect(correction?.attributes).toMatchObject({ 'session.steps': 1 });
  });
});

describe('a span that never ends', () => {
  it('keeps nothing that was known from its task', async () => {
    const { attributes } = startTracing();
    await withTask('t', async () => {
      void withAgent('stuck', async () => {
        recordCost(1);
        await new Promise(() => {});
      });
      foreign().startSpan('stuck chat', { attributes: chatAttributes(1000, 100) });
      recordCost(2);
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 3, 'task.outcome': 'success' });
  });
});
