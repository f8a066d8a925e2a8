import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_NAME_CHARS, shortText } from '../src/short-text.js';

it('a short string stays as it is, a long one is its own start, and no surrogate pair is split', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 3 * MAX_NAME_CHARS });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 300 }), (whole, maxChars) => {
      const cut = shortText(whole, maxChars);
      expect(whole.startsWith(cut)).toBe(true);
      expect(cut.length).toBeGreaterThanOrEqual(Math.min(whole.length, maxChars) - 1);
      expect(cut.length).toBeLessThanOrEqual(maxChars);
      expect(Buffer.from(cut).toString()).toBe(cut);
    }),
  );
  expect(shortText(`${'x'.repeat(199)}😀`)).toBe('x'.repeat(199));
});
