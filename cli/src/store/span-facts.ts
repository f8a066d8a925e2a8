/** The kind of a span, by a cheap look at its keys. */

import type { DecodedSpan } from '../otlp/span.js';
import type { NodeKind } from '../task-answers.js';

type Attributes = Readonly<Record<string, unknown>>;

const OUR_KEYS = [
  'cost_usd',
  'cost.source',
  'cost.status',
  'task.cost_usd',
  'agent.cost_usd',
  'session.cost_usd',
  'step.cost_usd',
];

/** True for a span whose cost was computed in the app. */
export function isMetered(attributes: Attributes): boolean {
  for (const key of OUR_KEYS) if (attributes[key] !== undefined) return true;
  return false;
}

/** Prefixes of keys that LLM instrumentations write. */
const AI_PREFIXES = [
  'gen_ai.',
  'llm.',
  'openinference.',
  'traceloop.',
  'ai.',
  'langfuse.',
  'genkit:',
  'gcp.vertex.agent.',
  'mlflow.',
];

/** True for a span that pricing may have something to say about. */
export function looksLikeAi(attributes: Attributes): boolean {
  for (const key in attributes) {
    for (const prefix of AI_PREFIXES) if (key.startsWith(prefix)) return true;
  }
  return false;
}

/** A span that states a roll-up again, because work below its scope ended after it. */
export function isCorrection({ name, attributes }: DecodedSpan): boolean {
  return (
    name === 'cost correction' && attributes.cost_usd === undefined && attributes['cost.kind'] === undefined
  );
}

/** A span `cost {name}` of ours: cost that stands beside the span of its call, so it is no call of its own. */
export function isCostBeside({ name, attributes: a }: DecodedSpan): boolean {
  return (
    name.startsWith('cost ') &&
    a['gen_ai.operation.name'] === undefined &&
    (a['cost.kind'] !== undefined || a['cost.status'] !== undefined)
  );
}

const KIND_OF_OPERATION: ReadonlyMap<unknown, NodeKind> = new Map<unknown, NodeKind>(
  Object.entries({
    invoke_workflow: 'task',
    invoke_agent: 'agent',
    create_agent: 'agent',
    agent_step: 'step',
    execute_tool: 'tool',
    chat: 'llm',
    generate_content: 'llm',
    text_completion: 'llm',
    embeddings: 'llm',
  } as const),
);

const KIND_OF_OTHERS: ReadonlyMap<unknown, NodeKind> = new Map<unknown, NodeKind>(
  Object.entries({
    LLM: 'llm',
    EMBEDDING: 'llm',
    TOOL: 'tool',
    AGENT: 'agent',
    agent: 'agent',
    tool: 'tool',
    workflow: 'task',
  } as const),
);

/** How the tree shows the span. */
export function nodeKindOf(span: DecodedSpan): NodeKind {
  const { attributes: a } = span;
  const operation = KIND_OF_OPERATION.get(a['gen_ai.operation.name']);
  if (isCostBeside(span)) return 'cost';
  if (operation === 'agent') return 'agent';
  if (a['task.cost_usd'] !== undefined) return 'task';
  if (a['step.cost_usd'] !== undefined) return 'step';
  if (a['session.cost_complete'] !== undefined) return 'session';
  if (operation !== undefined) return operation;
  if (a['cost.kind'] === 'llm' || a['cost.kind'] === 'tool') return a['cost.kind'];
  if (a['cost.kind'] !== undefined) return 'cost';
  return KIND_OF_OTHERS.get(a['openinference.span.kind'] ?? a['traceloop.span.kind']) ?? 'other';
}
