/**
 * Google's Gemini API: `POST …/models/<model>:generateContent` and `:streamGenerateContent?alt=sse`. The prompt's count holds
 * the cache, thoughts stand beside the candidates, and each event of a stream states the counts so far.
 */
import { WORDS } from './answer.js';

const METHOD = /\/models\/([^/:]+):(stream)?generateContent$/i;

export const gemini = {
  name: 'gemini',
  matches: (path) => METHOD.test(path),
  modelOf: (_body, path) => METHOD.exec(path)[1],
  isStream: (_body, path) => METHOD.exec(path)[2] !== undefined,
  toolsOf: (body) =>
    (body.tools ?? []).flatMap(({ functionDeclarations = [] }) =>
      functionDeclarations.map(({ name, parameters, parametersJsonSchema }) => ({
        name,
        schema: parametersJsonSchema ?? parameters,
      })),
    ),
  tellsUsage: () => true,
  speak,
};

function speak({ id, model, usage, tool }) {
  const response = (parts, counts, finishReason) => ({
    candidates: [{ content: { parts, role: 'model' }, ...(finishReason && { finishReason }), index: 0 }],
    usageMetadata: counts,
    modelVersion: model,
    responseId: id,
  });
  const parts = tool ? [{ functionCall: { name: tool.name, args: tool.input } }] : undefined;
  return {
    whole: () => response(parts ?? [{ text: WORDS.join('') }], usageMetadata(usage), 'STOP'),
    events: () => {
      const pieces = parts === undefined ? WORDS.map((text) => [{ text }]) : [parts];
      return pieces.map((piece, index) => {
        const isLast = index === pieces.length - 1;
        const share = (index + 1) / pieces.length;
        const soFar = isLast ? usage : { ...usage, output: Math.ceil(usage.output * share) };
        return { data: response(piece, usageMetadata(soFar), isLast ? 'STOP' : undefined) };
      });
    },
  };
}

function usageMetadata({ input, output, cacheRead, reasoning }) {
  const thoughts = Math.min(reasoning, output - 1);
  return {
    promptTokenCount: input,
    candidatesTokenCount: output - thoughts,
    totalTokenCount: input + output,
    ...(cacheRead > 0 && {
      cachedContentTokenCount: cacheRead,
      cacheTokensDetails: [{ modality: 'TEXT', tokenCount: cacheRead }],
    }),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }],
    ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
  };
}
