/** A set of whole numbers from 1, short where they follow each other: `1-3,7`. */

/** The most ranges of one set: 50 kB of text at most. Numbers that need a further range are left out. */
const MAX_RANGES = 2_000;

interface Range {
  from: number;
  to: number;
}

export class NumberRanges {
  private readonly ranges: Range[] = [];

  /** Numbers mostly come in ascending order, so the search begins at the end. */
  add(number: number): void {
    const { ranges } = this;
    let at = ranges.length;
    while (at > 0 && (ranges[at - 1]?.from ?? 0) > number) at -= 1;
    const before = ranges[at - 1];
    const after = ranges[at];
    if (before !== undefined && number <= before.to) return;
    const isNextTo = before !== undefined && before.to === number - 1;
    const isBefore = after !== undefined && after.from === number + 1;
    if (isNextTo && isBefore) {
      before.to = after.to;
      ranges.splice(at, 1);
    } else if (isNextTo) before.to = number;
    else if (isBefore) after.from = number;
    else if (ranges.length < MAX_RANGES) ranges.splice(at, 0, { from: number, to: number });
  }

  addAll(other: NumberRanges): void {
    for (const { from, to } of other.ranges) for (let number = from; number <= to; number++) this.add(number);
  }

  get count(): number {
    return this.ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  }

  has(number: number): boolean {
    return this.ranges.some(({ from, to }) => from <= number && number <= to);
  }

  /** How many of its numbers another set lacks. */
  countMissingIn(other: NumberRanges): number {
    let missing = this.count;
    for (const own of this.ranges) {
      for (const { from, to } of other.ranges) {
        missing -= Math.max(0, Math.min(own.to, to) - Math.max(own.from, from) + 1);
      }
    }
    return missing;
  }

  toText(): string {
    return this.ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(',');
  }

  /** Undefined for a string that is no such set. */
  static fromText(text: string): NumberRanges | undefined {
    const set = new NumberRanges();
    if (text === '') return set;
    let last = -1;
    for (const part of text.split(',')) {
      const match = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(part);
      if (match === null) return undefined;
      const from = Number(match[1]);
      const to = Number(match[2] ?? match[1]);
      if (from <= last || to < from || set.ranges.length >= MAX_RANGES) return undefined;
      set.ranges.push({ from, to });
      last = to;
    }
    return set;
  }
}
