/**
 * Streams made from responses that are known: whatever the form in which their counts are stated, the total is right, or
 * it says that it is not sure.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamReader } from '../../src/usage/stream-reader.js';
import { inputTokens, outputTokens } from '../../src/usage/usage.js';

interface Response {
  id: string;
  input: number;
  cached: number;
  /** The output of each chunk. */
  outputs: number[];
}

/** A statement of counts, with or without content. */
interface Statement {
  input: number;
  cached: number;
  output: number;
  isLast: boolean;
}

type Form = 'last' | 'cumulative' | 'increments';

const total = (response: Response) => response.outputs.reduce((sum, output) => sum + output, 0);

function statements(response: Response, form: Form): (Statement | undefined)[] {
  const { input, cached, outputs } = response;
  let output = 0;
  const all = outputs.map((more, index): Statement | undefined => {
    output += more;
    const isLast = index === outputs.length - 1;
    if (form === 'last') return undefined;
    if (form === 'cumulative') return { input, cached, output, isLast };
    return { input: index === 0 ? input : 0, cached: index === 0 ? cached : 0, output: more, isLast };
  });
  return form === 'last' ? [...all, { input, cached, output, isLast: true }] : all;
}

const zero: Statement = { input: 0, cached: 0, output: 0, isLast: false };

interface Shape {
  chunk: (response: Response, statement: Statement | undefined, hasId: boolean) => object[];
  begin?: (response: Response, hasId: boolean) => object[];
  end?: (response: Response, hasId: boolean) => object[];
  forms: readonly Form[];
  /** Forms that the shape is known for, which no flag may stand on. */
  usual: readonly Form[];
}

const openAiUsage = ({ input, cached, output }: Statement) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  prompt_tokens_details: { cached_tokens: cached },
});
const named = (id: string, hasId: boolean) => (hasId ? { id } : {});

const SHAPES: Record<string, Shape> = {
  'OpenAI chat': {
    forms: ['last', 'cumulative', 'increments'],
    usual: ['last', 'cumulative'],
    chunk: ({ id }, statement, hasId) => [
      {
        ...named(id, hasId),
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: { content: 'x' }, finish_reason: null }],
        ...(statement !== undefined && { usage: openAiUsage(statement) }),
      },
    ],
    end: ({ id }, hasId) => [
      {
        ...named(id, hasId),
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
      },
    ],
  },
  'OpenAI responses': {
    forms: ['last'],
    usual: ['last'],
    begin: ({ id }) => [{ type: 'response.created', response: { id, model: 'gpt-5', usage: null } }],
    chunk: ({ id }, statement) =>
      statement === undefined
        ? [{ type: 'response.output_text.delta', delta: 'x' }]
        : [
            {
              type: 'response.completed',
              response: {
                id,
                model: 'gpt-5',
                usage: {
                  input_tokens: statement.input,
                  input_tokens_details: { cached_tokens: statement.cached },
                  output_tokens: statement.output,
                  total_tokens: statement.input + statement.output,
                },
              },
            },
          ],
  },
  Anthropic: {
    forms: ['last', 'cumulative'],
    usual: ['last', 'cumulative'],
    begin: ({ id, input, cached }, hasId) => [
      {
        type: 'message_start',
        message: {
          ...named(id, hasId),
          usage: { input_tokens: input - cached, cache_read_input_tokens: cached, output_tokens: 1 },
        },
      },
    ],
    chunk: (_response, statement) => [
      { type: 'content_block_delta', delta: { text: 'x' } },
      ...(statement === undefined
        ? []
        : [{ type: 'message_delta', delta: {}, usage: { output_tokens: statement.output } }]),
    ],
    end: () => [{ type: 'message_stop' }],
  },
  Gemini: {
    forms: ['last', 'cumulative', 'increments'],
    usual: ['last', 'cumulative'],
    chunk: ({ id }, statement, hasId) => [
      {
        ...(hasId && { responseId: id }),
        candidates: [
          {
            content: { role: 'model', parts: [{ text: 'x' }] },
            ...(statement?.isLast && { finishReason: 'STOP' }),
          },
        ],
        ...(statement !== undefined && {
          usageMetadata: {
            promptTokenCount: statement.input,
            candidatesTokenCount: statement.output,
            totalTokenCount: statement.input + statement.output,
            cachedContentTokenCount: statement.cached,
          },
        }),
      },
    ],
  },
  LangChain: {
    forms: ['last', 'cumulative', 'increments'],
    usual: ['last', 'increments'],
    chunk: ({ id }, statement, hasId) => [
      {
        ...(hasId && { id: `run-${id}` }),
        content: 'x',
        response_metadata: statement?.isLast ? { finish_reason: 'stop' } : {},
        ...(statement !== undefined && {
          usage_metadata: {
            input_tokens: statement.input,
            output_tokens: statement.output,
            total_tokens: statement.input + statement.output,
            input_token_details: { cache_read: statement.cached },
          },
        }),
      },
    ],
  },
};

const response = (index: number): fc.Arbitrary<Response> =>
  fc
    .record({
      input: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 100_000 })),
      share: fc.constantFrom(0, 0.5),
      outputs: fc.array(fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5_000 })), {
        minLength: 1,
        maxLength: 6,
      }),
    })
    .map(({ input, share, outputs }) => ({
      id: `r${index}`,
      input,
      cached: Math.floor(input * share),
      outputs,
    }));

