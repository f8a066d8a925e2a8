import { spawnSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { withTask, withTool } from '../../src/index.js';
import { repositoryRoot } from '../package/sources.js';
import { startTracing, wait } from '../support/tracing.js';

function run(program: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, stdout, stderr };
}

it('books the estimate of a stream that was dropped unread with its task when it is garbage-collected', async () => {
  startTracing({ cost: { budgets: { user: { usd: 0.1 } } } });
  // The task has not ended, because it ends with the stream that it returns.
  const call = (estimateUsd: number) =>
    withTask({ name: 't', attribution: { user: 'ann' } }, () =>
      withTool({ name: 'stream', estimateUsd }, async function* () {
        yield 1;
      }),
    );
  call(0.08);
  expect(() => call(0.05)).toThrow('spent 0, reserved 0.08');
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  for (let round = 0; round < 20; round++) {
    collect();
    await wait();
  }
  expect(() => call(0.05)).toThrow('spent 0.08, reserved 0');
  expect(call(0.02)).toBeDefined();
});

it('keeps the process alive for a call that waits, until it is refused with the reason', () => {
  const { status, stdout } = run(`import { withTask, withTool } from 'otel-agent-cost';
    const budget = { usd: 1, reserveTimeoutMillis: 300 };
    await withTask({ name: 't', budget }, async () => {
      withTool({ name: 'dropped', costUsd: () => 1 }, async function* () { yield 1; });
      await withTool({ name: 'next', costUsd: () => 1 }, async () => 1);
    }).catch(({ name, message, waitedFor }) => console.log(name, waitedFor, message));`);
  expect(stdout).toMatch(
    /^BudgetExceededError execute_tool dropped budget of task "t" had no room in time: /,
  );
  expect(stdout).toMatch(/the call waited \d+ ms for "execute_tool dropped"/);
  expect(status).toBe(0);
});

it('does not keep the process alive with a limit on time, or with calls that hang', () => {
  const { status, stdout } = run(`import { withTask, withTool } from 'otel-agent-cost';
    const budget = { usd: 1, wallMillis: 60_000, mode: 'abort' };
    withTask({ name: 't', budget }, () => withTool('hangs', () => new Promise(() => {})));
    console.log('began');`);
  expect([status, stdout]).toEqual([0, 'began\n']);
});
