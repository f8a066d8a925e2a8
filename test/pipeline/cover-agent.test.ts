import { type Attributes, context, type Span, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withAgent, withLlm, withTask, withTool } from '../../src/index.js';
import { chat, chatAttributes, foreign, inSpan, startTracing } from '../support/tracing.js';

const gpt4o = { provider: 'openai', model: 'gpt-4o', operation: 'ours' };
const AGENT = { 'gen_ai.operation.name': 'invoke_agent' };
const TOOL = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'ask_expert' };

type Call = [id: string, input: number, output: number];

/** The result of generateText or of a ToolLoopAgent, as the Vercel AI SDK gives it: figures and ids only. */
function agentResult(...calls: Call[]): object {
  const steps = calls.map(([id, inputTokens, outputTokens]) => ({
    finishReason: 'stop',
    usage: { inputTokens, outputTokens },
    response: { id, modelId: 'gpt-4o' },
  }));
  return { ...steps.at(-1), steps };
}

function begin(name: string, attributes: Attributes, parent?: Span): Span {
  const around = parent === undefined ? context.active() : trace.setSpan(context.active(), parent);
  return foreign().startSpan(name, { attributes }, around);
}

function beginCall([id, input, output]: Call, parent: Span): Span {
  return begin(id, chatAttributes(input, output, { 'gen_ai.response.id': id }), parent);
}

function underSpan(span: Span, work: () => void): void {
  context.with(trace.setSpan(context.active(), span), work);
}

/** Figures without ids: the app gave on what it needed of the result. */
function usageOf(inputTokens: number, outputTokens: number): object {
  return { text: 'found', usage: { inputTokens, outputTokens } };
}

const refused = () => Object.assign(new Error('no such parameter'), { status: 400 });

describe('an agent whose calls end after the withLlm around it', () => {
  const first: Call = ['resp_1', 1000, 100];
  const second: Call = ['resp_2', 2000, 100];

  it.each<[string, Call[], Attributes]>([
    ['of one call', [first], { 'task.cost_usd': 0.0035, 'task.llm_calls': 1 }],
    ['of two calls', [first, second], { 'task.cost_usd': 0.0095, 'task.llm_calls': 1 }],
  ])('is paid for by the response %s', (_, calls, due) => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const late: Span[] = [];
      withLlm(gpt4o, () => {
        const agent = begin('invoke_agent', AGENT);
        late.push(...calls.map((call) => beginCall(call, agent)), agent);
        return agentResult(...calls);
      });
      for (const span of late) span.end();
    });
    for (const [id] of calls) expect(attributes(id)).toMatchObject({ 'cost.not_billed': 'covered' });
    expect(attributes('task t')).toMatchObject({ ...due, 'task.cost_complete': true });
  });

  it('is paid for by the rest of the response where some of its calls had ended', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const late: Span[] = [];
      withLlm(gpt4o, () => {
        const agent = begin('invoke_agent', AGENT);
        beginCall(first, agent).end();
        late.push(beginCall(second, agent), agent);
        return agentResult(first, second);
      });
      for (const span of late) span.end();
    });
    expect(attributes('ours gpt-4o').cost_usd).toBe(0.006);
    expect(attributes('resp_2')).toMatchObject({ 'cost.not_billed': 'covered' });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0095, 'task.llm_calls': 2 });
  });

  it('bills what the response does not name: another call, or more than it says', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const late: Span[] = [];
      withLlm(gpt4o, () => {
        const agent = begin('invoke_agent', AGENT);
        late.push(beginCall(['resp_9', 4000, 0], agent), beginCall(['resp_1', 1000, 300], agent), agent);
        return agentResult(first, second);
      });
      for (const span of late) span.end();
    });
    expect(attributes('resp_9').cost_usd).toBe(0.01);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0195 + 0.001 });
  });

  it('is one call where the withLlm learned nothing: the first that ends tells what it cost', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const late: Span[] = [];
      withLlm(gpt4o, () => {
        const agent = begin('invoke_agent', AGENT);
        late.push(beginCall(first, agent), beginCall(second, agent), agent);
        return 'text';
      });
      for (const span of late) span.end();
    });
    expect(attributes('ours gpt-4o')).toMatchObject({ 'cost.status': 'unpriced' });
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.0095,
      'task.llm_calls': 2,
      'task.cost_complete': true,
    });
  });

  it.each<[string, (agent: Span) => void]>([
    ['a withLlm of the app', (agent) => underSpan(agent, () => withLlm(gpt4o, () => usageOf(1000, 100)))],
    [
      'a withLlm around another agent',
      (agent) =>
        underSpan(agent, () =>
          withLlm(gpt4o, () => {
            inSpan('expert', AGENT, () => chat(1000, 100));
            return 'text';
          }),
        ),
    ],
  ])('is told by %s inside, too', (_, work) => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const late: Span[] = [];
      withLlm({ ...gpt4o, operation: 'run' }, () => {
        late.push(begin('invoke_agent', AGENT));
        return 'text';
      });
      for (const agent of late) {
        work(agent);
        agent.end();
      }
    });
    expect(attributes('run gpt-4o')).toMatchObject({ 'cost.status': 'unpriced' });
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.0035,
      'task.llm_calls': 1,
      'task.cost_complete': true,
    });
  });

  it('is told once: usage that the app records later settles nothing else', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const late: Span[] = [];
      const handle = withLlm(gpt4o, (llm) => {
        const agent = begin('invoke_agent', AGENT);
        late.push(beginCall(first, agent), agent);
        return { llm };
      });
      for (const span of late) span.end();
      withLlm({ ...gpt4o, operation: 'mute' }, () => 'text');
      handle.llm.recordUsage({ inputTokens: 10, outputTokens: 1 });
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_complete': false, 'task.unpriced_calls': 1 });
  });

  it('is one call where nobody learns anything', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const late: Span[] = [];
      withLlm(gpt4o, () => {
        const agent = begin('invoke_agent', AGENT);
        late.push(begin('mute', { 'gen_ai.operation.name': 'chat' }, agent), agent);
        return 'text';
      });
      for (const span of late) span.end();
    });
    expect(attributes('task t')).toMatchObject({
      'task.llm_calls': 1,
      'task.cost_complete': false,
      'task.unpriced_calls': 1,
    });
  });
});

