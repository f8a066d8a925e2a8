/** Whether a usage object tells its tokens apart by modality, also where all of them are text. */
import { describe, expect, it } from 'vitest';
import { addUsage, richest } from '../../src/usage/combine.js';
import { readUsage } from '../../src/usage/read-usage.js';
import { usageOf } from '../pricing/query.js';

describe('a split of the tokens by modality', () => {
  it.each([
    [
      { input_tokens: 23, output_tokens: 9, input_tokens_details: { text_tokens: 23, image_tokens: 0 } },
      true,
      undefined,
    ],
    [
      { input_tokens: 5, output_tokens: 9, output_token_details: { text_tokens: 9, audio_tokens: 0 } },
      undefined,
      true,
    ],
    [
      {
        promptTokenCount: 5,
        candidatesTokenCount: 9,
        totalTokenCount: 14,
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: 5 }],
        candidatesTokensDetails: [{ modality: 'TEXT', tokenCount: 9 }],
      },
      true,
      true,
    ],
    [{ prompt_tokens: 5, completion_tokens: 9, total_tokens: 14 }, undefined, undefined],
    // The AI SDK has everything but reasoning in it, images too.
    [{ inputTokens: 5, outputTokens: 9, outputTokenDetails: { textTokens: 9 } }, undefined, undefined],
  ])('%o', (given, splitsInput, splitsOutput) => {
    const usage = readUsage(given);
    expect([usage?.splitsInput, usage?.splitsOutput]).toEqual([splitsInput, splitsOutput]);
  });

  it('is one of a sum where both have it, and of the richer of two where one has it', () => {
    const split = usageOf({ input: 1, output: 1 }, { splitsInput: true, splitsOutput: true });
    const plain = usageOf({ input: 1, output: 1 });
    expect(addUsage(split, split)).toMatchObject({ splitsInput: true, splitsOutput: true });
    expect(addUsage(split, plain)).not.toHaveProperty('splitsOutput');
    expect(richest(plain, split)).toMatchObject({ splitsInput: true, splitsOutput: true });
  });
});
