/** Anthropic's messages: `POST …/messages`. Input tokens stand beside the cache there. */
import { servedModel, WORDS } from './answer.js';

/** What a stream states at its start, before anything was written. */
const FIRST_OUTPUT_TOKENS = 1;

export const anthropicMessages = {
  name: 'anthropic',
  matches: (path) => path.endsWith('/messages'),
  toolsOf: (body) => (body.tools ?? []).map(({ name, input_schema }) => ({ name, schema: input_schema })),
  tellsUsage: () => true,
  speak,
};

function speak({ id, body, usage, tool }) {
  const stop = { stop_reason: tool ? 'tool_use' : 'end_turn', stop_sequence: null };
  const message = (content, ending, counts) => ({
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: servedModel(body.model),
    content,
    ...ending,
    usage: counts,
  });
  const block = tool ? { type: 'tool_use', id: 'toolu_1', ...tool } : { type: 'text', text: WORDS.join('') };
  const started = { stop_reason: null, stop_sequence: null };
  return {
    whole: () => message([block], stop, usageObject(usage)),
    events: () =>
      [
        {
          type: 'message_start',
          message: message([], started, usageObject({ ...usage, output: FIRST_OUTPUT_TOKENS })),
        },
        ...blockEvents(block),
        { type: 'message_delta', delta: stop, usage: { output_tokens: usage.output } },
        { type: 'message_stop' },
      ].map((data) => ({ event: data.type, data })),
  };
}

function blockEvents(block) {
  const isTool = block.type === 'tool_use';
  const empty = isTool ? { ...block, input: {} } : { type: 'text', text: '' };
  const deltas = isTool
    ? [{ type: 'input_json_delta', partial_json: JSON.stringify(block.input) }]
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
