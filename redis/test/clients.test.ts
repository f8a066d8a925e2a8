import { createClientPool, createSentinel } from 'redis6';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisStore } from '../src/index.js';
import { CLIENTS } from './support/clients.js';
import { ask } from './support/requests.js';
import { type Server, startServer } from './support/server.js';
import { useStore } from './support/use-store.js';

let server: Server;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

describe.each(Object.entries(CLIENTS))('with %s, a store', (name, connect) => {
  it('does all that it does, with scripts that Redis knows and with new ones', async () => {
    const { client, close } = await connect(server.port);
    const admin = await (CLIENTS['a function'] ?? connect)(server.port);
    try {
      const prefix = `p${name.replace(/\W/g, '')}`;
      await useStore(redisStore(client, { prefix }));
      if (typeof admin.client !== 'function') throw new Error('no function');
      await admin.client(['SCRIPT', 'FLUSH'], '');
      await useStore(redisStore(client, { prefix: `${prefix}-again` }));
    } finally {
      await close();
      await admin.close();
    }
  });

  it('rejects and never throws once the client is closed', async () => {
    const { client, close } = await connect(server.port);
    const store = redisStore(client);
    await store.open();
    await close();
    const answers = [
      store.open(),
      store.reserve(ask('a', '1')),
      store.write([]),
      store.read([]),
      store.renew([]),
    ];
    const states = await Promise.allSettled(answers);
    expect(states.map(({ status }) => status)).toEqual(answers.map(() => 'rejected'));
  });
});

describe('redisStore', () => {
  const expected =
    'otel-agent-cost: option "client" must be a client or cluster of "redis" or "ioredis", or a function that sends a command';

  it.each([
    [undefined, 'undefined'],
    ['redis://127.0.0.1', '"redis://127.0.0.1"'],
    [{}, 'an object with keys (none)'],
    [{ sendCommand: 1 }, 'an object with keys sendCommand'],
  ])('says what it expects instead of %j', (client, shown) => {
    // @ts-expect-error: not a client.
    expect(() => redisStore(client)).toThrow(`${expected}, got ${shown}`);
  });

  it('refuses a pool and a sentinel, which send commands on several connections', () => {
    const pool = createClientPool({ url: server.url });
    const sentinel = createSentinel({ name: 'x', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }] });
    for (const client of [pool, sentinel]) {
      // @ts-expect-error: a sentinel does not have the type either.
      expect(() => redisStore(client)).toThrow(/several connections; give it a function that uses one/);
    }
  });

  it('names an option that it does not know, and a prefix that it cannot use', () => {
    const client = async () => undefined;
    // @ts-expect-error: not an option.
    expect(() => redisStore(client, { prefx: 'a' })).toThrow(
      'unknown option "prefx"; did you mean "prefix"?',
    );
    for (const prefix of ['', 'a{b}', 'a b', 'x'.repeat(65)]) {
      expect(() => redisStore(client, { prefix })).toThrow(/option "prefix" must be 1 to 64 characters/);
    }
  });
});
