/** Every walk over the app's data has a bound. Counted by the elements that are looked at, not by time. */
import { describe, expect, it } from 'vitest';
import { canonicalText, MAX_CANONICAL_VALUES } from '../../src/canonical.js';
import { recordUsage, withLlm, withTask, withTool, wrapTool } from '../../src/index.js';
import { copyPlain } from '../../src/plain.js';
import { MAX_KEYS, MAX_LISTED } from '../../src/usage/bounds.js';
import { startTracing } from '../support/tracing.js';

/** Three times what the widest walk may look at, and more. */
const ELEMENTS = 60_000;

/** A huge list or object that counts the elements that are looked at. */
function counting<T extends object>(target: T): { value: T; looks(): number } {
  let looks = 0;
  const look = (key: string | symbol) => {
    if (typeof key === 'string' && /^(?:\d+|key\d+)$/.test(key)) looks += 1;
  };
  const value = new Proxy(target, {
    get(from, key, receiver) {
      look(key);
      return Reflect.get(from, key, receiver);
    },
    has(from, key) {
      look(key);
      return Reflect.has(from, key);
    },
    getOwnPropertyDescriptor(from, key) {
      look(key);
      return Reflect.getOwnPropertyDescriptor(from, key);
    },
  });
  return { value, looks: () => looks };
}

const list = () => counting(new Array<unknown>(ELEMENTS).fill(0));

function object() {
  const keys: Record<string, unknown> = {};
  for (let at = 0; at < ELEMENTS; at++) keys[`key${at}`] = 1;
  // Listing keys asks for the descriptor of each, which is the engine's own work: only reads count.
  let looks = 0;
  const value = new Proxy(keys, {
    get(from, key, receiver) {
      if (typeof key === 'string' && key.startsWith('key')) looks += 1;
      return Reflect.get(from, key, receiver);
    },
  });
  return { value, looks: () => looks };
}

describe('arguments of a failing tool', () => {
  it.each(['list', 'object'] as const)('a huge %s is not walked', (kind) => {
    startTracing();
    const huge = kind === 'list' ? list() : object();
    const fail = (_value: unknown): never => {
      throw new Error('failed');
    };
    const failing = wrapTool('search', fail);
    withTask('work', () => {
      for (let attempt = 0; attempt < 5; attempt++) expect(() => failing(huge.value)).toThrow('failed');
    });
    expect(huge.looks()).toBeLessThanOrEqual(100);
  });

  it('are read up to a number of values in all, however they are nested', () => {
    let looks = 0;
    const row = new Proxy(new Array<unknown>(100).fill(0), {
      get(from, key, receiver) {
        looks += 1;
        return Reflect.get(from, key, receiver);
      },
    });
    expect(canonicalText(new Array<unknown>(10_000).fill(row))).toBeUndefined();
    expect(looks).toBeLessThan(4 * MAX_CANONICAL_VALUES);
    expect(canonicalText(new Array<unknown>(MAX_CANONICAL_VALUES - 1).fill(0))).toBeDefined();
    // The digits of such a number take seconds.
    expect(canonicalText(2n ** 100_000n)).toBeUndefined();
    expect(canonicalText(2n ** 1_000n)).toBeDefined();
  });

  it('a copy for the cache is bounded before a value is read', () => {
    const huge = list();
    expect(copyPlain(huge.value, 200_000)).toBeUndefined();
    expect(huge.looks()).toBe(0);
  });
});

describe('what a call returns', () => {
  const SHAPES: Record<string, (huge: unknown) => object> = {
    output: (output) => ({ id: 'r', output, usage: { input_tokens: 1, output_tokens: 1 } }),
    choices: (choices) => ({ choices, usage: { prompt_tokens: 1, completion_tokens: 1 } }),
    steps: (steps) => ({ steps, usage: { inputTokens: 1, outputTokens: 1 } }),
    iterations: (iterations) => ({ usage: { input_tokens: 1, output_tokens: 1, iterations } }),
    details: (promptTokensDetails) => ({ usageMetadata: { promptTokenCount: 1, promptTokensDetails } }),
    results: (results) => ({ inputTextTokenCount: 1, results }),
    modelUsage: (modelUsage) => ({ type: 'result', modelUsage }),
    metadata: (providerMetadata) => ({ usage: { inputTokens: 1, outputTokens: 1 }, providerMetadata }),
    usage: (usage) => ({ usage }),
  };

  it.each(Object.keys(SHAPES))('huge %s are not walked, and make no call look complete', (name) => {
    startTracing();
    for (const huge of [list(), object()]) {
      const shape = SHAPES[name]?.(huge.value);
      const totals = withTask('work', (task) => {
        expect(withLlm({ model: 'gpt-4o' }, () => shape)).toBe(shape);
        recordUsage(shape ?? {});
        return task.totals;
      });
      expect(huge.looks()).toBeLessThanOrEqual(3 * (MAX_LISTED + MAX_KEYS));
      expect(Number.isFinite(totals.costUsd)).toBe(true);
    }
  });

  it('a list beyond the bound is not read in part, which would be an undercount', () => {
    startTracing();
    const searches = new Array<unknown>(MAX_LISTED + 1).fill({
      type: 'web_search_call',
      action: { type: 'search' },
    });
    const response = { model: 'gpt-4o', output: searches, usage: { input_tokens: 1, output_tokens: 1 } };
    withTask('work', (task) => {
      withLlm({ model: 'gpt-4o' }, () => response);
      expect(task.totals.costComplete).toBe(false);
    });
  });
});

describe('requests, errors and options', () => {
  it('a huge request under a budget is not walked', () => {
    startTracing();
    const huge = list();
    const options = { model: 'gpt-4o', request: { messages: huge.value }, budgetUsd: 1 };
    withTask('work', () => withLlm(options, () => ({ usage: { prompt_tokens: 1, completion_tokens: 1 } })));
    expect(huge.looks()).toBeLessThanOrEqual(20_000);
  });

  it('a huge thing that is thrown is not turned into a string', () => {
    const tracing = startTracing();
    const huge = list();
    expect(() =>
      withTool('search', () => {
        throw huge.value;
      }),
    ).toThrow();
    expect(huge.looks()).toBe(0);
    expect(tracing.span('execute_tool search').status.message).toBe('[object Array]');
  });

  it('a huge object in the place of options is not walked', () => {
    startTracing();
    const huge = object();
    Reflect.apply(withTool, undefined, [huge.value, () => 1]);
    Reflect.apply(withTask, undefined, [{ name: 'work', attribution: huge.value }, () => 1]);
    expect(huge.looks()).toBeLessThanOrEqual(5_000);
  });
});
