import type { DecodedSpan } from '../../src/otlp/span.js';

export const START = 1_790_000_000_000;

let made = 0;

/** A span with a new id, one second long. */
export function span(
  attributes: Record<string, unknown>,
  more: Partial<DecodedSpan> & { startMillis?: number } = {},
): DecodedSpan {
  made += 1;
  const { startMillis = START, ...rest } = more;
  return {
    traceId: 'a'.repeat(32),
    spanId: made.toString(16).padStart(16, '0'),
    parentSpanId: '',
    isParentLocal: false,
    name: 'span',
    kind: 1,
    statusCode: 0,
    statusMessage: '',
    startNanos: BigInt(startMillis) * 1_000_000n,
    endNanos: BigInt(startMillis + 1_000) * 1_000_000n,
    attributes,
    attributeTypes: {},
    droppedAttributesCount: 0,
    events: [],
    scopeName: 'test',
    resource: { 'service.name': 'test' },
    ...rest,
  };
}

/** A billed LLM call. */
export function call(
  usd: unknown,
  attributes: Record<string, unknown> = {},
  more: Parameters<typeof span>[1] = {},
) {
  return span(
    {
      'gen_ai.operation.name': 'chat',
      'gen_ai.response.model': 'gpt-4o',
      'cost.kind': 'llm',
      'cost.source': 'declared',
      cost_usd: usd,
      ...attributes,
    },
    { name: 'chat gpt-4o', ...more },
  );
}

/** The span of a task with its roll-up. */
export function task(
  id: string,
  usd: number,
  attributes: Record<string, unknown> = {},
  more: Parameters<typeof span>[1] = {},
) {
  return span(
    {
      'task.id': id,
      'task.name': 'work',
      'task.outcome': 'success',
      'task.actions': 1,
      'task.cost_usd': usd,
      'task.llm_cost_usd': usd,
      'task.tool_cost_usd': 0,
      'task.llm_calls': 1,
      'task.tool_calls': 0,
      'task.input_tokens': 0,
      'task.output_tokens': 0,
      'task.cost_complete': true,
      ...attributes,
    },
    { name: 'task work', spanId: id, ...more },
  );
}
