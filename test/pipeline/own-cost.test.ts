import { describe, expect, it } from 'vitest';
import { recordCost, withAgent, withLlm, withSession, withTask, withTool } from '../../src/index.js';
import {
  chat,
  chatAttributes,
  completion,
  foreign,
  inSpan,
  ownKeys,
  startTracing,
} from '../support/tracing.js';

describe('own cost on an LLM span', () => {
  it('is a double under cost_usd, with its kind and where the rate is from', () => {
    const { attributes } = startTracing();
    chat(1000, 100);
    expect(attributes('chat gpt-4o')).toMatchObject({
      cost_usd: 0.0035,
      'cost.kind': 'llm',
      'cost.source': expect.stringMatching(/^genai-prices@\d+\.\d+\.\d+\/openai\/gpt-4o$/),
    });
  });

  it('of a plainly priced call has no status, no rate match, no anomaly, no attempt and no saving', () => {
    const { attributes } = startTracing();
    chat(1000, 100);
    for (const key of ['status', 'rate_match', 'anomaly', 'attempt', 'saved_usd', 'not_billed']) {
      expect(attributes('chat gpt-4o')).not.toHaveProperty([`cost.${key}`]);
    }
  });

  it('never comes with a roll-up of the agent, the step or the session', () => {
    const { attributes } = startTracing();
    withSession('s', () => withTask('t', () => withAgent('a', () => chat(1000, 100))));
    expect(ownKeys(attributes('chat gpt-4o')).sort()).toEqual([
      'cost.context_used_ratio',
      'cost.kind',
      'cost.source',
      'cost_usd',
      'gen_ai.usage.cost',
      'session.id',
      'task.name',
    ]);
  });

  it('of a tenth of a micro-dollar is not rounded away', () => {
    const { attributes } = startTracing();
    chat(1, 0, { 'gen_ai.request.model': 'gpt-4o-mini' });
    expect(attributes('chat gpt-4o').cost_usd).toBe(1.5e-7);
  });

  it('is absent when the model has no known price, and says why', () => {
    const { attributes } = startTracing();
    chat(1000, 100, { 'gen_ai.request.model': 'house-model-7' });
    const llm = attributes('chat gpt-4o');
    expect(llm).toMatchObject({
      'cost.kind': 'llm',
      'cost.status': 'unpriced',
      'cost.source': expect.stringMatching(/^unpriced:./),
    });
    expect(llm).not.toHaveProperty('cost_usd');
    expect(llm).not.toHaveProperty(['gen_ai.usage.cost']);
  });

  it('is 0 and free when the app says that the model costs nothing', () => {
    const { attributes } = startTracing({ cost: { overrides: { 'house-model-7': { free: true } } } });
    chat(1000, 100, { 'gen_ai.request.model': 'house-model-7' });
    expect(attributes('chat gpt-4o')).toMatchObject({
      cost_usd: 0,
      'cost.status': 'free',
      'cost.source': 'override/house-model-7',
    });
  });

  it('takes a cost that the span says itself over the price list, as reported', () => {
    const { attributes } = startTracing();
    chat(1000, 100, { 'gen_ai.usage.cost': 0.5 });
    expect(attributes('chat gpt-4o')).toMatchObject({ cost_usd: 0.5, 'cost.source': 'reported' });
  });

  it('names a discount in the source', () => {
    const { attributes } = startTracing({ cost: { priceFactors: { openai: 0.5 } } });
    chat(1000, 100);
    expect(attributes('chat gpt-4o')).toMatchObject({
      cost_usd: 0.00175,
      'cost.source': expect.stringMatching(/^genai-prices@.*factor=0\.5/),
    });
  });

  it('says so when the model was matched by an alias or by a prefix', () => {
    const { attributes } = startTracing({ cost: { aliases: { 'our-deployment': 'gpt-4o' } } });
    chat(1000, 100, { 'gen_ai.request.model': 'our-deployment' }, 'by alias');
    const nextModel = { 'gen_ai.provider.name': 'anthropic', 'gen_ai.request.model': 'claude-sonnet-5-5' };
    chat(1000, 100, nextModel, 'by prefix');
    expect(attributes('by alias')).toMatchObject({ cost_usd: 0.0035, 'cost.rate_match': 'alias' });
    expect(attributes('by prefix')).toMatchObject({ 'cost.rate_match': 'prefix' });
  });

  it('says which attempt it was from the second on', () => {
    const { attributes } = startTracing();
    withLlm({ model: 'gpt-4o', operation: 'first', attempt: 1 }, () => completion(10, 1));
    withLlm({ model: 'gpt-4o', operation: 'second', attempt: 2 }, () => completion(10, 1));
    expect(attributes('first gpt-4o')).not.toHaveProperty(['cost.attempt']);
    expect(attributes('second gpt-4o')).toMatchObject({ 'cost.attempt': 2 });
  });

  it('is never read again from a span that carries our source already', () => {
    const { attributes } = startTracing();
    withTask('t', () => chat(1000, 100, { cost_usd: 7, 'cost.source': 'declared' }));
    expect(attributes('chat gpt-4o').cost_usd).toBe(7);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0, 'task.llm_calls': 0 });
  });

  it('goes by what the span says at its end, not at its start', () => {
    const { attributes } = startTracing();
    const span = foreign().startSpan('late facts');
    span.setAttributes(chatAttributes(1000, 100));
    span.end();
    expect(attributes('late facts').cost_usd).toBe(0.0035);
  });
});

