/** Anthropic's messages: `POST …/messages`. Input tokens stand beside the cache there. */
import { servedModel, TOOL_ARGUMENTS, TOOL_NAME, WORDS } from './answer.js';

/** What a stream states at its start, before anything was written. */
const FIRST_OUTPUT_TOKENS = 1;

export function anthropicMessages({ id, body, usage, useTool }) {
  const stop = { stop_reason: useTool ? 'tool_use' : 'end_turn', stop_sequence: null };
  const message = (content, ending, counts) => ({
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: servedModel(body.model),
    content,
    ...ending,
    usage: counts,
  });
  const block = useTool
    ? { type: 'tool_use', id: 'toolu_1', name: TOOL_NAME, input: JSON.parse(TOOL_ARGUMENTS) }
    : { type: 'text', text: WORDS.join('') };
  const started = { stop_reason: null, stop_sequence: null };
  return {
    whole: () => message([block], stop, usageObject(usage)),
    events: () =>
      [
        {
          type: 'message_start',
          message: message([], started, usageObject({ ...usage, output: FIRST_OUTPUT_TOKENS })),
        },
        ...blockEvents(useTool, block),
        { type: 'message_delta', delta: stop, usage: { output_tokens: usage.output } },
        { type: 'message_stop' },
      ].map((data) => ({ event: data.type, data })),
  };
}

function blockEvents(useTool, block) {
  const empty = useTool ? { ...block, input: {} } : { type: 'text', text: '' };
  const deltas = useTool
    ? [{ type: 'input_json_delta', partial_json: TOOL_ARGUMENTS }]
    : WORDS.map((text) => ({ type: 'text_delta', text }));
  return [
    { type: 'content_block_start', index: 0, content_block: empty },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index: 0, delta })),
    { type: 'content_block_stop', index: 0 },
  ];
}

function usageObject({ input, output, cacheRead, cacheWrite }) {
  return {
    input_tokens: input - cacheRead - cacheWrite,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    service_tier: 'standard',
  };
}
