import { anthropicClient } from './anthropic.js';
import { openAiClient } from './openai.js';
import { startStandIn, turn } from './stand-in.js';

/** @typedef {ReturnType<typeof openAiClient> | ReturnType<typeof anthropicClient>} Client */

const WIKIPEDIA = 'https://en.wikipedia.org';

const SCRIPT = [
  turn({
    inputTokens: 210,
    outputTokens: 24,
    toolCalls: [{ name: 'web_search', arguments: { query: 'observability' } }],
  }),
  turn({
    inputTokens: 380,
    outputTokens: 21,
    toolCalls: [{ name: 'read_page', arguments: { key: 'Observability' } }],
  }),
  turn({
    inputTokens: 520,
    outputTokens: 32,
    text: 'Answer: how well the state of a system can be told from what it puts out. (A stand-in said so; no key is set.)',
  }),
];

/**
 * The real model and the real Wikipedia when OPENAI_API_KEY or ANTHROPIC_API_KEY is set (MODEL picks the model,
 * OPENAI_BASE_URL or ANTHROPIC_BASE_URL another server of that API), else the stand-in with a short script.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ client: Client, siteUrl: string, close: () => void }>}
 */
export async function connect(env) {
  const model = env.MODEL && { model: env.MODEL };
  if (env.OPENAI_API_KEY) {
    const baseUrl = env.OPENAI_BASE_URL && { baseUrl: env.OPENAI_BASE_URL };
    const client = openAiClient({ apiKey: env.OPENAI_API_KEY, ...baseUrl, ...model });
    return { client, siteUrl: WIKIPEDIA, close() {} };
  }
  if (env.ANTHROPIC_API_KEY) {
    const baseUrl = env.ANTHROPIC_BASE_URL && { baseUrl: `${env.ANTHROPIC_BASE_URL}/v1` };
    const client = anthropicClient({ apiKey: env.ANTHROPIC_API_KEY, ...baseUrl, ...model });
    return { client, siteUrl: WIKIPEDIA, close() {} };
  }
  const standIn = await startStandIn(SCRIPT);
  return {
    client: openAiClient({ baseUrl: `${standIn.url}/v1` }),
    siteUrl: standIn.url,
    close: standIn.close,
  };
}
