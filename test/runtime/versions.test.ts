/** Two versions of this package in one process: the packed 0.1.0, and versions that are still to come. */

import { context, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Package from '../../src/index.js';
import { PACKAGE_VERSION } from '../../src/version.js';
import { watchDiag } from '../support/diag.js';
import { chat, completion, inSpan } from '../support/tracing.js';

const SHARED = ['copies', 'meters', 'metrics', '2.meters', '2.metrics', '3.meters', '3.metrics'];
const COPIES = Symbol.for('otel-agent-cost.copies');

const warn = watchDiag();
let providers: NodeTracerProvider[] = [];

beforeEach(() => {
  vi.resetModules();
  for (const name of SHARED) Reflect.deleteProperty(globalThis, Symbol.for(`otel-agent-cost.${name}`));
  warn.mockClear();
});
afterEach(async () => {
  for (const provider of providers) await provider.shutdown();
  providers = [];
  trace.disable();
  context.disable();
  for (const name of SHARED) Reflect.deleteProperty(globalThis, Symbol.for(`otel-agent-cost.${name}`));
});

async function current(): Promise<typeof Package> {
  return await import('../../src/index.js');
}

/** A fresh instance each time: what it remembers is of one process. */
let instances = 0;
async function old(): Promise<typeof Package> {
  const url = new URL('../fixtures/build-0.1.0.mjs', import.meta.url);
  return await import(/* @vite-ignore */ `${url.href}?${++instances}`);
}

function start(...cost: SpanProcessor[]) {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [...cost, new SimpleSpanProcessor(exporter)] });
  provider.register();
  providers.push(provider);
  return (name: string) => exporter.getFinishedSpans().find((span) => span.name === name)?.attributes ?? {};
}

/** Work in which each version is around the other, and instrumented calls below both. */
async function work(outer: typeof Package, inner: typeof Package): Promise<unknown> {
  return await outer.withTask({ name: 'outer', budgetUsd: 1 }, async (task) => {
    await outer.withLlm({ provider: 'openai', model: 'gpt-4o' }, async () => completion(1000, 100));
    const given = await inner.withTask('inner', async () => {
      inner.withTool({ name: 'found', costUsd: 0.5 }, () => new outer.ActionResult(1, { costUsd: 0.25 }));
      inner.recordCost(0.125);
      for await (const part of inner.withAgent('reader', () => parts())) void part;
      inSpan('request', {}, () => chat(1000, 100));
      return 'given';
    });
    return [given, task.totals.costUsd];
  });
}

async function* parts() {
  yield 1;
  await Promise.resolve();
  yield 2;
}

function saidOnce(): string[] {
  return warn.mock.calls
    .map(([message]) => String(message))
    .filter((message) => message.includes('versions'));
}

