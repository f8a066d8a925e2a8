/** Requests of real clients to real servers on loopback. Each server is an origin of its own. */
import { once } from 'node:events';
import http, { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, propagation } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { afterEach, describe, expect, it } from 'vitest';
import { withSession, withTask } from '../../src/index.js';
import { extract, inject } from '../../src/shared/identity.js';
import { startProcessor, startTracing } from '../support/tracing.js';
import { startIdentity } from './own-calls.js';

interface Seen {
  path: string;
  headers: IncomingHttpHeaders;
  rawHeaders: readonly string[];
}

interface Service {
  origin: string;
  seen: Seen[];
}

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Answers `/to?URL` with a redirect there. */
async function startService(): Promise<Service> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const { url: path = '', headers, rawHeaders } = request;
    seen.push({ path, headers, rawHeaders });
    const target = /^\/to\?(.*)$/.exec(path)?.[1];
    if (target === undefined) response.end('done');
    else response.writeHead(307, { location: decodeURIComponent(target) }).end();
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, seen };
}

async function startServices(): Promise<[Service, Service, Service]> {
  return Promise.all([startService(), startService(), startService()]);
}

const redirectTo = (origin: string, target: string) => `${origin}/to?${encodeURIComponent(target)}`;

async function get(url: string, init?: RequestInit): Promise<void> {
  const response = await fetch(url, init);
  await response.text();
}

/** The paths of a service's requests, with `*` where the identity was there. */
function paths({ seen }: Service): string[] {
  return seen.map(({ path, headers }) => {
    const isThere = /(?:^|,)\s*agent-cost=/.test(String(headers.baggage ?? ''));
    return `${path.replace(/\?.*/, '')}${isThere ? '*' : ''}`;
  });
}

describe.each(['with an SDK', 'without an SDK'])('a request of fetch, %s', (setting) => {
  const start = () => (setting === 'with an SDK' ? startTracing() : startProcessor());

  it('has the identity, for listed origins only', async () => {
    start();
    const [listed, other] = await startServices();
    startIdentity({ sendTo: [listed.origin], accept: () => true });
    const id = await withSession('s', () =>
      withTask('t', async (task) => {
        await get(`${listed.origin}/a`);
        await get(`${other.origin}/a`);
        return task.id;
      }),
    );
    await get(`${listed.origin}/outside`);
    expect(paths(listed)).toEqual(['/a*', '/outside']);
    expect(paths(other)).toEqual(['/a']);
    expect(extract(listed.seen[0]?.headers)).toMatchObject({ sessionId: 's', taskIds: [id] });
  });

  it('has that of its own task, however many run at once', async () => {
    start();
    const [listed] = await startServices();
    startIdentity({ sendTo: [listed.origin], accept: () => true });
    const ids = new Map<string, string>();
    const call = (n: number) =>
      withTask('t', async (task) => {
        ids.set(`/${n}`, task.id);
        await get(`${listed.origin}/${n}`);
        await get(redirectTo(listed.origin, `/${n}`));
      });
    await Promise.all(Array.from({ length: 20 }, (_, n) => call(n)));
    expect(listed.seen).toHaveLength(60);
    const numbers = new Set<number | undefined>();
    for (const { path, headers } of listed.seen) {
      const caller = extract(headers);
      numbers.add(caller?.call.number);
      const own = ids.get(decodeURIComponent(path.replace('/to?', '')));
      expect(caller?.taskIds, path).toEqual([own]);
    }
    expect(numbers.size).toBe(60);
  });

  it('has it after a redirect to the same origin, and not to another one, listed or not', async () => {
    start();
    const [listed, listedToo, other] = await startServices();
    startIdentity({ sendTo: [listed.origin, listedToo.origin] });
    await withTask('t', async () => {
      await get(redirectTo(listed.origin, '/same'));
      await get(redirectTo(listed.origin, `${listedToo.origin}/cross#part`));
      await get(redirectTo(listed.origin, `${other.origin}/away`));
      await get(redirectTo(other.origin, `${listed.origin}/from-other`));
      await get(`${listedToo.origin}/direct`);
    });
    expect(paths(listed)).toEqual(['/to*', '/same*', '/to*', '/to*', '/from-other']);
    expect(paths(listedToo)).toEqual(['/cross', '/direct*']);
    expect(paths(other)).toEqual(['/away', '/to']);
  });

  it('does not have it after a redirect through another origin and back', async () => {
    start();
    const [listed, listedToo, other] = await startServices();
    startIdentity({ sendTo: [listed.origin, listedToo.origin] });
    await withTask('t', async () => {
      const back = redirectTo(listedToo.origin, redirectTo(listedToo.origin, '/end'));
      await get(redirectTo(listed.origin, back));
      await get(redirectTo(listed.origin, redirectTo(other.origin, `${listed.origin}/back`)));
    });
    expect(paths(listedToo)).toEqual(['/to', '/to', '/end']);
    expect(paths(listed)).toEqual(['/to*', '/to*', '/back']);
  });

  it('loses what the app injected when it is redirected elsewhere', async () => {
    start();
    const [listed, listedToo, other] = await startServices();
    startIdentity({ sendTo: [listed.origin, listedToo.origin], accept: () => true });
    await withTask('t', async () => {
      for (const target of [`${other.origin}/x`, `${listedToo.origin}/x`, '/x']) {
        const headers = { baggage: 'k=v' };
        const url = redirectTo(listed.origin, target);
        expect(inject(headers, { to: url })).toBe(true);
        await get(url, { headers });
      }
    });
    expect(paths(listed)).toEqual(['/to*', '/to*', '/to*', '/x*']);
    expect([...paths(other), ...paths(listedToo)]).toEqual(['/x', '/x']);
    expect(other.seen[0]?.headers.baggage).toBe('k=v');
    const numbers = listed.seen.map(({ headers }) => extract(headers)?.call.number);
    expect(numbers).toEqual([1, 2, 3, 3]);
  });
});

