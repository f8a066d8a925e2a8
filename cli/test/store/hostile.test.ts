import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DecodedSpan } from '../../src/otlp/span.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { StoreBusyError } from '../../src/store/span-sink.js';
import { call, START, span, task } from '../support/made.js';

const HOSTILE = [
  '<script>alert(1)</script>',
  "'; DROP TABLE spans; --",
  "\" OR 1=1; COPY spans TO 'stolen.csv'; --",
  '$1 $name ? %s {{x}}',
  '\u0000nul\u0000',
  '\ud800 half a pair',
  '=HYPERLINK("http://x")',
  '__proto__',
  'constructor',
  'x'.repeat(100_000),
  '\u202eright to left',
];

const spent = async (store: Store) => (await store.overview('all')).ticker.spent;

describe('a store', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openStore({ now: () => START + 60_000 });
  });
  afterEach(() => store.close());

  it('keeps hostile strings in every field as they are, and executes nothing', async () => {
    for (const [index, text] of HOSTILE.entries()) {
      const id = `task-${index}-${text.slice(0, 50)}`;
      const attributes = {
        'session.id': text,
        'gen_ai.agent.name': text,
        'gen_ai.provider.name': text,
        'cost.tag.team': text,
        'user.id': text,
        'cost.anomaly': text,
        'cost.status': text,
        'cost.kind': text,
        [text.slice(0, 100)]: text,
      };
      const resource = { 'service.name': text, [text.slice(0, 100)]: text };
      const more = { traceId: text.slice(0, 32), statusMessage: text, scopeName: text, resource };
      await store.add([
        call(
          0.25,
          { ...attributes, 'task.id': id, 'gen_ai.response.model': text },
          { ...more, parentSpanId: id },
        ),
        task(id, 0.25, { ...attributes, 'task.name': text }, { ...more, name: text }),
      ]);
      const { rows } = await store.tasks({ window: 'all', filter: id.slice(0, 8) });
      expect(rows).toHaveLength(1);
      for (const by of [
        'session',
        'task',
        'model',
        'tool',
        'agent',
        'team',
        'feature',
        'customer',
        'user',
      ] as const) {
        await store.explore({ window: 'all', by, filter: text });
      }
      await store.tasks({ window: 'all', name: text, filter: text });
      await store.distribution('all', text);
      expect(await store.task(text)).toBeUndefined();
      expect(await store.arithmetic(text, text)).toBeUndefined();
      expect((await store.task(rows[0]?.id ?? ''))?.check.state).toBe('equal');
      const kinds = {
        'gen_ai.operation.name': text,
        'openinference.span.kind': text,
        'traceloop.span.kind': text,
      };
      await store.add([span(kinds, { traceId: text.slice(0, 32) })]);
    }
    expect((await store.spans()).spans).toBe(3 * HOSTILE.length);
    expect((await spent(store)).pico).toBe(String(HOSTILE.length * 0.25e12));
    const { rows } = await store.explore({ window: 'all', by: 'team', limit: 1_000 });
    const well = (text: string) => Buffer.from(text).toString();
    expect(rows.map(({ key }) => well(key ?? '')).sort()).toEqual(HOSTILE.map(well).sort());
  });

  it('refuses words that are no sort, key or window without running them', async () => {
    await store.add([call(0.25)]);
    const injection: string = 'total; DROP TABLE spans';
    for (const sort of [injection, 'constructor'] as 'total'[]) {
      await expect(store.tasks({ window: 'all', sort })).rejects.toThrow('unknown word');
      await expect(store.explore({ window: 'all', by: 'model', sort })).rejects.toThrow('unknown word');
    }
    await expect(store.explore({ window: 'all', by: injection as 'model' })).rejects.toThrow();
    await expect(store.explore({ window: 'all', by: 'toString' as 'model' })).rejects.toThrow();
    await store.tasks({ window: 'all', limit: Number.NaN, offset: -1 });
    expect((await store.spans()).spans).toBe(1);
  });

  it.each(['0.5', 'NaN', Number.NaN, Number.POSITIVE_INFINITY, -1, 1e9, true, [0.5], { usd: 1 }, 2n ** 70n])(
    'takes a cost of %s for unknown, and says so',
    async (usd) => {
      await store.add([call(usd, { 'task.id': 'one' }), call(0.25, { 'task.id': 'one' })]);
      expect(await spent(store)).toMatchObject({
        pico: '250000000000',
        unpricedCalls: 1,
        isLowerBound: true,
      });
      const { rows } = await store.tasks({ window: 'all' });
      expect(rows[0]?.total).toMatchObject({ unpricedCalls: 1, isLowerBound: true });
      const detail = await store.task('one');
      const bad = detail?.nodes.find(({ own }) => own?.pico === null);
      expect(bad?.own).toMatchObject({ status: 'unpriced', reason: 'bad_amount' });
      expect(bad?.own?.anomaly).toContain('cost_usd is no amount');
    },
  );

  it('leaves counts that are no whole numbers out', async () => {
    await store.add([
      call(0.25, { 'task.id': 'one', 'gen_ai.usage.input_tokens': '7', 'gen_ai.usage.output_tokens': -3 }),
      call(0.25, {
        'task.id': 'one',
        'gen_ai.usage.input_tokens': 5,
        'gen_ai.usage.output_tokens': 2n ** 63n,
      }),
    ]);
    expect((await store.tasks({ window: 'all' })).rows[0]).toMatchObject({ inputTokens: 5, outputTokens: 0 });
  });

  it('keeps spans with absurd times without spoiling the windows', async () => {
    const at = (startNanos: bigint, endNanos: bigint): DecodedSpan => ({
      ...call(0.25),
      startNanos,
      endNanos,
    });
    const now = BigInt(START) * 1_000_000n;
    await store.add([
      at(0n, 0n),
      at(2n ** 64n - 1n, 2n ** 64n - 1n),
      at(now, now - 5n),
      at(now, 2n ** 63n),
      at(now + 400n * 86_400_000_000_000n, now + 400n * 86_400_000_000_000n),
    ]);
    const { window, ticker } = await store.overview('auto');
    expect(window.toMillis - window.fromMillis).toBe(900_000);
    expect(ticker.spent.pico).toBe('1250000000000');
    let json = '';
    for await (const piece of store.otlpJson('all')) json += piece;
    expect(json).toContain('"startTimeUnixNano":"18446744073709551615"');
    expect(json).toContain('"startTimeUnixNano":"0"');
  });

  it('follows the data: spans of years ago are in `all` and `auto`, not in the last hour', async () => {
    const old = START - 3 * 365 * 86_400_000;
    await store.add([call(0.25, {}, { startMillis: old }), call(0.5)]);
    expect((await store.overview('1h')).ticker.spent.pico).toBe('500000000000');
    const { window, ticker } = await store.overview('auto');
    expect(window.fromMillis).toBe(old);
    expect(ticker.spent.pico).toBe('750000000000');
    expect(ticker.series.pico.length).toBeLessThanOrEqual(121);
  });

  it('survives circles, missing parents and spans that are their own parent', async () => {
    const own = call(0.25, { 'task.id': 'one' }, { parentSpanId: 'b', spanId: 'b' });
    const first = call(0.25, { 'task.id': 'one' }, { parentSpanId: 'd', spanId: 'c' });
    const second = call(0.25, { 'task.id': 'one' }, { parentSpanId: 'c', spanId: 'd' });
    const orphan = call(0.25, { 'task.id': 'one' }, { parentSpanId: 'never' });
    await store.add([own, first, second, orphan]);
    const detail = await store.task('one');
    expect(detail?.nodes.filter(({ own: cost }) => cost !== null)).toHaveLength(4);
    expect(detail?.nodes[0]).toMatchObject({ kind: 'task', rollUp: { isSoFar: true } });
  });

  it('tells senders to wait when too much is waiting, and keeps nothing of that', async () => {
    const small = await openStore({ maxWaitingSpans: 10 });
    const batch = () => Array.from({ length: 8 }, () => span({}));
    const first = small.add(batch());
    await expect(small.add(batch())).rejects.toThrow(StoreBusyError);
    await first;
    await small.add(batch());
    expect((await small.spans()).spans).toBe(16);
    await small.close();
  });
});
