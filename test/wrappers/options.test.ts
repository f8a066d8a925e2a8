import { describe, expect, it, vi } from 'vitest';
import { InvalidOptionError } from '../../src/errors.js';
import {
  CostSpanProcessor,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
  wrapAgent,
  wrapLlm,
  wrapTool,
} from '../../src/index.js';
import { forgetWarnings } from '../../src/warnings.js';
import { watchDiag } from '../support/diag.js';
import { startProcessor, startTracing } from '../support/tracing.js';

const construct: (options: unknown) => CostSpanProcessor = (options) =>
  new CostSpanProcessor(options as never);

describe('options of the processor', () => {
  it('are all optional', () => {
    expect(startProcessor().stats.ignoredProcessors).toBe(0);
    expect(startProcessor({}).stats.internalErrors).toBe(0);
  });

  it.each<[unknown, string, string, string]>([
    [null, 'options', 'an object', 'null'],
    ['x', 'options', 'an object', '"x"'],
    [{ tools: [] }, 'tools', 'an object', 'an array'],
    [{ tools: { web_search: 0.005 } }, 'tools.web_search', 'an object', '0.005'],
    [
      { tools: { web_search: { costUsd: '0.005' } } },
      'tools.web_search.costUsd',
      'a number from 0',
      '"0.005"',
    ],
    [{ tools: { web_search: { costUsd: -1 } } }, 'tools.web_search.costUsd', 'a number from 0', '-1'],
    [{ tools: { web_search: { costUsd: Number.NaN } } }, 'tools.web_search.costUsd', 'a number', 'NaN'],
    [{ tools: { x: { costUsd: 1_000_001 } } }, 'tools.x.costUsd', 'to 1000000', '1000001'],
    [{ tools: { x: { billable: 'yes' } } }, 'tools.x.billable', 'true or false', '"yes"'],
    [{ dialects: 'datadog' }, 'dialects', 'one of gen_ai, openinference', '"datadog"'],
    [{ dialects: 7 }, 'dialects', 'one or a list of', '7'],
    [{ dialects: ['gen_ai', 'otel-draft'] }, 'dialects', 'either gen_ai or otel-draft', 'an array'],
    [{ attributionKeys: 'tenant' }, 'attributionKeys', 'a list of at most 32 strings', '"tenant"'],
    [{ attributionKeys: ['Tenant-1'] }, 'attributionKeys', 'lower-case', '"Tenant-1"'],
    [{ attributionKeys: ['team'] }, 'attributionKeys', 'a key that is not built in', '"team"'],
    [{ attributionKeys: ['cost.tenant'] }, 'attributionKeys', 'the key "tenant"', '"cost.tenant"'],
    [{ metricAttributes: ['cost.team'] }, 'metricAttributes', 'written as cost.tag.team', '"cost.team"'],
    [{ metricAttributes: ['cost_team'] }, 'metricAttributes', 'the key "team"', '"cost_team"'],
    [{ baggageAttribution: ['cost.tag.team'] }, 'baggageAttribution', 'the key "team"', '"cost.tag.team"'],
    [{ budgets: { 'cost.team': { usd: 1 } } }, 'budgets', 'the key "team"', '"cost.team"'],
    [{ sessionIdKeys: [''] }, 'sessionIdKeys[0]', 'a non-empty string', '""'],
    [{ sessionIdKeys: Array(17).fill('k') }, 'sessionIdKeys', 'at most 16', 'an array'],
    [{ maxSessions: 0 }, 'maxSessions', 'a number from 1 to 1000000', '0'],
    [{ maxSessions: 1.5 }, 'maxSessions', 'a whole number', '1.5'],
    [{ maxSessions: Number.POSITIVE_INFINITY }, 'maxSessions', 'a number from 1', 'Infinity'],
    [{ onTaskEnd: true }, 'onTaskEnd', 'a function', 'true'],
    [{ overrides: { m: {} } }, 'overrides.m', 'a rate with at least one price', 'an object'],
    [{ overrides: { m: { inputUsdPerMtok: -1 } } }, 'overrides.m.inputUsdPerMtok', 'a number', '-1'],
    [{ aliases: { m: 1 } }, 'aliases.m', 'a non-empty string', '1'],
    [{ priceFactors: { openai: '10%' } }, 'priceFactors.openai', 'a number from 0', '"10%"'],
  ])('%j are refused with the key, what was expected and the value', (options, key, expected, value) => {
    expect(() => construct(options)).toThrow(TypeError);
    expect(() => construct(options)).toThrow(`option "${key}" must be `);
    expect(() => construct(options)).toThrow(expected);
    expect(() => construct(options)).toThrow(`got ${value}`);
  });

  it.each<[unknown, string]>([
    [{ tool: {} }, 'unknown option "tool"; did you mean "tools"?'],
    [{ tools: { x: { cost: 1 } } }, 'unknown option "tools.x.cost"; known are costUsd, billable'],
    [
      { discounts: { openai: 10 } },
      '"discounts" is no longer an option; give the part of the price that you pay: priceFactors: { openai: 0.9 } for 10 % off',
    ],
  ])('%j are refused with the line to write', (options, message) => {
    expect(() => construct(options)).toThrow(InvalidOptionError);
    expect(() => construct(options)).toThrow(message);
  });

  it('that were refused leave no processor behind: the next one is the meter', () => {
    expect(() => construct({ maxSessions: 0 })).toThrow();
    expect(startProcessor().stats.ignoredProcessors).toBe(0);
  });
});

