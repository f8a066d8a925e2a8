import { describe, expect, it } from 'vitest';
import { withStep } from '../../src/index.js';
import { chat, startTracing } from '../support/tracing.js';

const ODD = { 'gen_ai.usage.cache_read.input_tokens': -1 };

describe('what was wrong with the counts of a call', () => {
  it.each([{}, { 'gen_ai.usage.cost': 0.0025 }])(
    'stands beside its price, reported or not: %o',
    (reported) => {
      const { attributes } = startTracing();
      chat(1000, 0, { ...ODD, ...reported });
      const anomaly = 'negative cache_read.input_tokens';
      expect(attributes('chat gpt-4o')).toMatchObject({ cost_usd: 0.0025, 'cost.anomaly': anomaly });
    },
  );
});

describe('a reported bill', () => {
  it('may differ by a millionth of a dollar, however small it is', () => {
    const { attributes } = startTracing();
    chat(1, 0, { 'gen_ai.usage.cost': 0.000003 });
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.000003);
    expect(attributes('chat gpt-4o')).not.toHaveProperty(['cost.status']);
  });

  it('leaves the context window of the model known', () => {
    const { attributes } = startTracing();
    withStep('turn', () => chat(64_000, 0, { 'gen_ai.usage.cost': 0.16 }));
    expect(attributes('agent_step turn')['cost.context_used_ratio']).toBe(0.5);
  });
});
