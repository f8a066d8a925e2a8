/** Usage objects that no reader was written for: names, places and conventions of several providers, put together. */
import fc from 'fast-check';
import { type Counts, countsOf, type Model } from './counts.js';
import type { Key } from './encoding.js';

/** One number of an invented object. */
interface Place {
  readonly path: readonly Key[];
  readonly value: number;
}

export interface Invented {
  readonly model: Model;
  readonly provider: string;
  readonly counts: Counts;
  readonly places: readonly Place[];
  readonly isSpan: boolean;
}

const NAMES = {
  input: [
    'input_tokens',
    'prompt_tokens',
    'inputTokens',
    'promptTokens',
    'input',
    'prompt',
    'tokens_in',
    'num_prompt_tokens',
  ],
  output: [
    'output_tokens',
    'completion_tokens',
    'outputTokens',
    'completionTokens',
    'output',
    'completion',
    'tokens_out',
    'generated_tokens',
  ],
  // A total says that it is one: any other number that is a sum of counts says nothing new.
  total: ['total_tokens', 'totalTokens', 'total', 'total_token_count'],
  cacheRead: [
    'cached_tokens',
    'cache_read_tokens',
    'cacheReadTokens',
    'cached_input_tokens',
    'cachedPromptTokens',
    'cache_hits',
    'prompt_cache_hit_tokens',
    'cached',
    'tokens_from_store',
  ],
  cacheWrite: [
    'cache_write_tokens',
    'cacheCreationTokens',
    'cache_creation',
    'tokens_stored',
    'cache_write_input_tokens',
  ],
  reasoning: [
    'reasoning_tokens',
    'thinkingTokens',
    'thoughts',
    'reasoning',
    'hidden_tokens',
    'thought_token_count',
  ],
} as const;
type Side = keyof typeof NAMES;

const OBJECTS: Readonly<Record<Side, readonly (readonly string[])[]>> = {
  input: [[]],
  output: [[]],
  total: [[]],
  cacheRead: [[], ['prompt_tokens_details'], ['inputDetails'], ['cache'], ['vendor', 'details']],
  cacheWrite: [[], ['prompt_tokens_details'], ['inputDetails'], ['cache'], ['vendor', 'details']],
  reasoning: [[], ['completion_tokens_details'], ['outputDetails'], ['vendor', 'details']],
};

interface Convention {
  cacheOutside: boolean;
  reasoningOutside: boolean;
  hasTotal: boolean;
}

const MODELS = [
  { model: 'gpt-4o', provider: 'openai', kinds: ['input', 'cacheRead', 'output', 'reasoning'] },
  {
    model: 'claude-opus-4-8',
    provider: 'anthropic',
    kinds: ['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning'],
  },
] as const;

export const invented: fc.Arbitrary<Invented> = fc
  .constantFrom(...MODELS)
  .chain(({ model, provider, kinds }) =>
    fc
      .record({
        counts: countsOf(kinds),
        convention: fc.record({
          cacheOutside: fc.boolean(),
          reasoningOutside: fc.boolean(),
          hasTotal: fc.boolean(),
        }),
        dice: fc.array(fc.nat(1000), { minLength: 12, maxLength: 12 }),
        isSpan: fc.boolean(),
      })
      .filter(({ counts, convention }) => isTold(counts, convention))
      .map(({ counts, convention, dice, isSpan }) => ({
        model,
        provider,
        counts,
        isSpan,
        places: placesOf(counts, convention, dice),
      })),
  );

/**
 * With a total, the numbers tell on which side the cache and reasoning are. Without one, only a part that is larger than
 * its side does: what a name means differs from provider to provider.
 */
function isTold(counts: Counts, { cacheOutside, reasoningOutside, hasTotal }: Convention): boolean {
  const { input, output, cacheRead, cacheWrite, reasoning } = counts;
  const cached = cacheRead + cacheWrite;
  const isCacheTold = cached === 0 || (cacheOutside && cached > input);
  const isReasoningTold = reasoning === 0 || (reasoningOutside && reasoning > output);
  return hasTotal || (isCacheTold && isReasoningTold);
}

function placesOf(counts: Counts, convention: Convention, dice: readonly number[]): Place[] {
  const { input, output, cacheRead, cacheWrite, reasoning } = counts;
  const values: Readonly<Record<Side, number>> = {
    input: convention.cacheOutside ? input : input + cacheRead + cacheWrite,
    output: convention.reasoningOutside ? output : output + reasoning,
    total: convention.hasTotal ? input + output + cacheRead + cacheWrite + reasoning : 0,
    cacheRead,
    cacheWrite,
    reasoning,
  };
  const sides: readonly Side[] = ['input', 'output', 'total', 'cacheRead', 'cacheWrite', 'reasoning'];
  return sides.flatMap((side, at) => {
    const value = values[side];
    if (value === 0) return [];
    const object = picked(OBJECTS[side], dice[2 * at]);
    return [{ path: [...object, picked(NAMES[side], dice[2 * at + 1])], value }];
  });
}

function picked<T>(list: readonly T[], dice = 0): T {
  const one = list[dice % list.length];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
}
