import { Readable } from 'node:stream';
import { runCommandLine } from '../../src/command-line.js';
import type { Terminal } from '../../src/commands/command.js';

export interface Ran {
  exitCode: number;
  out: string;
  err: string;
}

/** Runs a command line in this process. */
export async function run(
  args: readonly string[],
  rest: Partial<Terminal> & { input?: string } = {},
): Promise<Ran> {
  const written = { out: [] as string[], err: [] as string[] };
  const { input = '', ...given } = rest;
  const exitCode = await runCommandLine(args, {
    stdout: { write: (text) => written.out.push(text) },
    stderr: { write: (text) => written.err.push(text) },
    stdin: Readable.from([input]),
    env: {},
    signal: new AbortController().signal,
    ...given,
  });
  return { exitCode, out: written.out.join(''), err: written.err.join('') };
}
