/**
 * Amounts of one round of work: `seed` makes tokens of ordinary calls other ones, `scale` multiplies every amount, the
 * exact ones included.
 */
export class Amounts {
  constructor({ seed, scale }) {
    this.state = seed >>> 0;
    this.scale = scale;
  }

  usd(usd) {
    return usd * this.scale;
  }

  /** So many tokens, exactly. */
  exactTokens(tokens) {
    return Math.round(tokens * this.scale);
  }

  /** About so many tokens: four fifths to six fifths. */
  tokens(tokens) {
    return this.exactTokens(tokens * (0.8 + 0.4 * this.random()));
  }

  /** From 0 to 1, the same row for the same seed (mulberry32). */
  random() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
