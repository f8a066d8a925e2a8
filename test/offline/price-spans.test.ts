import { describe, expect, it } from 'vitest';
import { priceSpans } from '../../src/offline.js';
import { agent, byId, CHAT, nanos, spanOf, tool } from '../support/offline/spans.js';

describe('priceSpans', () => {
  it('states own cost on calls, and totals on agents and on the root', () => {
    const spans = [
      spanOf({ id: 'root', at: [0, 100] }),
      spanOf({ id: 'agent', parent: 'root', at: [1, 90], attributes: agent('planner') }),
      spanOf({ id: 'chat', parent: 'agent', at: [2, 40], attributes: CHAT }),
      spanOf({ id: 'search', parent: 'agent', at: [50, 60], attributes: tool('search') }),
      spanOf({ id: 'query', parent: 'root', at: [91, 99] }),
    ];
    const priced = priceSpans(spans, { tools: { search: { costUsd: 0.005 } } });
    expect(priced.map(({ spanId }) => spanId)).toEqual(['root', 'agent', 'chat', 'search']);
    expect(byId(priced)).toMatchObject({
      root: { 'task.id': 'root', 'task.name': 'root', 'task.cost_usd': 0.0085, 'task.cost_complete': true },
      agent: { 'agent.cost_usd': 0.0085, 'agent.llm_calls': 1, 'agent.tool_calls': 1, 'task.id': 'root' },
      chat: { cost_usd: 0.0035, 'gen_ai.agent.name': 'planner', 'task.id': 'root' },
      search: { cost_usd: 0.005, 'cost.source': 'declared', 'cost.kind': 'tool' },
    });
    expect(priced[0]).toMatchObject({
      added: false,
      parentSpanId: undefined,
      startTimeUnixNano: nanos(0),
      endTimeUnixNano: nanos(100),
    });
  });

  it('keeps the name of an agent that the instrumentation wrote', () => {
    const named = { ...CHAT, 'gen_ai.agent.name': 'its own' };
    const spans = [
      spanOf({ id: 'agent', at: [0, 10], attributes: agent('planner') }),
      spanOf({ id: 'chat', parent: 'agent', at: [1, 9], attributes: named }),
    ];
    expect(byId(priceSpans(spans)).chat).not.toHaveProperty('gen_ai.agent.name');
  });

  it('adds a span for what an agent states above its calls, with an id of its own', () => {
    const spans = [
      spanOf({
        id: 'agent',
        at: [0, 10],
        attributes: {
          ...agent('a'),
          ...CHAT,
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.usage.input_tokens': 1400,
        },
      }),
      spanOf({ id: 'chat', parent: 'agent', at: [1, 9], attributes: CHAT }),
    ];
    const added = priceSpans(spans).filter((span) => span.added);
    expect(added).toEqual([
      expect.objectContaining({
        name: 'cost agent',
        parentSpanId: 'agent',
        startTimeUnixNano: nanos(10),
        endTimeUnixNano: nanos(10),
      }),
    ]);
    expect(added[0]?.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(added[0]?.attributes).toMatchObject({
      cost_usd: 0.001,
      'cost.status': 'estimated',
      'cost.reason': 'partial_statement',
    });
  });

  it('prices a call at the price of its day', () => {
    const priceOn = (day: string) => {
      const start = BigInt(Date.parse(day)) * 1_000_000n;
      const attributes = {
        ...CHAT,
        'gen_ai.provider.name': 'deepseek',
        'gen_ai.request.model': 'deepseek-chat',
      };
      const more = { startTimeUnixNano: start, endTimeUnixNano: start + 1n };
      return byId(priceSpans([spanOf({ id: 'chat', at: [0, 1], attributes, more })])).chat?.cost_usd;
    };
    expect(priceOn('2025-02-01')).toBe(0.000168);
    expect(priceOn('2025-10-15')).toBe(0.000322);
  });

  it('states the last word of a scope that ended before its work', () => {
    const spans = [
      spanOf({ id: 'root', at: [0, 10] }),
      spanOf({
        id: 'open',
        parent: 'root',
        at: [1, 30],
        attributes: { ...CHAT, 'gen_ai.request.model': 'gpt-4o' },
      }),
    ];
    const { root } = byId(priceSpans(spans));
    expect(root).toMatchObject({ 'task.cost_usd': 0.0035, 'task.cost_complete': true });
    expect(root).not.toHaveProperty('task.unpriced_calls');
  });

  it('gives an open span nothing yet, and counts its call as missing', () => {
    const spans = [
      spanOf({ id: 'root', at: [0] }),
      spanOf({ id: 'agent', parent: 'root', at: [1, 20], attributes: agent('a') }),
      spanOf({ id: 'chat', parent: 'agent', at: [2, 9], attributes: CHAT }),
      spanOf({ id: 'open', parent: 'agent', at: [10], attributes: CHAT }),
    ];
    const priced = byId(priceSpans(spans));
    expect(Object.keys(priced)).toEqual(['agent', 'chat']);
    expect(priced.agent).toMatchObject({
      'agent.cost_usd': 0.0035,
      'agent.cost_complete': false,
      'agent.unpriced_calls': 1,
    });
  });

  it('recognizes a call that is made again, by the times of the spans', () => {
    const work = { ...CHAT, 'gen_ai.input.messages': 'the same' };
    const failed = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.input.messages': 'the same',
    };
    const spans = [
      spanOf({ id: 'agent', at: [0, 10], attributes: agent('a') }),
      spanOf({ id: 'first', parent: 'agent', at: [1, 2], attributes: failed, more: { statusCode: 2 } }),
      spanOf({ id: 'again', parent: 'agent', at: [2, 3], attributes: work }),
      spanOf({ id: 'beside', parent: 'agent', at: [1.5, 4], attributes: work }),
    ];
    const priced = byId(priceSpans(spans));
    expect(priced.again?.['cost.attempt']).toBe(2);
    expect(priced.beside).not.toHaveProperty('cost.attempt');
  });

  it('puts an agent that took over in Google ADK on top of the call around it', () => {
    const more = { scopeName: 'gcp.vertex.agent' };
    const spans = [
      spanOf({ id: 'call', at: [0, 100], attributes: CHAT, more }),
      spanOf({ id: 'scout', parent: 'call', at: [50, 90], attributes: agent('scout'), more }),
      spanOf({ id: 'inner', parent: 'scout', at: [55, 80], attributes: CHAT, more }),
    ];
    expect(byId(priceSpans(spans)).call).toMatchObject({ 'task.cost_usd': 0.007, 'task.llm_calls': 2 });
    const others = spans.map((span) => ({ ...span, scopeName: 'another' }));
    expect(byId(priceSpans(others)).call).toMatchObject({ 'task.cost_usd': 0.0035, 'task.llm_calls': 1 });
  });

  it.each([
    [0.1, 'not_billed'],
    [20, undefined],
  ])('takes two spans of one stream that start %d ms apart for one call or for two', (gap, status) => {
    const client = { ...CHAT, 'gen_ai.request.stream': true };
    const spans = [
      spanOf({
        id: 'client',
        at: [0, 50],
        attributes: client,
        more: { scopeName: 'com.anthropic.sdk.typescript' },
      }),
      spanOf({
        id: 'patch',
        parent: 'root',
        at: [gap, 49],
        attributes: CHAT,
        more: { scopeName: '@traceloop/instrumentation-anthropic' },
      }),
      spanOf({ id: 'root', at: [-1, 60] }),
    ].map((span) => (span.spanId === 'client' ? { ...span, parentSpanId: 'root' } : span));
    expect(byId(priceSpans(spans)).patch?.['cost.status']).toBe(status);
  });

  it('states the session of each trace by itself', () => {
    const session = { 'session.id': 's' };
    const spans = ['a', 'b'].map((trace) =>
      spanOf({
        id: 'chat',
        at: [0, 1],
        attributes: { ...CHAT, ...session },
        more: { traceId: trace.repeat(32) },
      }),
    );
    for (const { attributes } of priceSpans(spans)) expect(attributes['session.cost_usd']).toBe(0.0035);
  });
});

