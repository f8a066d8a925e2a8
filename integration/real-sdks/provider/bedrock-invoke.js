/**
 * Amazon Bedrock's older way, with the body that the model's maker defined, here Anthropic: `POST …/model/<model>/invoke` and
 * `/invoke-with-response-stream`. The headers count, too, and so does the end of a stream.
 */
import { anthropicMessages } from './anthropic.js';

const METHOD = /\/model\/([^/]+)\/invoke(-with-response-stream)?$/;

export const bedrockInvoke = {
  name: 'anthropic',
  matches: (path) => METHOD.test(path),
  modelOf: (_body, path) => decodeURIComponent(METHOD.exec(path)[1]),
  isStream: (_body, path) => METHOD.exec(path)[2] !== undefined,
  encoding: 'aws-events',
  toolsOf: anthropicMessages.toolsOf,
  tellsUsage: () => true,
  speak,
};

function speak({ model, usage, ...request }) {
  // The model's own name, without that of Bedrock's profile.
  const own = model.replace(/^.*anthropic\./, '').replace(/-v\d+:\d+$/, '');
  const reply = anthropicMessages.speak({ ...request, usage, body: { model: own } });
  return {
    whole: reply.whole,
    headers: {
      'x-amzn-bedrock-input-token-count': String(usage.input - usage.cacheRead - usage.cacheWrite),
      'x-amzn-bedrock-output-token-count': String(usage.output),
      'x-amzn-bedrock-cache-read-input-token-count': String(usage.cacheRead),
      'x-amzn-bedrock-cache-write-input-token-count': String(usage.cacheWrite),
    },
    events: () =>
      reply.events().map(({ data }) => {
        const last = data.type === 'message_stop' && { 'amazon-bedrock-invocationMetrics': metrics(usage) };
        const bytes = Buffer.from(JSON.stringify({ ...data, ...last })).toString('base64');
        return { event: 'chunk', data: { bytes } };
      }),
  };
}

function metrics({ input, output, cacheRead, cacheWrite }) {
  return {
    inputTokenCount: input - cacheRead - cacheWrite,
    outputTokenCount: output,
    invocationLatency: 1184,
    firstByteLatency: 382,
    cacheReadInputTokenCount: cacheRead,
    cacheWriteInputTokenCount: cacheWrite,
  };
}
