/** The OpenAI chat completions API over `fetch`: request bodies, one call, one streamed call, reading an answer. */
import { postJson, readEvents } from './http.js';

/**
 * @param {{ baseUrl?: string, apiKey?: string, model?: string }} options `baseUrl` without a slash at the end
 */
export function openAiClient({ baseUrl = 'https://api.openai.com/v1', apiKey = '', model = 'gpt-4o' }) {
  const url = `${baseUrl}/chat/completions`;
  const headers = { authorization: `Bearer ${apiKey}` };
  return {
    provider: 'openai',
    model,

    /** @param {string} system @param {string} question @returns {any[]} the messages a conversation begins with */
    start: (system, question) => [{ role: 'system', content: system }, userMessage(question)],
    userMessage,

    /** @param {any[]} messages @param {import('../agent-loop.js').ToolSpec[]} [tools] */
    request: (messages, tools = []) => ({
      model,
      messages,
      ...(tools.length > 0 && { tools: tools.map((tool) => ({ type: 'function', function: tool })) }),
    }),

    /** One call. Returns the response exactly as the API sends it. @param {object} request @param {AbortSignal} [signal] */
    async send(request, signal) {
      return (await postJson(url, headers, request, signal)).json();
    },

    /** One streamed call. Yields the chunks exactly as the API sends them. @param {object} request @param {AbortSignal} [signal] */
    async *stream(request, signal) {
      const body = { ...request, stream: true, stream_options: { include_usage: true } };
      yield* readEvents(await postJson(url, headers, body, signal));
    },

    /** @param {any} response @returns {import('../agent-loop.js').Reply} */
    read(response) {
      const { message } = response.choices[0];
      const toolCalls = (message.tool_calls ?? []).map((call) => ({
        id: call.id,
        name: call.function.name,
        arguments: JSON.parse(call.function.arguments),
      }));
      return { text: message.content ?? '', toolCalls, message };
    },

    /** @param {{ id: string, content: string }[]} results @returns {any[]} the messages that answer tool calls */
    toolMessages: (results) =>
      results.map(({ id, content }) => ({ role: 'tool', tool_call_id: id, content })),
  };
}

/** @param {string} content */
function userMessage(content) {
  return { role: 'user', content };
}
