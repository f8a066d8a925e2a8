import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withLlm } from '../../src/index.js';
import { chat, chatAttributes, inSpan, startTracing } from '../support/tracing.js';

/** As many open wrappers are kept with bills. */
const MAX_POCKETS = 1000;

describe('more open wrappers with bills than are kept', () => {
  it('post those of the oldest on spans of their own, once', async () => {
    const { cost, spans, span, attributes } = startTracing();
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const calls: Promise<unknown>[] = [];
    const start = (operation: string, inputTokens: number) =>
      calls.push(
        withLlm({ provider: 'openai', model: 'gpt-4o', operation }, async () => {
          chat(inputTokens, 0, {}, 'inside');
          await opened;
        }),
      );
    const stated = chatAttributes(1000, 0, {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.usage.cost': 0.0025,
    });
    inSpan('agent', stated, () => {
      start('first', 1000);
      context.with(ROOT_CONTEXT, () => {
        start('second', 2000);
        for (let at = 0; at < MAX_POCKETS; at++) start('more', 10);
      });
    });
    const posted = spans().filter(({ name }) => name === 'cost gpt-4o');
    expect(posted.map((each) => each.attributes.cost_usd)).toEqual([0.0025, 0.005]);
    expect(attributes('agent')).toMatchObject({ 'cost.reason': 'aggregate', 'agent.cost_usd': 0.0025 });
    open();
    await Promise.all(calls);
    expect(posted[0]?.parentSpanContext?.spanId).toBe(span('first gpt-4o').spanContext().spanId);
    expect(attributes('first gpt-4o')).not.toHaveProperty('cost_usd');
    const more = spans().filter(({ name }) => name === 'more gpt-4o');
    expect(new Set(more.map((each) => each.attributes.cost_usd))).toEqual(new Set([0.000025]));
    await cost.shutdown();
    const costs = spans().flatMap((each) => each.attributes.cost_usd ?? []);
    expect(costs.reduce<number>((sum, usd) => sum + Number(usd), 0)).toBeCloseTo(0.0325, 9);
    expect(cost.stats.internalErrors).toBe(0);
  });
});
