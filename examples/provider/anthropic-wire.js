/** The stand-in's responses on `/v1/messages`, in the provider's own format. */

/** @typedef {import('./stand-in.js').Turn} Turn */

/** @param {Turn} turn @param {number} number @param {string} model */
export function message(turn, number, model) {
  return {
    id: `msg_stand_in_${number}`,
    type: 'message',
    role: 'assistant',
    model,
    content: contentBlocks(turn, number),
    stop_reason: turn.stopReason,
    stop_sequence: null,
    usage: { ...inputUsage(turn), output_tokens: turn.outputTokens },
  };
}

/**
 * The same answer as the events of a stream: input counts come first, the final output count at the end. An answer
 * that is cut short shows only the output count it began with.
 * @param {Turn} turn @param {number} number @param {string} model
 */
export function messageEvents(turn, number, model) {
  const whole = message(turn, number, model);
  const firstOutput = turn.cutShort ? turn.outputTokens : 1;
  return [
    {
      type: 'message_start',
      message: {
        ...whole,
        content: [],
        stop_reason: null,
        usage: { ...whole.usage, output_tokens: firstOutput },
      },
    },
    ...whole.content.flatMap(blockEvents),
    {
      type: 'message_delta',
      delta: { stop_reason: turn.stopReason, stop_sequence: null },
      usage: { output_tokens: turn.outputTokens },
    },
    { type: 'message_stop' },
  ];
}

/** @param {any} block @param {number} index */
function blockEvents(block, index) {
  const empty = block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} };
  const delta =
    block.type === 'text'
      ? { type: 'text_delta', text: block.text }
      : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) };
  return [
    { type: 'content_block_start', index, content_block: empty },
    { type: 'content_block_delta', index, delta },
    { type: 'content_block_stop', index },
  ];
}

/** @param {Turn} turn @param {number} number @returns {any[]} */
function contentBlocks(turn, number) {
  const uses = turn.toolCalls.map((call, index) => ({
    type: 'tool_use',
    id: `toolu_${number}_${index}`,
    name: call.name,
    input: call.arguments,
  }));
  return [{ type: 'text', text: turn.text }, ...uses];
}

/** Anthropic counts cached tokens beside the input, not within it. @param {Turn} turn */
function inputUsage(turn) {
  return {
    input_tokens: turn.inputTokens - turn.cacheReadTokens - turn.cacheWriteTokens,
    cache_read_input_tokens: turn.cacheReadTokens,
    cache_creation_input_tokens: turn.cacheWriteTokens,
  };
}
