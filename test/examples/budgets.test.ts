import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const execute = promisify(execFile);

async function run(name: string): Promise<string[]> {
  const file = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  const { stdout } = await execute(process.execPath, [file]);
  return stdout.trimEnd().split('\n');
}

describe('the examples of budgets', () => {
  it('stop an agent before it passes $0.50', async () => {
    expect(await run('budget-stop.js')).toEqual([
      '$0.075 after 1 calls',
      '$0.15 after 2 calls',
      '$0.225 after 3 calls',
      '$0.3 after 4 calls',
      '$0.375 after 5 calls',
      '$0.45 after 6 calls',
      'stopped: budget of task "research" exceeded: usd limit 0.5, spent 0.45, reserved 0; an estimate of 0.07 does not fit',
    ]);
  });

  it('let three of sixteen parallel calls run, and one more where the price is learned', async () => {
    expect(await run('parallel-budget.js')).toEqual([
      'price declared: 3 ran, 3 at once, 13 refused, $0.09 spent',
      'price unknown, the first one alone: 4 ran, 2 at once, 12 refused, $0.12 spent',
      'price unknown, no waiting: 1 ran, 1 at once, 15 refused, $0.03 spent',
    ]);
  });
});
