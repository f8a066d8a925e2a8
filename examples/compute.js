/**
 * The rest of the bill: a model on your own GPUs, an API with a fee, a vector store, data transfer, and the agent
 * loop itself. Runs offline: the API is a server in this process.
 *
 *   node examples/compute.js
 */
import { createServer } from 'node:http';
import { CostSpanProcessor, withLlm, withTask } from 'otel-agent-cost';
import { meteredFetch, spreadFee, unitCost, withCompute, withLoopOverhead } from 'otel-agent-cost/compute';

// The tokens of this model are free, because its GPU is billed below.
new CostSpanProcessor({ overrides: { 'our-llama': { pricedBy: 'compute' } } });

const server = createServer((_request, response) => response.end('{"city":"London"}')).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const host = `127.0.0.1:${server.address().port}`;

const ask = meteredFetch(fetch, { fees: { [`${host}/v1/people/{name}`]: 0.002 } });
const vectors = unitCost({ name: 'vector_store', kind: 'storage', unitUsd: { query: 0.000004 } });
const egress = unitCost({ name: 'egress', kind: 'network', unitUsd: { gib: 0.09 } });

// One GPU at $2.16 an hour, with a minimum of one second per call.
const gpu = { name: 'our-llama', rates: { gpuSecondUsd: 0.0006 }, minSeconds: 1 };
const answered = { model: 'our-llama', usage: { prompt_tokens: 900, completion_tokens: 100 } };

await withTask('answer', async (task) => {
  await withLoopOverhead({ vcpuHourUsd: 0.04 }, async () => {
    await withCompute(gpu, () => withLlm('our-llama', async () => answered));
    vectors({ query: 50 });
    await (await ask(`http://${host}/v1/people/ada`)).json();
    egress({ gib: 0.001 });
  });
  const { llmCostUsd, computeCostUsd, otherCostUsd, costComplete } = task.totals;
  console.log(`LLM $${llmCostUsd}, complete: ${costComplete}`);
  console.log(`GPU and loop $${computeCostUsd.toFixed(4)}`);
  console.log(`API, vector store and transfer $${otherCostUsd}`);
});
server.close();

// A reserved deployment for $100 a day, spread over the tokens that it served.
const [morning, noon, night] = spreadFee(100, [200_000, 500_000, 100_000]);
console.log(`reserved: $${morning} + $${noon} + $${night} = $100`);
