/** The stand-in's responses on `/v1/chat/completions`, in the provider's own format. */

/** @typedef {import('./stand-in.js').Turn} Turn */

/** @param {Turn} turn @param {number} number @param {string} model */
export function chatCompletion(turn, number, model) {
  const toolCalls = turn.toolCalls.map((call, index) => ({
    id: `call_${number}_${index}`,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
  const message = {
    role: 'assistant',
    content: turn.text,
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
  return {
    id: `chatcmpl-stand-in-${number}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [{ index: 0, message, finish_reason: turn.stopReason }],
    usage: usage(turn),
  };
}

/** The same answer as the chunks of a stream; usage comes last, on a chunk without choices. @param {Turn} turn @param {number} number @param {string} model */
export function chatCompletionChunks(turn, number, model) {
  const { choices, usage: counts, ...head } = chatCompletion(turn, number, model);
  const { message, finish_reason } = choices[0] ?? {};
  const chunk = { ...head, object: 'chat.completion.chunk' };
  return [
    { ...chunk, choices: [{ index: 0, delta: message, finish_reason: null }], usage: null },
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason }], usage: null },
    { ...chunk, choices: [], usage: counts },
  ];
}

/** OpenAI counts cached tokens within the prompt. @param {Turn} turn */
function usage(turn) {
  return {
    prompt_tokens: turn.inputTokens,
    completion_tokens: turn.outputTokens,
    total_tokens: turn.inputTokens + turn.outputTokens,
    prompt_tokens_details: { cached_tokens: turn.cacheReadTokens, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}
