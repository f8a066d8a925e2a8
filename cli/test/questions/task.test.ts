import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../src/store/open-store.js';
import { call, START, span, task } from '../support/made.js';

let store: Store;
let millis: number;
beforeEach(async () => {
  millis = START + 60_000;
  store = await openStore({ now: () => millis });
});
afterEach(() => store.close());

it('marks the cost of a step as a lower bound where a call in it has no price, and as estimated where one is', async () => {
  const inTask = { 'task.id': 'one' };
  const step = (number: number, usd: number) =>
    span(
      { 'step.number': number, 'step.cost_usd': usd, 'step.llm_cost_usd': usd, ...inTask },
      { name: 'agent_step turn', parentSpanId: 'one', startMillis: START + number },
    );
  const steps = [step(1, 0), step(2, 0.25), step(3, 0.5)];
  const [unpriced = '', estimated = '', sure = ''] = steps.map(({ spanId }) => spanId);
  await store.add([
    ...steps,
    call(
      undefined,
      { ...inTask, 'cost.status': 'unpriced', 'cost.reason': 'no_usage' },
      { parentSpanId: unpriced },
    ),
    call(
      0.25,
      { ...inTask, 'cost.status': 'estimated', 'cost.reason': 'stream_cut' },
      { parentSpanId: estimated },
    ),
    call(0.5, inTask, { parentSpanId: sure }),
    task('one', 0.75, {}, { spanId: 'one' }),
  ]);
  const nodes = (await store.task('one'))?.nodes.filter(({ kind }) => kind === 'step') ?? [];
  expect(nodes.map(({ stepNumber }) => stepNumber)).toEqual([1, 2, 3]);
  expect(nodes.map(({ rollUp }) => rollUp?.total)).toEqual([
    { pico: '0', estimatedPico: '0', unpricedCalls: 1, isLowerBound: true },
    { pico: '250000000000', estimatedPico: '250000000000', unpricedCalls: 0, isLowerBound: false },
    { pico: '500000000000', estimatedPico: '0', unpricedCalls: 0, isLowerBound: false },
  ]);
});

it('lists spans that start in the same millisecond in the order of their ends', async () => {
  const steps = [1, 2, 3].map((number) =>
    span(
      { 'step.number': number, 'step.cost_usd': 0, 'task.id': 'one' },
      { name: `step ${number}`, parentSpanId: 'one', startMillis: START },
    ),
  );
  await store.add([...steps, task('one', 0, {}, { spanId: 'one', startMillis: START })]);
  const names = (await store.task('one'))?.nodes.map(({ name }) => name);
  expect(names?.slice(1)).toEqual(['step 1', 'step 2', 'step 3']);
});

describe('a budget', () => {
  it('without a limit that means anything does not spoil its task', async () => {
    const attributes = {
      'cost.budget.scope': 'session',
      'cost.budget.measure': 'usd',
      'cost.budget.limit': Number.MAX_VALUE,
      'cost.budget.spent': 0.25,
    };
    const event = { name: 'budget threshold', timeNanos: 1n, attributes };
    await store.add([call(0.25, { 'task.id': 'one' }, { events: [event] }), task('one', 0.25)]);
    expect((await store.task('one'))?.budgets).toMatchObject([
      { scope: 'session', limit: null, spent: null },
    ]);
  });
});

