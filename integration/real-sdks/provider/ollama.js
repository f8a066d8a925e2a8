/** Ollama: `POST …/api/chat`, streamed as lines of JSON, the last of which has the counts. */
import { WORDS } from './answer.js';

export const ollama = {
  name: 'ollama',
  matches: (path) => path.endsWith('/api/chat'),
  isStream: (body) => body.stream !== false,
  encoding: 'lines',
  toolsOf: (body) =>
    (body.tools ?? []).map((tool) => ({ name: tool.function.name, schema: tool.function.parameters })),
  tellsUsage: () => true,
  speak,
};

function speak({ body, usage, tool }) {
  const line = (message, more) => ({
    model: body.model,
    created_at: '2026-11-29T12:00:00.000000000Z',
    message: { role: 'assistant', content: '', ...message },
    done: false,
    ...more,
  });
  const ending = {
    done: true,
    done_reason: 'stop',
    total_duration: 4_883_583_458,
    load_duration: 1_334_875,
    prompt_eval_count: usage.input,
    prompt_eval_duration: 342_546_000,
    eval_count: usage.output,
    eval_duration: 4_535_599_000,
  };
  const call = tool && { tool_calls: [{ function: { name: tool.name, arguments: tool.input } }] };
  return {
    whole: () => line(call ?? { content: WORDS.join('') }, ending),
    events: () => [
      ...(tool ? [line(call)] : WORDS.map((content) => line({ content }))).map((data) => ({ data })),
      { data: line({}, ending) },
    ],
  };
}
