/** Reads the bytes in which Amazon Bedrock's InvokeModel delivers the JSON of the company that made the model. */
import { isRecord } from '../validate.js';

/** Names of the counts. JSON without any of them, such as a piece of text in a stream, is not parsed. */
const HAS_COUNTS = /"usage|invocationMetrics|[tT]oken_?[cC]ount/;

/** The events of a stream that say how it ended. */
const HAS_END = /"message_stop"/;

/** Longer than any answer of a model: 64 MiB, the size of a few images as base64. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The body of a response. Undefined for any other object. */
export function bedrockBody(response: Record<string, unknown>): Record<string, unknown> | undefined {
  return '$metadata' in response ? parsed(response.body) : undefined;
}

/** The event in a chunk of a stream. Undefined for any other object, and for pieces of content. */
export function bedrockEvent(chunk: Record<string, unknown>): Record<string, unknown> | undefined {
  return isRecord(chunk.chunk) ? parsed(chunk.chunk.bytes) : undefined;
}

function parsed(bytes: unknown): Record<string, unknown> | undefined {
  if (!(bytes instanceof Uint8Array) || bytes.byteLength > MAX_BYTES) return undefined;
  const text = new TextDecoder().decode(bytes);
  if (!HAS_COUNTS.test(text) && !HAS_END.test(text)) return undefined;
  const json: unknown = JSON.parse(text);
  return isRecord(json) ? withoutModel(json) : undefined;
}

/** The request's model id says where the model runs, and so its price. The name in the body does not. */
function withoutModel(json: Record<string, unknown>): Record<string, unknown> {
  const { model: _model, ...rest } = json;
  return isRecord(rest.message) ? { ...rest, message: withoutModel(rest.message) } : rest;
}
