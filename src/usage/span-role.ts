/** What part of an agent's work a span stands for, by the attributes of every instrumentation we know. */

/** `aggregate`: an outer span that may repeat what is below it. `plain`: nothing of ours to bill or to sum up. */
export type SpanRole = 'llm' | 'tool' | 'agent' | 'step' | 'aggregate' | 'plain';

type Roles = Readonly<Record<string, SpanRole | undefined>>;

/** Without a prototype, so that an attribute value such as `constructor` finds nothing. */
function roles(table: Roles): Roles {
  return Object.assign(Object.create(null), table);
}

/** `gen_ai.operation.name`: the conventions, then what others write there. */
const OPERATION_ROLES = roles({
  chat: 'llm',
  text_completion: 'llm',
  generate_content: 'llm',
  embeddings: 'llm',
  execute_tool: 'tool',
  invoke_agent: 'agent',
  invoke_workflow: 'agent',
  agent_step: 'step',
  completion: 'llm',
  embedding: 'llm',
  rerank: 'llm',
  responses: 'llm',
  message: 'llm',
  image_generation: 'llm',
  speech: 'llm',
  transcription: 'llm',
  'chat.completions': 'llm',
  'text.completions': 'llm',
});

/** `openinference.span.kind`, in upper case. */
const OPENINFERENCE_ROLES = roles({
  LLM: 'llm',
  EMBEDDING: 'llm',
  RERANKER: 'llm',
  TOOL: 'tool',
  AGENT: 'agent',
});

/** Kinds and types of OpenLLMetry, LangSmith, Langfuse, Mastra and Claude Code, which agree where they overlap. */
const KIND_ROLES = roles({
  llm: 'llm',
  chat: 'llm',
  completion: 'llm',
  embedding: 'llm',
  rerank: 'llm',
  generation: 'llm',
  llm_request: 'llm',
  model_generation: 'llm',
  tool: 'tool',
  tool_call: 'tool',
  mcp_tool_call: 'tool',
  agent: 'agent',
  agent_run: 'agent',
});

export type SpanAttributes = Readonly<Record<string, unknown>>;

/**
 * The role of a span with these attributes. It can be asked at the start of a span, and again at its end while it is
 * `plain`: some instrumentations say who they are only then.
 */
export function readRole(a: SpanAttributes): SpanRole {
  const operation = a['gen_ai.operation.name'];
  if (operation !== undefined) {
    const role = lookUp(OPERATION_ROLES, operation);
    if (role !== undefined) return role;
  }
  const aiOperation = a['ai.operationId'];
  if (typeof aiOperation === 'string') return aiSdkRole(aiOperation);
  const kind = a['openinference.span.kind'];
  if (typeof kind === 'string') return OPENINFERENCE_ROLES[kind.toUpperCase()] ?? roleByUsage(a);
  return roleByKind(a) ?? (operation === undefined && hasModel(a) ? 'llm' : roleByUsage(a));
}

// Every name is spelled out where it is read: a lookup by a constant name costs a nanosecond, by a variable twenty.
function roleByKind(a: SpanAttributes): SpanRole | undefined {
  return (
    lookUp(KIND_ROLES, a['traceloop.span.kind']) ??
    lookUp(KIND_ROLES, a['llm.request.type']) ??
    lookUp(KIND_ROLES, a['langsmith.span.kind']) ??
    lookUp(KIND_ROLES, a['langfuse.observation.type']) ??
    lookUp(KIND_ROLES, a['mastra.span.type']) ??
    lookUp(KIND_ROLES, a['span.type'])
  );
}

/** Only a span of a model call names one. */
function hasModel(a: SpanAttributes): boolean {
  return (a['gen_ai.request.model'] ?? a['gen_ai.response.model'] ?? a['llm.model_name']) !== undefined;
}

function lookUp(table: Roles, value: unknown): SpanRole | undefined {
  return typeof value === 'string' ? table[value] : undefined;
}

/** `ai.generateText` and its like repeat or truncate what their `.doGenerate` children say. */
function aiSdkRole(operation: string): SpanRole {
  if (operation === 'ai.toolCall') return 'tool';
  return operation.indexOf('.do', 'ai.'.length) > 0 ? 'llm' : 'aggregate';
}

/** A span that names no kind we bill, and yet has usage or cost, frames calls or stands for them. */
function roleByUsage(a: SpanAttributes): SpanRole {
  const usage =
    a['gen_ai.usage.input_tokens'] ??
    a['gen_ai.usage.prompt_tokens'] ??
    a['llm.token_count.prompt'] ??
    a['llm.token_count.total'] ??
    a['llm.usage.total_tokens'] ??
    a['gen_ai.usage.cost'] ??
    a['operation.cost'];
  return usage === undefined ? 'plain' : 'aggregate';
}
