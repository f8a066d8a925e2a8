/** The package inside a bundle of an app's, which has no `node_modules` beside it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from './sources.js';

const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-bundle-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const APP = `
import { withLlm, withTask } from 'otel-agent-cost';
const response = { model: 'gpt-4o-2024-08-06', usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } };
const ask = (answer) => withTask('t', async (task) => {
  await withLlm({ provider: 'openai', model: 'gpt-4o' }, answer);
  const { costUsd, costComplete } = task.totals;
  console.log(JSON.stringify([costUsd, costComplete]));
});
ask(() => response);
ask(() => new Promise((resolve) => setTimeout(() => resolve(response), 1)));
`;

describe.each([
  ['esm', 'mjs'],
  ['cjs', 'cjs'],
] as const)('in a bundle of form %s', (format, extension) => {
  it('has its price list as soon as a call can have been answered, and says unknown before', async () => {
    const outfile = join(folder, `app.${extension}`);
    const { warnings } = await build({
      stdin: { contents: APP, resolveDir: repositoryRoot },
      bundle: true,
      platform: 'node',
      format,
      outfile,
      logLevel: 'silent',
    });
    // A bundle of CommonJS has no `import.meta`; it is asked for in vain there.
    expect(warnings.filter(({ id }) => id !== 'empty-import-meta')).toEqual([]);
    const printed = execFileSync(process.execPath, ['--no-warnings', outfile], { encoding: 'utf8' });
    expect(printed.trim().split('\n')).toEqual(['[0,false]', '[0.0035,true]']);
  });
});
