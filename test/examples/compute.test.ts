import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const execute = promisify(execFile);

it('the example of compute bills all that is not tokens', async () => {
  const file = fileURLToPath(new URL('../../examples/compute.js', import.meta.url));
  const { stdout } = await execute(process.execPath, [file]);
  expect(stdout.trimEnd().split('\n')).toEqual([
    'LLM $0, complete: true',
    'GPU and loop $0.0006',
    'API, vector store and transfer $0.00229',
    'reserved: $25 + $62.5 + $12.5 = $100',
  ]);
});