describe('a withLlm that learned nothing around an agent whose calls have ended', () => {
  it('is no call of its own', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm(gpt4o, () => {
        inSpan('invoke_agent', AGENT, () => chat(1000, 100));
        return 'text';
      }),
    );
    expect(attributes('ours gpt-4o')).toMatchObject({ 'cost.not_billed': 'aggregate' });
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.0035,
      'task.llm_calls': 1,
      'task.cost_complete': true,
    });
  });

  it('is none either when the call was refused', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const run = () =>
        withLlm(gpt4o, () => {
          inSpan('invoke_agent', AGENT, () =>
            inSpan('theirs', { 'gen_ai.operation.name': 'chat', 'error.type': '400' }, () => {}),
          );
          throw refused();
        });
      expect(run).toThrow('no such parameter');
    });
    expect(attributes('ours gpt-4o')).toMatchObject({ 'cost.not_billed': 'aggregate', 'error.type': '400' });
    expect(attributes('task t')).toMatchObject({ 'task.llm_calls': 1, 'task.cost_complete': true });
  });

  it.each<[string, (work: () => void) => void]>([
    ['an agent of the app', (work) => withAgent('expert', work)],
    ['a tool', (work) => withTool('ask_expert', work)],
    ['a tool of somebody else', (work) => inSpan('tool', TOOL, work)],
    ['an agent inside a tool', (work) => inSpan('tool', TOOL, () => inSpan('expert', AGENT, work))],
  ])('is one beside the calls of %s', (_, around) => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm(gpt4o, () => {
        around(() => chat(1000, 100));
        return 'text';
      }),
    );
    expect(attributes('task t')).toMatchObject({ 'task.llm_calls': 2, 'task.unpriced_calls': 1 });
  });

  it('is one beside the calls of a tool that the agent uses', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm(gpt4o, () => {
        inSpan('invoke_agent', AGENT, () => inSpan('tool', TOOL, () => chat(1000, 100)));
        return 'text';
      }),
    );
    expect(attributes('task t')).toMatchObject({ 'task.llm_calls': 2, 'task.unpriced_calls': 1 });
  });
});

describe('a response without an id around an agent whose calls have ended', () => {
  const run = (response: object) => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm(gpt4o, () => {
        inSpan('invoke_agent', AGENT, () => {
          chat(1000, 100);
          chat(2000, 100);
        });
        return response;
      }),
    );
    return attributes;
  };

  it('is theirs when it says just what they add up to', () => {
    const attributes = run(usageOf(3000, 200));
    expect(attributes('ours gpt-4o')).toMatchObject({ 'cost.not_billed': 'aggregate' });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0095, 'task.llm_calls': 2 });
  });

  it('is theirs beside calls of a tool that the agent uses', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm(gpt4o, () => {
        inSpan('invoke_agent', AGENT, () => {
          chat(1000, 100);
          inSpan('tool', TOOL, () => chat(2000, 100));
        });
        return usageOf(1000, 100);
      }),
    );
    expect(attributes('ours gpt-4o')).toMatchObject({ 'cost.not_billed': 'aggregate' });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0095, 'task.llm_calls': 2 });
  });

  it('is a call of its own when it says anything else', () => {
    const attributes = run(usageOf(1000, 200));
    expect(attributes('ours gpt-4o').cost_usd).toBe(0.0045);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.014, 'task.llm_calls': 3 });
  });

  it('is a call of its own when it has an id', () => {
    const attributes = run({ ...usageOf(3000, 200), id: 'resp_3' });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.019, 'task.llm_calls': 3 });
  });
});
