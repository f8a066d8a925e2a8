/** A response and the spans inside a `withLlm` that state the same tokens: the richer split counts, on either side. */
import type { Attributes } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withLlm, withTask } from '../../src/index.js';
import { inSpan, startTracing } from '../support/tracing.js';

const CALL = { provider: 'openai', model: 'gpt-4o-mini' };

/** As the AI SDK 5 writes it, which never states the cache there. */
function step(input: number, output: number): void {
  const attributes = {
    'ai.operationId': 'ai.generateText.doGenerate',
    'gen_ai.system': 'openai.responses',
    'gen_ai.request.model': 'gpt-4o-mini',
    'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
    'ai.usage.promptTokens': input,
    'ai.usage.completionTokens': output,
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': output,
  };
  inSpan('ai.generateText.doGenerate', attributes, () => {});
}

function usageOf(input: number, output: number, cached: number): object {
  return { inputTokens: input, outputTokens: output, totalTokens: input + output, cachedInputTokens: cached };
}

function taskOf(work: () => unknown): Attributes {
  const { attributes } = startTracing();
  withTask('t', work);
  return attributes('task t');
}

describe('the same tokens in a response and in the spans inside', () => {
  it('are billed with the cache that the response of a loop states and its spans do not', () => {
    const task = taskOf(() =>
      withLlm(CALL, () => {
        step(6133, 331);
        step(6251, 349);
        const steps = [usageOf(6133, 331, 4096), usageOf(6251, 349, 4103)].map((usage, index) => ({
          finishReason: 'stop',
          usage,
          response: { id: `resp_${index}`, modelId: 'gpt-4o-mini-2024-07-18' },
        }));
        return {
          text: 'x',
          finishReason: 'stop',
          usage: usageOf(6251, 349, 4103),
          totalUsage: usageOf(12_384, 680, 8199),
          response: { id: 'resp_1', modelId: 'gpt-4o-mini-2024-07-18' },
          steps,
        };
      }),
    );
    expect(task).toMatchObject({
      'task.cost_usd': 0.001650675,
      'task.cache_read_tokens': 8199,
      'task.llm_calls': 2,
      'task.cost_complete': true,
    });
    expect(task).not.toHaveProperty('task.estimated_cost_usd');
  });

  it('are billed with the cache that the span states and the response of a framework does not', () => {
    const task = taskOf(() =>
      withLlm(CALL, () => {
        const attributes = {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': 'gpt-4o-mini',
          'gen_ai.usage.input_tokens': 6133,
          'gen_ai.usage.output_tokens': 207,
          'gen_ai.usage.cache_read.input_tokens': 4096,
        };
        inSpan('chat gpt-4o-mini', attributes, () => {});
        return { usage: { inputTokens: 6133, outputTokens: 207, totalTokens: 6340 } };
      }),
    );
    expect(task).toMatchObject({
      'task.cost_usd': 0.00073695,
      'task.cache_read_tokens': 4096,
      'task.llm_calls': 1,
      'task.cost_complete': true,
    });
  });
});
