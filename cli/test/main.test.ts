import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { useProgram } from './support/program.js';

const program = useProgram();

describe('the program', () => {
  it('says its version', async () => {
    expect(await program.run(['--version'])).toEqual({ exitCode: 0, out: `${manifest.version}\n`, err: '' });
  });

  it.each([
    [['price', '--model', 'gpt-4o', '--input', '1000', '--date', '2026-11-01'], 0],
    [['price', '--model', 'made-up-model', '--input', '1000'], 1],
    [['price', '--modell', 'gpt-4o'], 2],
    [['prize'], 2],
    [['check', '--db', '/nowhere/x.duckdb', '--max-task-usd', '1'], 3],
    [['focus', '/nowhere/x.json'], 3],
    [['reconcile', '/nowhere/x.csv', '-'], 3],
  ])('%j ends with %i, and no stack', async (args, exitCode) => {
    const ran = await program.run(args);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.err).not.toContain('    at ');
    if (exitCode !== 0) expect(ran.err).not.toBe('');
  });
});