describe('a request of fetch', () => {
  it('keeps the baggage that is there, in one header', async () => {
    startTracing();
    const [listed, other] = await startServices();
    startIdentity({ sendTo: [listed.origin] });
    const headers = { baggage: 'k=v, agent-cost=stale' };
    await withTask('t', async () => {
      await get(`${listed.origin}/`, { headers });
      await get(`${other.origin}/`, { headers });
    });
    expect(listed.seen[0]?.headers.baggage).toMatch(/^k=v,agent-cost=[\w-]{20,}$/);
    expect(listed.seen[0]?.rawHeaders.filter((name) => name.toLowerCase() === 'baggage')).toHaveLength(1);
    expect(other.seen[0]?.headers.baggage).toBe('k=v');
  });

  it('does not repeat the identity that came in with a request', async () => {
    startTracing();
    const [listed, other] = await startServices();
    startIdentity({ sendTo: [listed.origin] });
    const headers: Record<string, string> = {};
    const baggage = propagation.createBaggage({ 'agent-cost': { value: 'stale' }, k: { value: 'v' } });
    // As an instrumentation of the client does.
    propagation.inject(propagation.setBaggage(context.active(), baggage), headers);
    await get(`${listed.origin}/`, { headers });
    await get(`${other.origin}/`, { headers });
    expect([listed, other].map(({ seen }) => seen[0]?.headers.baggage)).toEqual(['k=v', 'k=v']);
  });

  it('has nothing more once sharing has stopped, and only one identity after a second start', async () => {
    startTracing();
    const [listed] = await startServices();
    startIdentity({ sendTo: [listed.origin] });
    const identity = startIdentity({ sendTo: [listed.origin], accept: () => true });
    await withTask('t', () => get(`${listed.origin}/a`));
    identity.stop();
    await withTask('t', () => get(`${listed.origin}/b`));
    expect(paths(listed)).toEqual(['/a*', '/b']);
  });

  it('has nothing if it is an export', async () => {
    startTracing();
    const [listed] = await startServices();
    startIdentity({ sendTo: [listed.origin] });
    await withTask('t', () =>
      context.with(suppressTracing(context.active()), () => get(`${listed.origin}/`)),
    );
    expect(paths(listed)).toEqual(['/']);
  });

  it('is not disturbed by a list that is full of other redirects', async () => {
    startTracing();
    const [listed, other] = await startServices();
    startIdentity({ sendTo: [listed.origin] });
    await withTask('t', async () => {
      for (let n = 0; n < 1005; n += 1)
        await get(redirectTo(other.origin, `${listed.origin}/${n}`), { redirect: 'manual' });
      await get(`${listed.origin}/3`);
      await get(`${listed.origin}/1004`);
      await get(`${listed.origin}/new`);
    });
    expect(paths(listed)).toEqual(['/3', '/1004', '/new']);
  });
});

/** Node publishes a request of `node:http` before it is sent from 22.12 on. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const publishesRequests = major > 22 || (major === 22 && minor >= 12);

describe('a request of node:http', () => {
  const nodeGet = async (url: string, options: http.RequestOptions = {}) => {
    const request = http.get(url, options);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    await once(response, 'end');
    return response.headers.location;
  };

  it('has the identity where Node shows the request in time, for listed origins only', async () => {
    startTracing();
    const [listed, listedToo, other] = await startServices();
    startIdentity({ sendTo: [listed.origin, listedToo.origin] });
    await withTask('t', async () => {
      await nodeGet(`${listed.origin}/a`, { headers: { baggage: 'k=v' } });
      await nodeGet(`${other.origin}/a`, { headers: { baggage: 'k=v,agent-cost=stale' } });
      const target = await nodeGet(redirectTo(listed.origin, `${listedToo.origin}/cross`));
      await nodeGet(target ?? '');
      await nodeGet(`${other.origin}/host`, { headers: { host: new URL(listed.origin).host } });
    });
    const mark = publishesRequests ? '*' : '';
    expect(paths(listed)).toEqual([`/a${mark}`, `/to${mark}`]);
    expect(paths(listedToo)).toEqual(['/cross']);
    if (publishesRequests) expect(other.seen[0]?.headers.baggage).toBe('k=v');
  });
});
