/** The set-up of an installation: opens the store. Nobody else may, because an open store means that what was spent is known. */

import { shareCosts } from 'otel-agent-cost/shared';
import { redisStore } from 'otel-agent-cost-redis';
import { createClient } from 'redis';

const redis = await createClient({ url: process.env.REDIS_URL }).connect();
const costs = shareCosts({ store: redisStore(redis), storeTimeoutMillis: 10_000 });
if (!(await costs.open())) process.exitCode = 1;
await costs.close();
await redis.close();
