/** Of several possible readings of the counts, the one in which the stated totals add up; else a flag. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSpan } from '../../src/usage/read-span.js';
import { readUsage } from '../../src/usage/read-usage.js';
import { inputTokens, outputTokens } from '../../src/usage/usage.js';

function sides(usage: unknown, hint = {}) {
  const found = readUsage(usage, hint);
  return (
    found && { input: inputTokens(found.tokens), output: outputTokens(found.tokens), doubt: found.doubt }
  );
}

describe('the cache', () => {
  const cached = (more: object) => ({ prompt_tokens: 100, completion_tokens: 10, ...more });

  it('is inside the input where nothing else is possible or stated', () => {
    expect(sides(cached({ cached_tokens: 80 }))).toEqual({ input: 100, output: 10, doubt: undefined });
  });

  it('is beside it where the total says so, or where it is larger', () => {
    expect(sides(cached({ cached_tokens: 80, total_tokens: 190 }))).toMatchObject({ input: 180 });
    expect(sides(cached({ cached_tokens: 800 }))).toEqual({ input: 900, output: 10, doubt: undefined });
    expect(sides(cached({ cached_tokens: 800, total_tokens: 110 }))).toMatchObject({ input: 900 });
  });

  it("is beside it in Anthropic's and Bedrock's shapes, unless the total says otherwise", () => {
    const anthropic = { input_tokens: 100, output_tokens: 10, cache_read_input_tokens: 80 };
    expect(sides(anthropic)).toEqual({ input: 180, output: 10, doubt: undefined });
    expect(sides({ ...anthropic, total_tokens: 110 })).toMatchObject({ input: 100 });
  });

  it('is doubtful where a harness added the names of another shape', () => {
    const both = { input_tokens: 100, prompt_tokens: 100, output_tokens: 10, cache_read_input_tokens: 80 };
    expect(sides(both)).toMatchObject({ doubt: 'ambiguous_usage' });
    // The one is the other and the cache.
    expect(sides({ ...both, prompt_tokens: 180 })).toEqual({ input: 180, output: 10, doubt: undefined });
    expect(sides({ ...both, cache_read_input_tokens: 800 })).toMatchObject({ input: 900, doubt: undefined });
  });

  it('is doubtful where only what was written may be beside the input', () => {
    const usage = cached({ prompt_tokens_details: { cached_tokens: 80, cache_write_tokens: 50 } });
    expect(sides(usage)).toMatchObject({ doubt: 'ambiguous_usage' });
  });
});

describe('reasoning', () => {
  const thought = (more: object) => ({
    prompt_tokens: 100,
    completion_tokens: 10,
    completion_tokens_details: { reasoning_tokens: 8 },
    ...more,
  });

  it('is inside the output, or beside it where the total says so or it is larger', () => {
    expect(sides(thought({}))).toEqual({ input: 100, output: 10, doubt: undefined });
    expect(sides(thought({ total_tokens: 118 }))).toMatchObject({ output: 18 });
    expect(sides(thought({ completion_tokens: 5 }))).toEqual({ input: 100, output: 13, doubt: undefined });
  });
});

describe('a total that nothing explains', () => {
  const usage = { prompt_tokens: 761, completion_tokens: 61, total_tokens: 2064 };

  it('is doubtful', () => expect(sides(usage)).toMatchObject({ doubt: 'ambiguous_usage' }));

  it('is thoughts of a model whose provider counts them in the total alone', () => {
    expect(sides(usage, { provider: 'google', model: 'gemini-2.5-flash' })).toEqual({
      input: 761,
      output: 1303,
      doubt: undefined,
    });
  });

  it('is taken for cached tokens of Claude', () => {
    const hint = { provider: 'aws', model: 'anthropic.claude-sonnet-4-5-20250929-v1:0' };
    expect(sides(usage, hint)).toEqual({ input: 2003, output: 61, doubt: 'ambiguous_usage' });
  });

  it('is doubtful where it is too small', () => {
    expect(sides({ ...usage, total_tokens: 500 })).toMatchObject({ doubt: 'ambiguous_usage' });
  });
});

describe('a number under an unknown name', () => {
  const usage = { prompt_tokens: 100, completion_tokens: 10, prompt_tokens_details: { cached_tokens: 30 } };

  it('is noticed, with its path', () => {
    expect(readUsage({ ...usage, widgets: 7, prompt_tokens_details: { foo_tokens: 9 } })?.unread).toEqual([
      'usage.prompt_tokens_details.foo_tokens',
      'usage.widgets',
    ]);
    const span = { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 10 };
    expect(readSpan({ ...span, 'gen_ai.usage.widget_tokens': 7 })?.usage?.unread).toEqual([
      'gen_ai.usage.widget_tokens',
    ]);
  });

  it.each([
    ['0', 0],
    ['no whole number', 0.5],
    ['negative', -3],
    ['a repetition', 100],
    ['a sum', 110],
    ['a sum of three', 140],
    ['no number', '7'],
  ])('is not noticed when it is %s', (_name, widgets) => {
    expect(readUsage({ ...usage, widgets })?.unread).toBeUndefined();
  });

  it('leaves what was read as it is', () => {
    fc.assert(
      fc.property(fc.nat(1e9), (widgets) => {
        expect(readUsage({ ...usage, widgets })?.tokens).toEqual(readUsage(usage)?.tokens);
      }),
    );
  });
});
