import { trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { withAgent, withLlm, withStep, withTask, withTool } from 'otel-agent-cost';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecodedSpan } from '../../../test/support/otlp-receiver.js';
import { type Sdk, startSdk } from './sdk.js';

/** Some work, and the work inside it. */
interface Work {
  kind: 'agent' | 'step' | 'tool' | 'llm' | 'foreign' | 'plain';
  inputTokens: number;
  toolCostUsd: number;
  /** How many turns of the event loop it waits before it goes on. */
  waits: number;
  children: Work[];
}

const { work } = fc.letrec<{ work: Work; works: Work[] }>((tie) => ({
  work: fc.record(
    {
      kind: fc.constantFrom('agent', 'step', 'tool', 'llm', 'foreign', 'plain'),
      inputTokens: fc.nat(1_000_000),
      toolCostUsd: fc.double({ min: 0, max: 10, noNaN: true }),
      waits: fc.nat(2),
      children: tie('works'),
    },
    { noNullPrototype: true },
  ),
  works: fc.oneof(
    { depthSize: 'medium' },
    fc.constant<Work[]>([]),
    fc.array(tie('work'), { minLength: 1, maxLength: 4 }),
  ),
}));

const GPT_4O_INPUT_USD = 2.5e-6;
const tracer = trace.getTracer('another instrumentation');

let sdk: Sdk;
beforeAll(async () => {
  sdk = await startSdk();
});
afterAll(() => sdk.shutdown());

describe('on SDK 3', () => {
  it('bills what each call cost', async () => {
    await withTask('known', async () => {
      await run({ kind: 'llm', inputTokens: 1000, toolCostUsd: 0, waits: 1, children: [] });
      await run({ kind: 'foreign', inputTokens: 3000, toolCostUsd: 0, waits: 0, children: [] });
      await run({ kind: 'tool', inputTokens: 0, toolCostUsd: 0.005, waits: 0, children: [] });
    });
    const task = taskOf(await sdk.received());
    expect(task.attributes).toMatchObject({
      'task.cost_usd': 4000 * GPT_4O_INPUT_USD + 0.005,
      'task.llm_cost_usd': 4000 * GPT_4O_INPUT_USD,
      'task.tool_cost_usd': 0.005,
      'task.input_tokens': 4000,
      'task.llm_calls': 2,
      'task.tool_calls': 1,
      'task.cost_complete': true,
    });
  });

  it('conserves every pico-dollar, whatever the nesting and the order of ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(work, { minLength: 1, maxLength: 4 }), async (works) => {
        await withTask('random', () => runAll(works));
        const spans = await sdk.received();
        const { attributes } = taskOf(spans);
        expect(pico(attributes['task.cost_usd'])).toBe(
          sum(spans.map((span) => pico(span.attributes.cost_usd))),
        );
        const parts = ['llm', 'tool', 'compute', 'other'].map((part) =>
          pico(attributes[`task.${part}_cost_usd`]),
        );
        expect(pico(attributes['task.cost_usd'])).toBe(sum(parts));
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves a request without AI untouched', async () => {
    tracer.startActiveSpan('GET /health', (span) => span.end());
    const [span] = await sdk.received();
    expect(span?.attributes).toEqual({});
  });
});

async function run(work: Work): Promise<unknown> {
  for (let turn = 0; turn < work.waits; turn++) await new Promise((resolve) => setImmediate(resolve));
  const inside = () => runAll(work.children);
  switch (work.kind) {
    case 'agent':
      return withAgent('agent', inside);
    case 'step':
      return withStep('step', inside);
    case 'tool':
      return withTool({ name: 'tool', costUsd: work.toolCostUsd }, inside);
    case 'llm':
      return withLlm({ provider: 'openai', model: 'gpt-4o' }, () => respond(work));
    case 'foreign':
      return foreignCall(work);
    case 'plain':
      return tracer.startActiveSpan('plain', (span) => inside().finally(() => span.end()));
  }
}

function runAll(works: Work[]): Promise<unknown> {
  return Promise.all(works.map(run));
}

async function respond({ inputTokens }: Work): Promise<object> {
  return {
    model: 'gpt-4o',
    usage: { prompt_tokens: inputTokens, completion_tokens: 0, total_tokens: inputTokens },
  };
}

function foreignCall({ inputTokens, children }: Work): Promise<unknown> {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
  };
  return tracer.startActiveSpan('chat gpt-4o', { attributes }, (span) => {
    span.setAttributes({ 'gen_ai.usage.input_tokens': inputTokens, 'gen_ai.usage.output_tokens': 0 });
    return runAll(children).finally(() => span.end());
  });
}

function taskOf(spans: DecodedSpan[]): DecodedSpan {
  const [task, ...others] = spans.filter((span) => 'task.outcome' in span.attributes);
  if (task === undefined || others.length > 0) throw new Error(`expected one task, got ${others.length + 1}`);
  return task;
}

function pico(usd: unknown): number {
  return typeof usd === 'number' ? Math.round(usd * 1e12) : 0;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
