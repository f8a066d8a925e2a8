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

describe('the examples of spending less', () => {
  it('answer equal searches from a cache', async () => {
    expect(await run('cached-tool.js')).toEqual([
      '6 searches cost $0.015 and saved $0.015',
      '3 hits (2 joined a call under way), 3 misses: hit rate 0.5',
    ]);
  });

  it('show that the cheap model is the dearer one where it needs 12 steps against 5', async () => {
    expect(await run('routed-models.js')).toEqual([
      'cheap: 24 calls of claude-haiku-4-5 cost $0.6720, saved $1.3440 by the call',
      'titles: 4 calls of claude-haiku-4-5 cost $0.0240, saved $0.0480 by the call',
      'default: 10 calls of claude-sonnet-4-5 cost $0.4200, saved $0.0000 by the call',
      '2 tasks on default and titles: $0.2160 per successful task',
      '2 tasks on cheap and titles: $0.3420 per successful task',
    ]);
  });

  it('set what a summary cost against what it saved', async () => {
    expect(await run('compressed-history.js')).toEqual([
      'step 6: 11111 tokens less from here on',
      '3 calls saved $0.0833, summaries cost $0.0017, net $0.0816',
      'the task cost $0.1880',
    ]);
  });
});
