import { startSentry } from './start-sentry.js';

const { around, checks } = await startSentry(process.env.OWN_PROVIDER === 'yes');
// Sentry patches what is loaded after it.
const { withTask, withLlm } = await import('otel-agent-cost');
const { default: OpenAI } = await import('openai');
const { default: Anthropic } = await import('@anthropic-ai/sdk');
const { runCalls } = await import('../shared/clients.js');

const url = process.env.PROVIDER_URL;
const tasks = await runCalls({ OpenAI, Anthropic, url, withTask, withLlm, around });
process.send({ tasks, checks: checks() }, () => process.exit(0));
