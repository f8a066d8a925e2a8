interface Interval {
  startMillis: number;
  endMillis: number;
}

/**
 * Stretches kept apart. Calls end in the order of time, so only a call that began long before meets an old one; where
 * it began before the oldest that is kept, the gaps up to there count as not busy.
 */
const MAX_STRETCHES = 4096;

/** How long something went on, whoever else was at it meanwhile: the union of intervals, told in the order of ends. */
export class BusyTime {
  private readonly stretches: Interval[] = [];
  private sumMillis = 0;

  constructor(private startMillis: number) {}

  /** Adds an interval; what is before the start, or runs backwards, is left out. */
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
