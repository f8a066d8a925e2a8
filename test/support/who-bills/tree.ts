/**
 * The notation of the tables in `test/pipeline/who-bills*.test.ts`: an indented tree, one span or wrapper a line, and what
 * it is billed.
 *
 *     withTask                      → total $0.0035 for 1000+100 in 1 call
 *       chat 1000+100 id=r1 ends 2  → $0.0035
 *
 * Before the arrow: the kind of span, what it states, and when. `1000+100` are input and output tokens of gpt-4o ($2.50 and
 * $10 per million), `$0.01` is a reported bill or the price of a tool, `key=value` is anything else.
 *
 * A line ends as soon as all below it has ended, the innermost first. `ends 2` lets it run on, and ends it after all that
 * `ends 1`; `starts 2` starts it then, below a line that may have ended.
 *
 * After the arrow: everything of ours on the span, see `bills.ts`. A line without an arrow has neither cost nor a reason.
 */
export interface Line {
  kind: string;
  /** Input and output tokens. */
  tokens: readonly [number, number] | undefined;
  /** A reported bill, or the price of a tool. */
  usd: number | undefined;
  /** `id=r1` and the like. */
  values: ReadonlyMap<string, string>;
  flags: ReadonlySet<string>;
  starts: number | undefined;
  ends: number | undefined;
  /** The part after the arrow. */
  bills: string;
  /** As it stands before the arrow, indented. */
  source: string;
  below: Line[];
}

const INDENT = 2;

export function parseTree(text: string): Line[] {
  const roots: Line[] = [];
  const open: Line[] = [];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const margin = Math.min(...lines.map(indentOf));
  for (const raw of lines) {
    const depth = (indentOf(raw) - margin) / INDENT;
    if (!Number.isInteger(depth) || depth > open.length) throw new Error(`bad indent: ${raw}`);
    const line = parseLine(raw.slice(margin));
    open.length = depth;
    (open.at(-1)?.below ?? roots).push(line);
    open.push(line);
  }
  return roots;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function parseLine(text: string): Line {
  const [source = '', bills = ''] = text.split('→');
  const { starts, ends, words } = takeTimes(source.trim().split(/\s+/));
  const [kind = '', ...facts] = words;
  const tokens = facts.find((word) => /^\d+(\+\d+)?$/.test(word));
  const usd = facts.find((word) => word.startsWith('$'));
  const others = facts.filter((word) => word !== tokens && word !== usd);
  const [input = '0', output = '0'] = tokens?.split('+') ?? [];
  return {
    kind,
    tokens: tokens === undefined ? undefined : [Number(input), Number(output)],
    usd: usd === undefined ? undefined : Number(usd.slice(1)),
    values: new Map(others.flatMap(readValue)),
    flags: new Set(others.filter((word) => !word.includes('='))),
    starts,
    ends,
    bills: bills.trim().replace(/\s+/g, ' '),
    source: source.trimEnd(),
    below: [],
  };
}

function readValue(word: string): [string, string][] {
  const at = word.indexOf('=');
  return at < 0 ? [] : [[word.slice(0, at), word.slice(at + 1)]];
}

function takeTimes(all: string[]): { starts: number | undefined; ends: number | undefined; words: string[] } {
  const times = new Map<string, number>();
  const words: string[] = [];
  for (let at = 0; at < all.length; at++) {
    const word = all[at] ?? '';
    if (word === 'starts' || word === 'ends') times.set(word, Number(all[++at]));
    else words.push(word);
  }
  return { starts: times.get('starts'), ends: times.get('ends'), words };
}

/** Every line, in the order of the text. */
export function allLines(lines: readonly Line[]): Line[] {
  return lines.flatMap((line) => [line, ...allLines(line.below)]);
}

/** The tree with these bills. */
export function printTree(lines: readonly Line[], billsOf: (line: Line) => string): string {
  const all = allLines(lines);
  const width = Math.max(...all.map(({ source }) => source.length));
  return all
    .map((line) => {
      const bills = billsOf(line);
      return bills === '' ? line.source : `${line.source.padEnd(width)} → ${bills}`;
    })
    .join('\n');
}
