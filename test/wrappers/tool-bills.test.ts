import { readFileSync } from 'node:fs';
import { type Attributes, SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  ActionError,
  ActionResult,
  recordCost,
  withAgent,
  withTask,
  withTool,
  wrapTool,
} from '../../src/index.js';
import { cachedTool } from '../../src/optimize.js';
import { inSpan, startTracing } from '../support/tracing.js';

interface Case {
  name: string;
  shape?: unknown;
  usd?: number | null;
  isPartial?: boolean;
  refused?: string;
  unstated?: string;
  failed?: boolean;
}

const file = new URL('../fixtures/tool-bills.json', import.meta.url);
const { cases }: { cases: Case[] } = JSON.parse(readFileSync(file, 'utf8'));
const shapes = cases.filter(({ shape }) => shape !== undefined).map((one) => [one.name, one] as const);

const failure = { content: [{ type: 'text', text: 'secret of the customer' }], isError: true };
const run = (usageTotalUsd: number, status = 'RUNNING') => ({
  content: [],
  structuredContent: { runId: 'run-7', status },
  _meta: { 'com.apify/ActorRun': { usageTotalUsd } },
});

/** What a fixture says, as attributes of the span. */
function wanted({ usd, isPartial, refused, unstated }: Case): Attributes {
  if (refused !== undefined)
    return { 'cost.reason': 'bad_amount', 'cost.anomaly': `returned cost refused: ${refused}` };
  if (unstated !== undefined) return { 'cost.reason': 'no_result', 'cost.anomaly': unstated };
  if (usd === null || usd === undefined) return { 'cost.status': 'unpriced', 'cost.reason': 'no_result' };
  if (isPartial) return { cost_usd: usd, 'cost.status': 'estimated', 'cost.reason': 'unread_usage' };
  return { cost_usd: usd, 'cost.source': 'returned' };
}

function recordedCall(result: string, key = 'gen_ai.tool.call.result'): Attributes {
  return { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'paid', [key]: result };
}

