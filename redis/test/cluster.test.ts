/** A cluster of three nodes on loopback. */
import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'redis6';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisStore } from '../src/index.js';
import { CLUSTERS } from './support/clients.js';
import { freePort, program, type Server, startServer } from './support/server.js';
import { useStore } from './support/use-store.js';

let nodes: Server[] = [];

beforeAll(async () => {
  nodes = await Promise.all([node(), node(), node()]);
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  execFileSync(program('redis-cli'), ['--cluster', 'create', ...addresses, '--cluster-yes'], {
    stdio: 'ignore',
  });
  for (const { url } of nodes) await untilReady(url);
});

afterAll(async () => {
  for (const server of nodes) await server.stop();
});

/** The bus of a cluster is on a port of its own: by default 10,000 above, which may be no port. */
async function node(): Promise<Server> {
  return startServer('--cluster-enabled', 'yes', '--cluster-port', String(await freePort()));
}

async function untilReady(url: string): Promise<void> {
  const client = await createClient({ url }).connect();
  try {
    for (let tries = 0; tries < 200; tries++) {
      if (String(await client.sendCommand(['CLUSTER', 'INFO'])).includes('cluster_state:ok')) return;
      await wait(50);
    }
    throw new Error('the cluster is not ready');
  } finally {
    client.destroy();
  }
}

describe.each(Object.entries(CLUSTERS))('with a cluster of %s, a store', (name, connect) => {
  it('does all that it does', async () => {
    const { client, close } = await connect(nodes[0]?.port ?? 0);
    try {
      await useStore(redisStore(client, { prefix: `p${name.replace(/\W/g, '')}` }));
    } finally {
      await close();
    }
  });
});

describe('the keys of a script', () => {
  it('are in one slot, and those of different budgets in different ones', async () => {
    const client = await createClient({ url: nodes[0]?.url ?? '' }).connect();
    const slots: number[][] = [];
    const store = redisStore(async (args, key) => {
      const [command, , count = '0', ...rest] = args;
      const keys = command === 'GET' ? [key] : rest.slice(0, Number(count));
      const replies = await Promise.all(keys.map((each) => client.sendCommand(['CLUSTER', 'KEYSLOT', each])));
      slots.push(replies.map(Number));
      throw new Error('not sent');
    });
    const periods = ['total', '2026-11', '{x}'].map((period) => ({
      name: period,
      keepMillis: undefined,
      limits: [],
    }));
    for (const budgetName of ['a', 'b', '}{', '{}', '\0', 'x'.repeat(300)]) {
      const budget = { kind: 'customer', name: budgetName };
      const ask = { budget, id: 'a', leaseMillis: 1, periods, amounts: {}, around: [], isForced: false };
      const none = { money: false, tokens: false };
      await expect(store.reserve({ ...ask, holds: none, alone: none })).rejects.toThrow('not sent');
      await expect(
        store.settle({ budget, writer: 'w', version: 1, settlements: [{ periods }] }),
      ).rejects.toThrow();
      await expect(store.renew([{ budget, id: 'a', periods, leaseMillis: 1 }])).rejects.toThrow();
    }
    client.destroy();
    const ofBudgets = slots.filter(({ length }) => length > 1);
    expect(ofBudgets.map(({ length }) => length)).toEqual(Array(6).fill([6, 8, 6]).flat());
    for (const all of ofBudgets) expect(new Set(all).size).toBe(1);
    expect(new Set(ofBudgets.flat()).size).toBe(6);
  });
});
