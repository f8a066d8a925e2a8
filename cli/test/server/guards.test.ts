import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLoopback, isSameSecret } from '../../src/server/guards.js';
import { pageToken, sendRaw, startViewer, type TestViewer } from './support/viewer.js';

const TOKEN = 'a-token-of-some-length';
const EVERYWHERE = ['/', '/api/status', '/v1/traces', '/robots.txt', '/nowhere', '/api/live'];

describe('a viewer on loopback', () => {
  let viewer: TestViewer;
  beforeAll(async () => {
    viewer = await startViewer();
  });
  afterAll(() => viewer.close());

  const own = (text: string) => text.replace('PORT', String(viewer.port));

  it.each([['127.0.0.1:PORT'], ['localhost:PORT'], ['LocalHost:PORT'], ['[::1]:PORT']])(
    'answers to the Host %s',
    async (host) => {
      expect((await viewer.ask('/', { headers: { host: own(host) } })).status).toBe(200);
    },
  );

  it.each([
    ['evil.com'],
    ['evil.com:PORT'],
    ['127.0.0.1'],
    ['127.0.0.1:1'],
    ['localhost'],
    ['localhost.:PORT'],
    ['localhost.evil.com:PORT'],
    ['127.0.0.2:PORT'],
    ['0.0.0.0:PORT'],
    ['user@127.0.0.1:PORT'],
  ])('refuses the Host "%s" everywhere, as a site that rebinds its name sends it', async (host) => {
    for (const path of EVERYWHERE) {
      expect((await viewer.ask(path, { headers: { host: own(host) } })).status).toBe(403);
    }
  });

  it.each([
    ['no Host', 'GET / HTTP/1.0\r\n\r\n', '403'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', '400'],
    ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n', '403'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: evil.com\r\n\r\n', '403'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: evil.com\r\nHost: 127.0.0.1:PORT\r\n\r\n', '403'],
    [
      'two origins',
      'GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nOrigin: a\r\nOrigin: http://127.0.0.1:PORT\r\n\r\n',
      '403',
    ],
    ['a whole address', 'GET http://evil.com/ HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n', '404'],
  ])('refuses a request with %s', async (_name, request, status) => {
    const answer = await sendRaw(viewer.port, request.replaceAll('PORT', String(viewer.port)));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it.each([
    ['null'],
    ['http://evil.com'],
    ['http://evil.com:PORT'],
    ['http://127.0.0.1'],
    ['http://127.0.0.1:1'],
    ['http://localhost:PORT'],
    ['file://'],
    [''],
  ])('refuses the Origin "%s" everywhere', async (origin) => {
    for (const path of EVERYWHERE) {
      const headers = { origin: own(origin) };
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const answer = await viewer.ask(path, { method, headers });
        expect(answer.status).toBe(403);
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      }
    }
  });

  it('accepts its own Origin', async () => {
    expect((await viewer.ask('/', { headers: { origin: viewer.url } })).status).toBe(200);
  });

  it.each<[string, string, number]>([
    ['cross-site', 'no-cors', 403],
    ['cross-site', 'navigate', 403],
    ['same-site', 'no-cors', 403],
    ['same-site', 'navigate', 200],
    ['same-origin', 'cors', 200],
    ['none', 'navigate', 200],
  ])('answers a request of a %s page that is made as %s with %d', async (site, mode, status) => {
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': mode };
    expect((await viewer.ask('/', { headers })).status).toBe(status);
  });

  it.each(['/api/demo', '/api/delete', '/api/import'])(
    'changes nothing by %s without the token of the page',
    async (path) => {
      const token = await pageToken(viewer);
      expect(token).toMatch(/^[\w-]{43}$/);
      const wrong = [
        {},
        { 'x-agent-cost-token': '' },
        { 'x-agent-cost-token': `${token}x` },
        { cookie: token },
      ];
      for (const headers of [...wrong, { authorization: `Bearer ${token}` }]) {
        const answer = await viewer.ask(path, {
          body: '{}',
          headers: { 'content-type': 'application/json', ...headers },
        });
        expect(answer.status).toBe(403);
        expect(answer.text).toContain('x-agent-cost-token');
      }
      const inQuery = await viewer.ask(`${path}?x-agent-cost-token=${token}`, { body: '{}' });
      expect(inQuery.status).toBe(403);
      expect(viewer.sink.spans).toEqual([]);
    },
  );

  it('sends strict headers with every answer', async () => {
    for (const path of EVERYWHERE.filter((each) => each !== '/api/live')) {
      const { headers } = await viewer.ask(path);
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
          "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      );
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
    }
  });
});

describe('a viewer that other machines can reach', () => {
  let viewer: TestViewer;
  beforeAll(async () => {
    viewer = await startViewer({
      host: '0.0.0.0',
      token: TOKEN,
      allowedHosts: ['Viewer.internal', 'costs:8443'],
    });
  });
  afterAll(() => viewer.close());

  const bearer = { authorization: `Bearer ${TOKEN}` };

  it('does not start without a token, or with a short one', async () => {
    const options = { sink: viewer.sink, pageFolder: viewer.pageFolder, port: 0 };
    const start = (more: object) => startViewer({ ...options, ...more });
    await expect(start({ host: '0.0.0.0' })).rejects.toThrow('a token is needed');
    await expect(start({ host: '::' })).rejects.toThrow('a token is needed');
    await expect(start({ host: '0.0.0.0', token: 'short' })).rejects.toThrow('at least 16 characters');
    await expect(start({ host: '127.0.0.1', token: '' })).rejects.toThrow('at least 16 characters');
  });

  it.each<[string, number]>([
    ['viewer.internal:PORT', 200],
    ['viewer.internal', 200],
    ['costs:8443', 200],
    ['costs', 403],
    ['costs:PORT', 403],
    ['127.0.0.1:PORT', 200],
    ['evil.com:PORT', 403],
    ['viewer.internal.evil.com', 403],
  ])('answers the Host %s with %d', async (host, status) => {
    const headers = { ...bearer, host: host.replace('PORT', String(viewer.port)) };
    expect((await viewer.ask('/', { headers })).status).toBe(status);
  });

  it('answers to the addresses of the machine', async () => {
    for (const { address, family } of Object.values(networkInterfaces()).flatMap((found = []) => found)) {
      const host = `${family === 'IPv6' ? `[${address}]` : address}:${viewer.port}`;
      expect((await viewer.ask('/', { headers: { ...bearer, host } })).status).toBe(200);
    }
  });

  it.each(EVERYWHERE)('asks for a token at %s', async (path) => {
    const wrong = [undefined, 'Bearer', `Bearer ${TOKEN}x`, `Basic ${btoa(`x:${TOKEN}`)}`, TOKEN];
    for (const authorization of wrong) {
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await viewer.ask(path, { headers });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('Bearer');
    }
    expect((await viewer.ask(`${path}?token=${TOKEN}`)).status).toBe(401);
  });

  it('takes the token as a header', async () => {
    expect((await viewer.ask('/', { headers: bearer })).status).toBe(200);
    expect((await viewer.ask('/api/status', { headers: bearer })).status).toBe(200);
  });

  it('shows a form without script to a browser, and signs it in by a cookie', async () => {
    const form = await viewer.ask('/', { headers: { accept: 'text/html,*/*' } });
    expect(form.status).toBe(401);
    expect(form.text).toContain('<form method="post" action="/sign-in">');
    expect(form.text).not.toMatch(/<script|style=|<style/);

    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      origin: `http://127.0.0.1:${viewer.port}`,
    };
    const signIn = (token: string) =>
      viewer.ask('/sign-in', { headers, body: new URLSearchParams({ token }).toString() });
    const wrong = await signIn(`${TOKEN}<b>`);
    expect(wrong.status).toBe(401);
    expect(wrong.headers['set-cookie']).toBeUndefined();
    expect(wrong.text).not.toContain(TOKEN);

    const right = await signIn(TOKEN);
    expect(right).toMatchObject({ status: 303, headers: { location: '/' } });
    const [cookie = ''] = right.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^agent-cost-\d+=[\da-f]{64}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(cookie).not.toContain(TOKEN);

    const [pair = ''] = cookie.split(';');
    expect((await viewer.ask('/', { headers: { cookie: `a=b; ${pair}; c=d` } })).status).toBe(200);
    expect((await viewer.ask('/', { headers: { cookie: `${pair.slice(0, -1)}x` } })).status).toBe(401);
    expect(
      (await viewer.ask('/', { headers: { cookie: `agent-cost-1=${pair.split('=')[1]}` } })).status,
    ).toBe(401);
  });

  it('gives the style of the form to everyone, and nothing else', async () => {
    const style = await viewer.ask('/sign-in.css');
    expect(style).toMatchObject({ status: 200, headers: { 'content-type': 'text/css; charset=utf-8' } });
    expect((await viewer.ask('/sign-in.css/')).status).toBe(401);
  });

  it('takes no large form, and no other one', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await viewer.ask('/sign-in', { headers, body: 'x'.repeat(5_000) })).status).toBe(413);
    expect((await viewer.ask('/sign-in', { body: TOKEN })).status).toBe(415);
    expect((await viewer.ask('/sign-in')).status).toBe(405);
  });

  it('still wants the token of the page for changes', async () => {
    const answer = await viewer.ask('/api/delete', { method: 'POST', headers: bearer });
    expect(answer.status).toBe(403);
  });
});

describe('addresses and secrets', () => {
  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('%s is loopback', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', '127.evil.com', 'localhost.evil.com', ''])('%s is not', (host) => {
    expect(isLoopback(host)).toBe(false);
  });

  it('compares secrets of any length', () => {
    expect(isSameSecret('abc', 'abc')).toBe(true);
    for (const given of ['', 'ab', 'abcd', 'abd']) expect(isSameSecret(given, 'abc')).toBe(false);
  });
});

it('listens on an IPv6 address', async () => {
  const viewer = await startViewer({ host: '::1' }).catch(() => undefined);
  // Not every machine has IPv6.
  if (viewer === undefined) return;
  expect(viewer.url).toBe(`http://[::1]:${viewer.port}`);
  expect((await fetch(viewer.url)).status).toBe(200);
  await viewer.close();
});
