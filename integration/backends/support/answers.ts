/** Answers of backends, and what the ledger says to the same question, in one form: an amount a group, by its labels. */

export type Answer = ReadonlyMap<string, number>;
export type Labels = Readonly<Record<string, string | undefined>>;

/** The name of a group; labels without a value are left out, as backends do. */
function groupName(labels: Labels): string {
  const said = Object.entries(labels).filter(([label, value]) => label !== '__name__' && value);
  return said
    .map(([label, value]) => `${label}=${value}`)
    .sort()
    .join(' ');
}

export function answerOf(samples: readonly { labels: Labels; value: number }[]): Answer {
  return new Map(samples.map(({ labels, value }) => [groupName(labels), value]));
}

/** One number, without labels. */
export function single(value: number): Answer {
  return new Map([['', value]]);
}

/** What items add up to, by labels; groups of nothing are left out: nobody counts them. */
export function grouped<Item>(
  items: readonly Item[],
  labelsOf: (item: Item) => Labels,
  amountOf: (item: Item) => number,
): Answer {
  const sums = new Map<string, number>();
  for (const item of items) {
    const amount = amountOf(item);
    if (amount === 0) continue;
    const name = groupName(labelsOf(item));
    sums.set(name, (sums.get(name) ?? 0) + amount);
  }
  return sums;
}

export function mapped(answer: Answer, change: (value: number, group: string) => number | undefined): Answer {
  const changed = [...answer].map(([group, value]) => [group, change(value, group)] as const);
  return new Map(changed.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

/** Group by group; a part that is not there is 0, a group that is not in the whole is left out. */
export function shares(part: Answer, whole: Answer): Answer {
  return mapped(whole, (value, group) => (part.get(group) ?? 0) / value);
}

/** Group by group, where both have one. */
export function ratios(dividend: Answer, divisor: Answer): Answer {
  return mapped(dividend, (value, group) => {
    const by = divisor.get(group);
    return by === undefined ? undefined : value / by;
  });
}

/** A sum of doubles depends on its order from about the fifteenth digit on. */
const DIGITS = 10;

/** Dollars have few digits, so many end in a 5 to be rounded; a little more than that noise decides all of them alike. */
const OFF_THE_TIE = 1 + 1e-13;

export function roundedNumber(value: number): number {
  return Number((value * OFF_THE_TIE).toPrecision(DIGITS));
}

/** So that two that say the same are equal. */
export function rounded(answer: Answer): Record<string, number> {
  const entries = [...answer].map(([group, value]) => [group, roundedNumber(value)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
