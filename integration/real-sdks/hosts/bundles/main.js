import { Anthropic } from '@anthropic-ai/sdk';
import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { OpenAI } from 'openai';
import { CostSpanProcessor, withLlm, withTask } from 'otel-agent-cost';
import { runCalls } from '../shared/clients.js';
import { SpanKeeper } from '../shared/server-load.js';

async function main() {
  const spans = new SpanKeeper();
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  api.trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new CostSpanProcessor(), spans] }),
  );
  const url = process.env.PROVIDER_URL;
  const only = ['chatCached', 'chatStreamed', 'messagesCached', 'messagesStreamed'];
  const all = await runCalls({ OpenAI, Anthropic, url, withTask, withLlm, only });
  // Nobody watches the clients outside of `withLlm`.
  const tasks = Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith('withLlm')));
  const sources = spans.spans.flatMap(({ attributes }) => attributes['cost.source'] ?? []);
  process.send({ tasks, sources }, () => process.exit(0));
}

main();
