/** The Anthropic messages API over `fetch`, with the same functions as `openai.js`. */
import { postJson, readEvents } from './http.js';

const MAX_OUTPUT_TOKENS = 4096;

/**
 * @param {{ baseUrl?: string, apiKey?: string, model?: string }} options `baseUrl` without a slash at the end
 */
export function anthropicClient({
  baseUrl = 'https://api.anthropic.com/v1',
  apiKey = '',
  model = 'claude-sonnet-4-5',
}) {
  const url = `${baseUrl}/messages`;
  const headers = { 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' };
  return {
    provider: 'anthropic',
    model,

    /** @param {string} system @param {string} question @returns {any[]} the messages a conversation begins with */
    start: (system, question) => [userMessage(`${system}\n\n${question}`)],
    userMessage,

    /** @param {any[]} messages @param {import('../agent-loop.js').ToolSpec[]} [tools] */
    request: (messages, tools = []) => ({
      model,
      max_tokens: MAX_OUTPUT_TOKENS,
      messages,
      ...(tools.length > 0 && {
        tools: tools.map(({ name, description, parameters }) => ({
          name,
          description,
          input_schema: parameters,
        })),
      }),
    }),

    /** One call. Returns the response exactly as the API sends it. @param {object} request @param {AbortSignal} [signal] */
    async send(request, signal) {
      return (await postJson(url, headers, request, signal)).json();
    },

    /** One streamed call. Yields the events exactly as the API sends them. @param {object} request @param {AbortSignal} [signal] */
    async *stream(request, signal) {
      yield* readEvents(await postJson(url, headers, { ...request, stream: true }, signal));
    },

    /** @param {any} response @returns {import('../agent-loop.js').Reply} */
    read({ content }) {
      const text = content.filter((block) => block.type === 'text');
      const uses = content.filter((block) => block.type === 'tool_use');
      return {
        text: text.map((block) => block.text).join(''),
        toolCalls: uses.map((use) => ({ id: use.id, name: use.name, arguments: use.input })),
        message: { role: 'assistant', content },
      };
    },

    /** @param {{ id: string, content: string }[]} results @returns {any[]} the messages that answer tool calls */
    toolMessages: (results) => [
      {
        role: 'user',
        content: results.map(({ id, content }) => ({ type: 'tool_result', tool_use_id: id, content })),
      },
    ],
  };
}

/** @param {string} content */
function userMessage(content) {
  return { role: 'user', content };
}
