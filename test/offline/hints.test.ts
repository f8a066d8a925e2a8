/** `costHintsOf`: the hints of `costHints`, over spans, with the spans that prove them. */
import { trace } from '@opentelemetry/api';
import type fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withAgent, withLlm, withTask, withTool } from '../../src/index.js';
import { costHintsOf, type OfflineSpan, priceSpans } from '../../src/offline.js';
import { cachedTool, costHints, recordCalls } from '../../src/optimize.js';
import { holds } from '../support/laws/law.js';
import { offlineSpan, type Program, play, programs, recorded } from '../support/offline/program.js';
import { TOOLS } from '../support/offline/shapes.js';
import { agent, CHAT, spanOf, tool } from '../support/offline/spans.js';
import { completion, startTracing, stopTracing } from '../support/tracing.js';

const OPTIONS = { tools: TOOLS };

function priced(spans: readonly OfflineSpan[], options = {}): OfflineSpan[] {
  const all = priceSpans(spans, options);
  const byId = new Map(all.map(({ spanId, attributes }) => [spanId, attributes]));
  const own = spans.map((span) => ({
    ...span,
    attributes: { ...span.attributes, ...byId.get(span.spanId) },
  }));
  return [...own, ...all.filter(({ added }) => added)];
}

const CONTAINERS = ['plain', 'gen_ai agent'];
const CALLS = ['gen_ai chat', 'gen_ai chat with a bill', 'embeddings', 'OpenInference LLM', 'gen_ai tool'];

/** Calls that are not inside each other: of two spans of one call, live hints leave out the one that is billed late. */
const flat: fc.Arbitrary<Program> = programs.map((program) => {
  const kinds = program.map(({ kind }, at) => {
    if (at === 0 || CONTAINERS.includes(kind)) return at === 0 ? 'plain' : kind;
    return CALLS[kind.length % CALLS.length] ?? '';
  });
  return program.map((step, at) => {
    let parent = at === 0 ? 0 : step.parent % at;
    while (!CONTAINERS.includes(kinds[parent] ?? '')) parent -= 1;
    const facts = {
      ...step.facts,
      choice: kinds[at] === 'gen_ai agent' ? step.facts.choice % 4 : step.facts.choice,
    };
    return { ...step, kind: kinds[at] ?? '', parent, waits: true, facts };
  });
});

/** Live, the arguments of others' tools are not read. */
function withoutArguments(spans: readonly OfflineSpan[]): OfflineSpan[] {
  return spans.map(({ attributes: { 'gen_ai.tool.call.arguments': _, ...attributes }, ...span }) => ({
    ...span,
    attributes,
  }));
}

function hintsOf(spans: readonly OfflineSpan[]): object[] {
  return costHintsOf(withoutArguments(spans), OPTIONS).map(({ evidence, count, ...hint }) => {
    expect(evidence).toHaveLength(Math.min(count, 50));
    return { ...hint, count };
  });
}

async function isSame(program: Program): Promise<void> {
  const stop = recordCalls();
  const { spans } = startTracing({ cost: OPTIONS });
  play(program, trace.getTracerProvider(), 'trace');
  const live = costHints();
  stop();
  const sent = spans().map(offlineSpan);
  await stopTracing();
  expect(hintsOf(sent)).toEqual(live);
  expect(hintsOf(priced(recorded(program, 'trace'), OPTIONS))).toEqual(live);
}

