/** A server for the time of a run: on a free loopback port, in a temporary folder, with its log kept there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MILLIS = 180_000;
const END_MILLIS = 20_000;

/**
 * Starts a server, calls `use` with its address, and stops it. `command` gives the program, its arguments and its
 * variables for a port and a folder; `healthPath` answers 200 when it is ready.
 */
export async function withServer({ name, command, healthPath }, use) {
  const folder = await mkdtemp(join(tmpdir(), `otel-agent-cost-${name}-`));
  const port = await freePort();
  const { file, args, env } = command(port, folder);
  const log = join(folder, 'server.log');
  const child = spawn(file, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that the workers that it starts are stopped with it.
    detached: true,
  });
  const end = once(child, 'close');
  const output = createWriteStream(log);
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  try {
    const url = `http://127.0.0.1:${port}`;
    await ready(`${url}${healthPath}`, child);
    return await use(url);
  } catch (error) {
    const lines = (await readFile(log, 'utf8')).trim().split('\n').slice(-15);
    throw new Error(`${name}: ${error.message}\nThe end of its log:\n${lines.join('\n')}`, { cause: error });
  } finally {
    await stop(child, end);
    output.end();
    await rm(folder, { recursive: true, force: true });
  }
}

async function ready(url, child) {
  const until = Date.now() + START_MILLIS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await sleep(250);
  }
  throw new Error(`it did not answer at ${url} within ${START_MILLIS / 1000} s`);
}

async function stop(child, end) {
  signal(child, 'SIGTERM');
  await Promise.race([end, sleep(END_MILLIS, undefined, { ref: false })]);
  signal(child, 'SIGKILL');
}

/** To the child and everything that it has started. */
function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
