/**
 * Numbers under unknown names. Those that repeat a number that was read, or a sum of such numbers, add no information.
 */
import { isCount } from './draft.js';

/** The most values of one usage. The largest known lists the details of a thousand requests. */
const MAX_VALUES = 20_000;

/** The most numbers whose sums are tried. More numbers are only compared one by one. */
const MAX_SUMMED = 24;

/** The numbers that were read from one usage, and those under unknown names. */
export class UnreadNumbers {
  private visited = 0;
  private readonly known: number[] = [];
  private readonly unknown: [path: readonly string[], count: number][] = [];

  /** `around`: the name of the object that the paths start in. */
  constructor(private readonly around: readonly string[] = []) {}

  /** Counts one value, whatever it is. Throws beyond {@link MAX_VALUES}: reading in part would be an undercount. */
  visit(): void {
    this.visited += 1;
    if (this.visited > MAX_VALUES) throw new RangeError('too many');
  }

  read(value: unknown): void {
    if (isCount(value)) this.known.push(value);
  }

  notice(path: readonly string[], value: unknown): void {
    if (isCount(value)) this.unknown.push([path, value]);
  }

  /**
   * The paths of the numbers that equal none of those read, and no sum of two, three or all of them. Undefined when
   * there are none.
   */
  paths(): readonly string[] | undefined {
    if (this.unknown.length === 0) return undefined;
    const sums = sumsOf(this.known);
    const unread = this.unknown.filter(([, count]) => !sums.has(count));
    return unread.length === 0 ? undefined : unread.map(([path]) => [...this.around, ...path].join('.'));
  }
}

function sumsOf(known: readonly number[]): ReadonlySet<number> {
  const numbers = [...new Set(known)];
  const sums = new Set(numbers);
  sums.add(numbers.reduce((sum, count) => sum + count, 0));
  if (numbers.length > MAX_SUMMED) return sums;
  numbers.forEach((a, i) => {
    numbers.slice(i + 1).forEach((b, j) => {
      sums.add(a + b);
      for (const c of numbers.slice(i + j + 2)) sums.add(a + b + c);
    });
  });
  return sums;
}