describe('the check of a task', () => {
  const leaf = (usd: number) => call(usd, { 'task.id': 'one' }, { parentSpanId: 'one' });
  const check = async () => (await store.task('one'))?.check.state;

  it('is equal with what other processes export', async () => {
    await store.add([leaf(0.25), task('one', 0.75, { 'task.remote_cost_usd': 0.5 })]);
    expect((await store.task('one'))?.check).toEqual({
      state: 'equal',
      ownPico: '250000000000',
      remotePico: '500000000000',
      rollUpPico: '750000000000',
    });
  });

  it('is equal where the other processes send their spans here, too, and some are missing before', async () => {
    await store.add([leaf(0.25), leaf(0.25), task('one', 0.75, { 'task.remote_cost_usd': 0.5 })]);
    millis += 10_000;
    expect(await check()).toBe('spans_missing');
    await store.add([leaf(0.25)]);
    expect(await check()).toBe('equal');
    await store.add([leaf(0.25)]);
    expect(await check()).toBe('differs');
  });

  it('waits for spans, then says whether some are missing or the figures differ', async () => {
    await store.add([leaf(0.25), task('one', 0.75, { 'task.llm_calls': 2 })]);
    expect(await check()).toBe('waiting');
    millis += 10_000;
    expect(await check()).toBe('spans_missing');
    await store.add([leaf(0.25)]);
    expect(await check()).toBe('differs');
    await store.add([leaf(0.25)]);
    expect(await check()).toBe('equal');
    await store.add([leaf(0.25)]);
    expect(await check()).toBe('differs');
  });

  it('differs where more was spent than stated, whatever is missing', async () => {
    await store.add([
      call(0.5, { 'task.id': 'one' }, { parentSpanId: 'lost' }),
      task('one', 0.25, { 'task.llm_calls': 5 }),
    ]);
    millis += 10_000;
    expect(await check()).toBe('differs');
  });

  it('sees that a parent is missing', async () => {
    await store.add([
      call(0.25, { 'task.id': 'one' }, { parentSpanId: 'lost' }),
      task('one', 0.75, { 'task.llm_calls': 1 }),
    ]);
    millis += 10_000;
    expect(await check()).toBe('spans_missing');
  });

  it('is of the last roll-up', async () => {
    await store.add([leaf(0.25), leaf(0.5), task('one', 0.25)]);
    millis += 10_000;
    expect(await check()).toBe('differs');
    const { attributes } = task('', 0.75, { 'task.id': 'one' });
    await store.add([
      span(attributes, { name: 'cost correction', parentSpanId: 'one', startMillis: START + 9_000 }),
    ]);
    const detail = await store.task('one');
    expect(detail?.check.state).toBe('equal');
    expect(detail?.task).toMatchObject({ total: { pico: '750000000000' }, endMillis: START + 1_000 });
    expect(detail?.nodes.map(({ name }) => name)).not.toContain('cost correction');
  });
});

describe('an outlier', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => task(`usual-${index}`, 0.01, { 'task.steps': 4 }));

  it('is red from eight tasks of its name on, and says why', async () => {
    const dear = [
      call(0.03, { 'task.id': 'dear' }, { parentSpanId: 'dear' }),
      task('dear', 0.03, { 'task.steps': 12, 'task.retries': 3 }),
    ];
    await store.add([...many(6), ...dear]);
    const read = async () => (await store.tasks({ window: 'all', sort: 'total' })).rows[0];
    expect(await read()).toMatchObject({ id: 'dear', timesMedian: null, outlier: null });
    await store.add([task('another', 0.01, { 'task.steps': 4 })]);
    expect(await read()).toMatchObject({
      timesMedian: 3,
      outlier:
        '3.0 × the median: 3 retries, 12 steps (usually 4), most of it for gpt-4o ($0.03), $0.03 instead of $0.01',
    });
    const only = await store.tasks({ window: 'all', only: 'outliers' });
    expect(only.rows.map(({ id }) => id)).toEqual(['dear']);
    expect(only.count).toBe(1);
  });

  it('is not one at twice the median', async () => {
    await store.add([...many(8), task('twice', 0.02)]);
    expect((await store.tasks({ window: 'all', only: 'outliers' })).count).toBe(0);
  });
});

