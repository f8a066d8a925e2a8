/** A Redis of the example's own, on loopback, without a file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Ends the process with a message if there is no `redis-server`. */
export async function startRedis() {
  const port = await freePort();
  const program = process.env.REDIS_SERVER_BIN ?? 'redis-server';
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  server.once('error', () => {
    console.error(`There is no ${program} here. Install Redis 7 (Debian: apt-get install redis-server),`);
    console.error('or name the program in REDIS_SERVER_BIN.');
    process.exit(1);
  });
  // Also if this process is interrupted.
  process.once('exit', () => server.kill());
  let log = '';
  while (!log.includes('Ready to accept connections')) log += (await once(server.stdout, 'data')).join('');
  server.stdout.resume();
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      server.kill();
      if (server.exitCode === null) await once(server, 'exit');
    },
  };
}
