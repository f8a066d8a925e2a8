import { type Attributes, SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  ActionError,
  ActionResult,
  recordCost,
  type ToolOptions,
  withLlm,
  withTask,
  withTool,
  wrapTool,
} from '../../src/index.js';
import { chat, chatAttributes, completion, inSpan, startTracing, wait } from '../support/tracing.js';

function sumOf(spans: readonly { attributes: Attributes }[]): number {
  return spans.reduce((sum, { attributes }) => sum + Number(attributes.cost_usd ?? 0), 0);
}

type Declared = Omit<ToolOptions, 'name'>;

/** One call of a tool in a task: the attributes of its span, and the task's totals. */
function call(declared: Declared, work: () => unknown): { tool: Attributes; task: Attributes } {
  const { attributes } = startTracing();
  try {
    withTask('t', () => withTool({ name: 'tool', ...declared }, work));
  } catch {}
  return { tool: attributes('execute_tool tool'), task: attributes('task t') };
}

const throwing = (error: unknown) => (): never => {
  throw error;
};

describe('what a tool costs', () => {
  it('is the cost in an ActionResult that it returns', () => {
    const { tool, task } = call({}, () => new ActionResult('found', { costUsd: 0.02 }));
    expect(tool).toMatchObject({ cost_usd: 0.02, 'cost.kind': 'tool', 'cost.source': 'returned' });
    expect(task).toMatchObject({ 'task.tool_cost_usd': 0.02, 'task.tool_calls': 1 });
    expect(task).not.toHaveProperty(['task.failed_calls']);
  });

  it('is the cost in an ActionError that it throws, of a failed call', () => {
    const { tool, task } = call({}, throwing(new ActionError('refused', { costUsd: 0.02 })));
    expect(tool).toMatchObject({ cost_usd: 0.02, 'cost.source': 'returned', 'error.type': 'ActionError' });
    expect(task).toMatchObject({ 'task.failed_calls': 1, 'task.wasted_cost_usd': 0.02 });
  });

  it('is the cost in an ActionError that it returns, and the call has failed', () => {
    const { span, attributes } = startTracing();
    const returned = new ActionError('refused', { costUsd: 0.02 });
    expect(withTask('t', () => withTool('tool', () => returned))).toBe(returned);
    expect(span('execute_tool tool').status).toEqual({ code: SpanStatusCode.ERROR, message: 'refused' });
    expect(attributes('execute_tool tool')).toMatchObject({ cost_usd: 0.02, 'error.type': 'ActionError' });
    expect(attributes('task t')).toMatchObject({
      'task.outcome': 'success',
      'task.failed_calls': 1,
      'task.wasted_cost_usd': 0.02,
    });
  });

  it('is the cost in an ActionResult that it throws, too', () => {
    const { tool } = call({}, throwing(new ActionResult('partial', { costUsd: 0.02 })));
    expect(tool).toMatchObject({ cost_usd: 0.02, 'cost.source': 'returned' });
  });

  it('is the same for promises', async () => {
    const { attributes } = startTracing();
    await withTool('resolved', async () => new ActionResult(1, { costUsd: 0.02 }));
    await withTool('rejected', async () => {
      throw new ActionError('no', { costUsd: 0.03 });
    }).catch(() => {});
    expect(attributes('execute_tool resolved').cost_usd).toBe(0.02);
    expect(attributes('execute_tool rejected').cost_usd).toBe(0.03);
  });

  it.each(['cost_usd', 'costUsd'])('is a plain { %s } of a tool that is billable', (key) => {
    const { tool } = call({ billable: true }, () => ({ [key]: 0.04, hits: 3 }));
    expect(tool).toMatchObject({ cost_usd: 0.04, 'cost.source': 'returned' });
  });

  it.each(['cost_usd', 'costUsd'])(
    "is not a plain { %s } of any other tool: a customer's shipping at $18.40 is not billed",
    (key) => {
      const { tool, task } = call({}, () => ({ [key]: 18.4, carrier: 'DHL' }));
      expect(tool).not.toHaveProperty('cost_usd');
      expect(task).toMatchObject({ 'task.cost_usd': 0, 'task.tool_calls': 1, 'task.cost_complete': true });
    },
  );

  it('of a shipping tool that has a price is that price', () => {
    const { tool } = call({ costUsd: 0.001 }, () => ({ cost_usd: 18.4 }));
    expect(tool).toMatchObject({ cost_usd: 0.001, 'cost.source': 'declared' });
  });

  it('is the cost in the result before the declared price', () => {
    const { tool } = call({ costUsd: 1 }, () => new ActionResult('x', { costUsd: 0.02 }));
    expect(tool).toMatchObject({ cost_usd: 0.02, 'cost.source': 'returned' });
  });

  it('is the declared price if the result has no cost', () => {
    expect(call({ costUsd: 1 }, () => new ActionResult('x')).tool).toMatchObject({
      cost_usd: 1,
      'cost.source': 'declared',
    });
  });

  it('is the declared price for a call that threw, too: it was made', () => {
    const { tool, task } = call({ costUsd: 1 }, throwing(new Error('timeout')));
    expect(tool).toMatchObject({ cost_usd: 1, 'cost.source': 'declared' });
    expect(task['task.wasted_cost_usd']).toBe(1);
  });

  it('can be a function of the result and the arguments', () => {
    const { attributes } = startTracing();
    const translate = wrapTool(
      {
        name: 'translate',
        costUsd: (result, [text]) => String(text).length * 0.01 + String(result).length * 0.001,
      },
      (text: string) => text.repeat(2),
    );
    expect(translate('tea')).toBe('teatea');
    expect(attributes('execute_tool translate')).toMatchObject({
      cost_usd: 0.036,
      'cost.source': 'declared',
    });
  });

  it('by a function is computed from the data of an ActionResult', () => {
    const { tool } = call({ costUsd: (result) => Number(result) / 10 }, () => new ActionResult(5));
    expect(tool.cost_usd).toBe(0.5);
  });

  it('is nothing, and no key of own cost, for a tool without a price: it is a local function', () => {
    const { tool, task } = call({}, () => 42);
    expect(Object.keys(tool).filter((key) => key.includes('cost'))).toEqual([]);
    expect(task).toMatchObject({ 'task.tool_calls': 1, 'task.cost_usd': 0, 'task.cost_complete': true });
  });

  it.each<[string, () => unknown]>([
    ['returns nothing of a cost', () => 42],
    ['throws', throwing(new Error('timeout'))],
  ])('is unknown for a billable tool that %s', (_, work) => {
    const { tool, task } = call({ billable: true }, work);
    expect(tool).toMatchObject({
      'cost.kind': 'tool',
      'cost.status': 'unpriced',
      'cost.reason': 'no_result',
    });
    expect(tool).not.toHaveProperty('cost_usd');
    expect(task).toMatchObject({
      'task.cost_complete': false,
      'task.unpriced_calls': 1,
      'task.tool_calls': 1,
    });
  });

  it.each<[string, Declared, () => unknown]>([
    ['declared', { costUsd: 0 }, () => 1],
    ['returned', {}, () => new ActionResult(1, { costUsd: 0 })],
    ['billable', { billable: true }, () => ({ cost_usd: 0 })],
  ])('of 0 is known to be free, and still a call: %s', (_, declared, work) => {
    const { tool, task } = call(declared, work);
    expect(tool).toMatchObject({ cost_usd: 0, 'cost.status': 'free', 'cost.kind': 'tool' });
    expect(task).toMatchObject({ 'task.tool_calls': 1, 'task.cost_complete': true });
  });

  it.each([Number.NaN, -0.01, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1_000_000.01])(
    'of %s is refused and flagged; the call is counted',
    (costUsd) => {
      const { tool, task } = call({}, () => new ActionResult(1, { costUsd }));
      expect(tool).toMatchObject({
        'cost.status': 'unpriced',
        'cost.anomaly': expect.stringContaining(String(costUsd)),
      });
      expect(tool).not.toHaveProperty('cost_usd');
      expect(task).toMatchObject({ 'task.tool_calls': 1, 'task.cost_complete': false, 'task.cost_usd': 0 });
    },
  );

  it('of a billable tool whose result has no cost is the cost recorded on the call', () => {
    const { attributes } = startTracing();
    withTask('t', () => withTool({ name: 'pay', billable: true }, () => recordCost(0.25, { kind: 'tool' })));
    expect(attributes('execute_tool pay')).toMatchObject({ cost_usd: 0.25, 'cost.source': 'declared' });
    expect(attributes('execute_tool pay')).not.toHaveProperty('cost.status');
    expect(attributes('task t')).toMatchObject({ 'task.tool_cost_usd': 0.25, 'task.cost_complete': true });
  });

  it('of a billable tool that recorded 0 is known to be free', () => {
    const { attributes } = startTracing();
    withTool({ name: 'pay', billable: true }, () => recordCost(0, { kind: 'tool' }));
    expect(attributes('execute_tool pay')).toMatchObject({ cost_usd: 0, 'cost.status': 'free' });
  });

  it('is the configured price where the call leaves its own undefined', () => {
    const { attributes } = startTracing({ cost: { tools: { search: { costUsd: 0.5, billable: true } } } });
    const options = { name: 'search', costUsd: undefined, billable: undefined };
    Reflect.apply(withTool, undefined, [options, () => 1]);
    expect(attributes('execute_tool search').cost_usd).toBe(0.5);
  });

  it('of a negative zero is 0', () => {
    const { tool } = call({}, () => new ActionResult(1, { costUsd: -0 }));
    expect(Object.is(tool.cost_usd, 0)).toBe(true);
  });

  it('of exactly $1,000,000 is posted', () => {
    expect(call({ costUsd: 1_000_000 }, () => 1).task['task.cost_usd']).toBe(1_000_000);
  });

  it.each<[string, () => number]>([
    ['throws', throwing(new TypeError('x'))],
    ['gives rubbish', () => Number.NaN],
  ])('by a function that %s is refused and flagged', (_, costUsd) => {
    const { tool, task } = call({ costUsd }, () => 1);
    expect(tool).toMatchObject({ 'cost.status': 'unpriced', 'cost.anomaly': expect.any(String) });
    expect(task['task.cost_complete']).toBe(false);
  });

  it.each<[string, () => unknown]>([
    ['a result', () => Reflect.construct(ActionResult, [1, { cost_usd: 0.02 }])],
    ['a returned error', () => Reflect.construct(ActionError, ['x', { cost_usd: 0.02 }])],
    ['a thrown error', throwing(Reflect.construct(ActionError, ['x', { cost_usd: 0.02 }]))],
  ])('in %s under a name that is not known is refused and flagged, never free', (_, give) => {
    const { tool, task } = call({}, give);
    expect(tool).toMatchObject({
      'cost.status': 'unpriced',
      'cost.anomaly': 'returned cost refused: unknown option "cost_usd", did you mean "costUsd"?',
    });
    expect(tool).not.toHaveProperty('cost_usd');
    expect(task).toMatchObject({ 'task.cost_complete': false, 'task.unpriced_calls': 1 });
  });

  it.each(['cost_usd', 'costUSD', 'cost', 'price', 'priceUsd'])(
    'under the name %s of an option is refused and flagged, never free',
    (name) => {
      const { attributes, cost } = startTracing();
      withTask('t', () => Reflect.apply(withTool, undefined, [{ name: 'paid', [name]: 0.005 }, () => 1]));
      expect(attributes('execute_tool paid')).toMatchObject({
        'cost.status': 'unpriced',
        'cost.anomaly': 'declared cost refused: NaN',
      });
      expect(attributes('task t')['task.cost_complete']).toBe(false);
      expect(cost.stats.refusedAmounts).toBe(1);
    },
  );

  it.each<[unknown, string]>([
    ['0.005', 'declared cost refused: a string'],
    [{ usd: 1 }, 'declared cost refused: an object'],
    [() => JSON.parse('{'), 'declared cost refused: the function threw SyntaxError: '],
  ])('declared as %j is refused with the reason', (costUsd, anomaly) => {
    const { tool } = call({ costUsd: costUsd as never }, () => 1);
    expect(tool['cost.anomaly']).toContain(anomaly);
    expect(tool['cost.status']).toBe('unpriced');
  });

  it('refused is counted in the stats', () => {
    const { cost } = startTracing();
    withTool('tool', () => new ActionResult(1, { costUsd: -1 }));
    recordCost(Number.NaN);
    expect(cost.stats.refusedAmounts).toBe(2);
  });
});

