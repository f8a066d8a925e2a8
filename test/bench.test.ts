import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const bench = fileURLToPath(new URL('../bench/', import.meta.url));

it('the bench measures a ratio to the bare SDK, and the bare SDK by itself beside it', async () => {
  const { stdout } = await run(process.execPath, [
    '--expose-gc',
    `${bench}run-row.js`,
    'over OTLP, JSON bytes',
  ]);
  const row: unknown = JSON.parse(stdout);
  expect(row).toMatchObject({ ratio: expect.any(Number), nullRatio: expect.any(Number), target: 1.7 });
});

it('the bench names its rows when none fits', async () => {
  await expect(run(process.execPath, [`${bench}main.js`, 'no such row'])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('pricing a call, warm'),
  });
});
