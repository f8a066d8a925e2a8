/** The clients that apps have, each as its users make it. */
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import { Cluster as Cluster6, Redis as Redis6 } from 'ioredis6';
import * as redis4 from 'redis4';
import * as redis5 from 'redis5';
import * as redis6 from 'redis6';
import type { RedisClient } from '../../src/index.js';

interface Connected {
  readonly client: RedisClient;
  close(): Promise<void>;
}

type Connect = (port: number) => Promise<Connected>;

const url = (port: number) => `redis://127.0.0.1:${port}`;
const root = (port: number) => ({ host: '127.0.0.1', port });

export const CLIENTS: Readonly<Record<string, Connect>> = {
  'redis 4': async (port) => {
    const client = redis4.createClient({ url: url(port) });
    await client.connect();
    return { client, close: () => client.disconnect() };
  },
  'redis 5': async (port) => {
    const client = await redis5.createClient({ url: url(port) }).connect();
    return { client, close: async () => client.destroy() };
  },
  'redis 6': async (port) => {
    const client = await redis6.createClient({ url: url(port) }).connect();
    return { client, close: async () => client.destroy() };
  },
  'redis 5, RESP 3': async (port) => {
    const client = await redis5.createClient({ url: url(port), RESP: 3 }).connect();
    return { client, close: async () => client.destroy() };
  },
  'redis 6, RESP 2': async (port) => {
    const client = await redis6.createClient({ url: url(port), RESP: 2 }).connect();
    return { client, close: async () => client.destroy() };
  },
  'redis 6, strings as buffers': async (port) => {
    const bare = redis6.createClient({ url: url(port) });
    const client = bare.withTypeMapping({ [redis6.RESP_TYPES.BLOB_STRING]: Buffer });
    await bare.connect();
    return { client, close: async () => bare.destroy() };
  },
  'ioredis 5': async (port) => {
    const client = new Redis5(root(port));
    return { client, close: async () => client.disconnect() };
  },
  'ioredis 6': async (port) => {
    const client = new Redis6(root(port));
    return { client, close: async () => client.disconnect() };
  },
  'ioredis 5, pipelining by itself, with a prefix': async (port) => {
    const client = new Redis5({ ...root(port), enableAutoPipelining: true, keyPrefix: 'app:' });
    return { client, close: async () => client.disconnect() };
  },
  'a function': async (port) => {
    const client = await redis6.createClient({ url: url(port) }).connect();
    return { client: (args) => client.sendCommand(args), close: async () => client.destroy() };
  },
};

export const CLUSTERS: Readonly<Record<string, Connect>> = {
  'redis 4': async (port) => {
    const client = redis4.createCluster({ rootNodes: [{ url: url(port) }] });
    await client.connect();
    return { client, close: () => client.disconnect() };
  },
  'redis 5': async (port) => {
    const client = redis5.createCluster({ rootNodes: [{ url: url(port) }] });
    await client.connect();
    return { client, close: async () => client.destroy() };
  },
  'redis 6': async (port) => {
    const client = redis6.createCluster({ rootNodes: [{ url: url(port) }] });
    await client.connect();
    return { client, close: async () => client.destroy() };
  },
  'ioredis 5': async (port) => {
    const client = new Cluster5([root(port)]);
    return { client, close: async () => client.disconnect() };
  },
  'ioredis 6': async (port) => {
    const client = new Cluster6([root(port)]);
    return { client, close: async () => client.disconnect() };
  },
};
