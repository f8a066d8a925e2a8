/**
 * OpenAI's chat completions: `POST …/chat/completions`, and those who speak them with a usage object of their own, chosen by
 * the first part of the path: `/<run>/<scenario>/groq/…`.
 */
import { servedModel, WORDS } from './answer.js';
import { DIALECTS, OPENAI } from './chat-dialects.js';

const CREATED = 1_790_000_000;

export const openaiChat = {
  name: 'chat',
  matches: (path) => path.endsWith('/chat/completions'),
  modelOf: (body, path) => dialectOf(path).servedModel ?? body.model,
  toolsOf: (body) => (body.tools ?? []).map((tool) => toolOf(tool.function ?? {})),
  tellsUsage: (body, path) => dialectOf(path).alwaysTellsUsage || wantsUsage(body),
  billOf: (call) => dialectOf(call.path).billOf?.(call),
  speak,
};

function toolOf({ name, parameters }) {
  return { name, schema: parameters };
}

function dialectOf(path) {
  return DIALECTS[path.split('/')[3]] ?? OPENAI;
}

function wantsUsage(body) {
  return body.stream_options?.include_usage === true;
}

function speak({ id, body, model, path, usage, tool }) {
  const dialect = dialectOf(path);
  const counts = dialect.usageOf(usage, model);
  const base = {
    id: `chatcmpl-${id}`,
    created: CREATED,
    model: servedModel(model),
    ...dialect.base,
  };
  const finish = tool ? 'tool_calls' : 'stop';
  return {
    whole: () => ({
      ...base,
      object: 'chat.completion',
      choices: [{ index: 0, finish_reason: finish, logprobs: null, message: message(tool) }],
      usage: counts,
      ...dialect.whole?.(id),
    }),
    events: () => {
      const chunk = (choices, more) => ({
        data: {
          ...base,
          object: 'chat.completion.chunk',
          choices,
          ...(wantsUsage(body) && { usage: null }),
          ...more,
        },
      });
      const delta = (part, reason = null) => chunk([{ index: 0, delta: part, finish_reason: reason }]);
      return [
        delta({ role: 'assistant', content: '' }),
        ...parts(tool).map((part) => delta(part)),
        ...dialect.lastChunks({ chunk, delta, finish, counts, id, wantsUsage: wantsUsage(body) }),
        { data: '[DONE]' },
      ];
    },
  };
}

function message(tool) {
  const base = { role: 'assistant', refusal: null };
  return tool
    ? { ...base, content: null, tool_calls: [toolCall(tool)] }
    : { ...base, content: WORDS.join('') };
}

function parts(tool) {
  return tool ? [{ tool_calls: [{ index: 0, ...toolCall(tool) }] }] : WORDS.map((content) => ({ content }));
}

function toolCall({ name, input }) {
  return { id: 'call_0001a', type: 'function', function: { name, arguments: JSON.stringify(input) } };
}
