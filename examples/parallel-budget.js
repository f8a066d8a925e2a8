/**
 * A budget under parallel calls: sixteen searches of $0.03 at once against $0.10.
 *
 *   node examples/parallel-budget.js
 */
import { ActionResult, withTask, withTool } from 'otel-agent-cost';

const CALLS = 16;

/** Tries all calls at once; prints how many ran, and how many of them at the same time. */
async function tryAll(label, budget, tool) {
  let running = 0;
  let most = 0;
  const search = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 2));
    running -= 1;
    return new ActionResult('a page', { costUsd: 0.03 });
  };
  await withTask({ name: 'research', budget }, async (task) => {
    const outcomes = await Promise.allSettled(Array.from({ length: CALLS }, () => withTool(tool, search)));
    const ran = outcomes.filter(({ status }) => status === 'fulfilled').length;
    console.log(
      `${label}: ${ran} ran, ${most} at once, ${CALLS - ran} refused, $${task.totals.costUsd} spent`,
    );
  });
}

await tryAll('price declared', { usd: 0.1 }, { name: 'declared', costUsd: 0.03 });
await tryAll('price unknown, the first one alone', { usd: 0.1 }, { name: 'patient' });
await tryAll('price unknown, no waiting', { usd: 0.1, reserveTimeoutMillis: 0 }, { name: 'unknown' });
