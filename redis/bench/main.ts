/** Round trips, bytes, latency, throughput and memory of the store, on a redis-server of its own on loopback. */

import { Redis } from 'ioredis6';
import type { SharedStore, StoreAsk, StoreBatch } from 'otel-agent-cost/shared';
import { createClient } from 'redis6';
import { type RedisClient, redisStore } from '../src/index.js';
import { startServer } from '../test/support/server.js';
import { measureApp } from './app.js';

const CALLS = Number(process.env.BENCH_CALLS ?? 5000);
const MANY = Number(process.env.BENCH_ROWS ?? 10_000);
const AT_ONCE = 64;
const DAY_MILLIS = 86_400_000;
const PERIODS = [
  { name: 'total', keepMillis: undefined },
  { name: '2026-11-30', keepMillis: 3 * DAY_MILLIS },
];

/** Read on 30 November 2026. It documents no latency and no bound of a budget in dollars. */
const DOCUMENTED_BY_LITELLM = `
LiteLLM documents, for what comes closest:
  request rates over several instances: "at most 10 requests" above the limit at 100 a second on 3 instances, synchronized every 0.01 s
    (docs.litellm.ai/docs/proxy/users)
  budgets of its router: synchronized with Redis every 1 s (DEFAULT_REDIS_SYNC_INTERVAL in docs/proxy/config_settings)
  spend in the database: written every 10 s by default, every 60 s as advised (docs/proxy/prod)`;

const server = await startServer();
const admin = await createClient({ url: server.url }).connect();

function ask(budget: string, id: string): StoreAsk {
  const limits = [
    { measure: 'usd' as const, most: '10000000000000000', need: '1234567890', firm: '1234567890' },
  ];
  return {
    budget: { kind: 'customer', name: budget },
    id,
    leaseMillis: 60_000,
    periods: PERIODS.map((period) => ({ ...period, limits })),
    amounts: { usd: '1234567890', llmUsd: '1234567890', tokens: '1500', llmCalls: '1' },
    holds: { money: true, tokens: true },
    alone: { money: false, tokens: false },
    around: [],
    isForced: false,
  };
}

function settled(budget: string, ...ids: string[]): StoreBatch {
  const amounts = { usd: '1034567890', llmUsd: '1034567890', tokens: '1300', llmCalls: '1' };
  return {
    budget: { kind: 'customer', name: budget },
    writer: 'host-1234-abcdef',
    version: nextVersion++,
    settlements: ids.map((id) => ({ periods: PERIODS, id, end: 'release', amounts })),
  };
}
let nextVersion = 1;
let nextId = 0;
const newId = () => `host-1234-abcdef-${nextId++}`;

async function info(): Promise<(key: string) => number> {
  const text = await admin.info();
  return (key) => Number(new RegExp(`^${key}:([\\d.]+)`, 'm').exec(text)?.[1]);
}

function percentile(values: number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return `${(sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(2)} ms`;
}

async function latency(name: string, client: RedisClient): Promise<void> {
  const store = redisStore(client);
  const times: Record<'reserve' | 'settle', number[]> = { reserve: [], settle: [] };
  const timed = async (step: 'reserve' | 'settle', work: () => Promise<unknown>) => {
    const started = performance.now();
    await work();
    times[step].push(performance.now() - started);
  };
  const before = await info();
  for (let n = 0; n < CALLS; n++) {
    const id = newId();
    await timed('reserve', () => store.reserve(ask('acme', id)));
    await timed('settle', () => store.settle(settled('acme', id)));
  }
  const after = await info();
  const bytes = (key: string) => Math.round((after(key) - before(key)) / CALLS);
  for (const [step, all] of Object.entries(times)) {
    console.log(`${name}, ${step}: p50 ${percentile(all, 0.5)}, p99 ${percentile(all, 0.99)}`);
  }
  const [sent, received] = ['total_net_input_bytes', 'total_net_output_bytes'].map(bytes);
  console.log(`${name}, reserve + settle: 2 round trips, ${sent} bytes sent, ${received} received`);
}

/** Steps of one server, with many clients' worth of calls in flight. */
async function throughput(store: SharedStore): Promise<void> {
  const before = await info();
  const started = performance.now();
  let left = CALLS * 4;
  const work = async (name: string) => {
    while (left-- > 0) {
      const id = newId();
      await store.reserve(ask(name, id));
      await store.settle(settled(name, id));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => work(`customer-${n}`)));
  const seconds = (performance.now() - started) / 1000;
  const after = await info();
  const cpu = ['used_cpu_user', 'used_cpu_sys'].reduce((sum, key) => sum + after(key) - before(key), 0);
  const steps = CALLS * 8;
  const perSecond = (all: number) => Math.round(steps / all).toLocaleString('en');
  console.log(
    `one client process, ${AT_ONCE} at once: ${perSecond(seconds)} steps/s; server ${((cpu / steps) * 1e6).toFixed(0)} µs of CPU a step: ${perSecond(cpu)} steps/s of one core`,
  );
  const batches = 200;
  const from = await info();
  for (let n = 0; n < batches; n++) await store.settle(settled('acme', ...Array.from({ length: 50 }, newId)));
  const to = await info();
  const batchCpu = ['used_cpu_user', 'used_cpu_sys'].reduce((sum, key) => sum + to(key) - from(key), 0);
  console.log(`a batch of 50 settlements: server ${((batchCpu / batches) * 1e3).toFixed(2)} ms of CPU`);
}

async function memory(name: string, fill: (n: number) => Promise<unknown>): Promise<void> {
  await admin.flushAll();
  await admin.memoryPurge();
  const before = (await info())('used_memory');
  for (let at = 0; at < MANY; at += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, n) => fill(at + n)));
  }
  console.log(`${name}: ${Math.round(((await info())('used_memory') - before) / MANY)} bytes`);
}

const ioredis = new Redis({ host: '127.0.0.1', port: server.port });
try {
  await redisStore(admin).open();
  await latency('redis 6', admin);
  await latency('ioredis 6', ioredis);
  const store = redisStore(admin);
  await throughput(store);
  await measureApp(store, CALLS * 2);
  const longest = 'x'.repeat(300);
  await memory('a budget with total and day, one writer', (n) =>
    store.settle({
      ...settled(`customer-${n}`),
      settlements: [{ periods: PERIODS, amounts: { usd: '1034567890', tokens: '1300', llmCalls: '1' } }],
    }),
  );
  await memory('a hold in total and day', (n) =>
    store.reserve({ ...ask('acme', `host-1234-abcdef-${n}`), isForced: true }),
  );
  await memory('an ended id, for two minutes', (n) => store.settle(settled('acme', `host-1234-abcdef-${n}`)));
  await memory('a row with one part of 300 bytes', (n) =>
    store.write([
      {
        kind: 'task',
        id: `0123456789abcdef-${n}`,
        writer: 'host-1234-abcdef',
        version: 1,
        value: longest,
        keepMillis: DAY_MILLIS,
      },
    ]),
  );
  console.log(DOCUMENTED_BY_LITELLM);
} finally {
  ioredis.disconnect();
  admin.destroy();
  await server.stop();
}
