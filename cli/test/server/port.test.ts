import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { describeTaken, listenOnFreePort } from '../../src/server/port.js';
import { portHolder } from '../../src/server/port-holder.js';
import { startViewer } from './support/viewer.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function takePort(port = 0, host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  servers.push(server);
  return (await listenOnFreePort(server, { host, port, isFixed: true })).port;
}

const isLinux = process.platform === 'linux';

describe('a taken port', () => {
  it('is passed over for the next free one, and said', async () => {
    const port = await takePort();
    const viewer = await startViewer({ port });
    expect(viewer.port).not.toBe(port);
    expect(viewer.port).toBeLessThanOrEqual(port + 20);
    expect(viewer.url).toBe(`http://127.0.0.1:${viewer.port}`);
    expect(viewer.taken?.port).toBe(port);
    if (isLinux) expect(viewer.taken?.holder?.pid).toBe(process.pid);
    const status = JSON.parse((await viewer.ask('/api/status')).text);
    expect(status.endpoint).toBe(viewer.url);
    await viewer.close();
  });

  it('is an error when it was asked for', async () => {
    const port = await takePort();
    const reason = isLinux ? `port ${port} is taken by process ${process.pid} (` : `port ${port} is taken`;
    await expect(startViewer({ port, isPortFixed: true })).rejects.toThrow(reason);
  });

  it('may be followed by others', async () => {
    const port = await takePort();
    for (let next = port + 1; next < port + 3; next++) await takePort(next).catch(() => {});
    const server = createServer();
    servers.push(server);
    const found = await listenOnFreePort(server, { host: '127.0.0.1', port, isFixed: false });
    expect(found.port).toBeGreaterThanOrEqual(port + 3);
  });

  it('beyond the last one is any', async () => {
    await takePort(65_535).catch(() => {});
    const server = createServer();
    servers.push(server);
    const { port, taken } = await listenOnFreePort(server, {
      host: '127.0.0.1',
      port: 65_535,
      isFixed: false,
    });
    expect(port).toBeGreaterThan(0);
    expect(taken?.port).toBe(65_535);
  });

  it.runIf(isLinux)('of another process is said with its command', async () => {
    const script =
      'const s=require("net").createServer().listen(0,"127.0.0.1",()=>console.log(s.address().port))';
    const child = spawn(process.execPath, ['-e', script, 'mark-of-the-holder'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = await once(child.stdout, 'data');
      const port = Number(String(line));
      const holder = await portHolder(port);
      expect(holder?.pid).toBe(child.pid);
      expect(holder?.command).toContain('-e');
      expect(holder?.command.length).toBeLessThanOrEqual(121);
      expect(describeTaken({ port, holder })).toContain(`port ${port} is taken by process ${child.pid} (`);
    } finally {
      child.kill();
    }
  });

  it('is not one of a connection', async () => {
    const client = connect(await takePort(), '127.0.0.1');
    await once(client, 'connect');
    expect(await portHolder(client.localPort ?? 0)).toBeUndefined();
    client.destroy();
  });

  it('has no holder when nobody listens', async () => {
    const port = await takePort();
    const server = servers.pop();
    server?.close();
    if (server !== undefined) await once(server, 'close');
    expect(await portHolder(port)).toBeUndefined();
    expect(describeTaken({ port, holder: undefined })).toBe(`port ${port} is taken`);
  });
});

it('a host that is none of this machine is an error of its own', async () => {
  const server = createServer();
  const listening = listenOnFreePort(server, { host: '203.0.113.1', port: 0, isFixed: false });
  await expect(listening).rejects.toThrow(/EADDRNOTAVAIL/);
});
