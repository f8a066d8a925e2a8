import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../src/store/open-store.js';
import { spansOfFixture } from '../support/otlp-json.js';

const spans = spansOfFixture('demo-research.json');
const TASK = 'aea7bd93dd9f4b0a';
const usd = (dollars: number) => String(Math.round(dollars * 1e12));

describe('the demo', () => {
  let store: Store;
  let millis: number;
  beforeEach(async () => {
    millis = Number((spans.at(-1)?.endNanos ?? 0n) / 1_000_000n) + 1_000;
    store = await openStore({ now: () => millis });
  });
  afterEach(() => store.close());

  it('has one task, with the figures of its roll-up', async () => {
    await store.add(spans);
    const { rows, count } = await store.tasks({ window: 'auto' });
    expect(count).toBe(1);
    expect(rows[0]).toMatchObject({
      id: TASK,
      name: 'research',
      state: 'ended',
      outcome: 'success',
      steps: 10,
      inputTokens: 38_800,
      outputTokens: 3_200,
      llmCalls: 10,
      toolCalls: 5,
      llmPico: usd(0.129),
      toolPico: usd(0.013),
      otherPico: '0',
      total: { pico: usd(0.142), unpricedCalls: 0, isLowerBound: false },
    });
  });

  it('shows the tree, and its own costs add up', async () => {
    await store.add(spans);
    const detail = await store.task(TASK);
    expect(detail?.check).toEqual({
      state: 'equal',
      ownPico: usd(0.142),
      remotePico: '0',
      rollUpPico: usd(0.142),
    });
    const kinds = detail?.nodes.map(({ kind }) => kind) ?? [];
    expect(kinds.slice(0, 5)).toEqual(['session', 'task', 'agent', 'step', 'llm']);
    expect(kinds.filter((kind) => kind === 'tool')).toHaveLength(5);
    const known = new Set<string | null>([null]);
    for (const node of detail?.nodes ?? []) {
      expect(known).toContain(node.parentSpanId);
      known.add(node.spanId);
    }
    expect(detail?.hiddenNodes).toBe(0);
  });

  it('sums a running task from its leaves, and the roll-up replaces them', async () => {
    const before = spans.slice(0, 6);
    await store.add(before);
    const [running] = (await store.tasks({ window: 'auto' })).rows;
    expect(running).toMatchObject({
      id: TASK,
      state: 'running',
      outcome: null,
      steps: 2,
      total: { pico: usd(0.00225 + 0.005 + 0.0045 + 0.005) },
    });
    const detail = await store.task(TASK);
    expect(detail?.check.state).toBe('waiting');
    const tree = detail?.nodes.map(({ kind, name, rollUp }) => [kind, name, rollUp?.isSoFar ?? null]);
    expect(tree?.slice(0, 3)).toEqual([
      ['task', 'research', true],
      ['agent', 'researcher', true],
      ['step', 'agent_step turn', false],
    ]);
    await store.add(spans.slice(6));
    expect((await store.tasks({ window: 'auto' })).rows[0]).toMatchObject({
      state: 'ended',
      total: { pico: usd(0.142) },
    });
  });

  it('answers the other questions', async () => {
    await store.add(spans);
    const { ticker, window } = await store.overview('auto');
    expect(window.name).toBe('auto');
    expect(window.toMillis - window.fromMillis).toBe(900_000);
    expect(ticker.spent.pico).toBe(usd(0.142));
    expect(ticker.today.pico).toBe(usd(0.142));
    expect(ticker.usdPerHourPico).toBe(usd(0.142 * 12));
    expect(ticker.activeTasks).toBe(0);
    expect(ticker.series.pico.reduce((sum, pico) => sum + BigInt(pico), 0n)).toBe(BigInt(usd(0.142)));
    const byModel = await store.explore({ window: 'auto', by: 'model' });
    expect(byModel.rows.map(({ key, total }) => [key, total.pico])).toEqual([
      ['gpt-4o', usd(0.129)],
      [null, usd(0.013)],
    ]);
    const byTask = await store.explore({ window: 'auto', by: 'task' });
    expect(byTask.rows[0]).toMatchObject({
      key: 'research',
      actions: 1,
      costPerActionPico: usd(0.142),
      tasks: 1,
    });
    const distribution = await store.distribution('auto');
    expect(distribution.now).toEqual({
      count: 1,
      incomplete: 0,
      p50Pico: usd(0.142),
      p90Pico: usd(0.142),
      p99Pico: usd(0.142),
    });
    expect(distribution.bins.reduce((sum, { count }) => sum + count, 0)).toBe(1);
  });

  it('has the savings that its own process found, each with its spans', async () => {
    await store.add(spans);
    const found = await store.opportunities('auto');
    expect(found.map(({ kind, subject, amountPico }) => [kind, subject, amountPico])).toEqual([
      ['cheaper_model', 'gpt-4o', usd(0.12126)],
      ['uncached_input', 'gpt-4o', usd(0.03696)],
    ]);
    for (const { evidence, fix, count } of found) {
      expect(fix).not.toBe('');
      expect(evidence).toHaveLength(count);
      for (const span of evidence) expect(span.taskId).toBe(TASK);
    }
  });

  it('shows the arithmetic of each call, which adds up', async () => {
    await store.add(spans);
    const detail = await store.task(TASK);
    for (const { traceId, spanId, kind } of detail?.nodes ?? []) {
      const arithmetic = await store.arithmetic(traceId, spanId);
      if (kind === 'llm') {
        expect(arithmetic).toMatchObject({ addsUp: true });
        expect(arithmetic?.notes[0]).toContain('from version');
      } else if (kind === 'tool') {
        expect(arithmetic).toMatchObject({ lines: [], notes: ['The app declared this amount or rate.'] });
      } else expect(arithmetic).toBeUndefined();
    }
  });
});
