import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { getEncoding, type TiktokenEncoding } from 'js-tiktoken';
import { describe, expect, it } from 'vitest';
import { estimatePromptTokens } from '../../src/usage/prompt-size.js';
import { mostTokens } from '../../src/usage/prompt-size-text.js';

interface Counted {
  name: string;
  text: string;
  /** One count for each tokenizer. */
  tokens: number[];
}

const FIXTURE = new URL('../fixtures/tokens.json', import.meta.url);
const { tokenizers, english, code, languages, random } = JSON.parse(readFileSync(FIXTURE, 'utf8')) as {
  tokenizers: string[];
} & Record<'english' | 'code' | 'languages' | 'random', Counted[]>;

/** Set `LAW_CASES` for a longer search, as a step of CI does. */
const CASES = Number(process.env.LAW_CASES ?? 20);

/** A request has room for so many tokens more, which the first characters of a text may need. */
const FEW = 12;

function factors({ text, tokens }: Counted): number[] {
  return tokens.map((count) => mostTokens(text) / count);
}

describe('the most tokens of a text', () => {
  it('are measured on seven tokenizers', () => {
    expect(tokenizers).toHaveLength(7);
  });

  it.each([...english, ...code, ...languages, ...random])(
    'are no fewer than its tokens: $name',
    (counted) => {
      expect(mostTokens(counted.text) + FEW).toBeGreaterThanOrEqual(Math.max(...counted.tokens));
    },
  );

  it('are at most 2.8 times as many for English and code, and 3.2 times for JSON on one line', () => {
    for (const counted of [...english, ...code]) {
      expect(Math.max(...factors(counted))).toBeLessThanOrEqual(counted.name === 'json' ? 3.2 : 2.8);
    }
  });

  it('are at most 6.5 times as many in any language, and 3 times in the middle', () => {
    const all = languages.flatMap(factors).sort((a, b) => a - b);
    expect(all.at(-1)).toBeLessThanOrEqual(6.5);
    expect(all[all.length >> 1]).toBeLessThanOrEqual(3);
  });

  // Of every script, so that a letter which no tokenizer knows is among them.
  const scripts: Record<string, [first: number, last: number]> = {
    ascii: [0x20, 0x7e],
    latin: [0xc0, 0x24f],
    greek: [0x370, 0x3ff],
    cyrillic: [0x400, 0x4ff],
    'hebrew and arabic': [0x590, 0x6ff],
    'devanagari and bengali': [0x900, 0x9ff],
    'tamil to thai': [0xb80, 0xe7f],
    georgian: [0x10d0, 0x10fa],
    ethiopic: [0x1200, 0x137f],
    khmer: [0x1780, 0x17dd],
    symbols: [0x2000, 0x2bff],
    kana: [0x3041, 0x30fe],
    han: [0x4e00, 0x9fff],
    hangul: [0xac00, 0xd7a3],
    emoji: [0x1f300, 0x1faff],
    'rare han': [0x20000, 0x2a6df],
  };
  const encodings: TiktokenEncoding[] = ['cl100k_base', 'o200k_base'];
  const counters = encodings.map((name) => {
    const encoding = getEncoding(name);
    return (text: string) => encoding.encode(text, [], []).length;
  });
  const tokensOf = (text: string) => Math.max(...counters.map((count) => count(text)));

  it.each(Object.entries(scripts))('are no fewer than those of letters at random: %s', (_, [min, max]) => {
    const letter = fc.integer({ min, max }).map((code) => String.fromCodePoint(code));
    const space = fc.constantFrom(' ', ' ', '\n', '. ');
    const text = fc.string({
      unit: fc.oneof({ weight: 6, arbitrary: letter }, { weight: 1, arbitrary: space }),
      minLength: 40,
      maxLength: 400,
    });
    fc.assert(
      fc.property(text, (words) => {
        expect(mostTokens(words) + FEW).toBeGreaterThanOrEqual(tokensOf(words));
      }),
      { numRuns: CASES },
    );
  });

  it('are no fewer than those of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(mostTokens(text) + FEW).toBeGreaterThanOrEqual(tokensOf(text));
      }),
      { numRuns: 3 * CASES },
    );
  });

  it('are no fewer than those of JSON with many small entries', () => {
    const letters = [...'abcdefghijklmnopqrst'];
    const names = letters.flatMap((one) => letters.map((other) => one + other));
    const properties = Object.fromEntries(names.map((name) => [name, '']));
    const tools = [{ type: 'function', function: { name: 'f', parameters: { properties } } }];
    const without = estimatePromptTokens({ messages: [], tools: [] }) ?? 0;
    const estimate = estimatePromptTokens({ messages: [], tools }) ?? 0;
    expect(estimate - without).toBeGreaterThanOrEqual(tokensOf(JSON.stringify(tools)));
  });

  it('are no fewer than those of the JSON that is sent', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (parameters) => {
        const tools = [{ type: 'function', function: { name: 'f', parameters } }];
        const estimate = estimatePromptTokens({ messages: [], tools });
        expect(estimate).toBeGreaterThanOrEqual(tokensOf(JSON.stringify(tools)));
      }),
      { numRuns: 3 * CASES },
    );
  });
});