const responses = fc
  .integer({ min: 1, max: 3 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => response(index))));

interface Noise {
  zeros: 'none' | 'between' | 'behind';
  isDuplicated: boolean;
  hasIds: boolean;
}

const noise: fc.Arbitrary<Noise> = fc.record({
  zeros: fc.constantFrom('none', 'between', 'behind'),
  isDuplicated: fc.boolean(),
  hasIds: fc.boolean(),
});

function chunksOf(shape: Shape, one: Response, form: Form, { zeros, isDuplicated, hasIds }: Noise): object[] {
  const stated = statements(one, form).flatMap((statement) => {
    const isZeroBehind = zeros === 'between' && statement !== undefined && !statement.isLast;
    return isZeroBehind ? [statement, zero] : [statement];
  });
  if (zeros === 'behind') stated.push(zero);
  const chunks = stated.flatMap((statement) => {
    const chunk = shape.chunk(one, statement, hasIds);
    return isDuplicated && statement?.isLast ? [...chunk, ...chunk] : chunk;
  });
  return [...(shape.begin?.(one, hasIds) ?? []), ...chunks, ...(shape.end?.(one, hasIds) ?? [])];
}

function read(chunks: readonly object[]) {
  const reader = new StreamReader();
  for (const chunk of chunks) reader.push(structuredClone(chunk));
  const { usage } = reader.facts();
  if (usage === undefined) return undefined;
  const { tokens } = usage;
  return {
    input: inputTokens(tokens),
    output: outputTokens(tokens),
    isFlagged: usage.doubt !== undefined || usage.incomplete === true,
  };
}

function expected(all: readonly Response[]) {
  return {
    input: all.reduce((sum, { input }) => sum + input, 0),
    output: all.reduce((sum, one) => sum + total(one), 0),
  };
}

const RUNS = { numRuns: 400 };

describe.each(Object.entries(SHAPES))('a stream of %s', (_name, shape) => {
  it('is right or flagged', () => {
    fc.assert(
      fc.property(responses, fc.constantFrom(...shape.forms), noise, (all, form, how) => {
        const found = read(all.flatMap((one) => chunksOf(shape, one, form, how)));
        if (found?.isFlagged) return;
        expect(found).toEqual({ ...expected(all), isFlagged: false });
      }),
      RUNS,
    );
  });

  it('with ids in its usual form is right without a flag', () => {
    const how: Noise = { zeros: 'none', isDuplicated: false, hasIds: true };
    fc.assert(
      fc.property(responses, fc.constantFrom(...shape.usual), (all, form) => {
        const found = read(all.flatMap((one) => chunksOf(shape, one, form, how)));
        expect(found).toEqual({ ...expected(all), isFlagged: false });
      }),
      RUNS,
    );
  });
});

describe('responses that are streamed at the same time', () => {
  it('are told apart by their ids', () => {
    const shape = SHAPES['OpenAI chat'];
    if (shape === undefined) throw new Error('no shape');
    const how: Noise = { zeros: 'none', isDuplicated: false, hasIds: true };
    fc.assert(
      fc.property(
        responses,
        fc.constantFrom(...shape.usual),
        fc.infiniteStream(fc.nat(10)),
        (all, form, order) => {
          const queues = all.map((one) => chunksOf(shape, one, form, how));
          const chunks: object[] = [];
          while (queues.some((queue) => queue.length > 0)) {
            const left = queues.filter((queue) => queue.length > 0);
            const next = left[(order.next().value ?? 0) % left.length]?.shift();
            if (next !== undefined) chunks.push(next);
          }
          expect(read(chunks)).toEqual({ ...expected(all), isFlagged: false });
        },
      ),
      RUNS,
    );
  });
});

describe("a run of the AI SDK's stream", () => {
  const usageOf = ({ input, output }: { input: number; output: number }) => ({
    inputTokens: input,
    outputTokens: output,
    totalTokens: input + output,
  });
  const stepOf = (one: Response, hasIds: boolean) => ({
    type: 'finish-step',
    finishReason: 'tool-calls',
    response: hasIds ? { id: one.id, modelId: 'gpt-4o' } : { modelId: 'gpt-4o' },
    usage: usageOf({ input: one.input, output: total(one) }),
  });

  it('is right or flagged, with and without its total, several times, and stated twice', () => {
    const runs = fc.array(responses, { minLength: 1, maxLength: 2 });
    const totals = fc.constantFrom('stated', 'missing', 'zero', 'last');
    fc.assert(
      fc.property(runs, totals, noise, (all, stated, { isDuplicated, hasIds }) => {
        const chunks = all.flatMap((steps) => {
          const last = steps.at(-1);
          const known = stated === 'last' && last ? expected([last]) : expected(steps);
          const totalUsage = usageOf(stated === 'zero' ? { input: 0, output: 0 } : known);
          const end = { type: 'finish', finishReason: 'stop', ...(stated !== 'missing' && { totalUsage }) };
          return [
            ...steps.map((step) => stepOf(step, hasIds)),
            end,
            ...(isDuplicated && stated !== 'missing' ? [end] : []),
          ];
        });
        const found = read(chunks);
        if (found?.isFlagged && stated === 'last') return;
        expect(found).toEqual({ ...expected(all.flat()), isFlagged: false });
      }),
      RUNS,
    );
  });
});
