/** The example of two services with a shared budget, as a user runs it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { appFolder } from '../support/app.js';

const EXAMPLE = 'node_modules/otel-agent-cost/examples/services/main.js';

it('the example prints the cost of each service, and the calls that the shared budget refused', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(appFolder(), EXAMPLE)], {
    timeout: 60_000,
  });
  const rows = stdout.split('\n').map((line) => line.split(/ +/));
  const acme = rows.filter(([customer]) => customer === 'acme');
  expect(acme.map(([, , research, writing]) => [research, writing])).toEqual([
    ...Array(3).fill(['$0.02415', '$0.00415']),
    ...Array(3).fill(['refused', '$0.00415']),
    ['refused', 'refused'],
  ]);
  expect(acme.at(-1)?.slice(5).join(' ')).toBe('$0.09735 of $0.1');
  expect(rows.find(([customer]) => customer === 'globex')?.slice(2, 5)).toEqual([
    '$0.02415',
    '$0.00415',
    '$0.02830',
  ]);
  expect(stdout).toContain('budget of customer "acme" exceeded: usd limit 0.1, spent 0.09735');
});
