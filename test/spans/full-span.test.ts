import type { Attributes } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withAgent, withLlm, withSession, withStep, withTask, withTool } from '../../src/index.js';
import { chat, completion, inSpan, startTracing } from '../support/tracing.js';

/** As many attributes as a span takes by default. */
const LIMIT = 128;

function filling(count: number): Attributes {
  const attributes: Attributes = {};
  for (let index = 0; index < count; index += 1) attributes[`message.${index}`] = index;
  return attributes;
}

describe('a span that is full', () => {
  it.each([LIMIT, LIMIT - 1, LIMIT - 3, LIMIT - 8])('has all own-cost keys past %s others', (count) => {
    const { attributes } = startTracing();
    withSession('s', () =>
      withTask({ name: 't', attribution: { team: 'growth' } }, () =>
        inSpan('theirs', {}, (span) => {
          span.setAttributes({
            'gen_ai.operation.name': 'chat',
            'gen_ai.provider.name': 'openai',
            'gen_ai.request.model': 'gpt-4o',
            'gen_ai.usage.input_tokens': 1000,
            'gen_ai.usage.output_tokens': 100,
            ...filling(count - 5),
          });
        }),
      ),
    );
    expect(attributes('theirs')).toMatchObject({
      cost_usd: 0.0035,
      'cost.kind': 'llm',
      'cost.source': expect.any(String),
      'gen_ai.usage.cost': 0.0035,
      'task.name': 't',
      'session.id': 's',
      'cost.tag.team': 'growth',
    });
  });

  it.each<[string, string, string, (work: () => void) => void]>([
    [
      'session',
      'session',
      'session',
      (work) => withSession('s', (h) => [h.span.setAttributes(filling(LIMIT)), work()]),
    ],
    [
      'task',
      'task x',
      'task',
      (work) => withTask('x', (h) => [h.span.setAttributes(filling(LIMIT)), work()]),
    ],
    [
      'agent',
      'invoke_agent x',
      'agent',
      (work) => withTask('t', () => withAgent('x', (h) => [h.span.setAttributes(filling(LIMIT)), work()])),
    ],
    [
      'step',
      'agent_step x',
      'step',
      (work) => withTask('t', () => withStep('x', (h) => [h.span.setAttributes(filling(LIMIT)), work()])),
    ],
    [
      'foreign agent',
      'theirs',
      'agent',
      (work) =>
        inSpan('root', {}, () =>
          inSpan('theirs', { 'gen_ai.operation.name': 'invoke_agent', ...filling(LIMIT) }, work),
        ),
    ],
    ['implicit task', 'root', 'task', (work) => inSpan('root', filling(LIMIT), work)],
  ])('has its whole roll-up: %s', (_, name, P, around) => {
    const { attributes } = startTracing();
    around(() => {
      chat(1000, 100);
      withTool({ name: 'search', costUsd: 1 }, () => 1);
    });
    expect(attributes(name)).toMatchObject({
      [`${P}.cost_usd`]: 1.0035,
      [`${P}.llm_cost_usd`]: 0.0035,
      [`${P}.tool_cost_usd`]: 1,
      [`${P}.input_tokens`]: 1000,
      [`${P}.output_tokens`]: 100,
      ...(P !== 'step' && { [`${P}.cost_usd_nanos`]: 1_003_500_000, [`${P}.cost_complete`]: true }),
    });
  });

  it('of this package has its cost, or the reason why it is not billed', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      withLlm({ provider: 'openai', model: 'gpt-4o' }, (call) => {
        call.span.setAttributes(filling(LIMIT));
        inSpan('theirs', {}, (span) =>
          span.setAttributes({
            'gen_ai.operation.name': 'chat',
            'gen_ai.usage.input_tokens': 1000,
            ...filling(LIMIT),
          }),
        );
        return completion(1000, 100);
      });
      withTool({ name: 'search', costUsd: 1 }, (call) => call.span.setAttributes(filling(LIMIT)));
    });
    expect(attributes('chat gpt-4o')).toMatchObject({ cost_usd: 0.0035, 'task.name': 't' });
    expect(attributes('execute_tool search')).toMatchObject({ cost_usd: 1, 'cost.kind': 'tool' });
    expect(attributes('theirs')).toMatchObject({
      'cost.status': 'not_billed',
      'cost.reason': 'covered',
      'gen_ai.usage.cost': 0,
    });
  });

  it('by a lower limit of the app’s is no different', () => {
    const { attributes } = startTracing({ spanLimits: { attributeCountLimit: 4 } });
    withTask('t', () => withTool({ name: 'search', costUsd: 1 }, () => 1));
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 1, 'task.outcome': 'success' });
    expect(attributes('execute_tool search')).toMatchObject({ cost_usd: 1, 'cost.source': 'declared' });
  });

  it('hides usage that it dropped before we saw it: unknown, not zero', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      inSpan('theirs', { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' }, (span) => {
        span.setAttributes(filling(LIMIT));
        span.setAttribute('gen_ai.usage.input_tokens', 1000);
      }),
    );
    expect(attributes('theirs')).toMatchObject({ 'cost.status': 'unpriced' });
    expect(attributes('task t')['task.cost_complete']).toBe(false);
  });
});