describe('the tree of recorded spans', () => {
  const chat = (id: string, parent: string | undefined, at: [number, number]) =>
    spanOf({ id, ...(parent !== undefined && { parent }), at, attributes: CHAT });

  it.each([
    [
      'a child that starts before its parent',
      [spanOf({ id: 'root', at: [10, 50] }), chat('c', 'root', [5, 20])],
    ],
    [
      'a child that ended before its parent began',
      [spanOf({ id: 'root', at: [10, 50] }), chat('c', 'root', [1, 2])],
    ],
    ['equal times', [spanOf({ id: 'root', at: [10, 10] }), chat('c', 'root', [10, 10])]],
    [
      'a child that starts at the end of its parent',
      [spanOf({ id: 'root', at: [0, 10] }), chat('c', 'root', [10, 20])],
    ],
    ['an end before the start', [spanOf({ id: 'root', at: [10, 5] }), chat('c', 'root', [10, 4])]],
  ])('keeps %s below it', (_, spans) => {
    for (const order of [spans, spans.toReversed()])
      expect(byId(priceSpans(order)).root).toMatchObject({
        'task.cost_usd': 0.0035,
        'task.cost_complete': true,
      });
  });

  it('ends a call before the next one starts at the same time', () => {
    const failed = {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 't',
      'gen_ai.tool.call.arguments': '1',
    };
    const spans = [
      spanOf({ id: 'root', at: [0, 3], attributes: agent('a') }),
      spanOf({ id: 'x', parent: 'root', at: [1, 2], attributes: failed, more: { statusCode: 2 } }),
      spanOf({ id: 'b', parent: 'root', at: [2, 3], attributes: failed }),
    ];
    const priced = byId(priceSpans(spans, { tools: { t: { costUsd: 1 } } }));
    expect(priced.b?.['cost.attempt']).toBe(2);
  });

  it('takes a span whose parent is missing for a root', () => {
    expect(byId(priceSpans([chat('c', 'gone', [0, 1])])).c).toMatchObject({
      'task.id': 'c',
      'task.cost_usd': 0.0035,
    });
  });

  it.each([
    ['itself', [chat('c', 'c', [0, 9])]],
    [
      'a cycle',
      [
        chat('c', 'd', [0, 9]),
        spanOf({ id: 'd', parent: 'e', at: [1, 8] }),
        spanOf({ id: 'e', parent: 'c', at: [2, 7] }),
      ],
    ],
  ])('starts at the first span where the parents are %s', (_, spans) => {
    for (const order of [spans, spans.toReversed()])
      expect(byId(priceSpans(order)).c).toMatchObject({ 'task.id': 'c', 'task.cost_usd': 0.0035 });
  });

  it('starts at the first span of a cycle, not where another span leads into it', () => {
    const spans = [
      chat('c', 'x', [0, 9]),
      spanOf({ id: 'x', parent: 'c', at: [5, 8] }),
      chat('t', 'x', [-1, 9]),
    ];
    expect(byId(priceSpans(spans)).c).toMatchObject({ 'task.id': 'c', 'task.cost_usd': 0.0035 });
  });

  it('ends a span after the ones below it that start at its end', () => {
    const total = { ...agent('a'), ...CHAT, 'gen_ai.operation.name': 'invoke_agent' };
    const spans = [spanOf({ id: 'root', at: [0, 10], attributes: total }), chat('c', 'root', [10, 10])];
    expect(byId(priceSpans(spans)).c?.cost_usd).toBe(0.0035);
  });

  it('takes the last state of a span that arrives several times', () => {
    const open = spanOf({ id: 'c', at: [0], attributes: CHAT });
    const first = chat('c', undefined, [0, 5]);
    const last = {
      ...chat('c', undefined, [0, 9]),
      attributes: { ...CHAT, 'gen_ai.usage.input_tokens': 2000 },
    };
    for (const spans of [
      [open, first, last],
      [last, open, first],
      [first, last, open],
    ])
      expect(byId(priceSpans(spans)).c?.cost_usd).toBe(0.006);
  });
});

