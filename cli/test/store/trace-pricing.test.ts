import { DuckDBConnection } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStore, type Store } from '../../src/store/open-store.js';
import { fakePricing } from '../support/fake-pricing.js';
import { call, START, span } from '../support/made.js';

const PYTHON = { 'service.name': 'python' };
const NODE = { 'service.name': 'node' };

function chat(tokens: unknown, parentSpanId: string, resource: Record<string, unknown> = PYTHON) {
  return span(
    { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': tokens },
    { name: 'chat', parentSpanId, resource },
  );
}

describe('the first pricing of a store', () => {
  it('is undone where spans with our keys arrive during it', async () => {
    const traces = Array.from({ length: 40 }, (_, at) => at.toString(16).padStart(32, 'd'));
    let millis = START + 5_000;
    let arriving: Promise<void> | undefined;
    const store: Store = await openStore({
      now: () => millis,
      price: (spans) => {
        arriving ??= store.add([call(0.5, {}, { traceId: spans[0]?.traceId ?? '', resource: PYTHON })]);
        return fakePricing(spans);
      },
    });
    await store.add(traces.map((traceId) => ({ ...chat(1_000, ''), traceId })));
    for (let round = 0; round < 3; round += 1) {
      millis += 1_000;
      await store.priceDue();
      await arriving;
    }
    expect((await store.overview('all')).ticker.spent.pico).toBe(
      String(500_000_000_000 + 39 * 1_000_000_000),
    );
    await store.close();
  });
});

describe('spans without our keys', () => {
  let store: Store;
  let millis = START + 5_000;
  beforeEach(async () => {
    millis = START + 5_000;
    store = await openStore({ now: () => millis, price: fakePricing });
  });
  afterEach(() => store.close());

  async function settled() {
    millis += 1_000;
    await store.priceDue();
    return (await store.tasks({ window: 'all' })).rows;
  }
  const spent = async () => (await store.overview('all')).ticker.spent.pico;

  it('are priced here, once, and again when more of the trace arrives', async () => {
    const root = span({ 'gen_ai.operation.name': 'invoke_agent' }, { name: 'agent', resource: PYTHON });
    const first = chat(1_000, root.spanId);
    await store.add([first]);
    expect(await settled()).toMatchObject([
      {
        id: root.spanId,
        name: 'python',
        state: 'running',
        isPricedHere: true,
        total: { pico: '1000000000' },
      },
    ]);
    await store.add([chat(500, root.spanId), first]);
    expect(await settled()).toMatchObject([{ state: 'running', total: { pico: '1500000000' } }]);
    await store.add([root]);
    expect(await settled()).toMatchObject([
      { id: root.spanId, name: 'agent', state: 'ended', isPricedHere: true, total: { pico: '1500000000' } },
    ]);
    expect(await spent()).toBe('1500000000');
    const detail = await store.task(root.spanId);
    expect(detail?.check.state).toBe('equal');
    expect(detail?.nodes.map(({ kind, isPricedHere }) => [kind, isPricedHere])).toEqual([
      ['agent', true],
      ['llm', true],
      ['llm', true],
    ]);
  });

  it('below a parent that never comes are a task of their own after a minute', async () => {
    const orphan = chat(1_000, 'f'.repeat(16));
    await store.add([orphan]);
    expect(await settled()).toMatchObject([{ id: 'f'.repeat(16), state: 'running' }]);
    millis += 61_000;
    expect(await settled()).toMatchObject([{ id: orphan.spanId, state: 'ended' }]);
    expect(await spent()).toBe('1000000000');
  });

  it('run on while a parent of the same process may still come, and are one task when it does', async () => {
    const root = span({ 'gen_ai.operation.name': 'invoke_agent' }, { name: 'agent', resource: PYTHON });
    const steps = [1_000, 500].map((tokens) => ({ ...chat(tokens, root.spanId), isParentLocal: true }));
    await store.add(steps);
    for (const wait of [61_000, 800_000]) {
      millis += wait;
      expect(await settled()).toMatchObject([{ id: root.spanId, state: 'running' }]);
    }
    await store.add([root]);
    expect(await settled()).toMatchObject([
      { id: root.spanId, state: 'ended', total: { pico: '1500000000' } },
    ]);
  });

  it('are tasks of their own when a parent of the same process has not come after a quarter of an hour', async () => {
    await store.add([{ ...chat(1_000, 'f'.repeat(16)), isParentLocal: true }]);
    await settled();
    millis += 900_000;
    expect(await settled()).toMatchObject([{ state: 'ended' }]);
  });

  it('are left alone where the same process states its cost, also when that arrives later', async () => {
    const root = span({}, { resource: NODE });
    await store.add([chat(1_000, root.spanId, NODE), chat(10, root.spanId, PYTHON)]);
    await settled();
    expect(await spent()).toBe('1010000000');
    await store.add([
      call(0.5, { 'task.id': root.spanId }, { parentSpanId: root.spanId, resource: { ...NODE } }),
    ]);
    await settled();
    expect(await spent()).toBe('500010000000');
  });

  it('of other traces and processes are not touched by that', async () => {
    await store.add([chat(1_000, '')]);
    await settled();
    await store.add([{ ...call(0.5, {}, { resource: NODE }), traceId: 'b'.repeat(32) }]);
    await settled();
    expect(await spent()).toBe('501000000000');
  });

  it('are priced with the spans of their own trace only, also where ids are equal', async () => {
    const priced: string[] = [];
    const other = await openStore({
      now: () => millis,
      price: (spans) => {
        for (const { traceId, name } of spans) priced.push(`${traceId.slice(0, 1)} ${name}`);
        return fakePricing(spans);
      },
    });
    const root = span({ 'gen_ai.operation.name': 'invoke_agent' }, { name: 'agent', resource: PYTHON });
    const child = chat(500, root.spanId);
    // The parent is missing in the second trace, and only in the third one, NODE states its cost.
    await other.add([
      root,
      child,
      { ...chat(500, '', NODE), name: 'chat of node' },
      { ...child, traceId: 'b'.repeat(32) },
      { ...chat(500, ''), traceId: 'c'.repeat(32) },
      { ...call(0.5, {}, { resource: NODE }), traceId: 'c'.repeat(32) },
    ]);
    millis += 1_000;
    await other.priceDue();
    // A missing parent is named after the service.
    expect(priced.sort()).toEqual(['a agent', 'a chat', 'a chat of node', 'b chat', 'b python', 'c chat']);
    await other.close();
  });

  it('of many traces take as many statements as those of one, and no more appenders', async () => {
    const statements = vi.spyOn(DuckDBConnection.prototype, 'runAndReadAll');
    const appenders = vi.spyOn(DuckDBConnection.prototype, 'createAppender');
    try {
      const counts: number[] = [];
      for (const traces of [1, 1, 50]) {
        await store.add(
          Array.from({ length: traces }, (_, at) => ({
            ...chat(1_000, ''),
            traceId: (traces * 1_000 + counts.length * 100 + at).toString(16).padStart(32, '0'),
          })),
        );
        statements.mockClear();
        millis += 1_000;
        await store.priceDue();
        counts.push(statements.mock.calls.length);
      }
      expect(await spent()).toBe('52000000000');
      expect(counts[2]).toBe(counts[1]);
      expect(appenders).toHaveBeenCalledTimes(6);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('that are deleted while they are priced leave no cost behind', async () => {
    let deleting: Promise<number> | undefined;
    const other = await openStore({
      now: () => millis,
      price: (spans) => {
        deleting ??= other.deleteSpans(null);
        return fakePricing(spans);
      },
    });
    await other.add([chat(1_000, '')]);
    millis += 1_000;
    await other.priceDue();
    expect(await deleting).toBe(1);
    expect((await other.overview('all')).ticker.spent.pico).toBe('0');
    await other.close();
  });

  it('do no harm when pricing fails', async () => {
    const failing = await openStore({
      now: () => millis,
      price: () => {
        throw new Error('no such price');
      },
    });
    await failing.add([chat(1_000, '')]);
    millis += 1_000;
    await failing.priceDue();
    expect(failing.trouble).toContain('no such price');
    expect((await failing.spans()).spans).toBe(1);
    await failing.close();
  });
});
