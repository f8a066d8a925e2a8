import { type Attributes, context, propagation, type Span, SpanKind, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  recordCost,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
} from '../../src/index.js';
import type { TaskSummary } from '../../src/runtime/summary.js';
import { chat, completion, foreign, inSpan, ownKeys, startTracing } from '../support/tracing.js';

const taskKeys = (attributes: Attributes) => ownKeys(attributes).filter((key) => key.startsWith('task.'));

describe('an implicit task', () => {
  it('is the local root below which AI work happened: its span id, its name, no outcome', () => {
    const { span, attributes } = startTracing();
    inSpan('POST /ask', {}, () => inSpan('retrieve', {}, () => chat(1000, 100)));
    expect(attributes('POST /ask')).toMatchObject({
      'task.id': span('POST /ask').spanContext().spanId,
      'task.name': 'POST /ask',
      'task.cost_usd': 0.0035,
      'task.llm_calls': 1,
    });
    expect(attributes('POST /ask')).not.toHaveProperty(['task.outcome']);
    expect(attributes('POST /ask')).not.toHaveProperty(['task.actions']);
    expect(attributes('chat gpt-4o')['task.name']).toBe('POST /ask');
  });

  it('leaves a request without AI work untouched: GET /health carries not one key of ours', () => {
    const { spans } = startTracing();
    inSpan('GET /health', { 'http.request.method': 'GET', 'session.id': 's1' }, () =>
      inSpan('SELECT', { 'db.system.name': 'postgresql' }, () => {}),
    );
    expect(spans().map(({ attributes }) => attributes)).toEqual([
      { 'db.system.name': 'postgresql' },
      { 'http.request.method': 'GET', 'session.id': 's1' },
    ]);
  });

  it('leaves the plain spans between the root and the AI work untouched', () => {
    const { attributes } = startTracing();
    inSpan('POST /ask', {}, () =>
      inSpan('retrieve', {}, () => {
        inSpan('SELECT', {}, () => {});
        chat(1000, 100);
      }),
    );
    expect(attributes('retrieve')).toEqual({});
    expect(attributes('SELECT')).toEqual({});
  });

  it('is a span whose parent is in another process, too', () => {
    const { attributes } = startTracing();
    const carrier = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    context.with(propagation.extract(context.active(), carrier), () =>
      inSpan('consume', {}, () => chat(1000, 100)),
    );
    expect(attributes('consume')).toMatchObject({ 'task.name': 'consume', 'task.cost_usd': 0.0035 });
  });

  it('goes by the name that its span has at the end', () => {
    const { attributes } = startTracing();
    inSpan('GET', {}, (span) => {
      chat(1000, 100);
      span.updateName('GET /ask');
    });
    expect(attributes('GET /ask')['task.name']).toBe('GET /ask');
  });

  it('is not stated on a local root above declared tasks', () => {
    const { attributes } = startTracing();
    inSpan('POST /ask', {}, () => {
      withTask('one', () => chat(1000, 100));
      withTask('two', () => chat(1000, 100));
    });
    expect(ownKeys(attributes('POST /ask'))).toEqual([]);
    expect(attributes('task one')).toMatchObject({ 'task.name': 'one', 'task.cost_usd': 0.0035 });
  });

  it('is not stated again on an agent that a declared task is around', () => {
    const { attributes } = startTracing();
    const id = withTask('t', (task) => {
      withAgent('a', () => chat(1000, 100));
      return task.id;
    });
    expect(attributes('invoke_agent a')['task.id']).toBe(id);
    expect(taskKeys(attributes('invoke_agent a'))).toEqual(['task.id']);
  });

  it('is the outermost agent directly in a session, and not the session', () => {
    const { span, attributes } = startTracing();
    withSession('s', () =>
      withAgent('outer', () => {
        chat(1000, 100);
        withAgent('inner', () => chat(1000, 100));
      }),
    );
    expect(attributes('invoke_agent outer')).toMatchObject({
      'task.id': span('invoke_agent outer').spanContext().spanId,
      'task.name': 'invoke_agent outer',
      'task.cost_usd': 0.007,
      'agent.cost_usd': 0.007,
      'session.cost_usd': 0.007,
    });
    expect(attributes('invoke_agent inner')['task.id']).toBe(attributes('invoke_agent outer')['task.id']);
    expect(taskKeys(attributes('invoke_agent inner'))).toEqual(['task.id']);
    expect(taskKeys(attributes('session'))).toEqual([]);
  });

  it('does not count in the tasks of its session', () => {
    const { attributes } = startTracing();
    withSession('s', () => withAgent('a', () => chat(1000, 100)));
    expect(attributes('session')).toMatchObject({ 'session.tasks': 0, 'session.successful_tasks': 0 });
  });

  it.each([
    ['an agent', 'invoke_agent x', () => withAgent('x', () => chat(1000, 100))],
    ['a step', 'agent_step x', () => withStep('x', () => chat(1000, 100))],
    ['a tool', 'execute_tool x', () => withTool('x', () => chat(1000, 100))],
    [
      'an LLM call',
      'chat gpt-4o',
      () => withLlm({ provider: 'openai', model: 'gpt-4o' }, () => completion(1000, 100)),
    ],
  ])('is %s that is the root itself', (_, name, work) => {
    const { span } = startTracing();
    work();
    const root = span(name);
    expect(root.attributes).toMatchObject({
      'task.id': root.spanContext().spanId,
      'task.name': name,
      'task.cost_usd': 0.0035,
    });
  });

  it('that was stated is corrected when a declared task turns up below it', async () => {
    const tracing = startTracing();
    let later: Span | undefined;
    inSpan('root', {}, (root) => {
      later = root;
      chat(0, 100);
    });
    if (later !== undefined) {
      context.with(trace.setSpan(context.active(), later), () => withTask('task', () => recordCost(1)));
    }
    expect(tracing.attributes('root')).toMatchObject({ 'task.cost_usd': 0.001 });
    const corrected: Attributes = tracing.attributes('cost correction');
    expect(corrected).toMatchObject({ 'task.cost_usd': 1.001, 'task.name': 'root' });
  });

  it('is reported to onTaskEnd without an outcome', () => {
    const told: TaskSummary[] = [];
    startTracing({ cost: { onTaskEnd: (summary) => told.push(summary) } });
    inSpan('POST /ask', {}, () => chat(1000, 100));
    inSpan('GET /health', {}, () => {});
    expect(told).toMatchObject([{ taskName: 'POST /ask', outcome: undefined, costUsd: 0.0035 }]);
  });
});