describe('a returned cost', () => {
  it('excludes what spans below the tool bill', () => {
    const { tool, task } = call({}, () => {
      chat(1000, 100);
      return new ActionResult(1, { costUsd: 0.02 });
    });
    expect(tool.cost_usd).toBe(0.02);
    expect(task['task.cost_usd']).toBe(0.0235);
  });

  it('is what is left above them when it includes its children', () => {
    const { tool, task } = call({ costIncludesChildren: true }, () => {
      chat(1000, 100);
      withTool({ name: 'inner', costUsd: 0.001 }, () => 1);
      return new ActionResult(1, { costUsd: 0.02 });
    });
    expect(tool.cost_usd).toBe(0.0155);
    expect(task['task.cost_usd']).toBe(0.02);
  });

  describe('that includes its children, of a call that ends before them', () => {
    const includesAll: Declared = { costIncludesChildren: true };
    const late: [string, () => unknown][] = [
      ['a tool', () => withTool({ name: 'inner', costUsd: 0.25 }, () => wait())],
      ['a recorded cost', () => wait().then(() => recordCost(0.25, { kind: 'compute' }))],
      ['an LLM call', () => withLlm('gpt-4o', () => wait().then(() => completion(100_000, 0)))],
      ["another instrumentation's LLM call", () => inSpan('chat', chatAttributes(100_000, 0), () => wait())],
    ];

    it.each(late)('has paid for %s', async (_what, work) => {
      const { spans } = startTracing();
      let running: unknown;
      const totals = await withTask('t', async (task) => {
        withTool({ name: 'outer', ...includesAll }, () => {
          running = work();
          return new ActionResult(1, { costUsd: 1 });
        });
        await running;
        return task.totals;
      });
      expect(totals).toMatchObject({ costUsd: 1, costComplete: true });
      expect(totals.inputTokens === 100_000).toBe(totals.llmCalls === 1);
      expect(sumOf(spans())).toBe(1);
      expect(spans().filter(({ attributes }) => attributes['cost.reason'] === 'covered')).toHaveLength(1);
    });

    it('has paid exactly as much as it cost', async () => {
      const { spans, attributes } = startTracing();
      let running: unknown;
      const totals = await withTask('t', async (task) => {
        withTool({ name: 'outer', ...includesAll }, () => {
          running = wait().then(() => {
            withTool({ name: 'first', costUsd: 0.75 }, () => 1);
            withTool({ name: 'second', costUsd: 0.5 }, () => 1);
          });
          return new ActionResult(1, { costUsd: 1 });
        });
        await running;
        return task.totals;
      });
      expect(totals).toMatchObject({ costUsd: 1.25, toolCalls: 3 });
      expect(sumOf(spans())).toBe(1.25);
      expect(attributes('execute_tool second').cost_usd).toBe(0.25);
    });
  });

  it('is never below 0 when its children cost more', () => {
    const { tool, task } = call({ costIncludesChildren: true }, () => {
      chat(10_000, 1000);
      return new ActionResult(1, { costUsd: 0.02 });
    });
    expect(tool.cost_usd).toBe(0);
    expect(task['task.cost_usd']).toBe(0.035);
  });
});

describe('unwrap', () => {
  it('hands on the data alone, once the cost is billed', async () => {
    const { attributes } = startTracing();
    const data = { hits: 3 };
    const search = wrapTool(
      { name: 'tool', unwrap: true },
      async () => new ActionResult(data, { costUsd: 0.02 }),
    );
    expect(await search()).toBe(data);
    expect(attributes('execute_tool tool').cost_usd).toBe(0.02);
  });

  it('leaves what is no ActionResult as it is', () => {
    startTracing();
    const failed = new ActionError('no');
    expect(withTool({ name: 'tool', unwrap: true }, () => failed)).toBe(failed);
    expect(withTool({ name: 'tool', unwrap: true }, () => 'text')).toBe('text');
  });

  it('is off by default', () => {
    startTracing();
    const result = new ActionResult(1, { costUsd: 1 });
    expect(withTool('tool', () => result)).toBe(result);
  });
});
