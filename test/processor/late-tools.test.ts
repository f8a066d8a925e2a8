/**
 * Mastra's bridge starts its spans without attributes and names them otherwise at their end: `execute_tool …` is known to
 * be a tool only when the agent inside has run. Genkit's tools likewise. As recorded with @mastra/otel-bridge 1.5.4.
 */
import { type Attributes, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withLlm, withTask } from '../../src/index.js';
import { startTracing } from '../support/tracing.js';

/** Says what it is at its end only. */
function mastraSpan(name: string, attributes: Attributes, inside?: () => void): void {
  trace.getTracer('mastra').startActiveSpan('a span', (span) => {
    inside?.();
    span.updateName(name);
    span.setAttributes(attributes);
    span.end();
  });
}

function generation(input: number, output: number, inside?: () => void): void {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'mastra.span.type': 'model_generation',
    'gen_ai.provider.name': 'anthropic.messages',
    'gen_ai.request.model': 'claude-sonnet-4-5',
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': output,
  };
  mastraSpan('chat claude-sonnet-4-5', attributes, inside);
}

function tool(inside: () => void): void {
  const attributes = { 'gen_ai.operation.name': 'execute_tool', 'mastra.span.type': 'tool_call' };
  mastraSpan('execute_tool agent-expert', attributes, inside);
}

function agent(inside: () => void): void {
  const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'mastra.span.type': 'agent_run' };
  mastraSpan('invoke_agent', attributes, inside);
}

/** The expert's 2,609 tokens are not part of the 5,210 of the two calls of the agent that asks it. */
function agentThatAsksAnother(): void {
  agent(() => generation(5210, 246, () => tool(() => agent(() => generation(2609, 167)))));
}

const TOTALS = {
  'task.input_tokens': 7819,
  'task.output_tokens': 413,
  'task.llm_calls': 2,
  'task.cost_usd': 0.029652,
  'task.cost_complete': true,
};

describe('a tool that says only at its end that it is one', () => {
  it('has its work on top of the call around it', () => {
    const { attributes } = startTracing();
    withTask('t', agentThatAsksAnother);
    expect(attributes('task t')).toMatchObject(TOTALS);
    expect(attributes('task t')).not.toHaveProperty('task.estimated_cost_usd');
  });

  it('has its work on top of the call around it inside a withLlm as well', () => {
    const { attributes } = startTracing();
    withTask('t', () => void withLlm({ provider: 'anthropic' }, agentThatAsksAnother));
    expect(attributes('task t')).toMatchObject(TOTALS);
  });

  it('has its work inside the sum that an agent around everything states', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      mastraSpan(
        'invoke_agent all',
        {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.usage.input_tokens': 7819,
          'gen_ai.usage.output_tokens': 413,
        },
        agentThatAsksAnother,
      ),
    );
    expect(attributes('task t')).toMatchObject(TOTALS);
  });
});

describe('a call that says only at its end that it is one, with turns inside', () => {
  const turns = (): void => {
    for (let turn = 0; turn < 3; turn += 1) {
      const attributes = { 'gen_ai.operation.name': 'model_step', 'mastra.span.type': 'model_step' };
      mastraSpan('model_step', attributes, () => {
        if (turn === 0) tool(() => generation(2609, 167));
      });
    }
  };

  it('is as many calls as it has turns, and those of its tools are on top', () => {
    const { attributes } = startTracing();
    withTask('t', () => agent(() => generation(5210, 246, turns)));
    expect(attributes('task t')).toMatchObject({ ...TOTALS, 'task.llm_calls': 4 });
    expect(attributes('task t')).not.toHaveProperty('task.estimated_cost_usd');
  });

  it('is estimated when the price depends on the size of each call', () => {
    const { attributes } = startTracing();
    const loop = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'google',
      'gen_ai.request.model': 'gemini-2.5-pro',
      'gen_ai.usage.input_tokens': 300_000,
      'gen_ai.usage.output_tokens': 3000,
    };
    withTask('t', () => mastraSpan('chat gemini-2.5-pro', loop, turns));
    expect(attributes('chat gemini-2.5-pro')).toMatchObject({
      'cost.status': 'estimated',
      'cost.reason': 'sum_of_calls',
    });
  });
});

describe('a span that only its name calls a tool', () => {
  it('is billed as the call that its attributes show at its end', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      trace.getTracer('app').startActiveSpan('execute_tool summarize', (span) => {
        generation(2609, 167);
        span.setAttributes({
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'anthropic',
          'gen_ai.request.model': 'claude-sonnet-4-5',
          'gen_ai.usage.input_tokens': 5210,
          'gen_ai.usage.output_tokens': 246,
        });
        span.end();
      }),
    );
    // 5,210 × $3 and 246 × $15 per million; the call inside is a part of it.
    expect(attributes('task t')['task.cost_usd']).toBe(0.01932);
    expect(attributes('task t')['task.input_tokens']).toBe(5210);
  });
});