describe('costHintsOf', () => {
  it('says what costHints says of the same work', () => holds('offline, hints', flat, isSame));

  it('says so of wrapped work, with the spans that prove it', async () => {
    const stop = recordCalls();
    const { spans } = startTracing();
    const lookUp = cachedTool({ name: 'look_up', ttlSeconds: 60, costUsd: 0.02 }, (_query: string) => 'x');
    for (let at = 0; at < 6; at++) {
      await withTask({ name: 'task', budget: { usd: at === 5 ? 0.001 : 1, mode: 'observe' } }, (task) => {
        withAgent('agent', () => {
          for (let call = 0; call <= (at === 5 ? 9 : 0); call++)
            withLlm({ provider: 'openai', model: 'gpt-4o' }, () => completion(4000, 100));
          lookUp(`query ${at === 1 ? 0 : at}`);
          withTool({ name: 'search', costUsd: 0.01 }, () => 'x');
        });
        if (at === 5) task.fail('over');
      });
    }
    const live = costHints();
    stop();
    const hints = costHintsOf(spans().map(offlineSpan));
    const kinds = ['cheaper_model', 'low_cache_hit_rate', 'limit_reached', 'costly_task'];
    const shown = (all: readonly { kind: string; subject: string; amountUsd: number; count: number }[]) =>
      all
        .filter(({ kind }) => kinds.includes(kind))
        .map(({ kind, subject, amountUsd, count }) => [kind, subject, amountUsd, count]);
    expect(shown(hints)).toEqual(shown(live));
    expect(new Set(hints.map(({ kind }) => kind))).toEqual(new Set(kinds));
    const last = spans()
      .filter(({ name }) => name === 'task task')
      .at(-1)
      ?.spanContext();
    for (const { kind, evidence, count } of hints) {
      expect(evidence).toHaveLength(count);
      if (kind === 'limit_reached' || kind === 'costly_task')
        expect(evidence).toEqual([{ traceId: last?.traceId, spanId: last?.spanId }]);
    }
  });

  it('compares the arguments of tools, or the hash that is stored in their place', () => {
    const call = (id: string, at: number, more: Record<string, unknown>) =>
      spanOf({ id, parent: 'agent', at: [at, at + 1], attributes: { ...tool('search'), ...more } });
    const spans = [
      spanOf({ id: 'agent', at: [0, 100], attributes: agent('a') }),
      call('a', 1, { 'gen_ai.tool.call.arguments': '{"q":1}' }),
      call('b', 3, { 'gen_ai.tool.call.arguments': '{"q":1}' }),
      call('c', 5, { 'gen_ai.tool.call.arguments': '{"q":2}' }),
      call('d', 7, { 'cost.arguments_hash': 'f00' }),
      call('e', 9, { 'cost.arguments_hash': 'f00' }),
      call('f', 11, {}),
      call('g', 13, {}),
    ];
    const hints = costHintsOf(priced(spans, { tools: { search: { costUsd: 0.005 } } }));
    expect(hints).toEqual([
      expect.objectContaining({ kind: 'repeated_tool_calls', subject: 'search', amountUsd: 0.01, count: 2 }),
    ]);
    expect(hints[0]?.evidence.map(({ spanId }) => spanId)).toEqual(['b', 'e']);
  });

  it.each([
    ['rounded to milliseconds', 0.9, 4],
    ['that overlap', 45, 0],
  ])('knows which calls of a loop waited for each other: starts %s', (_, early, count) => {
    const calls = [0, 1, 2, 3, 4].map((call) =>
      spanOf({
        id: `call ${call}`,
        parent: 'agent',
        at: [10 * call - early, 10 * call + 10],
        attributes: { ...CHAT, 'gen_ai.usage.input_tokens': 4_000 + 1_000 * call },
      }),
    );
    const all = priced([spanOf({ id: 'agent', at: [-60, 100], attributes: agent('a') }), ...calls]);
    const hint = costHintsOf(all).find(({ kind }) => kind === 'uncached_input');
    expect(hint?.count ?? 0).toBe(count);
  });

  it('compares a call with the last one that had ended before it began', () => {
    const conversation = (length: number) => {
      const turns = Array.from({ length: 4 }, (_, at) =>
        spanOf({
          id: `turn ${at}`,
          parent: 'agent',
          at: [10 * at, 10 * at + length],
          attributes: {
            ...CHAT,
            'gen_ai.usage.input_tokens': 4000 * (at + 1),
            'gen_ai.usage.cache_read.input_tokens': at === 1 ? 3968 : 0,
          },
        }),
      );
      const spans = [spanOf({ id: 'agent', at: [0, 100], attributes: agent('a') }), ...turns];
      return costHintsOf(priced(spans)).filter(({ kind }) => kind === 'cold_cache');
    };
    const evidence = ['turn 2', 'turn 3'].map((spanId) => expect.objectContaining({ spanId }));
    expect(conversation(5)).toMatchObject([{ count: 2, evidence: expect.arrayContaining(evidence) }]);
    expect(conversation(50)).toEqual([]);
  });

  it('knows the calls that only their agent states', () => {
    const attributes = { ...agent('a'), ...CHAT, 'gen_ai.operation.name': 'invoke_agent' };
    const all = priced([spanOf({ id: 'agent', at: [0, 10], attributes })]);
    const added = all.find(({ parentSpanId }) => parentSpanId === 'agent');
    const [hint] = costHintsOf(all);
    expect(hint).toMatchObject({ kind: 'cheaper_model', subject: 'gpt-4o', count: 1 });
    expect(hint?.evidence).toEqual([{ traceId: added?.traceId, spanId: added?.spanId }]);
  });

  it('names 50 spans at most, the most expensive first', () => {
    const spans = Array.from({ length: 120 }, (_, at) =>
      spanOf({
        id: `c${at}`,
        at: [at, at + 1],
        attributes: { ...CHAT, 'gen_ai.usage.input_tokens': 1000 * (at + 1) },
      }),
    );
    const [hint] = costHintsOf(priced(spans));
    expect(hint).toMatchObject({ kind: 'cheaper_model', count: 120 });
    expect(hint?.evidence).toHaveLength(50);
    expect(hint?.evidence.slice(0, 2).map(({ spanId }) => spanId)).toEqual(['c119', 'c118']);
  });

  it('names the limits that refused a call', () => {
    const task = (id: string, more: Record<string, unknown>) =>
      spanOf({
        id,
        at: [0, 100],
        attributes: {
          'task.id': id,
          'task.name': id,
          'task.cost_usd': 0.5,
          'task.over_budget': true,
          ...more,
        },
      });
    const refused = (scope: string, measure: string) =>
      spanOf({
        id: `no ${measure}`,
        parent: 'steps',
        at: [5, 5],
        attributes: { 'cost.budget.scope': scope, 'cost.budget.measure': measure },
      });
    const hints = costHintsOf([
      task('usd', { 'task.budget_usd': 0.4 }),
      task('steps', {}),
      refused('task', 'steps'),
      refused('session', 'tokens'),
      task('other', { 'task.budget_usd': 1 }),
    ]);
    const limits = hints.map(({ subject, message }) => [
      subject,
      /the limit of (.+?) and cost/.exec(message)?.[1],
    ]);
    expect(Object.fromEntries(limits)).toEqual({ usd: 'usd', steps: 'steps', other: 'its budget' });
  });

  it('counts the last word of a task', () => {
    const task = { 'task.id': 't', 'task.name': 't', 'task.over_budget': true };
    const spans = [
      spanOf({ id: 't', at: [0, 5], attributes: { ...task, 'task.cost_usd': 0.5 } }),
      spanOf({
        id: 'fix',
        parent: 't',
        at: [9, 9],
        attributes: { ...task, 'task.cost_usd': 0.7 },
        more: { name: 'cost correction', scopeName: 'otel-agent-cost' },
      }),
    ];
    expect(costHintsOf(spans)).toMatchObject([{ kind: 'limit_reached', amountUsd: 0.7, count: 1 }]);
  });

  it('refuses what is no list of spans, and takes any values inside', () => {
    const bad: readonly unknown[] = [undefined, {}, [1]];
    for (const spans of bad) expect(() => costHintsOf(spans as OfflineSpan[])).toThrow(/spans/);
    const hostile = {
      cost_usd: 'much',
      'cost.kind': 'llm',
      'cost.attempt': {},
      'task.cost_usd': Number.NaN,
      'task.over_budget': true,
    };
    expect(costHintsOf([spanOf({ id: 'x', at: [0, 1], attributes: hostile })])).toEqual([]);
    expect(costHintsOf([])).toEqual([]);
  });

  it('of a trace of depth 20,000 takes no longer than its spans', () => {
    const keys = { ...CHAT, cost_usd: 0.0035, 'cost.kind': 'llm', 'cost.source': 'reported' };
    const deep = Array.from({ length: 20_000 }, (_, at) =>
      spanOf({
        id: `s${at}`,
        ...(at > 0 && { parent: `s${at - 1}` }),
        at: [at, 50_000 - at],
        attributes: keys,
      }),
    );
    const begin = process.cpuUsage();
    expect(costHintsOf(deep)).toMatchObject([{ kind: 'cheaper_model', count: 20_000 }]);
    expect(process.cpuUsage(begin).user).toBeLessThan(5e6);
  });
});
