import type { SpanAttributes } from './span-role.js';

/**
 * Attributes in which instrumentations record the input of a tool or model call, if they are set to record content.
 */
const INPUT_KEYS = {
  tool: ['gen_ai.tool.call.arguments', 'ai.toolCall.args', 'input.value', 'traceloop.entity.input'],
  llm: ['gen_ai.input.messages', 'ai.prompt.messages', 'input.value'],
} as const;

/** The recorded input of a span's call, in its original form. Undefined when the span has none. */
export function readInput(kind: 'llm' | 'tool', attributes: SpanAttributes): unknown {
  for (const key of INPUT_KEYS[kind]) if (attributes[key] !== undefined) return attributes[key];
  return undefined;
}
