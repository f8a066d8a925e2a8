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

describe('the examples of actions and attribution', () => {
  it('share a session of $0.45 among three resolved tickets, and a fourth that failed makes them dearer', async () => {
    expect(await run('action-results.js')).toEqual([
      'ticket A-1: $0.15; session $0.15, $0.15 for each resolved',
      'ticket A-2: $0.15; session $0.3, $0.15 for each resolved',
      'ticket A-3: $0.15; session $0.45, $0.15 for each resolved',
      'ticket A-4: $0.15; session $0.6, $0.20 for each resolved',
      'wasted: $0.15',
      'resolve_ticket: 4 tasks, 3 actions, $0.6, $0.20 an action',
    ]);
  });

  it('charge every dollar to a team and to a feature', async () => {
    expect(await run('charge-back.js')).toEqual([
      'cost.tag.team support: $0.185 by spans, $0.185 by metrics',
      'cost.tag.team growth: $0.110 by spans, $0.110 by metrics',
      'cost.tag.feature tickets: $0.150 by spans, $0.150 by metrics',
      'cost.tag.feature onboarding: $0.105 by spans, $0.105 by metrics',
      'cost.tag.feature newsletter: $0.040 by spans, $0.040 by metrics',
      'all tasks: $0.295',
    ]);
  });

  it('say why they charge nobody beside register', async () => {
    const preload = new URL('../../dist/register.js', import.meta.url).href;
    const file = fileURLToPath(new URL('../../examples/charge-back.js', import.meta.url));
    const env = { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };
    await expect(execute(process.execPath, ['--import', preload, file], { env })).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('run it without --import otel-agent-cost/register'),
    });
  });
});
