/** What the collector counts of spans before it samples them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/ask.js';
import { type Backends, startBackends, startOurCollector } from '../../support/collector-stand.js';
import { newTraceId, type SpanToSend, sendSpans } from '../../support/otlp-send.js';
import { isSkipped } from '../../support/programs/binaries.js';
import type { Collector } from '../../support/programs/collector.js';

describe.skipIf(isSkipped('collector', 'prometheus'))('counters of spans', () => {
  let backends: Backends;
  let collector: Collector;
  beforeAll(async () => {
    backends = await startBackends();
    collector = await startOurCollector(backends);
  });
  afterAll(async () => {
    await collector?.stop();
    await backends?.stop();
  });

  const billed = (attributes: SpanToSend['attributes'], traceId = newTraceId()): SpanToSend => ({
    traceId,
    name: 'chat',
    ...(attributes && { attributes: { 'cost.kind': 'llm', ...attributes } }),
  });
  const total = (metric: string, service: string) =>
    backends.metrics.number(`sum(${metric}{job="${service}"}) or vector(0)`);
  const arrives = (metric: string, service: string, value: number) =>
    eventually(
      () => total(metric, service),
      (answer) => expect(answer).toBeCloseTo(value, 9),
    );

  it('add whole dollars, which JavaScript sends as ints, and fractions, by what was billed', async () => {
    const spans = [
      billed({
        cost_usd: 2,
        'gen_ai.response.model': 'gpt-4o',
        'task.name': 'research',
        'cost.tag.team': 'growth',
      }),
      billed({
        cost_usd: 0.5,
        'gen_ai.response.model': 'gpt-4o',
        'task.name': 'research',
        'cost.tag.team': 'growth',
      }),
      billed({ cost_usd: 0.05, 'cost.kind': 'tool', 'gen_ai.tool.name': 'web_search' }),
    ];
    await sendSpans(collector.otlpUrl, spans, { service: 'whole-dollars' });
    await arrives('span_cost_usd_total', 'whole-dollars', 2.55);
    const samples = await backends.metrics.query(
      'sum by (cost_kind, gen_ai_response_model, gen_ai_tool_name, task_name, cost_tag_team) (span_cost_usd_total{job="whole-dollars"})',
    );
    expect(samples).toHaveLength(2);
    expect(samples).toContainEqual({
      labels: {
        cost_kind: 'llm',
        gen_ai_response_model: 'gpt-4o',
        task_name: 'research',
        cost_tag_team: 'growth',
      },
      value: 2.5,
    });
    expect(samples).toContainEqual({
      labels: { cost_kind: 'tool', gen_ai_tool_name: 'web_search' },
      value: 0.05,
    });
  });

  it('have a histogram of calls with buckets made for dollars', async () => {
    const costs = [0, 0.0001, 0.004, 0.3, 3];
    const spans = costs.map((cost_usd) => billed({ cost_usd }));
    await sendSpans(collector.otlpUrl, spans, { service: 'calls' });
    await arrives('span_cost_usd_per_call_count', 'calls', costs.length);
    await arrives('span_cost_usd_per_call_sum', 'calls', 3.3041);
    const buckets = await backends.metrics.by('le', 'span_cost_usd_per_call_bucket{job="calls"}');
    const counts = ['0', '0.00025', '0.0035', '0.005', '0.25', '0.35', '5'].map((le) => buckets.get(le));
    expect(counts).toEqual([1, 2, 2, 3, 3, 4, 5]);
  });

  it.each([
    ['text', 'about a dollar'],
    ['a number as text', '0.5'],
    ['a truth value', true],
    ['less than nothing', -1.5],
    ['more than one call can cost', 1_000_001],
  ])('leave out %s, count that they did, and go on', async (how, cost_usd) => {
    const service = `unreadable: ${how}`;
    const odd = newTraceId();
    const spans = [
      billed({ cost_usd: 0.25 }),
      billed({ cost_usd, 'task.over_budget': true }, odd),
      billed({ cost_usd: 0.5 }),
    ];
    await sendSpans(collector.otlpUrl, spans, { service });
    await arrives('span_cost_unreadable_total', service, 1);
    await arrives('span_cost_usd_total', service, 0.75);
    await sendSpans(collector.otlpUrl, [billed({ cost_usd: 1 })], { service });
    await arrives('span_cost_usd_total', service, 1.75);
    await eventually(
      () => backends.sink.namesOf(odd),
      (names) => expect(names).toEqual(['chat']),
    );
  });

  it('count neither spans without a cost nor roll-ups', async () => {
    const task = {
      traceId: newTraceId(),
      name: 'task',
      attributes: { 'task.cost_usd': 0.05, 'agent.cost_usd': 1 },
    };
    await sendSpans(collector.otlpUrl, [task, billed({ cost_usd: 0.05 }, task.traceId), billed({})], {
      service: 'tree',
    });
    await arrives('span_cost_usd_per_call_count', 'tree', 1);
    expect(await total('span_cost_usd_total', 'tree')).toBe(0.05);
    expect(await total('span_cost_unreadable_total', 'tree')).toBe(0);
  });

  it('are exact when requests come in the same millisecond, and Prometheus refuses none of it', async () => {
    const requests = Array.from({ length: 100 }, (_, at) => [billed({ cost_usd: at % 2 === 0 ? 1 : 0.01 })]);
    await Promise.all(requests.map((spans) => sendSpans(collector.otlpUrl, spans, { service: 'burst' })));
    await arrives('span_cost_usd_total', 'burst', 50.5);
    expect(collector.log()).not.toMatch(/failed to send WriteRequest|Dropping data/);
  });

  it('bear the name of the collector, not of the process whose spans they are', async () => {
    await sendSpans(collector.otlpUrl, [billed({ cost_usd: 1 })], { service: 'pair', instance: 'a' });
    await sendSpans(collector.otlpUrl, [billed({ cost_usd: 1 })], { service: 'pair', instance: 'b' });
    await arrives('span_cost_usd_total', 'pair', 2);
    const samples = await backends.metrics.query('span_cost_usd_total{job="pair"}');
    expect(samples.map(({ labels }) => labels.instance)).toEqual(['collector-1']);
  });

  it('come with doubles in every key in dollars, so that backends compare one type', async () => {
    const traceId = newTraceId();
    const attributes = {
      cost_usd: 1,
      'gen_ai.usage.cost': 1,
      'cost.saved_usd': 2,
      'task.cost_usd': 3,
      'task.llm_cost_usd': 0.1,
      'task.budget_usd': 1,
      'task.over_budget': true,
      'session.cost_per_action_usd': 4,
      'task.cost_usd_nanos': 3_000_000_000,
      'task.llm_calls': 7,
      'gen_ai.usage.input_tokens': 100,
      'cost.source': 'declared',
    };
    await sendSpans(collector.otlpUrl, [{ traceId, name: 'task', attributes }], { service: 'types' });
    const span = await eventually(() => {
      const found = backends.sink.spans().find((arrived) => arrived.traceId === traceId);
      if (found === undefined) throw new Error('the span has not arrived');
      return found;
    });
    expect(span.attributes).toEqual(attributes);
    const keysOf = (type: string) =>
      Object.keys(span.attributeTypes).filter((key) => span.attributeTypes[key] === type);
    expect(keysOf('intValue')).toEqual([
      'task.cost_usd_nanos',
      'task.llm_calls',
      'gen_ai.usage.input_tokens',
    ]);
    expect(keysOf('doubleValue')).toHaveLength(7);
  });
});
