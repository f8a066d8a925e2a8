/** Of Redis itself: its clock, its keys, round trips, lost data, and its answers that are none. */
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'redis6';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { redisStore, type SendCommand } from '../src/index.js';
import { ask, BUDGET, settled, TOTAL } from './support/requests.js';
import { type Server, startServer } from './support/server.js';

const MAX = String(2n ** 63n - 1n);
const HASH = 'agent-cost:{budget:customer:acme}:use:total';
const DAY = { name: '2026-11-30', keepMillis: 5000 };

let server: Server;
let client: Awaited<ReturnType<typeof connect>>;
/** The commands that were sent. */
let sent: string[] = [];

async function connect() {
  return createClient({ url: server.url }).connect();
}

beforeAll(async () => {
  server = await startServer();
  client = await connect();
});

afterAll(async () => {
  client.destroy();
  await server.stop();
});

beforeEach(async () => {
  await client.flushAll();
  sent = [];
});

const send: SendCommand = (args) => {
  sent.push(args[0] ?? '');
  return client.sendCommand(args);
};
const store = redisStore(send);

describe('the clock', () => {
  it('is that of Redis', async () => {
    const before = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(0);
    try {
      const answers = [
        await store.open(),
        await store.reserve(ask('a', '1')),
        await store.settle(settled('a', '1')),
        await store.renew([{ budget: BUDGET, id: 'a', periods: [TOTAL], leaseMillis: 1 }]),
        await store.write([{ kind: 'task', id: 't', writer: 'w', version: 1, value: '', keepMillis: 1 }]),
        await store.read([]),
      ];
      for (const { nowMillis } of answers) {
        expect(nowMillis).toBeGreaterThanOrEqual(before);
        expect(nowMillis).toBeLessThan(before + 60_000);
      }
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('ends a lease', async () => {
    await store.open();
    await store.reserve(ask('a', '60', { leaseMillis: 150 }));
    expect((await store.reserve(ask('b', '50'))).outcome).toBe('no_room');
    await store.renew([{ budget: BUDGET, id: 'a', periods: [TOTAL], leaseMillis: 400 }]);
    await wait(200);
    expect((await store.reserve(ask('b', '50'))).outcome).toBe('no_room');
    await wait(250);
    const late = await store.reserve(ask('b', '40'));
    expect(late).toMatchObject({
      outcome: 'admitted',
      states: [{ kept: { usd: '60' }, reserved: { usd: '40' } }],
    });
  });
});

describe('a call of the store', () => {
  it('is one round trip: all commands are sent before the first answer', async () => {
    const row = { kind: 'task', id: 't', writer: 'w', version: 1, value: '', keepMillis: 1000 } as const;
    const lease = { budget: BUDGET, id: 'a', periods: [TOTAL], leaseMillis: 1 };
    const calls: [() => Promise<unknown>, number][] = [
      [() => store.open(), 1],
      [() => store.reserve(ask('a', '1')), 2],
      [() => store.settle(settled('a', '1')), 2],
      [() => store.renew([lease, lease]), 3],
      [() => store.write([row, { ...row, id: 'u' }]), 3],
      [() => store.read([row, row]), 3],
    ];
    // Redis knows the scripts then.
    for (const [call] of calls) await call();
    for (const [call, commands] of calls) {
      sent = [];
      const answer = call();
      expect(sent).toHaveLength(commands);
      await answer;
      expect(sent).toHaveLength(commands);
      expect(sent).not.toContain('EVAL');
    }
  });

  it('sends a script with its text once Redis has lost it', async () => {
    await store.open();
    await client.sendCommand(['SCRIPT', 'FLUSH']);
    sent = [];
    expect((await store.reserve(ask('a', '1'))).outcome).toBe('admitted');
    expect(sent).toEqual(['EVALSHA', 'GET', 'EVAL', 'GET']);
  });

  it.each([
    ['reserve', () => store.reserve(ask('a', '1.5'))],
    ['reserve', () => store.reserve(ask('a b', '1'))],
    ['reserve', () => store.reserve(ask('a', '1', { leaseMillis: Number.NaN }))],
    ['reserve', () => store.reserve(ask('a', '1', { periods: [] }))],
    ['settle', () => store.settle(settled('a', '1e3'))],
    ['settle', () => store.settle(settled('a', '1', { version: 0 }))],
    ['renew', () => store.renew([{ budget: BUDGET, id: 'a', periods: [TOTAL], leaseMillis: 0 }])],
    [
      'write',
      () => store.write([{ kind: 'task', id: 't', writer: 'w', version: 0.5, value: '', keepMillis: 1 }]),
    ],
  ])('of a form that Redis could not keep exactly is refused before it is sent (%s)', async (_name, call) => {
    await expect(call()).rejects.toThrow(/^otel-agent-cost: option "[\w.]+" must be /);
    expect(sent).toEqual([]);
  });

  it.each(['1.5', 'abc', ' 7', '1e3'])('rejects a budget that somebody has set to %j', async (amount) => {
    await store.open();
    await store.reserve(ask('a', '1'));
    await client.hSet(HASH, 'spent.usd', amount);
    const message = `Redis has ${JSON.stringify(amount)} as usd of a budget, which is no whole number`;
    await expect(store.reserve(ask('b', '1', { isForced: true }))).rejects.toThrow(message);
    await expect(store.settle(settled('a', '0'))).rejects.toThrow(message);
  });

  it('rejects an answer that is none of its scripts', async () => {
    for (const answer of [undefined, null, 'OK', 1, [], [[]], ['x', 'y', 'z']]) {
      const other = redisStore(async () => answer);
      await expect(other.read([{ kind: 'task', id: 't' }])).rejects.toThrow(
        /otel-agent-cost-redis: Redis answered/,
      );
      await expect(other.reserve(ask('a', '1'))).rejects.toThrow(/otel-agent-cost-redis: Redis answered/);
    }
  });
});

describe('lost data', () => {
  it('are noticed by the next call, of whichever kind', async () => {
    await store.open();
    await store.reserve(ask('a', '60'));
    await client.flushAll();
    const row = { kind: 'task', id: 't', writer: 'w', version: 1, value: '', keepMillis: 1000 } as const;
    const answers = [
      await store.renew([{ budget: BUDGET, id: 'a', periods: [TOTAL], leaseMillis: 1 }]),
      await store.settle(settled('a', '1')),
      await store.write([row]),
      await store.read([row]),
      await store.reserve(ask('b', '1')),
    ];
    expect(answers.map(({ generation }) => generation)).toEqual(answers.map(() => undefined));
    expect(answers.at(-1)).toMatchObject({ outcome: 'not_open' });
  });

  it('leave no hold of a call that was not admitted', async () => {
    const refused = await store.reserve(ask('a', '60'));
    expect(refused).toMatchObject({ outcome: 'not_open', states: [{ reserved: {} }] });
    await store.open();
    expect(await store.reserve(ask('a', '100'))).toMatchObject({ outcome: 'admitted' });
  });

  it('of one budget show in a lower version', async () => {
    await store.open();
    await store.reserve(ask('a', '10'));
    const { states } = await store.settle(settled('a', '10'));
    await client.del(HASH);
    const after = await store.reserve(ask('b', '10'));
    expect(after.states[0]?.version).toBeLessThan(states[0]?.version ?? 0);
  });
});

describe('the keys', () => {
  it('run out after the time of their period, and those without one do not', async () => {
    await store.open();
    const [period] = ask('a', '1').periods;
    await store.reserve(ask('a', '1', { periods: [{ ...DAY, limits: period?.limits ?? [] }] }));
    await store.reserve(ask('b', '1'));
    const lifetimes = await Promise.all(
      ['use:2026-11-30', 'leases:2026-11-30', 'use:total', 'leases:total'].map((end) =>
        client.pTTL(`agent-cost:{budget:customer:acme}:${end}`),
      ),
    );
    expect(lifetimes.slice(2)).toEqual([-1, -1]);
    for (const millis of lifetimes.slice(0, 2)) expect(millis).toBeGreaterThan(4000);
  });

  it('are kept for longer with each use', async () => {
    await store.open();
    const day = { ...DAY, keepMillis: 300 };
    const spend = (version: number) => ({
      ...settled('a', '1', { version }),
      settlements: [{ periods: [day], amounts: { usd: '1' } }],
    });
    await store.settle(spend(1));
    await wait(200);
    await store.renew([{ budget: BUDGET, id: 'none', periods: [day], leaseMillis: 1 }]);
    await wait(200);
    expect((await store.settle(spend(2))).states).toMatchObject([{ spent: { usd: '2' } }]);
    await wait(400);
    expect((await store.settle(spend(3))).states).toMatchObject([{ spent: { usd: '1' } }]);
  });

  it('of a row run out after its latest write', async () => {
    const row = { kind: 'task', id: 't', writer: 'w', version: 1, value: 'v', keepMillis: 300 } as const;
    await store.write([row]);
    await wait(200);
    await store.write([{ ...row, version: 2 }]);
    await wait(200);
    expect((await store.read([row])).rows[0]?.parts).toHaveLength(1);
    await wait(200);
    expect((await store.read([row])).rows[0]?.parts).toHaveLength(0);
  });

  it('are none of a request that was refused', async () => {
    await store.open();
    expect((await store.reserve(ask('a', '101'))).outcome).toBe('too_large');
    expect(await client.keys('*')).toEqual(['agent-cost:generation']);
  });
});

describe('amounts', () => {
  it('are exact up to 2^63 - 1, and refused beyond', async () => {
    await store.open();
    const near = String(2n ** 63n - 2n);
    await store.settle({
      ...settled('a', near),
      settlements: [{ periods: [TOTAL], amounts: { usd: near } }],
    });
    const period = (need: string) => [
      { ...TOTAL, limits: [{ measure: 'usd' as const, most: MAX, need, firm: need }] },
    ];
    expect(await store.reserve(ask('b', '2', { periods: period('2') }))).toMatchObject({
      outcome: 'too_large',
    });
    expect(await store.reserve(ask('c', '1', { periods: period('1') }))).toMatchObject({
      outcome: 'admitted',
      states: [{ spent: { usd: near }, reserved: { usd: '1' } }],
    });
    const over = await store.settle(settled('c', '2', { version: 2 }));
    expect(over).toMatchObject({ overflowed: 1, states: [{ spent: { usd: near }, reserved: { usd: '1' } }] });
    const fits = await store.settle(settled('c', '1', { version: 3 }));
    expect(fits).toMatchObject({ overflowed: 0, states: [{ spent: { usd: MAX }, reserved: {} }] });
    const unlimited = [
      { ...TOTAL, limits: [{ measure: 'usd' as const, most: '9'.repeat(40), need: '0', firm: '0' }] },
    ];
    expect((await store.reserve(ask('e', '0', { periods: unlimited }))).outcome).toBe('reached');
    const huge = ask('d', MAX, {
      periods: [{ ...TOTAL, limits: [] }],
      amounts: { tokens: String(2n ** 63n) },
    });
    expect((await store.reserve(huge)).outcome).toBe('overflow');
  });

  it('of many processes at once add up, each exactly once', async () => {
    await store.open();
    const clients = await Promise.all(Array.from({ length: 8 }, connect));
    const amount = 9_007_199_254_740_993n;
    try {
      const work = clients.flatMap((each, writer) =>
        Array.from({ length: 25 }, async (_, index) => {
          const own = redisStore(each);
          const id = `${writer}-${index}`;
          await own.reserve(ask(id, '1', { isForced: true }));
          const batch = settled(id, String(amount), { writer: id });
          // As a client sends it that did not see the answer.
          await Promise.all([own.settle(batch), own.settle(batch)]);
        }),
      );
      await Promise.all(work);
    } finally {
      for (const each of clients) each.destroy();
    }
    const { states } = await store.settle(settled('z', '0', { writer: 'z' }));
    expect(states).toMatchObject([{ spent: { usd: String(amount * 200n) }, reserved: {} }]);
  });
});
