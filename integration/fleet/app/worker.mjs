/**
 * A worker that makes paid calls for one customer, until it is asked to end. It notes each step in a file, so that
 * also after SIGKILL it is known what it had seen.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import {
  ActionResult,
  BudgetExceededError,
  CostSpanProcessor,
  withSession,
  withTask,
  withTool,
} from 'otel-agent-cost';
import { shareCosts } from 'otel-agent-cost/shared';
import { redisStore } from 'otel-agent-cost-redis';
import { createClient } from 'redis';
import { randomFrom } from './random.mjs';
import { startTracing } from './tracing.mjs';

const { log, redisUrl, number, seed, budget, share, calls, hasTracing } = JSON.parse(process.env.WORKER);
const { random, whole } = randomFrom(seed);
const note = (event, more) => appendFileSync(log, `${JSON.stringify({ event, at: Date.now(), ...more })}\n`);

const processor = new CostSpanProcessor({ budgets: { customer: budget } });
if (hasTracing) await startTracing(processor, (name, attributes) => note('span', { name, attributes }));
const redis = createClient({ url: redisUrl, socket: { reconnectStrategy: 20 } });
redis.on('error', () => {});
await redis.connect();
const costs = shareCosts({ store: redisStore(redis), flushMillis: 5, ...share });

/** Three kinds of calls. `pico` is the bill, in trillionths of a dollar. */
const BUY = {
  /** Cannot cost more than estimated. */
  firm: (pico) => withTool({ name: 'buy', billable: true, estimateUsd: 0.016 }, async () => deliver(pico)),
  /** The estimate is learned. */
  learned: (pico) => withTool({ name: 'buy', billable: true }, async () => deliver(pico)),
  /** Cannot wait for the store. */
  sync: (pico) =>
    withTool(
      { name: 'buy', billable: true, estimateUsd: 0.016 },
      () => new ActionResult(1, { costUsd: pico / 1e12 }),
    ),
};

async function deliver(pico) {
  await pause(5 + random() * 20);
  return new ActionResult(1, { costUsd: pico / 1e12 });
}

/** Settled, and not acknowledged yet. */
let open = [];

let bought = 0;

/** From $0.005 to $0.015. No two bills of all workers are the same, so that each can be found in the file of the server. */
function nextBill() {
  bought += 1;
  return (5000 + whole(10_000)) * 1_000_000 + number * 1000 + (bought % 1000);
}

async function buy() {
  const pico = nextBill();
  note('begun', { pico });
  try {
    await BUY[calls](pico);
    open.push(pico);
  } catch (error) {
    if (!(error instanceof BudgetExceededError)) throw error;
    const { storeDown = false, spent, reserved } = error;
    note('refused', { pico, storeDown, spent, reserved });
    await pause(30 + random() * 60);
  }
  // While the store is away, work goes on.
  await Promise.race([confirmed(), pause(calls === 'sync' ? 5000 : 100)]);
}

let confirming;

/** Resolves when the store has confirmed what was settled so far, or has failed to. */
function confirmed() {
  confirming ??= confirm().finally(() => {
    confirming = undefined;
  });
  return confirming;
}

async function confirm() {
  const sent = open;
  if (sent.length === 0 || !(await costs.flush())) return;
  open = open.filter((each) => !sent.includes(each));
  note('acknowledged', { picos: sent });
}

let isEnding = false;
process.once('SIGTERM', () => {
  isEnding = true;
});

note('ready');
await withSession({ id: 'shift', attribution: { customer: 'acme' } }, () =>
  withTask('work', async () => {
    while (!isEnding) await buy();
  }),
);
await costs.close();
note('ended', { stats: costs.stats });
redis.destroy();
