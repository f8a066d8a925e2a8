import { describe, expect, it } from 'vitest';
import { withAgent, withLlm, withStep, withTask } from '../../src/index.js';
import { chat, chatAttributes, completion, inSpan, startTracing } from '../support/tracing.js';

const USED = 'cost.context_used_ratio';
const GROWTH = 'cost.context_growth_ratio';
const WINDOW = 128_000;
const inStep = (work: () => unknown) => withTask('t', () => withStep('turn', work));
const ask = (input: number, output: number, model = 'gpt-4o') =>
  withLlm({ provider: 'openai', model }, () => completion(input, output, { model }));

describe('the share of the context window that a call fills', () => {
  it('is input and output against the window of the price list, on the step of the call', () => {
    const { attributes } = startTracing();
    inStep(() => ask(60_000, 4_000));
    expect(attributes('agent_step turn')[USED]).toBe(0.5);
    expect(attributes('chat gpt-4o')).not.toHaveProperty([USED]);
  });

  it("is read of other instrumentations' spans, too", () => {
    const { attributes } = startTracing();
    inStep(() => chat(32_000, 0));
    expect(attributes('agent_step turn')[USED]).toBe(0.25);
    expect(attributes('chat gpt-4o')).not.toHaveProperty([USED]);
  });

  it('is not stated for a model whose window is not known', () => {
    const { attributes } = startTracing({
      cost: { overrides: { 'our-llama': { inputUsdPerMtok: 1, outputUsdPerMtok: 1 } } },
    });
    inStep(() => ask(1000, 100, 'our-llama'));
    expect(attributes('chat our-llama').cost_usd).toBe(0.0011);
    expect(attributes('agent_step turn')).not.toHaveProperty([USED]);
  });

  it('of an own model is stated by the window that the app declares', () => {
    const { attributes } = startTracing({
      cost: { overrides: { 'our-llama': { pricedBy: 'compute', contextWindowTokens: 8000 } } },
    });
    inStep(() => ask(1900, 100, 'our-llama'));
    expect(attributes('agent_step turn')[USED]).toBe(0.25);
  });

  it('is stated with a rate of the app for a listed model', () => {
    const { attributes } = startTracing({ cost: { overrides: { 'gpt-4o': { totalUsdPerMtok: 1 } } } });
    inStep(() => ask(WINDOW / 2, 0));
    expect(attributes('agent_step turn')[USED]).toBe(0.5);
  });

  it('is left out where the tokens are more than fit: then they are those of several calls', () => {
    const { attributes } = startTracing();
    inStep(() => ask(WINDOW, 1));
    expect(attributes('agent_step turn')).not.toHaveProperty([USED]);
  });

  it('is not that of the sum that an aggregate bills', () => {
    const { attributes } = startTracing();
    const { 'gen_ai.operation.name': _, ...usage } = chatAttributes(64_000, 0);
    inStep(() => inSpan('run', { 'ai.operationId': 'ai.generateText', ...usage }, () => chat(16_000, 0)));
    expect(attributes('cost run')).toMatchObject({ cost_usd: 0.12 });
    expect(attributes('agent_step turn')[USED]).toBe(0.125);
  });

  it('is not that of a sum without calls below, which may be several', () => {
    const { attributes } = startTracing();
    const { 'gen_ai.operation.name': _, ...usage } = chatAttributes(64_000, 0);
    inStep(() => inSpan('run', { 'ai.operationId': 'ai.generateText', ...usage }, () => undefined));
    expect(attributes('cost run')).toMatchObject({ cost_usd: 0.16 });
    expect(attributes('agent_step turn')).not.toHaveProperty([USED]);
  });
});

describe('how the context grows over the steps of a loop', () => {
  it('is stated by each step: the fullest of its calls, and how much more than the step before', () => {
    const { spans } = startTracing();
    withTask('t', () =>
      withAgent('a', () => {
        for (const tokens of [16_000, 32_000, 64_000, 8_000]) {
          withStep('turn', () => {
            ask(4_000, 0);
            ask(tokens, 0);
          });
        }
        withStep('idle', () => undefined);
      }),
    );
    const steps = spans().filter(({ name }) => name.startsWith('agent_step'));
    expect(steps.map(({ attributes }) => attributes[USED])).toEqual([0.125, 0.25, 0.5, 0.0625, undefined]);
    expect(steps.map(({ attributes }) => attributes[GROWTH])).toEqual([
      undefined,
      0.125,
      0.25,
      -0.4375,
      undefined,
    ]);
  });

  it('is of each loop alone', () => {
    const { spans } = startTracing();
    withTask('t', () => {
      for (const tokens of [16_000, 64_000]) withAgent('a', () => withStep('turn', () => ask(tokens, 0)));
    });
    const steps = spans().filter(({ name }) => name.startsWith('agent_step'));
    expect(steps.map(({ attributes }) => attributes[GROWTH])).toEqual([undefined, undefined]);
  });
});
