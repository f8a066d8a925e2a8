import { describe, expect, it } from 'vitest';
import { partOf } from '../../src/pipeline/part-of-usage.js';
import { noTokens } from '../../src/usage/usage.js';

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
