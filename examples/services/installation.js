/**
 * The part that all processes of the example share: the store, the budget of each customer, and the services that they trust.
 * `main.js` gives `SETTINGS` to each of them.
 */
import { CostSpanProcessor } from 'otel-agent-cost';
import { shareCosts } from 'otel-agent-cost/shared';
import { redisStore } from 'otel-agent-cost-redis';
import { createClient } from 'redis';

/**
 * @typedef {object} Settings
 * @property {string} redisUrl
 * @property {string} identityKey a secret that all services have
 * @property {string} providerUrl
 * @property {number} limitUsd the budget of each customer
 * @property {Record<string, string>} services the address of each service by its name
 */

/** @type {Settings} */
export const SETTINGS = JSON.parse(process.env.SETTINGS ?? '{}');

/** @param {(summary: import('otel-agent-cost').TaskSummary) => void} [onTaskEnd] gets the totals over all processes */
export async function joinInstallation(onTaskEnd) {
  new CostSpanProcessor({
    // One budget for all processes.
    budgets: { customer: { usd: SETTINGS.limitUsd, shared: true } },
    onTaskEnd,
  });
  const redis = createClient({ url: SETTINGS.redisUrl });
  redis.on('error', (error) => console.error(`Redis: ${error.message}`));
  await redis.connect();
  const costs = shareCosts({
    store: redisStore(redis),
    identity: { sendTo: Object.values(SETTINGS.services), key: SETTINGS.identityKey },
  });
  process.once('disconnect', async () => {
    await costs.close();
    redis.destroy();
    process.exit();
  });
  return costs;
}
