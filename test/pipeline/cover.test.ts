import type { Span } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withAgent, withLlm, withStep, withTask, withTool } from '../../src/index.js';
import { chat, chatAttributes, completion, foreign, inSpan, startTracing } from '../support/tracing.js';

const gpt4o = { provider: 'openai', model: 'gpt-4o', operation: 'ours' };

const tokenKeys = (attributes: object) =>
  Object.keys(attributes).filter((key) => /^gen_ai\.usage\..*tokens$/.test(key));

describe('a withLlm around a span that another instrumentation made of the same call', () => {
  it('bills the response it saw; the covered span says why it is not billed', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm(gpt4o, () => {
        chat(1000, 100, {}, 'theirs');
        return completion(1000, 100);
      }),
    );
    expect(attributes('ours gpt-4o')).toMatchObject({ cost_usd: 0.0035, 'cost.kind': 'llm' });
    expect(attributes('theirs')).toMatchObject({ 'cost.not_billed': 'covered', 'gen_ai.usage.cost': 0 });
    expect(attributes('theirs')).not.toHaveProperty('cost_usd');
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.0035,
      'task.llm_calls': 1,
      'task.input_tokens': 1000,
      'task.steps': 1,
    });
  });

  it('knows the cached tokens that the instrumentation dropped', () => {
    const { attributes } = startTracing();
    withLlm(gpt4o, () => {
      chat(1000, 100, {}, 'theirs');
      return completion(1000, 100, {
        usage: {
          prompt_tokens: 1000,
          completion_tokens: 100,
          prompt_tokens_details: { cached_tokens: 1000 },
        },
      });
    });
    expect(attributes('ours gpt-4o')).toMatchObject({
      cost_usd: 0.00225,
      'gen_ai.usage.cache_read.input_tokens': 1000,
    });
  });

  it('writes no token keys that the covered span carries', () => {
    const { attributes } = startTracing();
    withLlm(gpt4o, () => {
      chat(1000, 100, {}, 'theirs');
      return completion(1000, 100);
    });
    expect(tokenKeys(attributes('ours gpt-4o'))).toEqual([]);
    expect(attributes('theirs')['gen_ai.usage.input_tokens']).toBe(1000);
  });

  it('writes none that the covered span carries under older names either', () => {
    const { attributes } = startTracing();
    withLlm(gpt4o, () => {
      inSpan(
        'theirs',
        {
          'gen_ai.system': 'openai',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.usage.prompt_tokens': 1000,
          'gen_ai.usage.completion_tokens': 100,
        },
        () => {},
      );
      return completion(1000, 100);
    });
    expect(attributes('ours gpt-4o').cost_usd).toBe(0.0035);
    expect(tokenKeys(attributes('ours gpt-4o'))).toEqual([]);
  });

  it('bills what is held when it saw no response', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm(gpt4o, () => {
        chat(1000, 100, {}, 'one');
        chat(2000, 100, {}, 'two');
        return 'only the text';
      }),
    );
    expect(attributes('ours gpt-4o').cost_usd).toBe(0.0095);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0095, 'task.input_tokens': 3000 });
  });

  it('bills what is held when it threw', () => {
    const { attributes } = startTracing();
    const boom = new Error('boom');
    expect(() =>
      withTask('t', () =>
        withLlm(gpt4o, () => {
          chat(1000, 100);
          throw boom;
        }),
      ),
    ).toThrow(boom);
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.0035,
      'task.failed_calls': 1,
      'task.wasted_cost_usd': 0.0035,
    });
  });

  it('bills the least that was used where a covered span has an output count that nobody can read', () => {
    const { attributes } = startTracing();
    withTask('t', () => withLlm('gpt-4o', () => chat(1000, 0, { 'gen_ai.usage.output_tokens': 'many' })));
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.0025,
      'task.cost_complete': false,
      'task.unpriced_calls': 1,
    });
  });

  it('knows all of the call when the response has what a covered span could not tell', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm('gpt-4o', () => {
        chat(1000, 0, { 'gen_ai.usage.output_tokens': 'many' });
        return completion(1000, 100);
      }),
    );
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.cost_complete': true });
  });

  it('is unpriced with nothing seen and nothing held', () => {
    const { attributes } = startTracing();
    withLlm(gpt4o, () => {
      inSpan('theirs', { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' }, () => {});
      return 'text';
    });
    expect(attributes('ours gpt-4o')).toMatchObject({ 'cost.status': 'unpriced' });
    expect(attributes('theirs')).not.toHaveProperty('cost_usd');
  });

  it('bills the sum of what is held when the response shows less: a loop that shows its last turn', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm(gpt4o, () => {
        chat(1000, 100, {}, 'turn one');
        chat(2000, 100, {}, 'turn two');
        return completion(2000, 100);
      }),
    );
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0095, 'task.llm_calls': 1 });
  });

  it('then replaces the call with its own response id by the richer record', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm(gpt4o, () => {
        chat(1000, 100, { 'gen_ai.response.id': 'r1' }, 'turn one');
        chat(2000, 100, { 'gen_ai.response.id': 'r2' }, 'turn two');
        return completion(2000, 100, {
          id: 'r2',
          usage: {
            prompt_tokens: 2000,
            completion_tokens: 100,
            prompt_tokens_details: { cached_tokens: 2000 },
          },
        });
      }),
    );
    // 3,500 + (2,000 × 1.25 + 100 × 10) micro-dollars
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.007, 'task.cache_read_tokens': 2000 });
  });

  it('bills the response when it shows more than what is held', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm(gpt4o, () => {
        chat(1000, 50, {}, 'cut short');
        return completion(1000, 100);
      }),
    );
    expect(attributes('task t')['task.cost_usd']).toBe(0.0035);
  });

  it('covers further spans in between, however deep', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm(gpt4o, () =>
        inSpan('ai.generateText', { 'ai.operationId': 'ai.generateText' }, () =>
          inSpan('HTTP POST', {}, () => {
            chat(1000, 100);
            return completion(1000, 100);
          }),
        ),
      ),
    );
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.llm_calls': 1 });
  });

  it('leaves nothing for an aggregate around it to bill', () => {
    const { attributes } = startTracing();
    inSpan('outer', { 'gen_ai.operation.name': 'invoke_agent' }, (span) => {
      withLlm(gpt4o, () => {
        chat(1000, 100, {}, 'theirs');
        return completion(1000, 100);
      });
      span.setAttributes({ 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 100 });
    });
    expect(attributes('outer')).toMatchObject({ 'agent.cost_usd': 0.0035, 'cost.not_billed': 'aggregate' });
  });

  it('covers what ends only after it: the call was billed', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      let end = () => {};
      withLlm(gpt4o, () => {
        inSpan('theirs', chatAttributes(1000, 100), (span) => {
          const ending = span.end.bind(span);
          span.end = () => {};
          end = ending;
        });
        return completion(1000, 100);
      });
      end();
    });
    expect(attributes('theirs')['cost.not_billed']).toBe('covered');
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.llm_calls': 1 });
  });
});

