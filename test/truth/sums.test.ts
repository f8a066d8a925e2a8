/**
 * A result that sums up several calls is priced call by call where it tells them, else flagged. Prices depend on the size
 * of each prompt, and each call has a model of its own.
 */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import * as sdk from '../../src/index.js';
import { TIME } from '../support/truth/counts.js';
import { judge, state } from '../support/truth/replay.js';
import type { Report, ReportedSpan } from '../support/truth/report.js';

const SEED = Number(process.env.LAW_SEED ?? 13);
const CASES = Number(process.env.LAW_CASES ?? 60);
vi.setConfig({ testTimeout: 600_000 });

/** From Google's list, in USD for a million tokens. */
const RATES = {
  'gemini-2.5-pro': { input: 1.25, output: 10, long: { input: 2.5, output: 15 } },
  'gemini-2.5-flash': { input: 0.3, output: 2.5, long: { input: 0.3, output: 2.5 } },
};
const LONG_PROMPT = 200_000;
type Model = keyof typeof RATES;

interface Call {
  model: Model;
  input: number;
  output: number;
}

function usd({ model, input, output }: Call): number {
  const rates = input > LONG_PROMPT ? RATES[model].long : RATES[model];
  return (input * rates.input + output * rates.output) / 1e6;
}

const count = fc.oneof(fc.integer({ min: 1000, max: 150_000 }), fc.integer({ min: 200_001, max: 400_000 }));
const call: fc.Arbitrary<Call> = fc.record({
  model: fc.constantFrom<Model>('gemini-2.5-pro', 'gemini-2.5-flash'),
  input: count,
  output: fc.integer({ min: 100, max: 8000 }),
});
const runs = fc.array(call, { minLength: 1, maxLength: 4 });
/** Where nothing names the model of each call, nothing tells that there were two. */
const runsOfOneModel = runs.map((calls) => calls.map((one) => ({ ...one, model: lastOf(calls).model })));

const total = (calls: readonly Call[], side: 'input' | 'output') =>
  calls.reduce((sum, one) => sum + one[side], 0);

function usageOf(calls: readonly Call[]): object {
  const [inputTokens, outputTokens] = [total(calls, 'input'), total(calls, 'output')];
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}

function lastOf(calls: readonly Call[]): Call {
  const last = calls.at(-1);
  if (last === undefined) throw new Error('no calls');
  return last;
}

/** A result of the AI SDK, whose own usage is the last step's (5) or the sum (7). */
function aiSdk(calls: readonly Call[], usage: object, steps: object): Report['input'] {
  const { model } = lastOf(calls);
  const response = {
    text: 'x',
    finishReason: 'stop',
    usage,
    totalUsage: usageOf(calls),
    response: { id: `r${calls.length}`, modelId: model },
    ...steps,
  };
  return { calls: [{ provider: 'google', model, time: TIME, response }] };
}

function stepsOf(calls: readonly Call[]): object {
  const steps = calls.map((one, at) => ({
    finishReason: 'stop',
    usage: usageOf([one]),
    response: { id: `r${at + 1}`, modelId: one.model },
  }));
  return { steps };
}

function chatSpan({ model, input, output }: Call, at: number): ReportedSpan {
  return {
    name: `chat ${model}`,
    time: TIME,
    start: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'gcp.gemini',
      'gen_ai.request.model': model,
    },
    attributes: {
      'gen_ai.response.id': `r${at + 1}`,
      'gen_ai.usage.input_tokens': input,
      'gen_ai.usage.output_tokens': output,
    },
  };
}

const SUMS: readonly [name: string, isTold: boolean, (calls: readonly Call[]) => Report['input']][] = [
  [
    'AI SDK 5, the usage is the last step',
    true,
    (calls) => aiSdk(calls, usageOf([lastOf(calls)]), stepsOf(calls)),
  ],
  ['AI SDK 7, the usage is the sum', true, (calls) => aiSdk(calls, usageOf(calls), stepsOf(calls))],
  [
    'an agent span around the spans of its calls',
    true,
    (calls) => ({
      spans: [
        {
          name: 'invoke_agent a',
          time: TIME,
          start: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'a' },
          attributes: {
            'gen_ai.usage.input_tokens': total(calls, 'input'),
            'gen_ai.usage.output_tokens': total(calls, 'output'),
          },
          children: calls.map(chatSpan),
        },
      ],
    }),
  ],
  [
    'requests of the OpenAI Agents SDK',
    false,
    (calls) => {
      const { model } = lastOf(calls);
      const response = {
        usage: {
          requests: calls.length,
          ...usageOf(calls),
          requestUsageEntries: calls.map((one) => usageOf([one])),
        },
      };
      return { calls: [{ provider: 'google', model, time: TIME, response }] };
    },
  ],
  [
    'an agent span alone',
    false,
    (calls) => ({
      spans: [
        {
          name: 'invoke_agent a',
          time: TIME,
          start: {
            'gen_ai.operation.name': 'invoke_agent',
            'gen_ai.provider.name': 'gcp.gemini',
            'gen_ai.request.model': lastOf(calls).model,
          },
          attributes: {
            'gen_ai.usage.input_tokens': total(calls, 'input'),
            'gen_ai.usage.output_tokens': total(calls, 'output'),
          },
        },
      ],
    }),
  ],
];

describe.each(SUMS)('%s', (_, isTold, inputOf) => {
  it(isTold ? 'is the sum of the bills' : 'is the sum of the bills, or flagged', async () => {
    await fc.assert(
      fc.asyncProperty(isTold ? runs : runsOfOneModel, async (calls) => {
        const input = inputOf(calls);
        const truth = calls.reduce((sum, one) => sum + usd(one), 0);
        const verdict = judge(await state(input, sdk), truth);
        const isFine = isTold ? verdict.isRight : verdict.isRight || verdict.isFlagged;
        const said = `${verdict.costUsd} instead of ${truth} ${verdict.flags.join(', ')}`;
        expect(isFine, `${said} for ${JSON.stringify(input)}`).toBe(true);
      }),
      { seed: SEED, numRuns: CASES, includeErrorInReport: true },
    );
  });
});
