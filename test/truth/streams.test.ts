/** Counts that are spread over a stream in any of the known ways give the amount or a flag. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import * as sdk from '../../src/index.js';
import { type Counts, countsOf, type Kind, type Model, TIME, truthUsd } from '../support/truth/counts.js';
import { judge, state } from '../support/truth/replay.js';
import { CONVENTIONS, type Convention, type Event } from '../support/truth/stream-conventions.js';

const SEED = Number(process.env.LAW_SEED ?? 13);
const CASES = Number(process.env.LAW_CASES ?? 12);
vi.setConfig({ testTimeout: 600_000 });

interface Streamed {
  name: string;
  model: Model;
  provider: string;
  kinds: readonly Kind[];
  chunk(event: Event): object;
}

const STREAMS: readonly Streamed[] = [
  {
    name: 'OpenAI chat',
    model: 'gpt-4o',
    provider: 'openai',
    kinds: ['input', 'cacheRead', 'output', 'reasoning'],
    chunk: ({ says, response }) => ({
      id: response,
      object: 'chat.completion.chunk',
      model: 'gpt-4o',
      choices: [{ index: 0, delta: { content: 'x' } }],
      usage: says === undefined ? null : chatUsage(says),
    }),
  },
  {
    name: 'Gemini',
    model: 'gemini-2.5-flash',
    provider: 'google',
    kinds: ['input', 'cacheRead', 'output', 'reasoning'],
    chunk: ({ says, response }) => ({
      responseId: response,
      modelVersion: 'gemini-2.5-flash',
      candidates: [{ content: { parts: [{ text: 'x' }] } }],
      ...(says !== undefined && {
        usageMetadata: {
          promptTokenCount: says.input + says.cacheRead,
          candidatesTokenCount: says.output,
          totalTokenCount: says.input + says.cacheRead + says.output + says.reasoning,
          ...(says.cacheRead > 0 && { cachedContentTokenCount: says.cacheRead }),
          ...(says.reasoning > 0 && { thoughtsTokenCount: says.reasoning }),
        },
      }),
    }),
  },
  {
    name: 'LangChain',
    model: 'gpt-4o',
    provider: 'openai',
    kinds: ['input', 'cacheRead', 'output', 'reasoning'],
    chunk: ({ says, response }) => ({
      id: response,
      content: 'x',
      additional_kwargs: {},
      response_metadata: { model_name: 'gpt-4o' },
      ...(says !== undefined && {
        usage_metadata: {
          input_tokens: says.input + says.cacheRead,
          output_tokens: says.output + says.reasoning,
          total_tokens: says.input + says.cacheRead + says.output + says.reasoning,
          input_token_details: { cache_read: says.cacheRead },
          output_token_details: { reasoning: says.reasoning },
        },
      }),
    }),
  },
  {
    name: 'OpenAI responses',
    model: 'gpt-4o',
    provider: 'openai',
    kinds: ['input', 'cacheRead', 'output', 'reasoning'],
    chunk: ({ says, response }) => ({
      type: says === undefined ? 'response.in_progress' : 'response.completed',
      response: {
        id: response,
        object: 'response',
        model: 'gpt-4o',
        usage:
          says === undefined
            ? null
            : {
                input_tokens: says.input + says.cacheRead,
                input_tokens_details: { cached_tokens: says.cacheRead },
                output_tokens: says.output + says.reasoning,
                output_tokens_details: { reasoning_tokens: says.reasoning },
                total_tokens: says.input + says.cacheRead + says.output + says.reasoning,
              },
      },
    }),
  },
];

function chatUsage({ input, cacheRead, output, reasoning }: Counts): object {
  return {
    prompt_tokens: input + cacheRead,
    completion_tokens: output + reasoning,
    total_tokens: input + cacheRead + output + reasoning,
    prompt_tokens_details: { cached_tokens: cacheRead },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

async function check(streamed: Streamed, convention: Convention, calls: readonly Counts[]): Promise<void> {
  const { model, provider, chunk } = streamed;
  const stream = convention.events(calls).map(chunk);
  const truth = calls.reduce((usd, counts) => usd + truthUsd(model, counts), 0);
  const verdict = judge(await state({ calls: [{ provider, model, time: TIME, stream }] }, sdk), truth);
  const isFine =
    convention.expected === 'right'
      ? verdict.isRight && !verdict.isFlagged
      : verdict.isRight || verdict.isFlagged;
  const said = `${verdict.costUsd} instead of ${truth} ${verdict.flags.join(', ')}`;
  expect(isFine, `${said} for ${JSON.stringify(stream)}`).toBe(true);
}

describe.each(STREAMS.map((streamed) => [streamed.name, streamed] as const))('%s', (_, streamed) => {
  it.each(CONVENTIONS.map((convention) => [convention.name, convention] as const))(
    '%s',
    async (_, convention) => {
      const { calls: size } = convention;
      const counts = fc
        .array(countsOf(streamed.kinds), { minLength: size, maxLength: size })
        .filter(convention.isTold);
      await fc.assert(
        fc.asyncProperty(counts, (calls) => check(streamed, convention, calls)),
        { seed: SEED, numRuns: CASES, includeErrorInReport: true },
      );
    },
  );
});