describe('a response that sums up several calls', () => {
  /** The result of generateText with tools, as the Vercel AI SDK gives it: figures and ids only. */
  const result = (...calls: [id: string, input: number, output: number][]) => {
    const steps = calls.map(([id, inputTokens, outputTokens]) => ({
      finishReason: 'stop',
      usage: { inputTokens, outputTokens },
      response: { id, modelId: 'gpt-4o' },
    }));
    return { ...steps.at(-1), steps };
  };

  it('does not bill again the calls that were billed in an agent inside', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm(gpt4o, () => {
        // What @ai-sdk/otel 1.0 records.
        inSpan('invoke_agent', { 'gen_ai.operation.name': 'invoke_agent' }, () => {
          chat(1000, 100, { 'gen_ai.response.id': 'resp_1' }, 'first');
          chat(2000, 100, { 'gen_ai.response.id': 'resp_2' }, 'second');
        });
        return result(['resp_1', 1000, 100], ['resp_2', 2000, 100]);
      }),
    );
    expect(attributes('ours gpt-4o')).toMatchObject({ 'cost.not_billed': 'aggregate' });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0095, 'task.llm_calls': 2 });
  });

  it('bills those that were not', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm(gpt4o, () => {
        inSpan('invoke_agent', { 'gen_ai.operation.name': 'invoke_agent' }, () =>
          chat(1000, 100, { 'gen_ai.response.id': 'resp_1' }, 'first'),
        );
        return result(['resp_1', 1000, 100], ['resp_2', 2000, 100]);
      }),
    );
    expect(attributes('ours gpt-4o')).toMatchObject({ cost_usd: 0.006 });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0095 });
  });
});