describe('own cost of another kind than the span', () => {
  it('goes out below it as an instant leaf with the keys of own cost', () => {
    const { span, attributes } = startTracing();
    withSession('s', () =>
      withTask({ name: 't', attribution: { team: 'growth' } }, () =>
        withTool('embed', () => recordCost(0.25, { kind: 'compute', name: 'gpu seconds' })),
      ),
    );
    const cost = span('cost gpu seconds');
    expect(cost.attributes).toEqual({
      cost_usd: 0.25,
      'gen_ai.usage.cost': 0.25,
      'cost.kind': 'compute',
      'cost.source': 'declared',
      'task.name': 't',
      'session.id': 's',
      'cost.team': 'growth',
    });
    expect(cost.duration).toEqual([0, 0]);
    expect(cost.parentSpanContext?.spanId).toBe(span('execute_tool embed').spanContext().spanId);
    expect(attributes('execute_tool embed')).not.toHaveProperty('cost_usd');
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.25, 'task.compute_cost_usd': 0.25 });
  });

  it('recorded on a scope goes out below the scope, whose span has no own cost', () => {
    const { span, attributes } = startTracing();
    withTask('t', () => withAgent('a', () => recordCost(2, { kind: 'network' })));
    expect(attributes('cost network')).toMatchObject({ cost_usd: 2, 'cost.kind': 'network' });
    expect(span('cost network').parentSpanContext?.spanId).toBe(span('invoke_agent a').spanContext().spanId);
    expect(attributes('invoke_agent a')).not.toHaveProperty('cost_usd');
    expect(attributes('task t')).not.toHaveProperty('cost_usd');
  });

  it('adds up over all spans to the total of the task', () => {
    const { spans, attributes } = startTracing();
    withTask('t', () => {
      chat(1000, 100);
      withTool({ name: 'search', costUsd: 0.005 }, () => recordCost(0.1, { kind: 'storage' }));
      inSpan('plain', {}, () => recordCost(0.2, { kind: 'llm' }));
    });
    const sum = spans().reduce((total, { attributes: { cost_usd } }) => total + Number(cost_usd ?? 0), 0);
    expect(sum).toBeCloseTo(0.3085, 12);
    expect(attributes('task t')['task.cost_usd']).toBe(0.3085);
  });
});