describe('the bill that a service sends with the result of a tool', () => {
  it.each(shapes)('is the cost of the call if the tool is billable: %s', (_, one) => {
    const { attributes, spans } = startTracing();
    const result = withTask('t', () => withTool({ name: 'paid', billable: true }, () => one.shape));
    expect(result).toBe(one.shape);
    const span = attributes('execute_tool paid');
    expect(span).toMatchObject(wanted(one));
    const isUnknown = !('cost_usd' in span);
    expect(span['cost.status'] === 'unpriced').toBe(isUnknown);
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': one.usd ?? 0,
      'task.tool_calls': 1,
      'task.cost_complete': !isUnknown && one.isPartial !== true,
    });
    expect(attributes('task t')['task.failed_calls']).toBe(one.failed ? 1 : undefined);
    expect(spans()).toHaveLength(2);
  });

  it.each(shapes)('is not read from a tool that is not billable: %s', (_, one) => {
    const { attributes } = startTracing();
    withTask('t', () => {
      withTool('local', () => one.shape);
      withTool({ name: 'declared', costUsd: 0.5 }, () => one.shape);
    });
    expect(Object.keys(attributes('execute_tool local')).filter((key) => /^cost/.test(key))).toEqual([]);
    expect(attributes('execute_tool declared')).toMatchObject({ cost_usd: 0.5, 'cost.source': 'declared' });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.5, 'task.cost_complete': true });
  });

  it.each(shapes)('is the same in a recorded result of a billable tool: %s', (_, one) => {
    const { attributes } = startTracing({ cost: { tools: { paid: { billable: true } } } });
    withTask('t', () => inSpan('theirs', recordedCall(JSON.stringify(one.shape)), () => {}));
    expect(attributes('theirs')).toMatchObject(wanted(one));
    expect(attributes('task t')['task.failed_calls']).toBe(one.failed ? 1 : undefined);
  });

  it.each(['ai.toolCall.result', 'mcp.response.value', 'traceloop.entity.output', 'output.value'])(
    'is read from %s, too',
    (key) => {
      const { attributes } = startTracing({ cost: { tools: { paid: { billable: true } } } });
      inSpan('theirs', recordedCall('{"costDollars":{"total":0.007}}', key), () => {});
      expect(attributes('theirs')).toMatchObject({ cost_usd: 0.007, 'cost.source': 'returned' });
    },
  );

  it('is not read from a recorded result of a tool that is not billable, or of none', () => {
    const { attributes } = startTracing({ cost: { tools: { priced: { costUsd: 0.5 } } } });
    const recorded = { 'gen_ai.tool.call.result': '{"cost_usd":9}', 'gen_ai.operation.name': 'execute_tool' };
    withTask('t', () => {
      inSpan('a', { ...recorded, 'gen_ai.tool.name': 'local' }, () => {});
      inSpan('b', { ...recorded, 'gen_ai.tool.name': 'priced' }, () => {});
      inSpan('c', { 'gen_ai.tool.call.result': '{"cost_usd":9}' }, () => {});
    });
    expect(attributes('task t')['task.cost_usd']).toBe(0.5);
  });

  it('comes before the declared price, which stands in where the bill has no amount', () => {
    const { attributes } = startTracing();
    const settled = { success: true, transaction: '0xabc', network: 'eip155:8453', payer: '0x1' };
    const declared = { billable: true, costUsd: 0.5 };
    withTool({ name: 'stated', ...declared }, () => ({ costDollars: { total: 0.007 } }));
    withTool({ name: 'open', ...declared }, () => ({
      content: [],
      _meta: { 'x402/payment-response': settled },
    }));
    withTool({ name: 'credits', billable: true, costUsd: (r) => Object(r).creditsUsed * 0.001 }, () => ({
      creditsUsed: 2,
    }));
    withTool({ name: 'refused', ...declared }, () => ({ costDollars: { total: '1 credit' } }));
    expect(attributes('execute_tool stated')).toMatchObject({ cost_usd: 0.007, 'cost.source': 'returned' });
    expect(attributes('execute_tool open')).toMatchObject({ cost_usd: 0.5, 'cost.source': 'declared' });
    expect(attributes('execute_tool credits')).toMatchObject({ cost_usd: 0.002, 'cost.source': 'declared' });
    expect(attributes('execute_tool refused')).toMatchObject({
      'cost.status': 'unpriced',
      'cost.anomaly': 'returned cost refused: costDollars.total is "1 credit"',
    });
  });

  it('comes after the cost of an ActionResult around it, and is on top of a recorded cost', () => {
    const { attributes } = startTracing();
    const exa = { costDollars: { total: 0.007 } };
    withTool({ name: 'own', billable: true }, () => new ActionResult(exa, { costUsd: 0.01 }));
    withTool({ name: 'theirs', billable: true }, () => new ActionResult(exa));
    withTool({ name: 'both', billable: true }, () => {
      recordCost(0.25, { kind: 'tool' });
      return exa;
    });
    expect(attributes('execute_tool own').cost_usd).toBe(0.01);
    expect(attributes('execute_tool theirs').cost_usd).toBe(0.007);
    expect(attributes('execute_tool both').cost_usd).toBe(0.257);
  });

  it('is an estimate, in the totals too, where it contradicts itself', () => {
    const { attributes } = startTracing();
    const twice = { structuredContent: { cost_usd: 0.02 }, _meta: { cost_usd: 0.03 } };
    withTask('t', () => withTool({ name: 'paid', billable: true }, () => twice));
    expect(attributes('execute_tool paid')).toMatchObject({
      cost_usd: 0.03,
      'cost.status': 'estimated',
      'cost.reason': 'reported_differs',
      'cost.anomaly': 'bills of 0.02 and 0.03 USD',
    });
    expect(attributes('task t')).toMatchObject({
      'task.estimated_cost_usd': 0.03,
      'task.cost_complete': true,
    });
  });
});