describe('budgets of a task', () => {
  it('show what was spent, thresholds of other scopes, and refused calls', async () => {
    const refused = span(
      {
        'task.id': 'one',
        'cost.budget.scope': 'team',
        'cost.budget.measure': 'usd',
        'error.type': 'BudgetExceededError',
      },
      { name: 'chat gpt-4o', statusCode: 2, parentSpanId: 'one' },
    );
    const crossing = call(0.5, { 'task.id': 'one', 'task.over_budget': true }, { parentSpanId: 'one' });
    crossing.events.push({
      name: 'budget threshold',
      timeNanos: crossing.endNanos,
      attributes: {
        'cost.budget.scope': 'session',
        'cost.budget.measure': 'steps',
        'cost.budget.limit': 10,
        'cost.budget.spent': 8,
        'cost.budget.threshold': 0.8,
      },
    });
    await store.add([refused, crossing]);
    expect((await store.tasks({ window: 'all', only: 'over_budget' })).rows).toMatchObject([
      { id: 'one', state: 'running', llmCalls: 1, isOverBudget: true, total: { isLowerBound: false } },
    ]);
    await store.add([task('one', 0.5, { 'task.budget_usd': 0.4, 'task.over_budget': true })]);
    const detail = await store.task('one');
    expect(detail?.budgets).toMatchObject([
      {
        scope: 'task',
        measure: 'usd',
        limit: '400000000000',
        spent: '500000000000',
        isOver: true,
        refusals: [],
      },
      { scope: 'session', measure: 'steps', limit: '10', spent: '8', isOver: false },
      {
        scope: 'team',
        measure: 'usd',
        limit: null,
        spent: null,
        isOver: true,
        refusals: [{ spanId: refused.spanId }],
      },
    ]);
    const node = detail?.nodes.find(({ spanId }) => spanId === refused.spanId);
    expect(node).toMatchObject({ own: null, refusedBy: { scope: 'team', measure: 'usd' } });
    const found = await store.opportunities('all');
    expect(found.find(({ kind }) => kind === 'over_budget')).toMatchObject({
      subject: 'work',
      amountPico: '500000000000',
      evidence: [{ spanId: 'one', taskId: 'one' }],
    });
  });
});

describe('a roll-up', () => {
  it('that does not say whether it is complete is a lower bound', async () => {
    await store.add([task('one', 0.25, { 'task.cost_complete': undefined })]);
    expect((await store.task('one'))?.task.total.isLowerBound).toBe(true);
  });

  it('of a step is a lower bound with a call of unknown cost in it, and partly estimated with such a call', async () => {
    const inTask = { 'task.id': 'one' };
    await store.add([
      span({ ...inTask, 'step.cost_usd': 0.25 }, { spanId: 'step', parentSpanId: 'one' }),
      span({ ...inTask, 'step.cost_usd': 0.5 }, { spanId: 'fine', parentSpanId: 'one' }),
      call(undefined, { ...inTask, 'cost.status': 'unpriced' }, { parentSpanId: 'step' }),
      call(0.25, { ...inTask, 'cost.status': 'estimated' }, { parentSpanId: 'step' }),
      call(0.5, inTask, { parentSpanId: 'fine' }),
      task('one', 0.75, { 'task.cost_complete': false }),
    ]);
    const nodes = (await store.task('one'))?.nodes ?? [];
    expect(nodes.find(({ spanId }) => spanId === 'step')?.rollUp?.total).toEqual({
      pico: '250000000000',
      estimatedPico: '250000000000',
      unpricedCalls: 1,
      isLowerBound: true,
    });
    const fine = nodes.find(({ spanId }) => spanId === 'fine')?.rollUp;
    expect([fine?.isSoFar, fine?.total.isLowerBound]).toEqual([false, false]);
  });
});

