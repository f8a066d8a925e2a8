/** A redis-server of the test's own, on loopback, without a file. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_MILLIS = 20_000;

export interface Server {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** The program, of the variable `REDIS_SERVER_BIN` or the path. */
export function program(name: 'redis-server' | 'redis-cli'): string {
  const server = process.env.REDIS_SERVER_BIN;
  const found = name === 'redis-server' || server === undefined ? server : join(server, '..', name);
  const path = found ?? name;
  try {
    execFileSync(path, ['--version'], { stdio: 'ignore' });
    return path;
  } catch {
    throw new Error(
      `There is no ${name} here. Install Redis 7 (Debian: redis-server), or name the program in REDIS_SERVER_BIN.`,
    );
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export async function startServer(...options: string[]): Promise<Server> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-redis-'));
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder, ...options];
  const server = spawn(program('redis-server'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, url: `redis://127.0.0.1:${port}`, stop };
}

async function untilReady(server: ChildProcess): Promise<void> {
  let log = '';
  const ready = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`redis-server did not start:\n${log}`)), START_MILLIS);
    const note = (chunk: Buffer) => {
      log += chunk.toString();
      if (!log.includes('Ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    };
    server.stdout?.on('data', note);
    server.stderr?.on('data', note);
    server.on('exit', () => {
      clearTimeout(timer);
      reject(new Error(`redis-server ended:\n${log}`));
    });
  });
  await ready;
}
