/** Requests of real clients to real servers on loopback. Each server is an origin of its own. */
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import http, { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, propagation, trace } from '@opentelemetry/api';
import { SimpleSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { withSession, withTask } from '../../../src/index.js';
import { extract, inject } from '../../../src/shared/identity/inject.js';
import { inSpan, startProcessor, startTracing } from '../../support/tracing.js';
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
    // The third is that of the request to the listed origin without the identity: nobody confirms it.
    expect(numbers).toEqual([1, 2, 4, 4]);
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
    const [listed] = await startServices();
    const exporter: SpanExporter = {
      export: (spans, done) => {
        const finish = () => done({ code: 0 });
        void get(`${listed.origin}/${spans[0]?.name}`).then(finish, finish);
      },
      shutdown: () => Promise.resolve(),
    };
    startTracing({ processors: (cost) => [cost, new SimpleSpanProcessor(exporter)] });
    startIdentity({ sendTo: [listed.origin] });
    await withTask('t', async () => {
      inSpan('inside', {}, () => {});
      await vi.waitFor(() => expect(paths(listed)).toEqual(['/inside']));
      await get(`${listed.origin}/a`);
    });
    expect(paths(listed)).toContain('/a*');
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

/**
 * A request as undici publishes it, with the header list of undici 6 and 7. The copy inside Node can only be used through
 * `fetch`; undici's own redirect handler and undici 5 were tried by hand.
 */
class FakeRequest {
  readonly method = 'GET';
  readonly headers: unknown[] = [];

  constructor(
    readonly origin: string | URL,
    readonly path: string,
    ...headers: string[]
  ) {
    this.headers.push(...headers);
  }

  addHeader(name: string, value: string): this {
    this.headers.push(name, value);
    return this;
  }

  values(name: string): unknown[] {
    return this.headers.filter((_, at) => at % 2 === 1 && this.headers[at - 1] === name);
  }

  create(): this {
    channel('undici:request:create').publish({ request: this });
    return this;
  }

  /** The response is complete at once. `then` is called where undici calls the handler of the request. */
  redirect(location: string, then: () => void): void {
    const headers = [Buffer.from('Location'), Buffer.from(location)];
    channel('undici:request:headers').publish({ request: this, response: { statusCode: 302, headers } });
    channel('undici:request:trailers').publish({ request: this, trailers: [] });
    then();
  }
}

const LISTED = 'https://orders.internal';

describe('a request of undici', () => {
  it('has the identity of the request that was redirected, whichever task’s connection it runs on', () => {
    startTracing();
    startIdentity({ sendTo: [LISTED], accept: () => true });
    const first = withTask('first', () => new FakeRequest(LISTED, '/a').create());
    const second = withTask('second', () => {
      const followUp = new FakeRequest(LISTED, '/b');
      first.redirect('/b', () => followUp.create());
      return followUp;
    });
    const [one, two] = [first, second].map((request) => extract({ baggage: request.values('baggage') }));
    expect(one?.taskIds).toHaveLength(1);
    expect(two?.taskIds).toEqual(one?.taskIds);
    expect([one, two].map((caller) => caller?.call.number)).toEqual([1, 2]);
  });

  it('has that of its own task again, once the redirect is over', async () => {
    startTracing();
    startIdentity({ sendTo: [LISTED], accept: () => true });
    const first = withTask('first', () => new FakeRequest(LISTED, '/a').create());
    first.redirect('/b', () => {});
    await Promise.resolve();
    const second = withTask('second', () => new FakeRequest(LISTED, '/b').create());
    const [one, two] = [first, second].map((request) => extract({ baggage: request.values('baggage') }));
    expect(two?.taskIds).toHaveLength(1);
    expect(two?.taskIds).not.toEqual(one?.taskIds);
  });

  it('has one trace context: that of an instrumentation, before or after this one', () => {
    startTracing();
    startIdentity({ sendTo: [LISTED] });
    const theirs = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
    withTask('t', () => {
      const own = `00-${trace.getActiveSpan()?.spanContext().traceId}`;
      const before = new FakeRequest(LISTED, '/', 'traceparent', theirs, 'tracestate', 'a=b').create();
      expect(before.values('traceparent')).toEqual([theirs]);
      expect(before.values('tracestate')).toEqual(['a=b']);
      const after = new FakeRequest(LISTED, '/').create();
      expect(after.values('traceparent')).toEqual([expect.stringContaining(own)]);
      after.addHeader('traceparent', theirs).addHeader('accept', '*/*');
      expect(after.values('traceparent')).toEqual([theirs]);
      expect(after.values('accept')).toEqual(['*/*']);
      const headers: Record<string, string> = {};
      inject(headers, { to: LISTED });
      const both = new FakeRequest(
        LISTED,
        '/',
        ...Object.entries(headers).flat(),
        'traceparent',
        theirs,
      ).create();
      expect(both.values('traceparent')).toEqual([theirs]);
      expect(both.values('baggage')).toEqual([headers.baggage]);
      const away = new FakeRequest('https://away', '/', ...Object.entries(headers).flat()).create();
      expect(away.headers).toEqual([]);
    });
  });

  it('has no identity of an instrumentation that is called after this one, which adds the baggage that came in', () => {
    startTracing();
    startIdentity({ sendTo: [LISTED], accept: () => true });
    const incoming = 'k=v, agent-cost=stale;p=1';
    const away = new FakeRequest('https://away', '/').create();
    expect(away.addHeader('Baggage', incoming).addHeader('accept', '*/*')).toBe(away);
    expect(away.headers).toEqual(['Baggage', 'k=v', 'accept', '*/*']);
    const proxied = new FakeRequest('https://proxy', 'https://away/').create();
    proxied
      .addHeader('baggage', incoming)
      .addHeader('baggage', 'agent-cost=stale')
      .addHeader('baggage', 'a=b');
    expect(proxied.headers).toEqual(['baggage', 'k=v', 'baggage', 'a=b']);
    const outside = new FakeRequest(LISTED, '/').create();
    expect(outside.addHeader('baggage', incoming).values('baggage')).toEqual(['k=v']);
    const inside = withTask('t', () => new FakeRequest(LISTED, '/').create());
    expect(extract({ baggage: inside.addHeader('baggage', incoming).values('baggage') })).toBeDefined();
    expect(inside.values('baggage')).toEqual([expect.stringMatching(/^agent-cost=/), 'k=v']);
  });

  it('has the trace context of an instrumentation alone, also without an identity', () => {
    startTracing();
    startIdentity({ sendTo: [LISTED] });
    const away = new FakeRequest('https://away', '/').create().addHeader('traceparent', 'theirs');
    expect(away.headers).toEqual(['traceparent', 'theirs']);
  });

  it('goes to the origin of its connection, whatever its path says', () => {
    startTracing();
    startIdentity({ sendTo: [LISTED] });
    const isSent = (origin: string | URL, path: string, more = {}) => {
      const request = Object.assign(new FakeRequest(origin, path), more);
      return withTask('t', () => request.create()).values('baggage').length === 1;
    };
    expect(isSent(LISTED, '/')).toBe(true);
    expect(isSent(new URL(`${LISTED}:443/x`), '//away/')).toBe(true);
    expect(isSent('https://away', '//orders.internal/')).toBe(false);
    expect(isSent('https://away', `${LISTED}/`)).toBe(false);
    expect(isSent(LISTED, 'https://away/')).toBe(false);
    expect(isSent(LISTED, 'orders.internal:443', { method: 'CONNECT' })).toBe(false);
    expect(isSent('no url', '/')).toBe(false);
  });

  it('has it among the headers of undici 5, which are text', () => {
    startTracing();
    startIdentity({ sendTo: [LISTED] });
    const headers = 'host: orders.internal\r\nbaggage: k=v,agent-cost=stale\r\naccept: */*\r\n';
    const request = { origin: LISTED, path: '/', method: 'GET', headers };
    withTask('t', () => channel('undici:request:create').publish({ request }));
    expect(request.headers.split('\r\n')).toEqual([
      'host: orders.internal',
      'accept: */*',
      expect.stringMatching(/^baggage: k=v,agent-cost=[\w-]{20,}$/),
      expect.stringMatching(/^traceparent: 00-/),
      '',
    ]);
    const away = { origin: 'https://away', path: '/', method: 'GET', headers: request.headers };
    channel('undici:request:create').publish({ request: away });
    expect(away.headers).toBe('host: orders.internal\r\naccept: */*\r\nbaggage: k=v\r\n');
  });

  it('may be of a form that nobody knows', () => {
    const { cost } = startTracing();
    startIdentity({ sendTo: [LISTED] });
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const requests: unknown[] = [
      undefined,
      7,
      {},
      { origin: LISTED, path: '/' },
      { origin: LISTED, path: '/', headers: [] },
      Object.freeze({ origin: LISTED, path: '/', headers: Object.freeze([]) }),
      revoked.proxy,
    ];
    withTask('t', () => {
      for (const request of requests) {
        for (const name of ['undici:request:create', 'undici:request:headers', 'http.client.request.created'])
          expect(() => channel(name).publish({ request, response: { statusCode: 302 } })).not.toThrow();
      }
      expect(() => channel('undici:request:create').publish(undefined)).not.toThrow();
    });
    expect(cost.stats.internalErrors).toBeLessThan(5);
  });
});

/** Node publishes a request of `node:http` before it is sent from 22.12 on. Before, the tests do it. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const publishesRequests = major > 22 || (major === 22 && minor >= 12);

describe('a request of node:http', () => {
  const nodeGet = async (url: string, options: http.RequestOptions = {}) => {
    const request = http.request(url, options);
    if (!publishesRequests) channel('http.client.request.created').publish({ request });
    request.end();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    await once(response, 'end');
    return response.headers.location ?? '';
  };

  it('has the identity, for listed origins only, and not after a redirect from another one', async () => {
    startTracing();
    const [listed, listedToo, other] = await startServices();
    startIdentity({ sendTo: [listed.origin, listedToo.origin] });
    await withTask('t', async () => {
      await nodeGet(`${listed.origin}/a`, { headers: { baggage: 'k=v' } });
      await nodeGet(`${other.origin}/a`, { headers: { baggage: 'k=v,agent-cost=stale' } });
      await nodeGet(await nodeGet(redirectTo(listed.origin, `${listedToo.origin}/cross`)));
      const same = await nodeGet(redirectTo(listed.origin, '/same'));
      await nodeGet(new URL(same, listed.origin).href);
    });
    expect(paths(listed)).toEqual(['/a*', '/to*', '/to*', '/same*']);
    expect(paths(listedToo)).toEqual(['/cross']);
    expect(listed.seen[0]?.headers.baggage).toMatch(/^k=v,agent-cost=/);
    expect(listed.seen[0]?.headers.traceparent).toMatch(/^00-/);
    expect(other.seen[0]?.headers.baggage).toBe('k=v');
  });

  it('goes to the host of its connection, whatever its header says', async () => {
    startTracing();
    const [listed, other] = await startServices();
    startIdentity({ sendTo: [listed.origin, 'orders.internal'] });
    await withTask('t', async () => {
      await nodeGet(`${other.origin}/a`, { headers: { host: 'orders.internal' } });
      await nodeGet(`${listed.origin}/a`, { headers: { host: 'orders.internal' } });
      await nodeGet(`${listed.origin}/list`, { headers: ['host', new URL(listed.origin).host] });
    });
    expect([...paths(other), ...paths(listed)]).toEqual(['/a', '/a', '/list']);
  });
});
