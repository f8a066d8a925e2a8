import type { Attributes } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { recordCost, withTool } from '../../src/index.js';
import { chat, chatAttributes, foreign, inSpan, startTracing } from '../support/tracing.js';

const AGENT: Attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'planner' };

describe('a local root that names its session after work has begun', () => {
  it('has all of it in that session, once the next work begins', () => {
    const { attributes } = startTracing();
    inSpan('POST /ask', {}, (root) => {
      chat(1000, 100, {}, 'first');
      root.setAttribute('session.id', 's');
      chat(1000, 100, {}, 'second');
    });
    expect(attributes('second')['session.id']).toBe('s');
    expect(attributes('POST /ask')).toMatchObject({ 'task.cost_usd': 0.007, 'session.cost_usd': 0.007 });
  });

  it('has a call there that had begun before', () => {
    const { attributes } = startTracing();
    inSpan('POST /ask', {}, (root) => {
      const begun = foreign().startSpan('begun', { attributes: chatAttributes(1000, 100) });
      root.setAttribute('session.id', 's');
      chat(1000, 100);
      begun.end();
    });
    expect(attributes('begun')['session.id']).toBe('s');
    expect(attributes('POST /ask')['session.cost_usd']).toBe(0.007);
  });

  it('has it there at its end, too', () => {
    const { attributes } = startTracing();
    inSpan('POST /ask', {}, (root) => {
      chat(1000, 100);
      root.setAttribute('session.id', 's');
    });
    expect(attributes('POST /ask')).toMatchObject({ 'session.id': 's', 'session.cost_usd': 0.0035 });
  });

  it('adds what a call below had not posted to that session by itself', () => {
    const { cost, attributes } = startTracing();
    inSpan('POST /ask', {}, (root) => {
      chat(1000, 100, {}, 'before');
      chat(1000, 100, { 'session.id': 's' }, 'inside');
      chat(1000, 100, {}, 'after');
      root.setAttribute('session.id', 's');
    });
    expect(attributes('POST /ask')).toMatchObject({ 'task.cost_usd': 0.0105, 'session.cost_usd': 0.0105 });
    expect(cost.stats.internalErrors).toBe(0);
  });

  it('leaves the session alone where the first call below had named another one', () => {
    const { attributes } = startTracing();
    inSpan('POST /ask', {}, (root) => {
      chat(1000, 100, { 'session.id': 'other' });
      root.setAttribute('session.id', 's');
    });
    expect(attributes('POST /ask')['task.cost_usd']).toBe(0.0035);
    expect(attributes('POST /ask')).not.toHaveProperty(['session.cost_usd']);
  });
});

describe("another instrumentation's agent", () => {
  it('gives its name and its session to the calls below it', () => {
    const { attributes } = startTracing();
    inSpan('POST /ask', {}, () => inSpan('agent', { ...AGENT, 'session.id': 's' }, () => chat(1000, 100)));
    expect(attributes('chat gpt-4o')).toMatchObject({ 'gen_ai.agent.name': 'planner', 'session.id': 's' });
  });
});

describe("another instrumentation's step", () => {
  it('is work of its own: cost recorded in it does not stand on the tool around it', () => {
    const { attributes } = startTracing();
    withTool({ name: 'search', costUsd: 1 }, () =>
      inSpan('step', { 'gen_ai.operation.name': 'agent_step' }, () => recordCost(2, { kind: 'tool' })),
    );
    expect(attributes('execute_tool search').cost_usd).toBe(1);
  });
});

describe('a span that says what it is at its end alone', () => {
  it('is billed', () => {
    const { attributes } = startTracing();
    inSpan('late', {}, (span) => {
      span.setAttributes(chatAttributes(1000, 100));
    });
    expect(attributes('late').cost_usd).toBe(0.0035);
  });
});