describe('options of a wrapper', () => {
  const wrap: Record<string, (options: unknown, fn: unknown) => unknown> = {
    wrapTool: wrapTool as never,
    wrapAgent: wrapAgent as never,
    wrapLlm: wrapLlm as never,
  };

  it.each<[string, unknown, string]>([
    ['wrapTool', '', 'option "wrapTool name" must be a non-empty string, got ""'],
    ['wrapTool', {}, 'option "wrapTool options.name" must be a non-empty string, got undefined'],
    ['wrapTool', { name: 'x', costUsd: -1 }, 'option "wrapTool options.costUsd" must be a number from 0'],
    [
      'wrapTool',
      { name: 'x', billable: 1 },
      'option "wrapTool options.billable" must be true or false, got 1',
    ],
    ['wrapTool', { name: 'x', unwrap: 'yes' }, 'option "wrapTool options.unwrap" must be true or false'],
    [
      'wrapTool',
      { name: 'x', attempt: 0 },
      'option "wrapTool options.attempt" must be a whole number from 1',
    ],
    ['wrapAgent', null, 'option "wrapAgent options" must be an object, got null'],
    ['wrapAgent', { name: 7 }, 'option "wrapAgent options.name" must be a non-empty string, got 7'],
    ['wrapLlm', 7, 'option "wrapLlm options" must be an object, got 7'],
    [
      'wrapTool',
      { name: 'x', costUSD: 1 },
      'unknown option "wrapTool options.costUSD"; did you mean "costUsd"?',
    ],
    ['wrapTool', { name: 'x', cost: 1 }, 'unknown option "wrapTool options.cost"; known are name, costUsd'],
    [
      'wrapTool',
      { name: 'x', attempt: 1.5 },
      'option "wrapTool options.attempt" must be a whole number from 1',
    ],
    ['wrapTool', { name: 'x', startTimeMillis: 'now' }, 'option "wrapTool options.startTimeMillis" must be'],
    [
      'wrapAgent',
      { name: 'x', budgetUSD: 1 },
      'unknown option "wrapAgent options.budgetUSD"; did you mean "budgetUsd"?',
    ],
    [
      'wrapAgent',
      { name: 'x', attribution: 'growth' },
      'option "wrapAgent options.attribution" must be an object',
    ],
    ['wrapLlm', { model: 3 }, 'option "wrapLlm options.model" must be a non-empty string, got 3'],
    ['wrapLlm', { countTokens: 3 }, 'option "wrapLlm options.countTokens" must be a function, got 3'],
    ['wrapLlm', { modle: 'gpt-4o' }, 'did you mean "model"?'],
  ])('%s(%j, fn) are checked at once', (wrapper, options, message) => {
    expect(() => wrap[wrapper]?.(options, () => 1)).toThrow(message);
  });

  it('may be null, for none', () => {
    expect(wrap.wrapLlm?.({ model: 'gpt-4o', provider: null }, () => 1)).toBeInstanceOf(Function);
  });

  it.each(Object.keys(wrap))('%s requires a function', (wrapper) => {
    expect(() => wrap[wrapper]?.('x', 'not a function')).toThrow(
      `option "${wrapper} fn" must be a function, got "not a function"`,
    );
  });
});

