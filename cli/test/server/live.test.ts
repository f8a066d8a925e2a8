import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LiveChange } from '../../src/api.js';
import { LiveChanges } from '../../src/server/live.js';
import { startViewer, type TestViewer } from './support/viewer.js';

let viewer: TestViewer;
afterEach(() => viewer?.close());

interface Client {
  response: IncomingMessage;
  changes: LiveChange[];
}

async function connectClient(): Promise<Client> {
  const request = get({ port: viewer.port, path: '/api/live', agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const changes: LiveChange[] = [];
  response.on('error', () => {});
  response.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n'))
      if (line.startsWith('data: ')) changes.push(JSON.parse(line.slice(6)));
  });
  return { response, changes };
}

describe('live changes', () => {
  it('arrive at once, then together at most four times a second, and the last one always', async () => {
    viewer = await startViewer();
    const { response, changes } = await connectClient();
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    await expect.poll(() => changes).toEqual([{ sequence: 0, spans: 0 }]);

    viewer.sink.change(3);
    await expect.poll(() => changes.length, { timeout: 200, interval: 5 }).toBe(2);
    const started = Date.now();
    for (let commit = 0; commit < 100; commit++) {
      viewer.sink.change(2);
      await pause(10);
    }
    await pause(600);
    const seconds = (Date.now() - started) / 1000;
    expect(changes.length - 2).toBeLessThanOrEqual(Math.ceil(seconds * 4));
    expect(changes.length).toBeGreaterThan(4);
    expect(changes.at(-1)?.sequence).toBe(101);
    expect(changes.reduce((sum, { spans }) => sum + spans, 0)).toBe(203);

    const count = changes.length;
    await pause(600);
    expect(changes.length).toBe(count);
  });

  it('start where the sequence is, for a page that comes later', async () => {
    viewer = await startViewer();
    viewer.sink.change(5);
    viewer.sink.change(5);
    const { changes } = await connectClient();
    await expect.poll(() => changes[0]).toEqual({ sequence: 2, spans: 0 });
  });

  it('go to 32 pages and no more, and to another one when one has gone', async () => {
    viewer = await startViewer();
    const clients = await Promise.all(Array.from({ length: 32 }, connectClient));
    const refused = await viewer.ask('/api/live');
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    clients[0]?.response.destroy();
    await expect.poll(async () => (await connectClient()).response.statusCode).toBe(200);
  });

  it('end with the viewer, which no page keeps open', async () => {
    viewer = await startViewer();
    const { response } = await connectClient();
    const ended = once(response, 'end');
    const started = Date.now();
    await viewer.close();
    await ended;
    expect(Date.now() - started).toBeLessThan(1_500);
    expect(viewer.sink.listeners).toBe(0);
  });

  it('do not wait for a page that does not read', async () => {
    vi.useFakeTimers();
    try {
      const live = new LiveChanges(1);
      const written: string[] = [];
      let isDestroyed = false;
      const response = {
        writableLength: 0,
        writeHead() {},
        write(text: string) {
          written.push(text);
          this.writableLength += text.length;
        },
        on() {},
        once() {},
        end() {},
        destroy() {
          isDestroyed = true;
        },
      };
      live.open({ response } as never);
      // A comment keeps the connection open.
      vi.advanceTimersByTime(15_000);
      expect(written.at(-1)).toBe(':\n\n');
      for (let commit = 0; commit < 1_000; commit++) {
        live.add(1);
        vi.advanceTimersByTime(250);
      }
      expect(isDestroyed).toBe(true);
      live.close();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('closing', () => {
  it('waits for a request in progress, and not for long', async () => {
    viewer = await startViewer();
    let keep = () => {};
    viewer.sink.before = () => new Promise((resolve) => (keep = resolve));
    const span = { traceId: '1'.repeat(32), spanId: '1'.repeat(16) };
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    const headers = { 'content-type': 'application/json' };
    const answer = viewer.ask('/v1/traces', { body, headers });
    await pause(100);
    const closed = viewer.close();
    keep();
    expect((await answer).status).toBe(200);
    await closed;

    viewer = await startViewer();
    viewer.sink.before = () => new Promise(() => {});
    const lost = viewer.ask('/v1/traces', { body, headers }).catch((error: Error) => error.message);
    await pause(100);
    const started = Date.now();
    await viewer.close();
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(await lost).toMatch(/hang up|ECONNRESET/);
  });
});
