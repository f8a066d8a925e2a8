/** Attributes for backends on spans that are not billed, and on the wrapper that is. */
import type { Attributes } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withLlm, withTask } from '../../src/index.js';
import { chat, chatAttributes, completion, inSpan, startTracing, wait } from '../support/tracing.js';

const gpt4o = { provider: 'openai', model: 'gpt-4o', operation: 'ours' };

function tokenKeys(attributes: Attributes): string[] {
  return Object.keys(attributes).filter((key) => /^gen_ai\.usage\..*tokens$/.test(key));
}

describe('a span that is not billed', () => {
  it('carries the cost 0 for backends that would price it themselves, and no own cost', () => {
    const { attributes } = startTracing();
    withLlm(gpt4o, () => {
      chat(1000, 100, {}, 'inside');
      return completion(1000, 100);
    });
    inSpan('outer', { ...chatAttributes(1000, 100), 'gen_ai.operation.name': 'invoke_agent' }, () =>
      chat(1000, 100),
    );
    for (const name of ['inside', 'outer']) {
      expect(attributes(name)).toMatchObject({ 'cost.status': 'not_billed', 'gen_ai.usage.cost': 0 });
      expect(attributes(name)).not.toHaveProperty('cost_usd');
      expect(attributes(name)).not.toHaveProperty(['cost.kind']);
      expect(attributes(name)).not.toHaveProperty(['cost.source']);
    }
  });

  it('carries the cost 0 where it is estimated, too', () => {
    const { attributes } = startTracing();
    const stated = { ...chatAttributes(3000, 200), 'gen_ai.operation.name': 'invoke_agent' };
    inSpan('outer', { ...stated, 'gen_ai.usage.cost': 0.001 }, () => chat(3000, 200));
    expect(attributes('outer')).toMatchObject({
      'cost.status': 'estimated',
      'cost.reason': 'reported_differs',
      'agent.estimated_cost_usd': 0.0085,
    });
    expect(attributes('outer')).not.toHaveProperty('cost_usd');
  });
});

describe('a wrapper whose task ended before it', () => {
  it('carries its whole cost for backends, too', async () => {
    const { attributes } = startTracing();
    let call: Promise<unknown> | undefined;
    withTask('t', () => {
      call = withLlm(gpt4o, async () => {
        chat(1000, 100, {}, 'inside');
        await wait();
        return completion(1000, 100);
      });
    });
    await call;
    expect(attributes('ours gpt-4o')).toMatchObject({ cost_usd: 0.0035, 'gen_ai.usage.cost': 0.0035 });
  });
});

describe('a span that repeats a call below it', () => {
  it('says what was wrong with its own counts', () => {
    const { attributes } = startTracing();
    const odd = chatAttributes(1000, 0, { 'gen_ai.usage.cache_read.input_tokens': -1 });
    inSpan('outer', odd, () => chat(3000, 0));
    expect(attributes('outer')).toMatchObject({
      'cost.reason': 'aggregate',
      'cost.anomaly': 'negative cache_read.input_tokens',
    });
  });
});

describe('the token counts of a wrapper', () => {
  it('are written on it if no span inside carries them', () => {
    const { attributes } = startTracing();
    withLlm(gpt4o, () => completion(1000, 100));
    expect(tokenKeys(attributes('ours gpt-4o'))).toEqual([
      'gen_ai.usage.input_tokens',
      'gen_ai.usage.output_tokens',
    ]);
  });

  it('are left to the span inside that carries them, so that backends add them once', () => {
    const { attributes } = startTracing();
    withLlm(gpt4o, () => {
      chat(1000, 100, {}, 'inside');
      return completion(1000, 100);
    });
    expect(tokenKeys(attributes('ours gpt-4o'))).toEqual([]);
    expect(attributes('inside')['gen_ai.usage.input_tokens']).toBe(1000);
  });

  it('are left to the span inside that carries them under older names', () => {
    const { attributes } = startTracing();
    withLlm(gpt4o, () => {
      const older = {
        'gen_ai.system': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.prompt_tokens': 1000,
        'gen_ai.usage.completion_tokens': 100,
      };
      inSpan('inside', older, () => {});
      return completion(1000, 100);
    });
    expect(attributes('ours gpt-4o').cost_usd).toBe(0.0035);
    expect(tokenKeys(attributes('ours gpt-4o'))).toEqual([]);
  });

  it('are written on it if the span inside lacks them', () => {
    const { attributes } = startTracing();
    withLlm(gpt4o, () => {
      chat(1000, 100, {}, 'inside');
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
    expect(tokenKeys(attributes('ours gpt-4o'))).toEqual(['gen_ai.usage.cache_read.input_tokens']);
  });
});

describe('the rest of an aggregate', () => {
  it('is written on a leaf below its span', () => {
    const { span, attributes } = startTracing();
    inSpan('outer', { ...chatAttributes(3000, 200), 'gen_ai.operation.name': 'invoke_agent' }, () =>
      chat(1000, 100),
    );
    expect(attributes('cost outer')).toMatchObject({ cost_usd: 0.006, 'cost.kind': 'llm' });
    expect(span('cost outer').parentSpanContext?.spanId).toBe(span('outer').spanContext().spanId);
    expect(span('cost outer').duration).toEqual([0, 0]);
  });
});

describe('a refused call', () => {
  it.each(['BadRequestError', '429'])('of the type %s on a span of its own is free', (type) => {
    const { attributes } = startTracing();
    const {
      'gen_ai.usage.input_tokens': _,
      'gen_ai.usage.output_tokens': __,
      ...call
    } = chatAttributes(0, 0);
    inSpan('theirs', { ...call, 'error.type': type }, () => {});
    expect(attributes('theirs')).toMatchObject({ cost_usd: 0, 'cost.status': 'free' });
  });

  it('is not a further call of a wrapper around it, which has the type of the error', () => {
    const { attributes } = startTracing();
    const refused = Object.assign(new Error('no such parameter'), { status: 400 });
    const run = () =>
      withLlm(gpt4o, () => {
        inSpan('invoke_agent', { 'gen_ai.operation.name': 'invoke_agent' }, () =>
          inSpan('theirs', { 'gen_ai.operation.name': 'chat', 'error.type': '400' }, () => {}),
        );
        throw refused;
      });
    expect(() => withTask('t', run)).toThrow(refused);
    expect(attributes('ours gpt-4o')).toMatchObject({ 'cost.reason': 'aggregate', 'error.type': '400' });
    expect(attributes('task t')).toMatchObject({ 'task.llm_calls': 1, 'task.cost_complete': true });
  });
});

describe('a withLlm in a withLlm', () => {
  it('counts a try that fails once, and the next one as its retry', () => {
    const { attributes } = startTracing();
    const request = { model: 'gpt-4o', messages: ['hello'] };
    const ask = (work: () => unknown) =>
      withLlm({ provider: 'openai', request }, () => withLlm({ provider: 'openai', request }, work));
    withTask('t', () => {
      expect(() =>
        ask(() => {
          throw new Error('away');
        }),
      ).toThrow('away');
      ask(() => completion(1000, 100));
    });
    expect(attributes('task t')).toMatchObject({
      'task.llm_calls': 2,
      'task.failed_calls': 1,
      'task.retries': 1,
    });
  });
});
