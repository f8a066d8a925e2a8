/** The oracle of the mutations: disjoint counts of one call, and what they cost at rates that are copied by hand. */
import fc from 'fast-check';

export const INPUTS = [
  'input',
  'inputAudio',
  'inputImage',
  'cacheRead',
  'cacheReadAudio',
  'cacheWrite',
  'cacheWrite1h',
] as const;
export const OUTPUTS = ['output', 'outputAudio', 'outputImage', 'reasoning'] as const;
export const CACHES = ['cacheRead', 'cacheReadAudio', 'cacheWrite', 'cacheWrite1h'] as const;
const OTHERS = ['citation', 'searches'] as const;

export type Kind = (typeof INPUTS)[number] | (typeof OUTPUTS)[number] | (typeof OTHERS)[number];
export type Counts = Readonly<Record<Kind, number>>;

/** USD for a million of each kind. */
export type Rates = Partial<Record<Kind, number>>;

/** From the vendors' price lists of September 2026. The time of a call is {@link TIME}. */
export const MODELS = {
  'gpt-4o': { input: 2.5, cacheRead: 1.25, output: 10, reasoning: 10 },
  'gpt-5.6-sol': { input: 4, cacheRead: 0.4, cacheWrite: 5, output: 20, reasoning: 20 },
  'gpt-realtime-mini': {
    input: 0.6,
    inputAudio: 10,
    inputImage: 0.8,
    cacheRead: 0.06,
    cacheReadAudio: 0.3,
    output: 2.4,
    outputAudio: 20,
  },
  'gpt-image-1.5': { input: 5, inputImage: 8, outputImage: 32 },
  'claude-opus-4-8': {
    input: 5,
    cacheRead: 0.5,
    cacheWrite: 6.25,
    cacheWrite1h: 10,
    output: 25,
    reasoning: 25,
  },
  'global.anthropic.claude-sonnet-4-5-20250929-v1:0': {
    input: 3,
    cacheRead: 0.3,
    cacheWrite: 3.75,
    output: 15,
  },
  'gemini-2.5-flash': {
    input: 0.3,
    inputAudio: 1,
    cacheRead: 0.03,
    cacheReadAudio: 0.1,
    output: 2.5,
    reasoning: 2.5,
  },
  'command-a-03-2025': { input: 2.5, output: 10 },
  'mistral-medium-3-5': { input: 1.5, cacheRead: 0.15, output: 7.5 },
  'grok-4': { input: 3, cacheRead: 0.75, output: 15, reasoning: 15 },
  'deepseek-v4-pro': { input: 0.66, cacheRead: 0.022, output: 1.98, reasoning: 1.98 },
  'sonar-deep-research': { input: 2, output: 8, reasoning: 3, citation: 2, searches: 5000 },
} satisfies Record<string, Rates>;
export type Model = keyof typeof MODELS;

/** Noon, when DeepSeek has no peak price. */
export const TIME = '2026-09-10T12:00:00Z';

const NONE: Counts = {
  input: 0,
  inputAudio: 0,
  inputImage: 0,
  cacheRead: 0,
  cacheReadAudio: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 0,
  outputAudio: 0,
  outputImage: 0,
  reasoning: 0,
  citation: 0,
  searches: 0,
};
/** Sums stay below the prices of long prompts, which begin at 200,000 tokens. */
const MOST = 25_000;
const LEAST = 20;

export function sum(counts: Counts, kinds: readonly Kind[]): number {
  return kinds.reduce((total, kind) => total + counts[kind], 0);
}

export function truthUsd(model: Model, counts: Counts): number {
  const rates: Rates = MODELS[model];
  let usd = 0;
  for (const kind of [...INPUTS, ...OUTPUTS, ...OTHERS]) usd += (counts[kind] * (rates[kind] ?? 0)) / 1e6;
  return usd;
}

/**
 * Random counts of some kinds. No count is a sum of others: an unknown number that happens to be one says nothing new,
 * and nobody could tell.
 */
export function countsOf(kinds: readonly Kind[]): fc.Arbitrary<Counts> {
  const count = fc.integer({ min: LEAST, max: MOST });
  const always: Partial<Record<Kind, true>> = { input: true, output: true, outputImage: true };
  const fields = kinds.map((kind): [Kind, fc.Arbitrary<number>] => [
    kind,
    always[kind]
      ? count
      : fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: count }),
  ]);
  return fc
    .record(Object.fromEntries(fields))
    .map((some): Counts => ({ ...NONE, ...some }))
    .filter((counts) => haveDistinctSums(kinds.map((kind) => counts[kind]).filter((one) => one > 0)));
}

function haveDistinctSums(values: readonly number[]): boolean {
  const sums = subsetSums(values);
  return new Set(sums).size === sums.length;
}

/** The sums of all subsets, the empty one included. */
export function subsetSums(values: readonly number[]): number[] {
  let sums = [0];
  for (const value of values) sums = [...sums, ...sums.map((one) => one + value)];
  return sums;
}
