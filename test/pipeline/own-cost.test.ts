import type { Attributes } from '@opentelemetry/api';
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
  it('is a double under cost_usd, with its kind and the source of the rate', () => {
    const { attributes } = startTracing();
    chat(1000, 100);
    expect(attributes('chat gpt-4o')).toMatchObject({
      cost_usd: 0.0035,
      'cost.kind': 'llm',
      'cost.source': expect.stringMatching(/^genai-prices\/openai\/gpt-4o@\d+\.\d+\.\d+$/),
    });
  });

  it('of a call at list price has no status, no rate match, no anomaly, no attempt and no saving', () => {
    const { attributes } = startTracing();
    chat(1000, 100);
    for (const key of ['status', 'reason', 'rate_match', 'anomaly', 'attempt', 'saved_usd']) {
      expect(attributes('chat gpt-4o')).not.toHaveProperty([`cost.${key}`]);
    }
  });

  it('never comes with a roll-up of the agent, the step or the session', () => {
    const { attributes } = startTracing();
    withSession('s', () => withTask('t', () => withAgent('a', () => chat(1000, 100))));
    expect(ownKeys(attributes('chat gpt-4o')).sort()).toEqual([
      'cost.kind',
      'cost.source',
      'cost_usd',
      'gen_ai.usage.cost',
      'session.id',
      'task.id',
      'task.name',
    ]);
  });

  it('names its task, the outermost task around that, its session and the nearest agent', () => {
    const { attributes } = startTracing();
    withTask({ name: 'outer', sessionId: 's' }, (outer) => {
      withTask('inner', (inner) => {
        withAgent('planner', () => withAgent('writer', () => chat(1000, 100)));
        expect(attributes('chat gpt-4o')).toMatchObject({
          'task.id': inner.id,
          'task.name': 'inner',
          'task.root_id': outer.id,
          'session.id': 's',
          'gen_ai.agent.name': 'writer',
        });
        for (const name of ['invoke_agent writer', 'invoke_agent planner']) {
          const ids = { 'task.id': inner.id, 'task.root_id': outer.id, 'session.id': 's' };
          expect(attributes(name)).toMatchObject(ids);
        }
      });
      withAgent('reader', () => chat(1000, 100, {}, 'of the outer task'));
      expect(attributes('of the outer task')).toMatchObject({ 'task.id': outer.id, 'task.name': 'outer' });
      expect(attributes('of the outer task')).not.toHaveProperty(['task.root_id']);
    });
    expect(attributes('task inner')['task.root_id']).toBe(attributes('task outer')['task.id']);
    expect(attributes('task outer')).not.toHaveProperty(['task.root_id']);
  });

  it('keeps the name of the agent that an instrumentation wrote itself', () => {
    const { attributes } = startTracing();
    withTask('t', () => withAgent('a', () => chat(1000, 100, { 'gen_ai.agent.name': 'theirs' })));
    expect(attributes('chat gpt-4o')['gen_ai.agent.name']).toBe('theirs');
  });

  it('of a tenth of a micro-dollar is not rounded away', () => {
    const { attributes } = startTracing();
    chat(1, 0, { 'gen_ai.request.model': 'gpt-4o-mini' });
    expect(attributes('chat gpt-4o').cost_usd).toBe(1.5e-7);
  });

  it('is absent when the model has no known price, with the reason', () => {
    const { attributes } = startTracing();
    chat(1000, 100, { 'gen_ai.request.model': 'house-model-7' });
    const llm = attributes('chat gpt-4o');
    expect(llm).toMatchObject({
      'cost.kind': 'llm',
      'cost.status': 'unpriced',
      'cost.reason': 'unknown_model',
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

  it('is the cost on the span itself, as reported, rather than the list price', () => {
    const { attributes } = startTracing();
    chat(1000, 100, { 'gen_ai.usage.cost': 0.5 });
    expect(attributes('chat gpt-4o')).toMatchObject({ cost_usd: 0.5, 'cost.source': 'reported' });
  });

  it('names a discount in the source', () => {
    const { attributes } = startTracing({ cost: { priceFactors: { openai: 0.5 } } });
    chat(1000, 100);
    expect(attributes('chat gpt-4o')).toMatchObject({
      cost_usd: 0.00175,
      'cost.source': expect.stringMatching(/^genai-prices\/.*@[\d.]+;factor=0\.5$/),
    });
  });

  it('shows when the model was matched by an alias or by a prefix', () => {
    const { attributes } = startTracing({ cost: { aliases: { 'our-deployment': 'gpt-4o' } } });
    chat(1000, 100, { 'gen_ai.request.model': 'our-deployment' }, 'by alias');
    const nextModel = { 'gen_ai.provider.name': 'anthropic', 'gen_ai.request.model': 'claude-sonnet-5-5' };
    chat(1000, 100, nextModel, 'by prefix');
    expect(attributes('by alias')).toMatchObject({ cost_usd: 0.0035, 'cost.rate_match': 'alias' });
    expect(attributes('by prefix')).toMatchObject({ 'cost.rate_match': 'prefix' });
  });

  it('has the number of the attempt from the second on', () => {
    const { attributes } = startTracing();
    withLlm({ model: 'gpt-4o', operation: 'first', attempt: 1 }, () => completion(10, 1));
    withLlm({ model: 'gpt-4o', operation: 'second', attempt: 2 }, () => completion(10, 1));
    expect(attributes('first gpt-4o')).not.toHaveProperty(['cost.attempt']);
    expect(attributes('second gpt-4o')).toMatchObject({ 'cost.attempt': 2 });
  });

  it.each<[Attributes]>([
    [{ cost_usd: 7, 'cost.source': 'declared' }],
    [{ 'cost.status': 'unpriced' }],
    [{ 'cost.status': 'not_billed' }],
  ])('is never read again from a span that carries our source or status already: %j', (said) => {
    const { attributes } = startTracing();
    withTask('t', () => chat(1000, 100, said));
    expect(attributes('chat gpt-4o')).toMatchObject(said);
    expect(attributes('chat gpt-4o').cost_usd).toBe(said.cost_usd);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0, 'task.llm_calls': 0 });
  });

  it('is read at the end of the span, not at its start', () => {
    const { attributes } = startTracing();
    const span = foreign().startSpan('late facts');
    span.setAttributes(chatAttributes(1000, 100));
    span.end();
    expect(attributes('late facts').cost_usd).toBe(0.0035);
  });
});

describe('own cost of another kind than the span', () => {
  it('is written below it on a zero-length leaf with the keys of own cost', () => {
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
      'task.id': attributes('task t')['task.id'],
      'task.name': 't',
      'session.id': 's',
      'cost.tag.team': 'growth',
    });
    expect(cost.duration).toEqual([0, 0]);
    expect(cost.parentSpanContext?.spanId).toBe(span('execute_tool embed').spanContext().spanId);
    expect(attributes('execute_tool embed')).not.toHaveProperty('cost_usd');
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.25, 'task.compute_cost_usd': 0.25 });
  });

  it('recorded on a scope is written below the scope, whose span has no own cost', () => {
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
