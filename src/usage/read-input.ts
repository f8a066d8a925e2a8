import type { SpanAttributes } from './span-role.js';

/** Where instrumentations put what a tool or a model was called with, when they are set to record content. */
const INPUT_KEYS = {
  tool: ['gen_ai.tool.call.arguments', 'ai.toolCall.args', 'input.value', 'traceloop.entity.input'],
  llm: ['gen_ai.input.messages', 'ai.prompt.messages', 'input.value'],
} as const;

/** What a span says its call was made with, in the form it is in; undefined where it does not say. */
export function readInput(kind: 'llm' | 'tool', attributes: SpanAttributes): unknown {
  for (const key of INPUT_KEYS[kind]) if (attributes[key] !== undefined) return attributes[key];
  return undefined;
}