describe('a refused call', () => {
  it('is one call, though the span below the wrapper ends after it and shows no usage', async () => {
    const { attributes } = startTracing();
    let late: Span | undefined;
    const refused = Object.assign(new Error('no such parameter'), { status: 400 });
    await withTask('t', () =>
      withLlm(gpt4o, async () => {
        late = foreign().startSpan('theirs', { attributes: { 'gen_ai.operation.name': 'chat' } });
        throw refused;
      }).catch(() => late?.end()),
    );
    expect(attributes('theirs')).not.toHaveProperty('cost.status');
    expect(attributes('task t')).toMatchObject({ 'task.llm_calls': 1, 'task.cost_complete': true });
  });

  it.each(['BadRequestError', '429'])('that a span of its own shows as %s is free', (type) => {
    const { attributes } = startTracing();
    const {
      'gen_ai.usage.input_tokens': _,
      'gen_ai.usage.output_tokens': __,
      ...call
    } = chatAttributes(0, 0);
    inSpan('theirs', { ...call, 'error.type': type }, () => {});
    expect(attributes('theirs')).toMatchObject({ cost_usd: 0, 'cost.status': 'free' });
  });
});

describe('the cover ends', () => {
  it.each<[string, (work: () => void) => void]>([
    ['a wrapped tool', (work) => withTool('x', work)],
    ['a wrapped agent', (work) => withAgent('x', work)],
    ['a wrapped step', (work) => withStep('x', work)],
    ['a wrapped task', (work) => withTask('x', work)],
    ['a foreign tool', (work) => inSpan('x', { 'gen_ai.operation.name': 'execute_tool' }, work)],
    ['a foreign agent', (work) => inSpan('x', { 'gen_ai.operation.name': 'invoke_agent' }, work)],
    ['a foreign step', (work) => inSpan('x', { 'gen_ai.operation.name': 'agent_step' }, work)],
  ])('at %s: what is called in it is a call of its own', (_, around) => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm(gpt4o, () => {
        around(() => chat(2000, 100, {}, 'inner'));
        return completion(1000, 100);
      }),
    );
    expect(attributes('inner').cost_usd).toBe(0.006);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0095, 'task.llm_calls': 2 });
  });
});

function raise(): never {
  throw new Error('away');
}

describe('a withLlm in a withLlm', () => {
  it('bills the call once, on the inner span, when both see the same response', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm({ ...gpt4o, operation: 'outer' }, () => withLlm(gpt4o, () => completion(1000, 100))),
    );
    expect(attributes('ours gpt-4o').cost_usd).toBe(0.0035);
    expect(attributes('outer gpt-4o')).toMatchObject({ 'cost.not_billed': 'aggregate' });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.llm_calls': 1 });
  });

  it('bills the rest on the outer span when that saw more', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm({ ...gpt4o, operation: 'outer' }, () => {
        withLlm(gpt4o, () => completion(1000, 100));
        return completion(3000, 100);
      }),
    );
    expect(attributes('outer gpt-4o').cost_usd).toBe(0.005);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0085, 'task.input_tokens': 3000 });
  });

  it.each<[string, () => unknown, object]>([
    ['known', () => completion(1000, 100), { 'task.cost_usd': 0.0035, 'task.cost_complete': true }],
    ['unpriced', () => 'text', { 'task.unpriced_calls': 1, 'task.cost_complete': false }],
    ['a failure', raise, { 'task.failed_calls': 1, 'task.unpriced_calls': 1 }],
  ])('is no call of its own when it learned nothing and the inner one is %s', (_, inner, expected) => {
    const { attributes } = startTracing();
    withTask('t', () => {
      try {
        withLlm({ ...gpt4o, operation: 'outer' }, () => {
          withLlm(gpt4o, inner);
          return 'text';
        });
      } catch {}
    });
    expect(attributes('outer gpt-4o')).toMatchObject({ 'cost.not_billed': 'aggregate' });
    expect(attributes('task t')).toMatchObject({ 'task.llm_calls': 1, ...expected });
  });

  it('counts a try that fails once, and the next one as its retry', () => {
    const { attributes } = startTracing();
    const request = { model: 'gpt-4o', messages: ['hello'] };
    const ask = (work: () => unknown) =>
      withLlm({ provider: 'openai', request }, () => withLlm({ provider: 'openai', request }, work));
    withTask('t', () => {
      expect(() => ask(raise)).toThrow();
      ask(() => completion(1000, 100));
    });
    expect(attributes('task t')).toMatchObject({
      'task.llm_calls': 2,
      'task.failed_calls': 1,
      'task.retries': 1,
    });
  });
});
