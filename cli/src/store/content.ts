/**
 * The content that is not kept of a span: prompts, completions, and the arguments and results of tools.
 *
 * Kept instead are a hash of a tool's arguments (`cost.arguments_hash`), so that repeated calls can be found, and the
 * counts and amounts in a result, so that a trace can be priced again when more of its spans arrive: of JSON under a
 * content key, only keys that name usage or money, with their numbers and short words.
 */
import { createHash } from 'node:crypto';

type Attributes = Readonly<Record<string, unknown>>;

/** Where instrumentations put the arguments of a tool. */
const ARGUMENT_KEYS = [
  'gen_ai.tool.call.arguments',
  'ai.toolCall.args',
  'input.value',
  'traceloop.entity.input',
];

const CONTENT_KEYS = new Set([
  ...ARGUMENT_KEYS,
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.system_instructions',
  'gen_ai.tool.call.result',
  'gen_ai.tool.definitions',
  'output.value',
  'traceloop.entity.output',
  'ai.response.text',
  'ai.response.object',
  'ai.response.toolCalls',
  'ai.response.reasoning',
  'ai.result.text',
  'ai.result.object',
  'ai.result.toolCalls',
  'ai.toolCall.result',
  'genkit:input',
  'genkit:output',
  'gcp.vertex.agent.llm_request',
  'gcp.vertex.agent.llm_response',
  'gcp.vertex.agent.tool_call_args',
  'gcp.vertex.agent.tool_response',
  'langfuse.observation.input',
  'langfuse.observation.output',
  'langfuse.trace.input',
  'langfuse.trace.output',
  'mlflow.spanInputs',
  'mlflow.spanOutputs',
  'mcp.response.value',
  'mcp.request.argument',
  'exception.message',
  'exception.stacktrace',
]);

const CONTENT_PREFIXES = [
  'gen_ai.prompt',
  'gen_ai.completion',
  'llm.input_messages.',
  'llm.output_messages.',
  'llm.prompts',
  'llm.completions',
  'llm.tools.',
  'ai.prompt',
  'retrieval.documents.',
  'embedding.embeddings.',
];

/** A longer string under a key that is not known may be content. */
const MAX_UNKNOWN_LENGTH = 1_000;
/** Longer JSON is not searched for usage. */
const MAX_SEARCHED_LENGTH = 200_000;
const MAX_DEPTH = 12;

const USAGE_NAME =
  /cost|price|usd|usage|token|amount|billed|billing|deduction|currency|credits|payment|x402/i;
/** The kind of result, and its model. */
const WORD_NAME = /^(?:type|isError|resultType|model|modelId|model_name|model_provider|unit)$/;
/** A name or number, not a sentence. */
const WORD = /^[\w.:/@+-]{1,64}$/;
/** A payment header: encoded, so without white space. */
const ENCODED = /^[\w+/=.-]{1,4000}$/;
const RESPONSE_ID = /^(?:chatcmpl-|resp_|msg_)[\w.:-]{1,200}$/;

/** True for a key under which instrumentations record content. */
function isContentKey(key: string): boolean {
  return CONTENT_KEYS.has(key) || CONTENT_PREFIXES.some((prefix) => key.startsWith(prefix));
}

/** The attributes without content. The same object when there is none. */
export function withoutContent(attributes: Attributes): Attributes {
  let kept: Record<string, unknown> | undefined;
  for (const key in attributes) {
    const value = attributes[key];
    const isContent = isContentKey(key);
    if (!isContent && !(typeof value === 'string' && value.length > MAX_UNKNOWN_LENGTH)) continue;
    kept ??= { ...attributes };
    const usage = isContent ? usageIn(value) : undefined;
    if (usage === undefined) delete kept[key];
    else kept[key] = usage;
  }
  if (kept === undefined) return attributes;
  const hash = argumentsHash(attributes);
  if (hash !== undefined) kept['cost.arguments_hash'] = hash;
  return kept;
}

function argumentsHash(attributes: Attributes): string | undefined {
  for (const key of ARGUMENT_KEYS) {
    const value = attributes[key];
    if (value === undefined) continue;
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return createHash('sha256').update(text).digest('base64url').slice(0, 22);
  }
  return undefined;
}

/** The counts and amounts in JSON, as JSON. Undefined without any. */
function usageIn(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_SEARCHED_LENGTH) return undefined;
  if (!/^\s*[[{]/.test(value)) return undefined;
  try {
    const kept = usagePart('', JSON.parse(value), false, 0);
    return kept === undefined ? undefined : JSON.stringify(kept);
  } catch {
    return undefined;
  }
}

/** `isNamed`: a key around it names usage or money. */
function usagePart(key: string, value: unknown, isNamed: boolean, depth: number): unknown {
  if (depth > MAX_DEPTH || value === null) return undefined;
  if (typeof value === 'string') return keptString(key, value, isNamed, depth);
  if (typeof value !== 'object') return isNamed || WORD_NAME.test(key) ? value : undefined;
  if (Array.isArray(value)) {
    const items = value
      .map((item) => usagePart(key, item, isNamed, depth + 1))
      .filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  const entries = Object.entries(value).flatMap(([name, item]) => {
    const part = usagePart(name, item, isNamed || USAGE_NAME.test(name), depth + 1);
    return part === undefined ? [] : [[name, part] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function keptString(key: string, value: string, isNamed: boolean, depth: number): string | undefined {
  // The id of a response tells whether two spans are of one call.
  if (key === 'id') return RESPONSE_ID.test(value) || (depth === 1 && WORD.test(value)) ? value : undefined;
  if ((isNamed || WORD_NAME.test(key)) && WORD.test(value)) return value;
  if (/payment/i.test(key) && ENCODED.test(value)) return value;
  // Results of MCP tools are JSON inside JSON.
  return usageIn(value);
}