describe('a session', () => {
  const inSession = (id: string, usd: number, ends: [own: number, stated: number], traceId: string) => [
    call(usd, { 'task.id': id, 'session.id': 's' }, { parentSpanId: id, traceId }),
    task(id, usd, { 'session.id': 's' }, { parentSpanId: `of-${id}`, traceId }),
    span(
      { 'session.id': 's', 'session.cost_usd': ends[1], 'session.cost_complete': true },
      { spanId: `of-${id}`, traceId, endNanos: BigInt(START + ends[0]) * 1_000_000n },
    ),
  ];
  const shown = async (id: string) => {
    const node = (await store.task(id))?.nodes.find(({ kind }) => kind === 'session');
    return [node?.rollUp?.total.pico, node?.rollUp?.isSoFar];
  };

  it('has one total in all its tasks: the one that was stated last', async () => {
    // The first request ends after the second, which began later.
    await store.add(inSession('one', 0.25, [9_000, 0.75], 'a'.repeat(32)));
    await store.add(inSession('two', 0.5, [8_000, 0.5], 'b'.repeat(32)));
    expect([await shown('one'), await shown('two')]).toEqual([
      ['750000000000', false],
      ['750000000000', false],
    ]);
  });

  it('over two processes, each of which states its part, is the sum of its calls so far', async () => {
    await store.add(inSession('one', 1, [8_000, 1], 'a'.repeat(32)));
    await store.add(inSession('two', 2, [9_000, 2], 'b'.repeat(32)));
    expect([await shown('one'), await shown('two')]).toEqual([
      ['3000000000000', true],
      ['3000000000000', true],
    ]);
  });
});

describe('the calls of a task, for exports,', () => {
  it('have the outcome of its last roll-up, also when a correction arrives before it', async () => {
    const own = task('one', 0.25, { 'task.cost_complete': false });
    const correction = task(
      'one',
      0.5,
      {},
      { name: 'cost correction', parentSpanId: 'one', spanId: 'corrects', startMillis: START + 5_000 },
    );
    await store.add([correction]);
    await store.add([call(0.5, { 'task.id': 'one' }, { parentSpanId: 'one' }), own]);
    for await (const leaf of store.leaves('all')) expect(leaf.isTaskComplete).toBe(true);
    expect.assertions(1);
  });
});

describe('wasted cost', () => {
  it('is that of tasks inside an inner task without success, too', async () => {
    const inner = (id: string, parentSpanId: string, outcome: string) =>
      task(id, 0.5, { 'task.root_id': 'one', 'task.outcome': outcome }, { parentSpanId });
    await store.add([
      call(0.5, { 'task.id': 'low', 'task.root_id': 'one' }, { parentSpanId: 'low' }),
      inner('low', 'step', 'success'),
      span({ 'gen_ai.operation.name': 'agent_step' }, { spanId: 'step', parentSpanId: 'mid' }),
      inner('mid', 'one', 'failure'),
      call(0.25, { 'task.id': 'fine', 'task.root_id': 'one' }, { parentSpanId: 'fine' }),
      inner('fine', 'one', 'success'),
      task('one', 0.75, { 'task.wasted_cost_usd': 0.5 }),
    ]);
    const [row] = (await store.tasks({ window: 'all' })).rows;
    expect(row?.wastedPico).toBe('500000000000');
    expect((await store.overview('all')).ticker.wastedPico).toBe(row?.wastedPico);
    expect((await store.explore({ window: 'all', by: 'task' })).rows[0]?.wastedPico).toBe(row?.wastedPico);
  });

  it('is an opportunity with the tasks that prove it', async () => {
    await store.add([
      call(0.5, { 'task.id': 'one' }, { parentSpanId: 'one' }),
      task('one', 0.5, { 'task.outcome': 'failure', 'task.wasted_cost_usd': 0.5 }),
      task('two', 0.1),
    ]);
    const found = await store.opportunities('all');
    expect(found.find(({ kind }) => kind === 'wasted')).toMatchObject({
      subject: 'work',
      amountPico: '500000000000',
      count: 1,
      evidence: [{ spanId: 'one', taskId: 'one' }],
    });
    expect((await store.overview('all')).ticker.wastedPico).toBe('500000000000');
  });
});

describe('a large task', () => {
  it('shows 5,000 nodes, and its figures are of all spans', async () => {
    const leaves = Array.from({ length: 25_000 }, () =>
      call(0.001, { 'task.id': 'one' }, { parentSpanId: 'one' }),
    );
    await store.add([...leaves, task('one', 25)]);
    const detail = await store.task('one');
    expect(detail?.nodes).toHaveLength(5_000);
    expect(detail?.hiddenNodes).toBe(20_001);
    expect(detail?.check).toMatchObject({ state: 'equal', ownPico: String(25e12) });
  });
});