describe('the function of a wrapper', () => {
  it.each(Object.entries({ withAgent, withLlm, withSession, withStep, withTask, withTool }))(
    'of %s is checked before anything is begun',
    (name, wrapper) => {
      const { spans } = startTracing();
      for (const fn of [undefined, Promise.resolve(1), 'work']) {
        expect(() => Reflect.apply(wrapper, undefined, ['x', fn])).toThrow(
          `option "${name} fn" must be a function that does the work: () => …, got `,
        );
      }
      expect(spans()).toEqual([]);
    },
  );
});

describe('a call without usage', () => {
  it.each<[string, () => unknown, string]>([
    ['a string', () => 'Paris', "withLlm got a string without usage: return the client's response unchanged"],
    ['an object', () => ({ text: 'Paris' }), 'withLlm got an object without usage'],
    [
      'a stream',
      async function* stream() {
        yield { choices: [{ delta: { content: 'Paris' } }] };
      },
      "a stream in withLlm had no usage: OpenAI's chat streams need stream_options: { include_usage: true }",
    ],
  ])('is reported with advice: %s', async (_what, give, message) => {
    forgetWarnings();
    const warn = watchDiag();
    const given = await withLlm('gpt-4o', give);
    if (given !== null && typeof given === 'object' && Symbol.asyncIterator in given) {
      for await (const _part of given as AsyncIterable<unknown>);
    }
    expect(warn.mock.calls.join()).toContain(message);
    warn.mockRestore();
  });

  it('is reported where what is recorded has no counts', async () => {
    forgetWarnings();
    const warn = watchDiag();
    withLlm('gpt-4o', (call) => call.recordUsage({ tally: 100 } as object));
    expect(warn.mock.calls.join()).toContain('recordUsage found no counts in an object with keys tally');
    warn.mockRestore();
  });
});

describe('an option of a call that is not known', () => {
  const anyTask: (options: object, fn: () => unknown) => unknown = withTask as never;

  it('is ignored, and the name that was meant is reported', () => {
    const warn = watchDiag();
    startProcessor();
    expect(anyTask({ name: 't', sesionId: 's', other: 1 }, () => 1)).toBe(1);
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('unknown option "sesionId"; did you mean "sessionId"?')],
      [expect.stringContaining('unknown option "other"; it is ignored')],
    ]);
  });

  it('may have the name of a method that every object has', () => {
    const { attributes } = startTracing();
    anyTask({ name: 't', toString: () => 'text', constructor: 1 }, () => 1);
    expect(attributes('task t')['task.outcome']).toBe('success');
  });

  it('is only reported if it merely resembles a budget', () => {
    const warn = watchDiag();
    startProcessor();
    expect(anyTask({ name: 't', budgets: 'mine' }, () => 1)).toBe(1);
    expect(warn).toHaveBeenLastCalledWith(
      expect.stringContaining('unknown option "budgets"; did you mean "budget"?'),
    );
  });

  it.each(['budgetUSD', 'budget_usd', 'Budget'])(
    'is refused as %s: if ignored, it would limit nothing',
    (key) => {
      startProcessor();
      const work = vi.fn();
      expect(() => anyTask({ name: 't', [key]: 1 }, work)).toThrow(
        `unknown option "${key}"; did you mean "budget`,
      );
      expect(() => anyTask({ name: 't', [key]: 1 }, work)).toThrow(InvalidOptionError);
      expect(work).not.toHaveBeenCalled();
    },
  );
});
