import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { CostSpanProcessor, withLlm, withTask } from 'otel-agent-cost';
import { SpanKeeper } from '../shared/server-load.js';

const spans = new SpanKeeper();
const sdk = new NodeSDK({
  instrumentations: [getNodeAutoInstrumentations()],
  spanProcessors: [new CostSpanProcessor(), spans],
});
sdk.start();
// Instrumentations patch what is loaded after them: here CommonJS.
const { createRequire } = await import('node:module');
const require = createRequire(import.meta.url);
const { OpenAI } = require('openai');
const { Anthropic } = require('@anthropic-ai/sdk');
const { runCalls } = await import('../shared/clients.js');

const tasks = await runCalls({ OpenAI, Anthropic, url: process.env.PROVIDER_URL, withTask, withLlm });
process.send({ tasks, checks: checksOf(spans) }, () => process.exit(0));

function checksOf({ spans: ended }) {
  const requests = ended.filter(({ name }) => /^(POST|GET)/.test(name));
  const marked = requests.filter(({ attributes }) =>
    Object.keys(attributes).some((key) => /^(cost|task)[._]/.test(key)),
  );
  return {
    'the clients’ requests have spans': requests.length > 0 || 'none',
    'which carry nothing of ours': marked.length === 0 || marked[0],
  };
}