describe('0.1.0 beside this version', () => {
  it.each(['old first', 'current first'])(
    'throws nothing and bills its own, without an SDK: %s',
    async (order) => {
      const first = order === 'old first' ? await old() : await current();
      const second = order === 'old first' ? await current() : await old();
      for (const [outer, inner] of [
        [first, second],
        [second, first],
      ] as const) {
        expect(await work(outer, inner)).toEqual(['given', 0.0035]);
      }
    },
  );

  it('is reported once, with advice', async () => {
    const [first, second] = [await old(), await current()];
    await work(first, second);
    await work(second, first);
    expect(saidOnce()).toEqual([
      expect.stringContaining(`versions ${PACKAGE_VERSION} and 0.1 of otel-agent-cost run in one process`),
    ]);
    expect(saidOnce()[0]).toContain('npm ls otel-agent-cost');
  });

  it('meters other instrumentations’ spans alone if its processor came first', async () => {
    const [first, second] = [await old(), await current()];
    const theirs = new first.CostSpanProcessor();
    const ours = new second.CostSpanProcessor();
    const attributes = start(theirs, ours);
    inSpan('invoke_agent a', { 'gen_ai.operation.name': 'invoke_agent' }, () => chat(1000, 100));
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.0035);
    expect(attributes('invoke_agent a')['agent.cost_usd']).toBe(0.0035);
    expect(ours.stats).toMatchObject({ ignoredProcessors: 1, internalErrors: 0 });
    expect(theirs.stats.internalErrors).toBe(0);
  });

  it('leaves our options to our wrappers, where its processor came first', async () => {
    const [first, second] = [await old(), await current()];
    const theirs = new first.CostSpanProcessor();
    const ours = new second.CostSpanProcessor({
      overrides: { 'gpt-4o': { inputUsdPerMtok: 1000, outputUsdPerMtok: 0 } },
      budgets: { session: { usd: 1 } },
    });
    const attributes = start(theirs, ours);
    const call = () => second.withLlm({ provider: 'openai', model: 'gpt-4o' }, () => completion(1000, 100));
    second.withTask({ name: 't', sessionId: 's' }, () => {
      call();
      expect(call).toThrow(second.BudgetExceededError);
    });
    expect(attributes('chat gpt-4o').cost_usd).toBe(1);
  });

  it('makes a task of this version incomplete if the task contains its calls', async () => {
    const [first, second] = [await old(), await current()];
    const ours = new second.CostSpanProcessor();
    const attributes = start(ours);
    second.withTask('ours', () => {
      first.withTask('theirs', () => {
        first.withLlm({ provider: 'openai', model: 'gpt-4o' }, () => completion(1000, 100));
      });
      second.withTool({ name: 'x', costUsd: 1 }, () => 1);
    });
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.0035);
    expect(attributes('task ours')).toMatchObject({
      'task.cost_usd': 1,
      'task.cost_complete': false,
      'task.unpriced_calls': 1,
    });
    // Its own attributes are left as they are.
    expect(attributes('task theirs')['task.cost_usd']).toBe(0.0035);
  });

  it('bills no call twice, where its processor came second', async () => {
    const [second, first] = [await current(), await old()];
    const ours = new second.CostSpanProcessor();
    const theirs = new first.CostSpanProcessor();
    const attributes = start(ours, theirs);
    inSpan('request', {}, () => chat(1000, 100));
    await work(second, first);
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.0035);
    expect(ours.stats.internalErrors).toBe(0);
    expect(saidOnce()).toHaveLength(1);
  });
});

describe('a version to come', () => {
  it('whose processor is there keeps ours from working beside it', async () => {
    const copies = [{ version: '9.9.9', protocol: 3, processors: () => 1 }];
    Object.assign(globalThis, { [COPIES]: copies });
    const { CostSpanProcessor } = await current();
    const ours = new CostSpanProcessor();
    const attributes = start(ours);
    chat(1000, 100);
    expect(attributes('chat gpt-4o')).not.toHaveProperty('cost_usd');
    expect(ours.stats.ignoredProcessors).toBe(1);
    expect(saidOnce()).toEqual([expect.stringContaining('9.9.9')]);
    // It finds this one in the same list.
    expect(copies).toHaveLength(2);
    expect(copies[1]).toMatchObject({ version: PACKAGE_VERSION, protocol: 2 });
    expect(Reflect.apply(Reflect.get(copies[1] ?? {}, 'processors'), undefined, [])).toBe(1);
  });

  it('finds one entry for this version, however often it is loaded', async () => {
    for (let time = 0; time < 3; time++) {
      vi.resetModules();
      new (await current()).CostSpanProcessor();
    }
    expect(Reflect.get(globalThis, COPIES)).toHaveLength(1);
  });

  it('shares the context that is carried without an SDK', async () => {
    const one = await current();
    const [other] = [await old()];
    const traceOf = other.withTask('outer', () => one.withTask('inner', (task) => task.id));
    expect(traceOf).toMatch(/^[0-9a-f]{16}$/);
    expect(Reflect.get(globalThis, Symbol.for('otel-agent-cost.context'))).toBeDefined();
  });

  it.each([
    ['is no list', 7],
    ['has other things in it', [null, { protocol: 3 }]],
  ])('that left something unknown behind harms nothing: what %s', async (_what, left) => {
    Object.assign(globalThis, { [COPIES]: left });
    const { withTask, CostSpanProcessor } = await current();
    expect(new CostSpanProcessor().stats.internalErrors).toBe(0);
    expect(withTask('t', (task) => task.totals.costUsd)).toBe(0);
  });
});
