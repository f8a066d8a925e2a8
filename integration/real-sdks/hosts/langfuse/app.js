import { createServer } from 'node:http';
import { Anthropic } from '@anthropic-ai/sdk';
import { observeOpenAI } from '@langfuse/openai';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import * as api from '@opentelemetry/api';
import { OpenAI } from 'openai';
import { withLlm, withTask } from 'otel-agent-cost';
import { runCalls } from '../shared/clients.js';
import { startSdk2 } from '../shared/sdk2.js';

const received = [];
const langfuse = await startLangfuse();
const provider = await startSdk2({
  api,
  load: (name) => import(name),
  processors: [
    new LangfuseSpanProcessor({
      publicKey: 'pk',
      secretKey: 'sk',
      baseUrl: langfuse,
      exportMode: 'immediate',
    }),
  ],
});

/** `new` gives the wrapped client. */
function ObservedOpenAI(options) {
  return observeOpenAI(new OpenAI(options));
}

const url = process.env.PROVIDER_URL;
// Langfuse's wrapper hands out plain promises, without `withResponse`.
const only = ['chat', 'chatCached', 'chatStreamed', 'responses', 'responsesStreamed', 'messagesCached'];
const tasks = await runCalls({ OpenAI: ObservedOpenAI, Anthropic, url, withTask, withLlm, only });
await provider.shutdown();
const text = Buffer.concat(received).toString('latin1');
const checks = { 'Langfuse gets what a call cost': text.includes('gen_ai.usage.cost') || text.slice(0, 200) };
process.send({ tasks, checks }, () => process.exit(0));

/** In place of Langfuse: takes whatever it is sent. */
async function startLangfuse() {
  const server = createServer(async (request, response) => {
    for await (const chunk of request) received.push(chunk);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return `http://127.0.0.1:${server.address().port}`;
}
