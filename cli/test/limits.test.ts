import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, type Limits, type Measured } from '../src/limits.js';
import { distribution, overview, task, total } from './support/tasks.js';

const CENT = 10n ** 10n;
const NONE: Limits = {
  ...{
    maxTask: undefined,
    maxP50: undefined,
    maxP90: undefined,
    maxTotal: undefined,
    maxIncrease: undefined,
  },
  ...{ requireBaseline: false, minTasks: undefined, allowIncomplete: false },
};
const TWENTY = { text: '20%', share: 2n * 10n ** 11n };

function measured(rest: Partial<Measured> = {}): Measured {
  const tasks = rest.tasks ?? [task('a'), task('b')];
  const spent = total(tasks.reduce((sum, { total: { pico } }) => sum + BigInt(pico), 0n));
  return {
    tasks,
    distribution: distribution([CENT, CENT], CENT),
    overview: overview(spent),
    isOneName: false,
    trouble: null,
    ...rest,
  };
}

const findings = (limits: Partial<Limits>, rest?: Partial<Measured>) =>
  check({ ...NONE, ...limits }, measured(rest));
const failed = (...given: Parameters<typeof findings>) => findings(...given).filter(({ ok }) => !ok);

it('is not within the limits where the store says that figures are too low', () => {
  const trouble = '1 trace has spans that are not priced yet';
  expect(failed({ maxTask: CENT }, { trouble })).toEqual([
    { check: 'complete', ok: false, message: trouble },
  ]);
  expect(failed({ maxTask: CENT, allowIncomplete: true }, { trouble })).toEqual([]);
});

describe('limits', () => {
  it('are kept at exactly the limit, and broken by one pico-dollar more', () => {
    for (const limit of ['maxTask', 'maxP50', 'maxP90'] as const) {
      expect(failed({ [limit]: CENT })).toEqual([]);
      expect(failed({ [limit]: CENT - 1n })).not.toEqual([]);
    }
    expect(failed({ maxTotal: 2n * CENT })).toEqual([]);
    expect(failed({ maxTotal: 2n * CENT - 1n })).not.toEqual([]);
  });

  it('name the task that breaks them, with its id', () => {
    const [finding] = failed(
      { maxTask: CENT },
      { tasks: [task('a1b2', { total: total(3n * CENT) }), task('b')] },
    );
    expect(finding).toEqual({
      check: 'max-task-usd',
      ok: false,
      message: 'task answer (a1b2) cost $0.03, more than $0.01',
      task: { id: 'a1b2', name: 'answer', usd: '0.03' },
    });
  });

  it('name five tasks and count the others', () => {
    const tasks = Array.from({ length: 8 }, (_, at) => task(`t${at}`));
    const broken = failed({ maxTask: 1n }, { tasks });
    expect(broken).toHaveLength(6);
    expect(broken.at(-1)?.message).toBe('3 more tasks cost more than $0.000000000001');
  });

  it('on the increase compare the medians exactly', () => {
    const at = (p50: bigint) =>
      failed({ maxIncrease: TWENTY }, { distribution: distribution([p50, p50], 10n * CENT) });
    expect(at(12n * CENT)).toEqual([]);
    expect(at(1n)).toEqual([]);
    expect(at(12n * CENT + 1n)[0]?.message).toBe(
      'the median was $0.10 (4 tasks) and is $0.120000000001 (4 tasks): +20.00%; the limit is +20%',
    );
    const fromFree = failed({ maxIncrease: TWENTY }, { distribution: distribution([1n, 1n], 0n) });
    expect(fromFree[0]?.message).toContain('it was free');
  });

  it('on the increase are right for any amounts', () => {
    const pico = fc.bigInt({ min: 0n, max: 10n ** 18n });
    fc.assert(
      fc.property(pico, pico, fc.integer({ min: 0, max: 1000 }), (was, is, percent) => {
        const share = BigInt(percent) * 10n ** 10n;
        const limits = { maxIncrease: { text: `${percent}%`, share } };
        const broken = failed(limits, { distribution: distribution([is, is], was) });
        expect(broken.length > 0).toBe(is * 100n > was * BigInt(100 + percent));
      }),
    );
  });

  it('on the increase say that there is no baseline, and fail only when one is required', () => {
    const without = { distribution: distribution([CENT, CENT]) };
    const [finding] = findings({ maxIncrease: TWENTY }, without);
    expect(finding).toMatchObject({ ok: true, message: expect.stringContaining('there is no baseline') });
    expect(failed({ maxIncrease: TWENTY, requireBaseline: true }, without)).toHaveLength(1);
  });

  it('fail where the figure is not known', () => {
    const none = { distribution: distribution(null, CENT) };
    for (const limits of [{ maxP50: CENT }, { maxP90: CENT }, { maxIncrease: TWENTY }])
      expect(failed(limits, none)[0]?.message).toContain('no task has ended');
  });

  it('on the number of tasks count those that have ended', () => {
    const tasks = [task('a'), task('b', { state: 'running' })];
    expect(failed({ minTasks: 2, allowIncomplete: true }, { tasks })[0]?.message).toBe(
      '1 task has ended; at least 2 must',
    );
    expect(failed({ minTasks: 1, allowIncomplete: true }, { tasks })).toEqual([]);
  });

  it('fail for lower bounds, because unknown is not 0, unless allowed', () => {
    const unpriced = task('u', { total: total(1n, { isLowerBound: true, unpricedCalls: 2 }) });
    const running = task('r', { state: 'running', total: total(1n) });
    const broken = failed({ maxTask: CENT }, { tasks: [unpriced, running] });
    expect(broken.map(({ message }) => message)).toEqual([
      'task answer (u) cost $0.000000000001 or more: 2 calls have no known cost',
      'task answer (r) cost $0.000000000001 or more: it has not ended',
    ]);
    expect(failed({ maxTask: CENT, allowIncomplete: true }, { tasks: [unpriced, running] })).toEqual([]);
    const outside = overview(total(1n, { isLowerBound: true, unpricedCalls: 1 }));
    expect(failed({ maxTask: CENT }, { overview: outside })[0]?.check).toBe('complete');
    expect(failed({ maxTask: CENT }, { overview: outside, isOneName: true })).toEqual([]);
  });

  it('on the total are of everything in the window, or of the tasks of a name', () => {
    const spent = overview(total(5n * CENT));
    expect(failed({ maxTotal: 3n * CENT }, { overview: spent })).toHaveLength(1);
    expect(failed({ maxTotal: 3n * CENT }, { overview: spent, isOneName: true })).toEqual([]);
  });
});
