/** Bodies and streams of Bedrock's InvokeModel as its client hands them over, with what Anthropic says in them. */
import { describe, expect, it } from 'vitest';
import { readResponse } from '../../src/usage/read-response.js';
import { StreamReader } from '../../src/usage/stream-reader.js';
import { cacheReadTokens, cacheWriteTokens, inputTokens, outputTokens } from '../../src/usage/usage.js';

const encoder = new TextEncoder();
const bytesOf = (value: unknown) => encoder.encode(JSON.stringify(value));
const chunkOf = (value: unknown) => ({ chunk: { bytes: bytesOf(value) } });

const $metadata = { httpStatusCode: 200, attempts: 1, totalRetryDelay: 0 };
const USAGE = {
  input_tokens: 1424,
  cache_creation_input_tokens: 613,
  cache_read_input_tokens: 4096,
  output_tokens: 207,
};
const MESSAGE = {
  id: 'msg_bdrk_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  content: [{ type: 'text', text: 'Paris' }],
  stop_reason: 'end_turn',
  usage: USAGE,
};

describe('a response of InvokeModel', () => {
  const facts = readResponse({ $metadata, contentType: 'application/json', body: bytesOf(MESSAGE) });

  it('is read from its bytes', () => {
    const tokens = facts?.usage?.tokens;
    expect(tokens && [inputTokens(tokens), outputTokens(tokens)]).toEqual([6133, 207]);
    expect(tokens && [cacheReadTokens(tokens), cacheWriteTokens(tokens)]).toEqual([4096, 613]);
    expect(facts?.finishReasons).toEqual(['end_turn']);
  });

  it('leaves the model to the request, whose id says the place that the price depends on', () => {
    expect(facts?.responseModel).toBeUndefined();
  });

  it.each([
    ['no JSON', encoder.encode('"usage" {')],
    ['no object', encoder.encode('"usage"')],
    ['no counts', bytesOf({ embedding: [0.1] })],
    ['not there', undefined],
  ])('is unknown when its bytes are %s', (_name, body) => {
    expect(readResponse({ $metadata, body })?.usage).toBeUndefined();
  });

  it('is not looked for in bytes of anybody else', () => {
    expect(readResponse({ body: bytesOf(MESSAGE) })).toBeUndefined();
  });
});

describe('a stream of InvokeModel', () => {
  it('is read from the bytes of its chunks', () => {
    const reader = new StreamReader();
    const start = { ...MESSAGE, content: [], stop_reason: null, usage: { ...USAGE, output_tokens: 1 } };
    reader.push(chunkOf({ type: 'message_start', message: start }));
    reader.push(
      chunkOf({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Paris' } }),
    );
    reader.push(
      chunkOf({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 207 } }),
    );
    const metrics = {
      inputTokenCount: 1424,
      outputTokenCount: 207,
      invocationLatency: 1184,
      firstByteLatency: 382,
      cacheReadInputTokenCount: 4096,
      cacheWriteInputTokenCount: 613,
    };
    reader.push(chunkOf({ type: 'message_stop', 'amazon-bedrock-invocationMetrics': metrics }));
    const { usage, responseModel } = reader.facts();
    expect(usage && [inputTokens(usage.tokens), outputTokens(usage.tokens)]).toEqual([6133, 207]);
    expect(usage?.doubt).toBeUndefined();
    expect(responseModel).toBeUndefined();
    expect(reader.complete).toBe(true);
  });
});