describe("other instrumentations' agent spans", () => {
  it.each(['invoke_agent', 'invoke_workflow'])(
    '%s gets the roll-up of an agent, and the id of its task',
    (operation) => {
      const { span, attributes } = startTracing();
      inSpan('root', {}, () =>
        inSpan('theirs', { 'gen_ai.operation.name': operation }, () => {
          chat(1000, 100);
          chat(2000, 100);
        }),
      );
      expect(attributes('theirs')).toMatchObject({
        'agent.cost_usd': 0.0095,
        'agent.input_tokens': 3000,
        'agent.llm_calls': 2,
        'agent.steps': 2,
        'agent.cost_complete': true,
      });
      expect(attributes('theirs')['task.id']).toBe(span('root').spanContext().spanId);
      expect(taskKeys(attributes('theirs'))).toEqual(['task.id']);
      expect(attributes('root')['task.cost_usd']).toBe(0.0095);
    },
  );

  it('is recognized if its attributes are set only after its start', () => {
    const { attributes } = startTracing();
    inSpan('root', {}, () =>
      inSpan('theirs', {}, (span) => {
        span.setAttribute('gen_ai.operation.name', 'invoke_agent');
        chat(1000, 100);
      }),
    );
    expect(attributes('theirs')['agent.cost_usd']).toBe(0.0035);
  });

  it('sums up work that was started with an explicit context', () => {
    const { attributes } = startTracing();
    const agent = foreign().startSpan('theirs', { attributes: { 'gen_ai.operation.name': 'invoke_agent' } });
    const below = trace.setSpan(context.active(), agent);
    foreign()
      .startSpan(
        'call',
        {
          kind: SpanKind.CLIENT,
          attributes: {
            'gen_ai.operation.name': 'chat',
            'gen_ai.system': 'openai',
            'gen_ai.request.model': 'gpt-4o',
            'gen_ai.usage.prompt_tokens': 1000,
            'gen_ai.usage.completion_tokens': 100,
          },
        },
        below,
      )
      .end();
    agent.end();
    expect(attributes('theirs')['agent.cost_usd']).toBe(0.0035);
  });
});
