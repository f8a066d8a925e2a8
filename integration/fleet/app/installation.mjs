/** The part that all processes of the installation have in common: the store, the services that they trust, and how they end. */

import { shareCosts } from 'otel-agent-cost/shared';
import { redisStore } from 'otel-agent-cost-redis';
import { createClient } from 'redis';

/** The address of each service by its name. */
export const SERVICES = JSON.parse(process.env.SERVICES);

export const redis = createClient({ url: process.env.REDIS_URL });
redis.on('error', () => {});
await redis.connect();

export const costs = shareCosts({
  store: redisStore(redis),
  identity: {
    sendTo: [
      SERVICES.research,
      SERVICES.writing,
      SERVICES.search,
      SERVICES.pages,
      'mcp:library',
      'queue:letters',
    ],
    key: process.env.IDENTITY_KEY,
    // The public gateway adds this header.
    accept: (request) => request?.headers?.['x-public'] === undefined,
  },
  waitForCalleesMillis: Number(process.env.WAIT_MILLIS ?? 1000),
});

/** Ends the process when it is asked to: `register` then exports what is left. */
export function endWith(close) {
  process.once('SIGTERM', async () => {
    close();
    await costs.close();
    await redis.close();
  });
}