describe('a charge that several calls state', () => {
  it('is billed once: the polls of a run bill what it cost since', async () => {
    const { attributes, spans } = startTracing();
    await withTask('t', async () => {
      for (const [name, result] of [
        ['start', run(0.01)],
        ['poll', run(0.01)],
        ['again', run(0.03)],
        ['end', run(0.04, 'SUCCEEDED')],
        ['after', run(0.04, 'SUCCEEDED')],
      ] as const)
        await withTool({ name, billable: true }, async () => result);
    });
    expect(attributes('execute_tool poll')).toMatchObject({
      'cost.status': 'not_billed',
      'cost.reason': 'duplicate',
    });
    expect(attributes('execute_tool poll')).not.toHaveProperty('cost_usd');
    expect(attributes('execute_tool again').cost_usd).toBe(0.02);
    expect(attributes('execute_tool end')).toMatchObject({
      cost_usd: 0.01,
      'cost.reason': 'partial_statement',
    });
    expect(attributes('execute_tool after')['cost.reason']).toBe('duplicate');
    const sum = spans().reduce((total, { attributes: { cost_usd: usd } }) => total + Number(usd ?? 0), 0);
    expect(sum).toBeCloseTo(0.04, 12);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.04, 'task.tool_calls': 5 });
  });

  it('is billed once where a tool hands on the result of another, wrapped or recorded', () => {
    const { attributes } = startTracing({ cost: { tools: { theirs: { billable: true } } } });
    const exa = { requestId: 'e1', costDollars: { total: 0.007 } };
    withTask('t', () =>
      withTool({ name: 'outer', billable: true }, () =>
        withTool({ name: 'inner', billable: true }, () => exa),
      ),
    );
    expect(attributes('execute_tool inner').cost_usd).toBe(0.007);
    expect(attributes('execute_tool outer')['cost.reason']).toBe('duplicate');
    const span = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'theirs' };
    withTask('u', () => inSpan('x', { ...span, 'gen_ai.tool.call.result': JSON.stringify(exa) }, () => {}));
    expect(attributes('task t')['task.cost_usd']).toBe(0.007);
    expect(attributes('task u')['task.cost_usd']).toBe(0);
  });

  it('is not another call that happens to cost the same', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      for (const requestId of ['e1', 'e2', undefined, undefined])
        withTool({ name: 'exa', billable: true }, () => ({ requestId, costDollars: { total: 0.007 } }));
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.028, 'task.cost_complete': true });
  });
});

describe('a result that says that the call failed', () => {
  it('is a failed call of any tool, is returned as it is, and its text is not recorded', async () => {
    const { span, attributes } = startTracing();
    const call = wrapTool({ name: 'local' }, async () => failure);
    const returned = await withTask('t', () => call());
    expect(returned).toBe(failure);
    expect(span('execute_tool local').status).toEqual({ code: SpanStatusCode.ERROR });
    expect(attributes('execute_tool local')['error.type']).toBe('tool_error');
    expect(JSON.stringify(attributes('execute_tool local'))).not.toContain('secret');
    expect(attributes('task t')).toMatchObject({
      'task.outcome': 'success',
      'task.failed_calls': 1,
      'task.cost_complete': true,
    });
  });

  it('wastes what it cost', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      withTool({ name: 'declared', costUsd: 0.5 }, () => failure);
      withTool({ name: 'billable', billable: true }, () => ({ ...failure, _meta: { cost_usd: 0.25 } }));
    });
    expect(attributes('task t')).toMatchObject({ 'task.wasted_cost_usd': 0.75, 'task.failed_calls': 2 });
  });

  it('makes the next call with the same arguments a retry', () => {
    const { attributes } = startTracing();
    withTask('t', () => {
      const search = wrapTool({ name: 'search' }, (n: number) => (n === 1 ? failure : 'found'));
      search(1);
      search(1);
      search(2);
    });
    expect(attributes('task t')['task.retries']).toBe(1);
  });

  it('is not kept by a cache', async () => {
    startTracing();
    let runs = 0;
    const search = cachedTool({ name: 'search' }, async (_: string) => {
      runs += 1;
      return runs === 1 ? failure : { content: [], isError: false };
    });
    expect(await search('a')).toBe(failure);
    expect(await search('a')).toEqual({ content: [], isError: false });
    expect(await search('a')).toEqual({ content: [], isError: false });
    expect(runs).toBe(2);
  });

  it('is a failed call in the recorded result of other instrumentations, billable or not', () => {
    const { attributes } = startTracing();
    const span = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'local' };
    withTask('t', () =>
      withAgent('a', () =>
        inSpan('x', { ...span, 'gen_ai.tool.call.result': JSON.stringify(failure) }, () => {}),
      ),
    );
    expect(attributes('task t')['task.failed_calls']).toBe(1);
  });

  it("is a failed call by Sentry's attribute", () => {
    const { attributes } = startTracing();
    const span = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'local' };
    withTask('t', () => {
      inSpan('x', { ...span, 'mcp.tool.result.is_error': true }, () => {});
      inSpan('y', { ...span, 'mcp.tool.result.is_error': false }, () => {});
    });
    expect(attributes('task t')['task.failed_calls']).toBe(1);
  });
});

