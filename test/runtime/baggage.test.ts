import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  BudgetExceededError,
  recordCost,
  withAgent,
  withSession,
  withTask,
  withTool,
} from '../../src/index.js';
import { InvalidOptionError } from '../../src/validate.js';
import { chat, foreign, startProcessor, startTracing } from '../support/tracing.js';

/** The headers of a request that goes out here. */
function outgoing(): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}

/** Does some work as the server of a request with these headers, with or without an HTTP span of its own. */
function serve(headers: Record<string, string>, work: () => void, withSpan = true): void {
  const incoming = propagation.extract(ROOT_CONTEXT, headers);
  context.with(incoming, () => {
    if (!withSpan) return work();
    return foreign().startActiveSpan('POST /', { kind: SpanKind.SERVER }, (span) => {
      work();
      span.end();
    });
  });
}

const attribution = { user: 'u 1', team: 'growth', tenant: 'acme' };
const declared = { attributionKeys: ['tenant'] };

describe('attribution in baggage', () => {
  it('does not travel unless the app says so', () => {
    startTracing();
    withTask({ name: 't', attribution }, () => expect(outgoing()).not.toHaveProperty('baggage'));
  });

  it('is not read unless the app says so', () => {
    const { attributes } = startTracing();
    serve({ baggage: 'cost.team=growth' }, () => chat(1000, 100));
    expect(attributes('chat gpt-4o')).not.toHaveProperty(['cost.team']);
  });

  it.each([
    [true, 'user.id=u%201,cost.team=growth,cost.tenant=acme'],
    [['team'], 'cost.team=growth'],
    [[], undefined],
  ])('of the keys %j goes out under the names of its attributes', (baggageAttribution, header) => {
    startTracing({ cost: { ...declared, baggageAttribution } });
    withTask({ name: 't', attribution }, () => expect(outgoing().baggage).toBe(header));
    expect(outgoing()).not.toHaveProperty('baggage');
  });

  it('is what holds at the place, beside what the app put there itself', () => {
    startTracing({ cost: { baggageAttribution: true } });
    const own = propagation.createBaggage({ tier: { value: 'gold' } });
    context.with(propagation.setBaggage(ROOT_CONTEXT, own), () =>
      withSession({ id: 's', attribution: { team: 'growth' } }, () => {
        withTask({ name: 't', attribution: { feature: 'f', team: 'search' } }, () =>
          withAgent('a', () => expect(outgoing().baggage).toBe('tier=gold,cost.team=search,cost.feature=f')),
        );
        expect(outgoing().baggage).toBe('tier=gold,cost.team=growth');
      }),
    );
  });

  it('keeps the task the parent of what starts in it', () => {
    const { span } = startTracing({ cost: { baggageAttribution: true } });
    withTask({ name: 't', attribution }, (task) => {
      expect(trace.getActiveSpan()).toBe(task.span);
      withAgent({ name: 'a', attribution: { feature: 'f' } }, () => chat(1000, 100));
    });
    expect(span('invoke_agent a').parentSpanContext?.spanId).toBe(span('task t').spanContext().spanId);
    expect(span('chat gpt-4o').parentSpanContext?.spanId).toBe(span('invoke_agent a').spanContext().spanId);
  });

  it.each([true, false])('is on every billed span in the other process; HTTP span there: %s', (withSpan) => {
    const { attributes } = startTracing({ cost: { ...declared, baggageAttribution: true } });
    let headers: Record<string, string> = {};
    withTask({ name: 'client', attribution }, () => {
      headers = outgoing();
    });
    serve(
      headers,
      () => withTask({ name: 'server', attribution: { team: 'search' } }, () => chat(1000, 100)),
      withSpan,
    );
    const expected = { 'user.id': 'u 1', 'cost.team': 'search', 'cost.tenant': 'acme' };
    expect(attributes('task server')).toMatchObject(expected);
    expect(attributes('chat gpt-4o')).toMatchObject(expected);
  });

  it('leaves a request without AI below it untouched', () => {
    const { attributes } = startTracing({ cost: { baggageAttribution: true } });
    serve({ baggage: 'cost.team=growth' }, () => {});
    expect(attributes('POST /')).toEqual({});
  });

  it('is left out where it is empty, too long, or of a key that does not travel', () => {
    const { attributes, cost } = startTracing({
      cost: { baggageAttribution: ['team', 'project', 'feature'] },
    });
    const baggage = `cost.team=,cost.project=${'x'.repeat(257)},cost.feature=f,cost.customer=c,cost.usd=9,cost_usd=9`;
    serve({ baggage }, () => withTool({ name: 'x', costUsd: 1 }, () => 1));
    const named = Object.entries(attributes('execute_tool x')).filter(([key]) =>
      /^cost\.(team|project|feature|customer|usd)$/.test(key),
    );
    expect(named).toEqual([['cost.feature', 'f']]);
    expect(attributes('execute_tool x').cost_usd).toBe(1);
    expect(cost.stats.internalErrors).toBe(0);
  });

  it('counts in the budgets of what it names', () => {
    startTracing({ cost: { baggageAttribution: true, budgets: { team: { usd: 1 } } } });
    const ask = () => withTool({ name: 'x', costUsd: 0.6 }, () => recordCost(0));
    serve({ baggage: 'cost.team=growth' }, ask);
    expect(() => serve({ baggage: 'cost.team=growth' }, ask)).toThrow(BudgetExceededError);
    expect(() => serve({ baggage: 'cost.team=search' }, ask)).not.toThrow();
  });

  it.each([['planet'], 'team', 7, ['team', '']])('refuses %j as an option', (baggageAttribution) => {
    expect(() => startProcessor({ baggageAttribution: baggageAttribution as never })).toThrow(
      InvalidOptionError,
    );
  });
});
