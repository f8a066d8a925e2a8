/** Finds the part of an agent's work that a span represents, from the attributes of every known instrumentation. */

/** `aggregate`: an outer span that may repeat the usage of its children. `plain`: nothing to bill or to sum up. */
export type SpanRole = 'llm' | 'tool' | 'agent' | 'step' | 'aggregate' | 'plain';

type Roles = Readonly<Record<string, SpanRole | undefined>>;

/** Without a prototype, so that an attribute value such as `constructor` matches nothing. */
function roles(table: Roles): Roles {
  return Object.assign(Object.create(null), table);
}

/** Values of `gen_ai.operation.name`: first those of the conventions, then those of other instrumentations. */
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

/** Values of `openinference.span.kind`, in upper case. */
const OPENINFERENCE_ROLES = roles({
  LLM: 'llm',
  EMBEDDING: 'llm',
  RERANKER: 'llm',
  TOOL: 'tool',
  AGENT: 'agent',
});

/** Span kinds and types of OpenLLMetry, LangSmith, Langfuse, Mastra and Claude Code. They agree where they overlap. */
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

/** `genkit:metadata:subtype`. The spans of flows and helpers around these repeat the last response. */
const GENKIT_ROLES = roles({ model: 'llm', embedder: 'llm', tool: 'tool' });

export type SpanAttributes = Readonly<Record<string, unknown>>;

/**
 * The role of a span with these attributes. Call it at the start of a span and, while the role is `plain`, again at
 * its end: some instrumentations identify themselves only then.
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

/** True for the span of one turn of a loop. Inside a model's span, it is one call to the model. */
export function isTurn(a: SpanAttributes): boolean {
  const operation = a['gen_ai.operation.name'];
  return operation === 'agent_step' || operation === 'model_step' || a['mastra.span.type'] === 'model_step';
}

// Every name is written out where it is read: a look-up takes 1 ns by a constant name and 20 ns by a variable.
function roleByKind(a: SpanAttributes): SpanRole | undefined {
  return (
    lookUp(GENKIT_ROLES, a['genkit:metadata:subtype']) ??
    lookUp(KIND_ROLES, a['traceloop.span.kind']) ??
    lookUp(KIND_ROLES, a['llm.request.type']) ??
    lookUp(KIND_ROLES, a['langsmith.span.kind']) ??
    lookUp(KIND_ROLES, a['langfuse.observation.type']) ??
    lookUp(KIND_ROLES, a['mastra.span.type']) ??
    lookUp(KIND_ROLES, a['span.type']) ??
    // VoltAgent's agents, which repeat the usage of their calls.
    (typeof a['agent.state'] === 'string' ? 'agent' : undefined)
  );
}

/** Only the span of a model call has a model name. */
function hasModel(a: SpanAttributes): boolean {
  return (a['gen_ai.request.model'] ?? a['gen_ai.response.model'] ?? a['llm.model_name']) !== undefined;
}

function lookUp(table: Roles, value: unknown): SpanRole | undefined {
  return typeof value === 'string' ? table[value] : undefined;
}

/** `ai.generateText` and similar spans repeat or truncate the attributes of their `.doGenerate` children. */
function aiSdkRole(operation: string): SpanRole {
  if (operation === 'ai.toolCall') return 'tool';
  return operation.indexOf('.do', 'ai.'.length) > 0 ? 'llm' : 'aggregate';
}

/** A span with usage or cost but no billable kind either contains calls or represents them. */
function roleByUsage(a: SpanAttributes): SpanRole {
  return showsUsage(a) ? 'aggregate' : 'plain';
}

export function showsUsage(a: SpanAttributes): boolean {
  const usage =
    a['gen_ai.usage.input_tokens'] ??
    a['gen_ai.usage.prompt_tokens'] ??
    a['llm.token_count.prompt'] ??
    a['llm.token_count.total'] ??
    a['llm.usage.total_tokens'] ??
    a['gen_ai.usage.cost'] ??
    a['operation.cost'];
  return usage !== undefined;
}
