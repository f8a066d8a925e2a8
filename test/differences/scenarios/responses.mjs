/** Recorded usage of many providers as responses: of `withLlm`, of `wrapLlm`, as streams, and as what the app records. */
import { startTrace } from '../support/recorder.mjs';
import { fixture } from '../support/replay.mjs';

/** By how the name of the recorded API begins. */
const MODELS = [
  ['openai', 'openai', 'gpt-4o'],
  ['anthropic', 'anthropic', 'claude-sonnet-4-5'],
  ['google', 'gcp.gemini', 'gemini-2.5-flash'],
  ['aws-bedrock', 'aws.bedrock', 'anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['openrouter', 'openrouter', 'openai/gpt-4o'],
  ['xai', 'x_ai', 'grok-4'],
  ['groq', 'groq', 'llama-3.3-70b-versatile'],
  ['mistral', 'mistral_ai', 'mistral-large-latest'],
  ['deepseek', 'deepseek', 'deepseek-chat'],
  ['cohere', 'cohere', 'command-r-plus'],
  ['perplexity', 'perplexity', 'sonar-pro'],
  ['', undefined, 'gpt-4o'],
];

/** The ways to make a call with one usage object. */
const FORMS = {
  withLlm: (lib, { options, response }) => lib.withLlm(options, () => response),
  'withLlm, async': (lib, { options, response }) => lib.withLlm(options, async () => response),
  wrapLlm: (lib, { options, request, response }) => lib.wrapLlm(options, async () => response)(request),
  'without a provider': (lib, { response }) => lib.withLlm({}, () => response),
  'usage alone': (lib, { options, usage }) => lib.withLlm(options, () => ({ usage })),
  'of the handle': (lib, { options, usage }) => lib.withLlm(options, (call) => call.recordUsage(usage)),
  'of its own': (lib, { options, usage }) => lib.recordUsage({ ...usage, ...options }),
  streamed: (lib, { options, chunks }) => readAll(lib.withLlm(options, () => streamOf(chunks))),
  'through fetch': (lib, { options, response }) =>
    lib.withLlm(options, async () => Response.json(response)).then((given) => given.json()),
};

export async function* run(lib, { scenario }) {
  for (const one of fixture('usage-shapes.json').cases) {
    for (const [form, call] of Object.entries(FORMS)) {
      const started = startTrace(lib, { scenario, trace: `${one.id}, ${one.api}, ${form}` });
      await lib.withTask('t', async (task) => {
        await call(lib, callOf(one));
        // The body of a fetch response is read a little after the app has it.
        await new Promise((resolve) => setImmediate(resolve));
        started.addTotals('task', task);
      });
      yield* await started.rows();
    }
  }
}

function callOf({ id, api, usage, stream_events_usage: events }) {
  const [, provider, model] = MODELS.find(([prefix]) => api.startsWith(prefix)) ?? [];
  const options = { model, ...(provider !== undefined && { provider }) };
  const response = responseOf(api, { id, model, usage });
  const chunks = events?.map((part) => responseOf(api, { id, model, usage: part })) ?? [
    responseOf(api, { id, model, usage: undefined }),
    response,
  ];
  return { options, request: { model, messages: [{ role: 'user', content: id }] }, response, usage, chunks };
}

/** A response with the usage where that API puts it. */
function responseOf(api, { id, model, usage }) {
  if (api.includes('generateContent')) return { responseId: id, modelVersion: model, usageMetadata: usage };
  if (api.includes('converse')) return { output: {}, stopReason: 'end_turn', usage };
  if (api.includes('rerank')) return { id, results: [], meta: usage, usage };
  if (api.includes('response.done')) return { type: 'response.done', response: { id, usage } };
  return { id, model, usage };
}

async function* streamOf(chunks) {
  yield* chunks;
}

async function readAll(stream) {
  for await (const _part of stream);
}
