/** Amazon Bedrock: `POST …/model/<model>/converse` and `/converse-stream`, the latter in binary frames. Input stands beside the cache. */
import { WORDS } from './answer.js';

const METHOD = /\/model\/([^/]+)\/converse(-stream)?$/;

export const bedrock = {
  name: 'bedrock',
  matches: (path) => METHOD.test(path),
  modelOf: (_body, path) => decodeURIComponent(METHOD.exec(path)[1]),
  isStream: (_body, path) => METHOD.exec(path)[2] !== undefined,
  encoding: 'aws-events',
  toolsOf: (body) =>
    (body.toolConfig?.tools ?? []).flatMap(({ toolSpec }) =>
      toolSpec === undefined ? [] : [{ name: toolSpec.name, schema: toolSpec.inputSchema?.json }],
    ),
  tellsUsage: () => true,
  speak,
};

function speak({ usage, tool }) {
  const stopReason = tool ? 'tool_use' : 'end_turn';
  const use = tool && { toolUseId: 'tooluse_1', name: tool.name };
  const metrics = { latencyMs: 417 };
  return {
    whole: () => ({
      metrics,
      output: {
        message: {
          content: [tool ? { toolUse: { ...use, input: tool.input } } : { text: WORDS.join('') }],
          role: 'assistant',
        },
      },
      stopReason,
      usage: usageObject(usage),
    }),
    events: () => [
      { event: 'messageStart', data: { role: 'assistant' } },
      ...(tool
        ? [{ event: 'contentBlockStart', data: { contentBlockIndex: 0, start: { toolUse: use } } }]
        : []),
      ...deltasOf(tool).map((delta) => ({
        event: 'contentBlockDelta',
        data: { contentBlockIndex: 0, delta },
      })),
      { event: 'contentBlockStop', data: { contentBlockIndex: 0 } },
      { event: 'messageStop', data: { stopReason } },
      { event: 'metadata', data: { usage: usageObject(usage), metrics } },
    ],
  };
}

function deltasOf(tool) {
  return tool ? [{ toolUse: { input: JSON.stringify(tool.input) } }] : WORDS.map((text) => ({ text }));
}

function usageObject({ input, output, cacheRead, cacheWrite }) {
  return {
    inputTokens: input - cacheRead - cacheWrite,
    outputTokens: output,
    totalTokens: input + output,
    cacheReadInputTokens: cacheRead,
    cacheReadInputTokenCount: cacheRead,
    cacheWriteInputTokens: cacheWrite,
    cacheWriteInputTokenCount: cacheWrite,
    serverToolUsage: {},
  };
}
