import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partOf } from '../../src/pipeline/part-of-usage.js';
import { sumOfParts } from '../../src/usage/combine.js';
import { inputTokens, noTokens, outputTokens, type Usage } from '../../src/usage/usage.js';

describe('a part of a usage', () => {
  it('has each kind of tokens by its share, and all that were asked for', () => {
    const usage = { tokens: { ...noTokens(), input: 101, cacheRead: 900, output: 7, reasoning: 3 } };
    const { tokens } = partOf(usage, 333, 5);
    expect(tokens).toMatchObject({ input: 34, cacheRead: 299 });
    expect(tokens.output + tokens.reasoning).toBeGreaterThanOrEqual(5);
  });

  it('is never more than the whole', () => {
    const usage = { tokens: { ...noTokens(), input: 10 }, unsplitTokens: 20, incomplete: true as const };
    expect(partOf(usage, 15, 5)).toMatchObject({
      tokens: { input: 10, output: 0 },
      unsplitTokens: 15,
      incomplete: true,
    });
    expect(partOf(usage, 0, 0)).not.toHaveProperty('unsplitTokens');
  });
});

describe('a part of a usage of several calls', () => {
  const call = (input: number, output: number, reportedCostUsd?: number) => ({
    usage: {
      tokens: { ...noTokens(), input, output },
      ...(reportedCostUsd !== undefined && { reportedCostUsd }),
    },
    model: `m${input}`,
  });

  it('has each call by its share, with its share of the bill', () => {
    const sum = sumOfParts([call(100, 10, 0.8), call(300, 30)]);
    const part = sum && partOf(sum, 300, 30);
    expect(part?.parts).toMatchObject([
      { model: 'm100', usage: { tokens: { input: 75, output: 8 } } },
      { model: 'm300', usage: { tokens: { input: 225, output: 22 } } },
    ]);
    expect(part?.parts?.[0]?.usage.reportedCostUsd).toBeCloseTo(0.6, 2);
  });

  it('has as many tokens as its calls, and no call more than it had', () => {
    const calls = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(calls, fc.double({ min: 0, max: 1, noNaN: true }), (counts, share) => {
        const sum = sumOfParts(counts.map(([input, output]) => call(input, output)));
        if (sum === undefined) throw new Error('no sum');
        const [input, output] = [inputTokens(sum.tokens), outputTokens(sum.tokens)].map((all) =>
          Math.floor(all * share),
        );
        const part = partOf(sum, input ?? 0, output ?? 0);
        const total = (count: (tokens: Usage['tokens']) => number) =>
          (part.parts ?? []).reduce((all, { usage }) => all + count(usage.tokens), 0);
        expect([total(inputTokens), total(outputTokens)]).toEqual([input, output]);
        expect(inputTokens(part.tokens)).toBe(input);
        part.parts?.forEach(({ usage }, index) => {
          expect(usage.tokens.input).toBeLessThanOrEqual(counts[index]?.[0] ?? 0);
        });
      }),
    );
  });
});
