/** OpenAI's chat completions: `POST …/chat/completions`. */
import { servedModel, TOOL_ARGUMENTS, TOOL_NAME, WORDS } from './answer.js';

const CREATED = 1_790_000_000;

export function openaiChat({ id, body, usage, useTool }) {
  const base = {
    id: `chatcmpl-${id}`,
    created: CREATED,
    model: servedModel(body.model),
    service_tier: 'default',
  };
  const finish = useTool ? 'tool_calls' : 'stop';
  return {
    whole: () => ({
      ...base,
      object: 'chat.completion',
      choices: [{ index: 0, finish_reason: finish, logprobs: null, message: message(useTool) }],
      usage: usageObject(usage),
    }),
    events: () => {
      const wantsUsage = body.stream_options?.include_usage === true;
      const chunk = (choices, more) => ({
        data: {
          ...base,
          object: 'chat.completion.chunk',
          choices,
          ...(wantsUsage && { usage: null }),
          ...more,
        },
      });
      const delta = (part, reason = null) => chunk([{ index: 0, delta: part, finish_reason: reason }]);
      return [
        delta({ role: 'assistant', content: '' }),
        ...parts(useTool).map((part) => delta(part)),
        delta({}, finish),
        ...(wantsUsage ? [chunk([], { usage: usageObject(usage) })] : []),
        { data: '[DONE]' },
      ];
    },
  };
}

function message(useTool) {
  const base = { role: 'assistant', refusal: null };
  return useTool
    ? { ...base, content: null, tool_calls: [toolCall()] }
    : { ...base, content: WORDS.join('') };
}

function parts(useTool) {
  return useTool ? [{ tool_calls: [{ index: 0, ...toolCall() }] }] : WORDS.map((content) => ({ content }));
}

function toolCall() {
  return { id: 'call_1', type: 'function', function: { name: TOOL_NAME, arguments: TOOL_ARGUMENTS } };
}

function usageObject({ input, output, cacheRead, reasoning }) {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cacheRead, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
