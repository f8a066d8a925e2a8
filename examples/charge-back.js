/**
 * Charge-back: the cost by team and by feature, computed twice: from the exported spans alone and from the metrics
 * alone, as two backends would. Each billed span names the team and feature that it is charged to, `cost_usd` may
 * be summed over any spans, and the metrics come from the same ledger.
 *
 *   node examples/charge-back.js
 *
 * It sets up OpenTelemetry itself, so run it without `--import otel-agent-cost/register`.
 */
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { CostSpanProcessor, withLlm, withTask, wrapTool } from 'otel-agent-cost';

const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter: metricExporter });
const isMeterProviderOurs = metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));

const spanExporter = new InMemorySpanExporter();
const cost = new CostSpanProcessor({ metricAttributes: ['team', 'feature'] });
new NodeTracerProvider({ spanProcessors: [cost, new SimpleSpanProcessor(spanExporter)] }).register();

const search = wrapTool({ name: 'web_search', costUsd: 0.005 }, async (query) => `pages about ${query}`);

/** A stand-in for the model. */
async function complete(inputTokens, outputTokens) {
  return {
    model: 'gpt-4o-2024-08-06',
    choices: [{ message: { content: 'done' } }],
    usage: { prompt_tokens: inputTokens, completion_tokens: outputTokens },
  };
}

/** Set once, on the task: it applies to everything in the task. */
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

/** The amounts spent, as `[attributes, USD]`, from the spans alone. */
function bySpans() {
  const billed = spanExporter
    .getFinishedSpans()
    .filter(({ attributes }) => attributes.cost_usd !== undefined);
  return billed.map(({ attributes }) => [attributes, attributes.cost_usd]);
}

/** The same from the metrics alone. */
async function byMetrics() {
  await reader.forceFlush();
  const collected = metricExporter.getMetrics().at(-1);
  const all = collected.scopeMetrics.flatMap((scope) => scope.metrics);
  const spent = all.find(({ descriptor }) => descriptor.name === 'cost.usd');
  return spent.dataPoints.map(({ attributes, value }) => [attributes, value]);
}

/** The bill of each value of an attribute, in USD. */
function costBy(key, amounts) {
  const bills = new Map();
  for (const [attributes, usd] of amounts)
    bills.set(attributes[key], (bills.get(attributes[key]) ?? 0) + usd);
  return bills;
}

const spanAmounts = bySpans();
// Another set-up came first, and has the spans and metrics.
if (!isMeterProviderOurs || spanAmounts.length === 0) {
  console.error(
    'This example sets up OpenTelemetry itself: run it without --import otel-agent-cost/register, or use agent-loop.js',
  );
  process.exit(1);
}
const metricAmounts = await byMetrics();
for (const key of ['cost.tag.team', 'cost.tag.feature']) {
  const charged = costBy(key, metricAmounts);
  const bills = [...costBy(key, spanAmounts)].sort(([, a], [, b]) => b - a);
  for (const [value, usd] of bills) {
    console.log(`${key} ${value}: $${usd.toFixed(3)} by spans, $${charged.get(value).toFixed(3)} by metrics`);
  }
}
const total = cost.taskStats().reduce((sum, { costUsd }) => sum + costUsd, 0);
console.log(`all tasks: $${total.toFixed(3)}`);
await reader.shutdown();
