import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../src/errors.js';
import {
  BudgetExceededError,
  recordCost,
  withAgent,
  withSession,
  withTask,
  withTool,
} from '../../src/index.js';
import { watchDiag } from '../support/diag.js';
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
  it('is not sent unless the app allows it', () => {
    startTracing();
    withTask({ name: 't', attribution }, () => expect(outgoing()).not.toHaveProperty('baggage'));
  });

  it('is not read unless the app allows it', () => {
    const { attributes } = startTracing();
    serve({ baggage: 'cost.tag.team=growth' }, () => chat(1000, 100));
    expect(attributes('chat gpt-4o')).not.toHaveProperty(['cost.tag.team']);
  });

  it.each([
    [true, 'user.id=u%201,cost.tag.team=growth,cost.tag.tenant=acme'],
    [['team'], 'cost.tag.team=growth'],
    [[], undefined],
  ])('of the keys %j goes out under the names of its attributes', (baggageAttribution, header) => {
    startTracing({ cost: { ...declared, baggageAttribution } });
    withTask({ name: 't', attribution }, () => expect(outgoing().baggage).toBe(header));
    expect(outgoing()).not.toHaveProperty('baggage');
  });

  it('is the current attribution, in addition to the app’s own baggage', () => {
    startTracing({ cost: { baggageAttribution: true } });
    const own = propagation.createBaggage({ tier: { value: 'gold' } });
    context.with(propagation.setBaggage(ROOT_CONTEXT, own), () =>
      withSession({ id: 's', attribution: { team: 'growth' } }, () => {
        withTask({ name: 't', attribution: { feature: 'f', team: 'search' } }, () =>
          withAgent('a', () =>
            expect(outgoing().baggage).toBe('tier=gold,cost.tag.team=search,cost.tag.feature=f'),
          ),
        );
        expect(outgoing().baggage).toBe('tier=gold,cost.tag.team=growth');
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
    const expected = { 'user.id': 'u 1', 'cost.tag.team': 'search', 'cost.tag.tenant': 'acme' };
    expect(attributes('task server')).toMatchObject(expected);
    expect(attributes('chat gpt-4o')).toMatchObject(expected);
  });

  it('leaves a request without AI below it untouched', () => {
    const { attributes } = startTracing({ cost: { baggageAttribution: true } });
    serve({ baggage: 'cost.tag.team=growth' }, () => {});
    expect(attributes('POST /')).toEqual({});
  });

  it('is ignored if it is empty, too long, or of a key that is not allowed', () => {
    const { attributes, cost } = startTracing({
      cost: { baggageAttribution: ['team', 'project', 'feature'] },
    });
    const baggage = `cost.tag.team=,cost.tag.project=${'x'.repeat(257)},cost.tag.feature=f,cost.tag.customer=c,cost.usd=9,cost_usd=9`;
    serve({ baggage }, () => withTool({ name: 'x', costUsd: 1 }, () => 1));
    const named = Object.entries(attributes('execute_tool x')).filter(([key]) =>
      /^cost\.(tag\.|usd$)/.test(key),
    );
    expect(named).toEqual([['cost.tag.feature', 'f']]);
    expect(attributes('execute_tool x').cost_usd).toBe(1);
    expect(cost.stats.internalErrors).toBe(0);
  });

  it('under a former name is not read, and the new name is reported once', () => {
    const warn = watchDiag();
    const { attributes } = startTracing({ cost: { baggageAttribution: ['project'] } });
    serve({ baggage: 'cost.project=p' }, () => chat(1000, 100));
    serve({ baggage: 'cost.project=p' }, () => {});
    expect(attributes('chat gpt-4o')).not.toHaveProperty(['cost.tag.project']);
    expect(
      warn.mock.calls
        .flat()
        .join('\n')
        .match(/"cost\.tag\.project"/g),
    ).toHaveLength(1);
  });

  it('counts in the budgets of its values', () => {
    startTracing({ cost: { baggageAttribution: true, budgets: { team: { usd: 1 } } } });
    const ask = () => withTool({ name: 'x', costUsd: 0.6 }, () => recordCost(0));
    serve({ baggage: 'cost.tag.team=growth' }, ask);
    expect(() => serve({ baggage: 'cost.tag.team=growth' }, ask)).toThrow(BudgetExceededError);
    expect(() => serve({ baggage: 'cost.tag.team=search' }, ask)).not.toThrow();
  });

  it.each([['planet'], 'team', 7, ['team', '']])('refuses %j as an option', (baggageAttribution) => {
    expect(() => startProcessor({ baggageAttribution: baggageAttribution as never })).toThrow(
      InvalidOptionError,
    );
  });
});
