/**
 * Google's ADK keeps the span of an LLM call open while the tools and agents run that the call asked for. Its spans get
 * their attributes after their start: as recorded with @google/adk 2.0.0, names and order included.
 */
import { type Attributes, type Span, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withTask } from '../../src/index.js';
import { inSpan, startTracing } from '../support/tracing.js';

function adkSpan(name: string, work: (span: Span) => void): void {
  trace.getTracer('gcp.vertex.agent').startActiveSpan(name, (span) => {
    work(span);
    span.end();
  });
}

/** The usage is stated before the tools of the call run. */
function adkCall(input: number, output: number, inside?: () => void): void {
  adkSpan('call_llm', (span) => {
    span.setAttributes({
      'gen_ai.system': 'gcp.vertex.agent',
      'gen_ai.request.model': 'gemini-2.5-flash',
      'gen_ai.usage.input_tokens': input,
      'gen_ai.usage.output_tokens': output,
    });
    inside?.();
  });
}

function adkAgent(name: string, inside: () => void): void {
  adkSpan(`invoke_agent ${name}`, (span) => {
    span.setAttributes({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name });
    inside();
  });
}

function adkTool(name: string, inside?: () => void): void {
  adkSpan(`execute_tool ${name}`, (span) => {
    inside?.();
    span.setAttributes({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name });
  });
}

describe("work inside the span of an LLM call of Google's ADK", () => {
  it('that a tool runs is on top of the call, though the span says only at its end that it is a tool', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      adkAgent('capital', () => {
        adkCall(3001, 83, () => adkTool('scout', () => adkAgent('scout', () => adkCall(3109, 89))));
        adkCall(3217, 97);
      }),
    );
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.0034706,
      'task.input_tokens': 9327,
      'task.llm_calls': 3,
      'task.tool_calls': 1,
      'task.cost_complete': true,
    });
  });

  it('of an agent that the call handed over to is on top of the call', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      adkAgent('capital', () =>
        adkCall(1301, 31, () => {
          adkTool('transfer_to_agent');
          adkAgent('scout', () => adkCall(1409, 37));
        }),
      ),
    );
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': 0.000983,
      'task.llm_calls': 2,
      'task.cost_complete': true,
    });
  });

  it('is part of a call whose usage is not known before: an agent that stands for it', () => {
    const { attributes } = startTracing();
    const usage = { 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 100 };
    const chat: Attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' };
    withTask('t', () =>
      inSpan('outer', chat, (outer) => {
        inSpan('agent', { 'gen_ai.operation.name': 'invoke_agent' }, () =>
          inSpan('inner', { ...chat, ...usage }, () => undefined),
        );
        outer.setAttributes(usage);
      }),
    );
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.llm_calls': 1 });
  });
});
