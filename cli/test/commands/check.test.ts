import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.js';
import { call, task } from '../support/made.js';
import { folder } from '../support/otlp-files.js';
import { run } from '../support/terminal.js';

const db = join(folder, 'check.duckdb');
const HOUR = 3_600_000;
const id = (at: number) => `c${String(at).padStart(15, '0')}`;

/** One task of one call, which ended before so many hours. */
function ended(at: number, usd: number, hoursAgo: number, attributes: Record<string, unknown> = {}) {
  const startMillis = Date.now() - hoursAgo * HOUR;
  const place = { startMillis, traceId: String(at).padStart(32, '0') };
  return [
    call(usd, { 'task.id': id(at), 'task.name': 'work' }, { ...place, parentSpanId: id(at) }),
    task(id(at), usd, attributes, place),
  ];
}

beforeAll(async () => {
  const store = await openStore({ file: db });
  // The day before: $0.10, $0.20, $0.30. Today: $0.20, $0.25, $0.60.
  const before = [0.1, 0.2, 0.3].flatMap((usd, at) => ended(at, usd, 30));
  const today = [0.2, 0.25, 0.6].flatMap((usd, at) => ended(10 + at, usd, 2));
  await store.add([...before, ...today]);
  await store.add(
    ended(20, 0.01, 1, { 'task.name': 'partly', 'task.cost_complete': false, 'task.unpriced_calls': 2 }),
  );
  await store.close();
});

const check = (...args: string[]) => run(['check', '--db', db, ...args]);

describe('check', () => {
  it('succeeds within the limits, on the same figures as the page', async () => {
    const { exitCode, out, err } = await check(
      '--name',
      'work',
      '--max-task-usd',
      '0.60',
      '--max-p50-usd',
      '0.25',
    );
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toBe(
      [
        '3 tasks named "work" in the last 24h',
        '✓ max-task-usd: the most expensive task cost $0.60; the limit is $0.60',
        '✓ max-p50-usd: the median is $0.25, at most $0.25',
        'within the limits',
        '',
      ].join('\n'),
    );
  });

  it('fails when a limit is broken, and names the task', async () => {
    const { exitCode, out } = await check('--name', 'work', '--max-task-usd', '0.599999999999');
    expect(exitCode).toBe(1);
    expect(out).toContain(`✗ max-task-usd: task work (${id(12)}) cost $0.60, more than $0.599999999999`);
    expect(out).toContain('1 check has failed');
  });

  it('compares the median with the period before', async () => {
    const broken = await check('--name', 'work', '--max-increase', '20%');
    expect(broken.exitCode).toBe(1);
    expect(broken.out).toContain(
      'the median was $0.20 (3 tasks) and is $0.25 (3 tasks): +25.00%; the limit is +20%',
    );
    expect((await check('--name', 'work', '--max-increase', '25%')).exitCode).toBe(0);
  });

  it('says that there is no baseline', async () => {
    const args = ['--name', 'work', '--window', '40h', '--max-increase', '20%'];
    const without = await check(...args);
    expect(without.exitCode).toBe(0);
    expect(without.out).toContain('there is no baseline');
    expect((await check(...args, '--require-baseline')).exitCode).toBe(1);
  });

  it('fails for tasks with an unknown cost, unless allowed', async () => {
    const args = ['--max-total-usd', '5'];
    const broken = await check(...args);
    expect(broken.exitCode).toBe(1);
    expect(broken.out).toContain(`task partly (${id(20)}) cost $0.01 or more: 2 calls have no known cost`);
    expect((await check(...args, '--allow-incomplete')).exitCode).toBe(0);
  });

  it('prints JSON', async () => {
    const { exitCode, out } = await check(
      '--name',
      'work',
      '--max-task-usd',
      '0.5',
      '--min-tasks',
      '3',
      '--json',
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toEqual({
      ok: false,
      window: 'the last 24h',
      name: 'work',
      tasks: 3,
      findings: [
        {
          check: 'max-task-usd',
          ok: false,
          message: expect.stringContaining('cost $0.60'),
          task: { id: id(12), name: 'work', usd: '0.60' },
        },
        { check: 'min-tasks', ok: true, message: '3 tasks have ended; at least 3 must' },
      ],
    });
  });

  it.each([
    [['--name', 'other', '--max-task-usd', '1'], 'there are no tasks named "other" in the last 24h'],
    [['--window', '15m', '--max-task-usd', '1'], 'there are no tasks in the last 15m'],
  ])('%j has no data', async (args, message) => {
    const { exitCode, err } = await check(...args);
    expect(exitCode).toBe(3);
    expect(err).toContain(message);
  });

  it.each([
    ['--max-task-usd', '-1'],
    ['--max-task-usd', '1e3'],
    ['--max-p90-usd', '0.0000000000001'],
    ['--max-increase', '20'],
    ['--max-increase', 'x%'],
    ['--min-tasks', '0'],
    ['--window', '0h', '--max-task-usd', '1'],
    ['--window', 'soon', '--max-task-usd', '1'],
    ['--require-baseline', '--max-task-usd', '1'],
  ])('%s %s is a mistake', async (...args) => {
    const { exitCode, out } = await check(...args);
    expect([exitCode, out]).toEqual([2, '']);
  });

  it('needs a file that is there, and does not make one', async () => {
    const missing = await run(['check', '--db', join(folder, 'none.duckdb'), '--max-task-usd', '1']);
    expect(missing.exitCode).toBe(3);
    expect(missing.err).toContain('none.duckdb');
  });
});
