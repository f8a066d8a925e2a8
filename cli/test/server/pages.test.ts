import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { pageToken, sendRaw, startViewer, type TestViewer } from './support/viewer.js';

let viewer: TestViewer;
afterEach(() => viewer?.close());

describe('the page', () => {
  it('is served with the token of this start, and kept nowhere', async () => {
    viewer = await startViewer();
    const { status, headers, text } = await viewer.ask('/');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(text).not.toContain('__TOKEN__');
    const first = await pageToken(viewer);
    await viewer.close();
    viewer = await startViewer();
    expect(await pageToken(viewer)).not.toBe(first);
  });

  it('may keep files with a hash in their name for ever', async () => {
    viewer = await startViewer();
    const script = await viewer.ask('/assets/main-a1B2_c3D.js?x=1');
    expect(script).toMatchObject({ status: 200, text: 'export {}' });
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect((await viewer.ask('/robots.txt')).headers['cache-control']).toBe('no-store');
  });

  it('answers HEAD without a body', async () => {
    viewer = await startViewer();
    const { status, text, headers } = await viewer.ask('/', { method: 'HEAD' });
    expect({ status, text }).toEqual({ status: 200, text: '' });
    expect(Number(headers['content-length'])).toBeGreaterThan(50);
  });

  it.each([
    '/index.html',
    '/secret.map',
    '/assets',
    '/assets/',
    '/assets/../index.html',
    '/../../../../etc/passwd',
    '/..%2f..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/..\\..\\index.html',
    '//etc/passwd',
    '/constructor',
    '/__proto__',
    '/robots.txt%00',
  ])('has nothing at %s', async (path) => {
    viewer = await startViewer();
    const answer = await sendRaw(
      viewer.port,
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${viewer.port}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 404 /);
  });

  it('must be built', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agent-cost-page-'));
    await expect(startViewer({ pageFolder: folder })).rejects.toThrow('there is no index.html in');
    writeFileSync(join(folder, 'index.html'), '<html></html>');
    await expect(startViewer({ pageFolder: folder })).rejects.toThrow(
      'index.html has no <meta name="agent-cost-token"',
    );
  });
});
