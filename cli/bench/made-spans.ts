/** Made spans for the bench: tasks of 22 spans each, as a metered agent sends them. */
import { createHash } from 'node:crypto';
import type { DecodedSpan } from '../src/otlp/span.js';

const RESOURCE = { 'service.name': 'bench', 'telemetry.sdk.language': 'nodejs' };
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'gemini-2.5-flash'];
const TOOLS = ['web_search', 'read_page', 'run_code'];
const TEAMS = ['search', 'support', 'growth'];
const STEPS = 10;
export const SPANS_A_TASK = 2 * STEPS + 2;

function idOf(text: string, length: number): string {
  return createHash('sha1').update(text).digest('hex').slice(0, length);
}

/** The spans of task `number`, which ended at `endMillis`. */
export function madeTask(number: number, endMillis: number): DecodedSpan[] {
  const traceId = idOf(`trace ${number}`, 32);
  const taskId = idOf(`task ${number}`, 16);
  const agentId = idOf(`agent ${number}`, 16);
  const end = BigInt(Math.floor(endMillis)) * 1_000_000n;
  const start = end - 20_000_000_000n;
  const labels = {
    'task.id': taskId,
    'task.name': `task-${number % 20}`,
    'session.id': `session-${Math.floor(number / 3)}`,
    'user.id': `user-${number % 1_000}`,
    'cost.tag.team': TEAMS[number % TEAMS.length],
  };
  const span = (spanId: string, parentSpanId: string, name: string, step: number, attributes: object) => ({
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: 1,
    statusCode: (number + step) % 50 === 0 ? 2 : 0,
    statusMessage: '',
    startNanos: start + BigInt(step) * 1_000_000_000n,
    endNanos: step < 0 ? end : start + BigInt(step + 1) * 1_000_000_000n,
    attributes: { ...attributes },
    attributeTypes: {},
    droppedAttributesCount: 0,
    events: [],
    scopeName: 'otel-agent-cost',
    resource: RESOURCE,
  });
  const spans: DecodedSpan[] = [];
  let llm = 0n;
  let tool = 0n;
  let input = 0;
  let output = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const model = MODELS[(number + step) % MODELS.length];
    const tokens = 500 + step * 700 + (number % 97);
    const pico = BigInt(tokens) * 2_500_000n + 1_000_000_000n;
    llm += pico;
    input += tokens;
    output += 100;
    spans.push(
      span(idOf(`chat ${number} ${step}`, 16), agentId, `chat ${model}`, 2 * step, {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': model,
        'gen_ai.response.model': model,
        'gen_ai.response.id': `chatcmpl-${number}-${step}`,
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': tokens,
        'gen_ai.usage.output_tokens': 100,
        'gen_ai.usage.cost': Number(pico) / 1e12,
        'gen_ai.agent.name': 'researcher',
        'cost.kind': 'llm',
        'cost.source': `genai-prices/openai/${model}@0.1.8`,
        cost_usd: Number(pico) / 1e12,
        ...labels,
      }),
    );
    tool += 1_000_000_000n;
    spans.push(
      span(idOf(`tool ${number} ${step}`, 16), agentId, 'execute_tool', 2 * step + 1, {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': TOOLS[(number + step) % TOOLS.length],
        'gen_ai.agent.name': 'researcher',
        'cost.kind': 'tool',
        'cost.source': 'declared',
        cost_usd: 0.001,
        'gen_ai.usage.cost': 0.001,
        ...labels,
      }),
    );
  }
  const total = Number(llm + tool) / 1e12;
  const figures = (scope: string) => ({
    [`${scope}.cost_usd`]: total,
    [`${scope}.cost_usd_nanos`]: Math.round(total * 1e9),
    [`${scope}.llm_cost_usd`]: Number(llm) / 1e12,
    [`${scope}.tool_cost_usd`]: Number(tool) / 1e12,
    [`${scope}.input_tokens`]: input,
    [`${scope}.output_tokens`]: output,
    [`${scope}.llm_calls`]: STEPS,
    [`${scope}.tool_calls`]: STEPS,
    [`${scope}.steps`]: STEPS,
    [`${scope}.cost_complete`]: true,
  });
  spans.push(
    span(agentId, taskId, 'invoke_agent researcher', -1, {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'researcher',
      'task.id': taskId,
      ...figures('agent'),
    }),
  );
  // Every hundredth task still runs.
  if (number % 100 !== 99) {
    spans.push(
      span(taskId, '', `task task-${number % 20}`, -1, {
        'gen_ai.operation.name': 'invoke_workflow',
        ...labels,
        'task.outcome': number % 10 === 0 ? 'failure' : 'success',
        'task.actions': number % 10 === 0 ? 0 : 1,
        ...(number % 10 === 0 ? { 'task.wasted_cost_usd': total } : {}),
        ...figures('task'),
      }),
    );
  }
  return spans;
}
