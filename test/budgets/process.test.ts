import { execFileSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { withTask, withTool } from '../../src/index.js';
import { repositoryRoot } from '../package/sources.js';
import { startTracing, wait } from '../support/tracing.js';

it('gives back to a user what a stream holds that was dropped unread', async () => {
  startTracing({ cost: { budgets: { user: { usd: 0.1 } } } });
  const call = (estimateUsd: number) =>
    withTask({ name: 't', attribution: { user: 'ann' } }, () =>
      withTool({ name: 'stream', estimateUsd }, async function* () {
        yield 1;
      }),
    );
  call(0.1);
  expect(() => call(0.05)).toThrow('reserved 0.1');
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  for (let round = 0; round < 20; round++) {
    collect();
    await wait();
  }
  expect(call(0.05)).toBeDefined();
});

it('does not keep the process alive with calls that wait, or with time that is limited', () => {
  const program = `import { withTask, withTool } from 'otel-agent-cost';
    const budget = { usd: 1, wallMillis: 60_000, mode: 'abort', reserveTimeoutMillis: 60_000 };
    withTask({ name: 't', budget }, async () => {
      const hang = () => withTool('hangs', () => new Promise(() => {}));
      await Promise.all([hang(), hang()]);
    });
    console.log('began');`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(output).toBe('began\n');
});
