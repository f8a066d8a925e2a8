/**
 * A cached tool: searches that differ only in case and spaces run once, and every hit is a separate call that costs nothing
 * and reports its saving. Needs the package lru-cache.
 *
 *   node examples/cached-tool.js
 */
import { ActionResult, withTask } from 'otel-agent-cost';
import { cachedTool } from 'otel-agent-cost/optimize';

const search = cachedTool(
  {
    name: 'web_search',
    ttlSeconds: 600,
    normalize: ([query]) => query.trim().toLowerCase(),
    unwrap: true,
  },
  async (query) => new ActionResult([`a page about ${query.trim()}`], { costUsd: 0.005 }),
);

await withTask('research', async (task) => {
  for (const query of ['telegraph', 'Telegraph ', 'morse code']) await search(query);
  // Equal calls at the same time share one run.
  await Promise.all(['semaphore', 'semaphore', 'semaphore'].map(search));
  const { costUsd, savedCostUsd, toolCalls } = task.totals;
  console.log(`${toolCalls} searches cost $${costUsd} and saved $${savedCostUsd}`);
});
const { hits, joined, misses, hitRate } = search.cache.stats();
console.log(`${hits} hits (${joined} joined a call under way), ${misses} misses: hit rate ${hitRate}`);
