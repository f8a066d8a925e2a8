/**
 * A worker that makes paid calls for one customer, until it is asked to end. It notes each step in a file, so that
 * also after SIGKILL it is known what it had seen.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { ActionResult, BudgetExceededError, CostSpanProcessor, withSession, withTask, withTool } from 'otel-agent-cost';
import { redisStore } from 'otel-agent-cost-redis';
import { shareCosts } from 'otel-agent-cost/shared';
import { createClient } from 'redis';
import { randomFrom } from './random.mjs';

const { log, redisUrl, number, seed, budget, share, calls } = JSON.parse(process.env.WORKER);
const { random, whole } = randomFrom(seed);
const note = (event, more) => appendFileSync(log, `${JSON.stringify({ event, at: Date.now(), ...more })}\n`);

new CostSpanProcessor({ budgets: { customer: budget } });
const redis = createClient({ url: redisUrl, socket: { reconnectStrategy: 20 } });
redis.on('error', () => {});
await redis.connect();
const costs = shareCosts({ store: redisStore(redis), flushMillis: 5, ...share });

/** Three kinds of calls. `pico` is the bill, in trillionths of a dollar. */
const BUY = {
  /** Cannot cost more than estimated. */
  firm: (pico) => withTool({ name: 'buy', billable: true, estimateUsd: 0.006 }, () => deliver(pico)),
  /** The estimate is learned. */
  learned: (pico) => withTool({ name: 'buy', billable: true }, () => deliver(pico)),
  /** Cannot wait for the store. */
  sync: (pico) => withTool({ name: 'buy', billable: true, estimateUsd: 0.006 }, () => new ActionResult(1, { costUsd: pico / 1e12 })),
};

async function deliver(pico) {
  await pause(5 + random() * 20);
  return new ActionResult(1, { costUsd: pico / 1e12 });
}

/** Settled, and not acknowledged yet. */
let open = [];

let bought = 0;

/** From $0.001 to $0.005. No two bills of all workers are the same, so that each can be found in the file of the server. */
function nextBill() {
  bought += 1;
  return (1000 + whole(4000)) * 1_000_000 + number * 1000 + (bought % 1000);
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
  if (open.length === 0) return;
  const sent = open;
  if (await costs.flush()) {
    open = open.filter((each) => !sent.includes(each));
    note('acknowledged', { picos: sent });
  }
}

let isEnding = false;
process.once('SIGTERM', () => {
  isEnding = true;
});

note('ready');
await withSession({ id: 'shift', attribution: { customer: 'acme' } }, async (session) => {
  await withTask('work', async () => {
    while (!isEnding) await buy();
  });
  note('session', { totals: session.totals });
});
await costs.close();
note('ended', { stats: costs.stats, open });
await redis.close();
