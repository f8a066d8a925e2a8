/** Cohere, version 2: `POST …/v2/chat`. Billed units and tokens differ there: the template's own tokens are not billed. */
import { WORDS } from './answer.js';

/** Tokens of the template around every prompt, which nobody pays for. */
const TEMPLATE_TOKENS = 503;

export const cohere = {
  name: 'cohere',
  matches: (path) => path.endsWith('/v2/chat'),
  toolsOf: (body) =>
    (body.tools ?? []).map((tool) => ({ name: tool.function.name, schema: tool.function.parameters })),
  tellsUsage: () => true,
  speak,
};

function speak({ id, usage, tool }) {
  const finish_reason = tool ? 'TOOL_CALL' : 'COMPLETE';
  const call = tool && {
    id: 'get_weather_1',
    type: 'function',
    function: { name: tool.name, arguments: JSON.stringify(tool.input) },
  };
  const counts = usageObject(usage);
  return {
    whole: () => ({
      id,
      message: {
        role: 'assistant',
        ...(tool
          ? { tool_plan: 'I will look.', tool_calls: [call] }
          : { content: [{ type: 'text', text: WORDS.join('') }] }),
      },
      finish_reason,
      usage: counts,
    }),
    events: () =>
      [
        { type: 'message-start', id, delta: { message: { role: 'assistant' } } },
        ...(tool ? callEvents(call) : textEvents()),
        { type: 'message-end', id, delta: { finish_reason, usage: counts } },
      ].map((data) => ({ event: data.type, data })),
  };
}

function textEvents() {
  const message = (content) => ({ index: 0, delta: { message: { content } } });
  return [
    { type: 'content-start', ...message({ type: 'text', text: '' }) },
    ...WORDS.map((text) => ({ type: 'content-delta', ...message({ text }) })),
    { type: 'content-end', index: 0 },
  ];
}

function callEvents(call) {
  const message = (tool_calls) => ({ index: 0, delta: { message: { tool_calls } } });
  return [
    { type: 'tool-call-start', ...message({ ...call, function: { ...call.function, arguments: '' } }) },
    { type: 'tool-call-delta', ...message({ function: { arguments: call.function.arguments } }) },
    { type: 'tool-call-end', index: 0 },
  ];
}

function usageObject({ input, output }) {
  return {
    billed_units: { input_tokens: input, output_tokens: output },
    tokens: { input_tokens: input + TEMPLATE_TOKENS, output_tokens: output },
    cached_tokens: 0,
  };
}
