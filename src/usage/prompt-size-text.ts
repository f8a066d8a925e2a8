/**
 * An upper bound of a string's tokens, by its characters. The weights are measured on the tokenizers of OpenAI (cl100k,
 * o200k), Claude 2, Gemini, Llama 3.1, Qwen 3 and DeepSeek 3: `test/fixtures/tokens.json` has the figures and their
 * source. No weight is lower than random letters need, which covers text that no tokenizer was trained on.
 */

/** A longer run of letters is not a word but an id, a key or base64. */
const LONGEST_WORD = 12;

/** English prose and code take up about 0.4 of the result. Reads each character once. Not rounded. */
export function mostTokens(text: string): number {
  let tokens = 0;
  let letters = 0;
  let before = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isCapital = code > 64 && code < 91;
    if (isCapital || isSmall(code)) {
      letters += 1;
      tokens += ofLetter(letters, isCapital);
    } else {
      letters = 0;
      const after = text.charCodeAt(at + 1);
      if (code < 0x80) {
        tokens += ofSign(code, before, after);
      } else if (code > 0xd7ff && code < 0xdc00 && after > 0xdbff && after < 0xe000) {
        // A pair of surrogates is one character of four bytes: emoji, rare ideographs.
        tokens += 4;
        at += 1;
      } else {
        tokens += ofScript(code);
      }
    }
    before = code;
  }
  return tokens;
}

function isSmall(code: number): boolean {
  return code > 96 && code < 123;
}

/** English has 4 letters per token, Zulu 2, and random letters 1.5. Capitals have fewer. */
function ofLetter(place: number, isCapital: boolean): number {
  if (place === 1) return 1;
  return isCapital || place > LONGEST_WORD ? 0.75 : 0.5;
}

/**
 * Digits and punctuation: Gemini and Qwen make each digit a token. A space belongs to the word that follows it, and a
 * run of spaces is few tokens.
 */
function ofSign(code: number, before: number, after: number): number {
  if (code !== 32 && code !== 10 && code !== 9 && code !== 13) return 1;
  if (code === before) return 0.15;
  return code === 32 && isSmall(after | 32) ? 0.1 : 1;
}

/**
 * All other scripts: the bytes of the character in UTF-8, which no tokenizer by bytes exceeds. The weight is lower
 * where all seven tokenizers need less even for random letters.
 */
function ofScript(code: number): number {
  if (code < 0x800) return code > 0x40f && code < 0x450 ? 1.3 : 2;
  if (code > LAST_OF_TWO) return 3;
  for (const [first, last] of TWO_TOKENS) if (code >= first && code <= last) return 2;
  return 3;
}

const LAST_OF_TWO = 0x30ff;

/** Devanagari and Bengali; Tamil to Thai; Georgian; Hiragana and Katakana. */
const TWO_TOKENS = [
  [0x900, 0x9ff],
  [0xb80, 0xe7f],
  [0x10c0, 0x10ff],
  [0x3040, LAST_OF_TWO],
] as const;