describe('options of an ActionResult or ActionError that hide an amount', () => {
  class Hidden {
    get cost_usd() {
      return 1;
    }
  }
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, undefined]));
  const bare = Object.assign(Object.create(null), { cost_usd: 1 });

  it.each<[string, unknown]>([
    ['a class', new Hidden()],
    ['a Map', new Map([['costUsd', 1]])],
    ['a prototype', Object.create({ cost_usd: 1 })],
    ['no prototype', bare],
    ['more keys than are looked at', { ...many, cost_usd: 1 }],
    ['an array', [1]],
    ['a number', 1],
  ])('behind %s are refused and flagged, never free', (_, options) => {
    const { attributes } = startTracing();
    const tools = [
      ['local', false, ActionResult],
      ['billable', true, ActionResult],
      ['failed', false, ActionError],
    ] as const;
    withTask('t', () => {
      for (const [name, billable, Action] of tools)
        withTool({ name, billable }, () => Reflect.construct(Action, ['x', options]));
    });
    for (const [name] of tools)
      expect(attributes(`execute_tool ${name}`)).toMatchObject({
        'cost.status': 'unpriced',
        'cost.reason': 'bad_amount',
        'cost.anomaly': expect.stringMatching(/option/),
      });
    expect(attributes('task t')['task.unpriced_calls']).toBe(3);
  });

  it.each<[string, unknown]>([
    ['no prototype', Object.assign(Object.create(null), { costUsd: 0.5 })],
    [
      'a class',
      new (class {
        costUsd = 0.5;
      })(),
    ],
    [
      'a getter of a class',
      new (class {
        get costUsd() {
          return 0.5;
        }
      })(),
    ],
  ])('with costUsd are read behind %s', (_, options) => {
    const { attributes } = startTracing();
    withTool('paid', () => Reflect.construct(ActionResult, ['x', options]));
    expect(attributes('execute_tool paid').cost_usd).toBe(0.5);
  });

  it('with more keys than are looked at are not read one by one', () => {
    const { attributes } = startTracing();
    withTool('paid', () => Reflect.construct(ActionResult, ['x', { ...many, costUsd: 1 }]));
    expect(attributes('execute_tool paid')['cost.anomaly']).toBe('returned cost refused: 102 options');
  });

  it('are read once', () => {
    let reads = 0;
    const options = {
      get costUsd() {
        reads += 1;
        return reads === 1 ? 0.5 : 0;
      },
    };
    expect(new ActionResult('x', options).costUsd).toBe(0.5);
    expect(reads).toBe(1);
  });
});
