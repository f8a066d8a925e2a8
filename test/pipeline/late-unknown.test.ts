/** Calls of unknown cost: counted once, in the scopes that know of them, and known once later usage says so. */
import { describe, expect, it } from 'vitest';
import { type LlmHandle, withAgent, withLlm, withStep, withTask } from '../../src/index.js';
import { chat, completion, inSpan, startTracing } from '../support/tracing.js';

const GPT_4O = { provider: 'openai', model: 'gpt-4o' };
const UNKNOWN = { provider: 'openai', model: 'none' };

class Rejected extends Error {
  readonly status = 429;
}

function lateHandle(options: { provider: string; model: string }, error?: Error): LlmHandle {
  let late: LlmHandle | undefined;
  try {
    withLlm(options, (handle) => {
      late = handle;
      if (error !== undefined) throw error;
    });
  } catch {}
  if (late === undefined) throw new Error('no handle');
  return late;
}

describe('late usage', () => {
  it('of a call that was refused, and so known to be free, makes no other call known', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const call = lateHandle(GPT_4O, new Rejected());
      lateHandle(UNKNOWN);
      call.recordUsage({ inputTokens: 1000, outputTokens: 100 });
    });
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.0035,
      'task.cost_complete': false,
      'task.unpriced_calls': 1,
    });
  });

  it('of a refused call alone leaves the task complete', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      lateHandle(GPT_4O, new Rejected()).recordUsage({ inputTokens: 1000, outputTokens: 0 }),
    );
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0025, 'task.cost_complete': true });
    expect(attributes('task t')).not.toHaveProperty('task.unpriced_calls');
  });
});

describe('a call further in that makes a call of unknown usage known', () => {
  /** A span without usage ends in the task, and then an agent below it makes the call. */
  function outerAndInner(model: string) {
    const tracing = startTracing();
    withTask('t', () => {
      const attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' };
      inSpan('chat outer', attributes, (outer) =>
        withAgent('a', () => {
          outer.end();
          withLlm({ provider: 'openai', model }, () => completion(1000, 100, { model }));
        }),
      );
    });
    return tracing;
  }

  it('leaves the agent around it, which did not count that call, complete', () => {
    const { attributes } = outerAndInner('gpt-4o');
    expect(attributes('invoke_agent a')).toMatchObject({
      'agent.cost_usd': 0.0035,
      'agent.cost_complete': true,
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.cost_complete': true });
  });

  it('leaves an agent with an unpriced call incomplete', () => {
    const { attributes } = outerAndInner('none');
    expect(attributes('invoke_agent a')).toMatchObject({
      'agent.cost_complete': false,
      'agent.unpriced_calls': 1,
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_complete': false, 'task.unpriced_calls': 1 });
  });
});

describe('a wrapper with a span of its call inside', () => {
  it('is priced below a sum that ended before and has no price', () => {
    const { spans } = startTracing();
    const sum = {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.response.model': 'none',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 100,
    };
    withTask('t', () =>
      inSpan('invoke_agent f', sum, (agent) => {
        agent.end();
        withLlm(GPT_4O, () => {
          chat(0, 0);
          return completion(1000, 100);
        });
      }),
    );
    expect(spans().map((span) => span.attributes.cost_usd)).toContain(0.0035);
  });

  it('tells the step how much of the context window it filled', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withStep('s', () =>
        withLlm(GPT_4O, () => {
          chat(12_800, 10);
          return completion(12_800, 10);
        }),
      ),
    );
    expect(attributes('agent_step s')).toMatchObject({ 'cost.context_used_ratio': expect.closeTo(0.1, 2) });
  });
});
