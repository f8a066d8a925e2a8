/** A network that delays, and loses connections: between the workers and their Redis. */

import type { AddressInfo } from 'node:net';
import { createServer, connect as dial, type Socket } from 'node:net';
import type { Random } from './random.js';

export interface SlowProxy {
  readonly url: string;
  /** Answers that were delayed for longer than `lateMillis`, and connections that were cut. */
  readonly late: number;
  readonly cut: number;
  close(): Promise<void>;
}

export interface Slowness {
  /** The longest delay of an answer. Most are much shorter. */
  readonly maxDelayMillis: number;
  readonly lateMillis: number;
  /** The share of answers that are lost, with their connection. */
  readonly cutShare: number;
}

export async function startSlowProxy(
  port: number,
  { random }: Random,
  slowness: Slowness,
): Promise<SlowProxy> {
  const sockets = new Set<Socket>();
  const counts = { late: 0, cut: 0 };
  const server = createServer((client) => {
    const redis = dial(port, '127.0.0.1');
    const close = () => {
      client.destroy();
      redis.destroy();
      sockets.delete(client);
      sockets.delete(redis);
    };
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.setNoDelay(true).on('error', close).on('close', close);
    }
    client.pipe(redis);
    // The order of answers stays.
    let dueMillis = 0;
    redis.on('data', (answer: Buffer) => {
      const delayMillis = slowness.maxDelayMillis * random() ** 4;
      if (delayMillis > slowness.lateMillis) counts.late += 1;
      dueMillis = Math.max(dueMillis, performance.now() + delayMillis);
      const isCut = random() < slowness.cutShare;
      setTimeout(() => {
        if (!isCut) client.write(answer);
        else {
          counts.cut += 1;
          close();
        }
      }, dueMillis - performance.now());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `redis://127.0.0.1:${address.port}`,
    get late() {
      return counts.late;
    },
    get cut() {
      return counts.cut;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
