/** Usage in a copy of the provider's response that some instrumentations put on their spans as JSON. */
import type { SpanAttributes } from './span-role.js';

/** Longer JSON, in characters, is not searched: a search takes about a millisecond per million characters. */
const MAX_LENGTH = 200_000;

/**
 * A usage object whose own objects and lists hold plain values. Quotes inside strings are escaped, so the name with
 * plain quotes is a key. The content of the response is not parsed.
 */
const USAGE = /"(?:usage|usage_metadata|usageMetadata)":\s*(\{(?:[^{}]|\{[^{}]*\})*\})/g;

/** The usage object of the copy. Undefined when the span has none. */
export function copiedUsage(a: SpanAttributes): unknown {
  // Google ADK, Genkit's model spans, and OpenInference for Bedrock, whose own counts leave out the cache.
  const copy = a['gcp.vertex.agent.llm_response'] ?? genkitOutput(a) ?? bedrockOutput(a);
  if (typeof copy !== 'string' || copy.length > MAX_LENGTH) return undefined;
  const last = [...copy.matchAll(USAGE)].at(-1)?.[1];
  if (last === undefined) return undefined;
  try {
    return JSON.parse(last);
  } catch {
    return undefined;
  }
}

function genkitOutput(a: SpanAttributes): unknown {
  return a['genkit:metadata:subtype'] === 'model' ? a['genkit:output'] : undefined;
}

function bedrockOutput(a: SpanAttributes): unknown {
  return a['llm.provider'] === 'aws' && a['openinference.span.kind'] === 'LLM'
    ? a['output.value']
    : undefined;
}
