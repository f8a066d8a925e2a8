/** OpenAI's responses: `POST …/responses`. */
import { servedModel, WORDS } from './answer.js';
import { openrouterBill, openrouterUsd } from './chat-dialects.js';

const CREATED = 1_790_000_000;

export const openaiResponses = {
  name: 'responses',
  matches: (path) => path.endsWith('/responses'),
  toolsOf: (body) => (body.tools ?? []).map(({ name, parameters }) => ({ name, schema: parameters })),
  tellsUsage: () => true,
  billOf: ({ path, model, usage }) => (isOpenRouter(path) ? openrouterUsd(model, usage) : undefined),
  speak,
};

function isOpenRouter(path) {
  return path.split('/')[3] === 'openrouter';
}

function speak({ id, body, model, path, usage, tool }) {
  const bill = isOpenRouter(path) ? openrouterBill(model, usage, ['input', 'output']) : undefined;
  const item = tool ? toolCall(tool) : message('completed', WORDS.join(''));
  const response = (status, output, more) => ({
    id: `resp_${id}`,
    object: 'response',
    created_at: CREATED,
    status,
    completed_at: status === 'completed' ? CREATED + 2 : null,
    model: servedModel(body.model),
    output,
    output_text: tool ? '' : WORDS.join(''),
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    temperature: 1,
    top_p: 1,
    frequency_penalty: 0,
    presence_penalty: 0,
    service_tier: 'default',
    usage: null,
    ...more,
  });
  const whole = () => response('completed', [item], { usage: { ...usageObject(usage), ...bill } });
  return {
    whole,
    events: () => {
      const types = [
        { type: 'response.created', response: response('in_progress', []) },
        ...(tool ? toolEvents(item) : textEvents()),
        { type: 'response.output_item.done', output_index: 0, item },
        { type: 'response.completed', response: whole() },
      ];
      return types.map((data, index) => ({ event: data.type, data: { ...data, sequence_number: index } }));
    },
  };
}

function textEvents() {
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  return [
    { type: 'response.output_item.added', output_index: 0, item: message('in_progress') },
    { type: 'response.content_part.added', ...at, part: textPart('') },
    ...WORDS.map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text: WORDS.join(''), logprobs: [] },
    { type: 'response.content_part.done', ...at, part: textPart(WORDS.join('')) },
  ];
}

function toolEvents(item) {
  const at = { item_id: item.id, output_index: 0 };
  const started = { ...item, status: 'in_progress', arguments: '' };
  return [
    { type: 'response.output_item.added', output_index: 0, item: started },
    { type: 'response.function_call_arguments.delta', ...at, delta: item.arguments },
    { type: 'response.function_call_arguments.done', ...at, name: item.name, arguments: item.arguments },
  ];
}

function message(status, text) {
  return {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    status,
    content: text === undefined ? [] : [textPart(text)],
  };
}

function textPart(text) {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function toolCall({ name, input }) {
  return {
    type: 'function_call',
    id: 'fc_1',
    call_id: 'call_1',
    name,
    arguments: JSON.stringify(input),
    status: 'completed',
  };
}

function usageObject({ input, output, cacheRead, reasoning }) {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
