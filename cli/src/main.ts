#!/usr/bin/env node
import { runCommandLine } from './command-line.js';

const ended = new AbortController();
// The second signal ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
// The reader of a pipe, such as `head`, has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
const { stdout, stderr, stdin, env } = process;
process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdout,
  stderr,
  stdin,
  env,
  signal: ended.signal,
});
