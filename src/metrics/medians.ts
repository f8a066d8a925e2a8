/** The most task names kept. Apps have few names; a name invented for each task has no useful median. */
const MAX_NAMES = 1_000;

/** The number of latest tasks used for the median of a name: enough to be steady, few enough to follow a change. */
const REMEMBERED = 64;

/** A median of fewer tasks is arbitrary. */
const FEWEST = 5;

interface Costs {
  readonly latest: number[];
  at: number;
  median: number | undefined;
}

/** The usual cost of tasks by name. */
export class Medians {
  private readonly byName = new Map<string, Costs>();

  /** The median in USD. Undefined while fewer than five tasks of that name have ended. */
  of(name: string): number | undefined {
    return this.byName.get(name)?.median;
  }

  add(name: string, costUsd: number): void {
    const costs = this.costsOf(name);
    if (costs === undefined) return;
    costs.latest[costs.at] = costUsd;
    costs.at = (costs.at + 1) % REMEMBERED;
    if (costs.latest.length >= FEWEST) costs.median = medianOf(costs.latest);
  }

  private costsOf(name: string): Costs | undefined {
    let costs = this.byName.get(name);
    if (costs === undefined && this.byName.size < MAX_NAMES) {
      costs = { latest: [], at: 0, median: undefined };
      this.byName.set(name, costs);
    }
    return costs;
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
