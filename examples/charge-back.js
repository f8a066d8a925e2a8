/**
 * Who pays: the cost by team and by feature, added up from the exported spans alone, as a backend would. Each billed
 * span says whom it is charged to, and `cost_usd` may be summed over any spans.
 *
 *   node examples/charge-back.js
 */
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { CostSpanProcessor, withLlm, withTask, wrapTool } from 'otel-agent-cost';

const exporter = new InMemorySpanExporter();
const cost = new CostSpanProcessor();
new NodeTracerProvider({ spanProcessors: [cost, new SimpleSpanProcessor(exporter)] }).register();

const search = wrapTool({ name: 'web_search', costUsd: 0.005 }, async (query) => `pages about ${query}`);

/** A stand-in for the model. */
async function complete(inputTokens, outputTokens) {
  return {
    model: 'gpt-4o-2024-08-06',
    choices: [{ message: { content: 'done' } }],
    usage: { prompt_tokens: inputTokens, completion_tokens: outputTokens },
  };
}

/** Said once, on the task: it holds for all that is done in it. */
function work(team, feature, { inputTokens, outputTokens, searches }) {
  return withTask({ name: feature, attribution: { team, feature } }, async () => {
    for (let i = 0; i < searches; i++) await search(feature);
    await withLlm({ provider: 'openai', model: 'gpt-4o' }, () => complete(inputTokens, outputTokens));
  });
}

await Promise.all([
  work('growth', 'onboarding', { inputTokens: 20_000, outputTokens: 1000, searches: 2 }),
  work('growth', 'newsletter', { inputTokens: 8000, outputTokens: 2000, searches: 0 }),
  work('support', 'tickets', { inputTokens: 40_000, outputTokens: 3000, searches: 4 }),
  work('support', 'onboarding', { inputTokens: 10_000, outputTokens: 500, searches: 1 }),
]);

/** The bill of each value of an attribute, the largest first, in USD. */
function costBy(spans, key) {
  const bills = new Map();
  for (const { attributes } of spans) {
    if (attributes.cost_usd === undefined) continue;
    bills.set(attributes[key], (bills.get(attributes[key]) ?? 0) + attributes.cost_usd);
  }
  return [...bills].sort(([, a], [, b]) => b - a);
}

const spans = exporter.getFinishedSpans();
for (const key of ['cost.team', 'cost.feature']) {
  for (const [value, costUsd] of costBy(spans, key)) console.log(`${key} ${value}: $${costUsd.toFixed(3)}`);
}
const total = cost.taskStats().reduce((sum, { costUsd }) => sum + costUsd, 0);
console.log(`all tasks: $${total.toFixed(3)}`);