describe('among spans of a process that meters', () => {
  const METERED = { cost_usd: 0.1, 'cost.source': 'reported', 'cost.kind': 'llm' };
  const TASK = {
    'task.id': 'js',
    'task.name': 'js task',
    'task.outcome': 'success',
    'task.cost_usd': 0.1,
    'task.cost_complete': true,
  };

  it('prices the spans of another process inside a task, and names the task on them', () => {
    const spans = [
      spanOf({ id: 'js', at: [0, 100], attributes: TASK }),
      spanOf({ id: 'own', parent: 'js', at: [1, 9], attributes: { ...CHAT, ...METERED } }),
      spanOf({ id: 'http', parent: 'js', at: [10, 90] }),
      spanOf({ id: 'python', parent: 'http', at: [11, 89], attributes: agent('python') }),
      spanOf({ id: 'chat', parent: 'python', at: [12, 80], attributes: CHAT }),
      spanOf({ id: 'search', parent: 'python', at: [82, 85], attributes: tool('search') }),
    ];
    const priced = byId(priceSpans(spans, { tools: { search: { costUsd: 0.005 } } }));
    expect(Object.keys(priced)).toEqual(['python', 'chat', 'search']);
    expect(priced.chat).toMatchObject({ cost_usd: 0.0035, 'task.id': 'js', 'task.name': 'js task' });
    expect(priced.python).toMatchObject({ 'agent.cost_usd': 0.0085 });
  });

  it('does not price a tool that this process left without a cost', () => {
    const spans = [
      spanOf({ id: 'js', at: [0, 100], attributes: TASK }),
      spanOf({ id: 'search', parent: 'js', at: [1, 9], attributes: tool('search') }),
    ];
    expect(priceSpans(spans, { tools: { search: { costUsd: 0.005 } } })).toEqual([]);
  });

  it('leaves what it states out of the totals of the process around it', () => {
    const { 'task.outcome': _, ...implicit } = TASK;
    const spans = [
      spanOf({ id: 'python', at: [0, 100], attributes: agent('python') }),
      spanOf({ id: 'chat', parent: 'python', at: [1, 9], attributes: CHAT }),
      spanOf({ id: 'js', parent: 'python', at: [10, 90], attributes: implicit }),
      spanOf({ id: 'own', parent: 'js', at: [11, 80], attributes: { ...CHAT, ...METERED } }),
    ];
    expect(byId(priceSpans(spans))).toMatchObject({
      python: { 'task.cost_usd': 0.0035, 'agent.cost_usd': 0.0035, 'agent.llm_calls': 1 },
      chat: { 'task.id': 'python' },
    });
  });

  it('takes a correction for the word of its parent', () => {
    const spans = [
      spanOf({ id: 'root', at: [0, 5] }),
      spanOf({ id: 'tool', parent: 'root', at: [6, 8], attributes: tool('local') }),
      spanOf({
        id: 'fix',
        parent: 'root',
        at: [8, 8],
        attributes: { 'task.cost_usd': 0 },
        more: { name: 'cost correction', scopeName: 'otel-agent-cost' },
      }),
    ];
    expect(priceSpans(spans)).toEqual([]);
  });
});
