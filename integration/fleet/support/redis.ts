/** A redis-server of the test's own, on loopback, that can be stopped and started again with its data. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Leashed, spawnLeashed } from '../../backends/support/programs/leash.js';
import { freePorts } from '../../backends/support/programs/ports.js';

const START_MILLIS = 20_000;

export interface Redis {
  readonly url: string;
  readonly port: number;
  /** Where it keeps its data. */
  readonly folder: string;
  start(): Promise<void>;
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** For good: its data are removed. */
  remove(): Promise<void>;
}

/** Every write is on disk before it is acknowledged, and stays in the file as it was written. */
const SETTINGS = [
  ['--save', ''],
  ['--appendonly', 'yes'],
  ['--appendfsync', 'always'],
  ['--auto-aof-rewrite-percentage', '0'],
].flat();

export async function startRedis(): Promise<Redis> {
  const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-fleet-'));
  const [port = 0] = await freePorts(1);
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, ...SETTINGS];
  let server: Leashed | undefined;

  const start = async () => {
    server = spawnLeashed(process.env.REDIS_SERVER_BIN ?? 'redis-server', args, {});
    const deadline = performance.now() + START_MILLIS;
    while (!server.log().includes('Ready to accept connections')) {
      if (!server.isRunning() || performance.now() > deadline)
        throw new Error(`redis-server did not start:\n${server.log()}`);
      await pause(5);
    }
  };
  const stop = async (signal: 'SIGTERM' | 'SIGKILL') => {
    server?.signal(signal);
    await server?.ended;
  };
  const remove = async () => {
    await stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  await start();
  return { url: `redis://127.0.0.1:${port}`, port, folder, start, stop, remove };
}
