interface Interval {
  startMillis: number;
  endMillis: number;
}

/**
 * The most separate stretches kept. Calls end in chronological order, so only a call that started long ago overlaps
 * an old stretch. If it started before the oldest kept one, the gaps before that count as not busy.
 */
const MAX_STRETCHES = 4096;

/**
 * The union of intervals: total time with at least one call running. Intervals are added in the order of their
 * ends.
 */
export class BusyTime {
  private readonly stretches: Interval[] = [];
  private sumMillis = 0;

  constructor(private startMillis: number) {}

  /** Adds an interval. The part before the start is left out, as are intervals that run backwards. */
  add(startMillis: number, endMillis: number): void {
    let start = Math.max(startMillis, this.startMillis);
    let end = endMillis;
    if (!(end > start)) return;
    for (
      let last = this.stretches.at(-1);
      last !== undefined && last.endMillis >= start;
      last = this.stretches.at(-1)
    ) {
      start = Math.min(start, last.startMillis);
      end = Math.max(end, last.endMillis);
      this.sumMillis -= last.endMillis - last.startMillis;
      this.stretches.pop();
    }
    this.sumMillis += end - start;
    this.stretches.push({ startMillis: start, endMillis: end });
    if (this.stretches.length > MAX_STRETCHES) this.startMillis = this.stretches.shift()?.endMillis ?? start;
  }

  get millis(): number {
    return this.sumMillis;
  }
}
