/** Collects differences by kind, with a count and the smallest trace of each. */
import { differencesOf } from './kinds.mjs';
import { treeOf } from './tree.mjs';

export class Report {
  traces = 0;
  rows = 0;
  differing = 0;
  kinds = new Map();

  /** @param {Partial<import('./kinds.mjs').Expected>} [expected] */
  constructor(expected = {}) {
    this.expected = expected;
    this.accepted = expected.accepted ?? [];
  }

  /** One trace of both builds. @param {string[]} oldLines @param {string[]} newLines rows as JSON */
  add(oldLines, newLines) {
    this.traces += 1;
    this.rows += oldLines.length;
    if (oldLines.length === newLines.length && oldLines.every((line, index) => line === newLines[index]))
      return;
    const [before, after] = [oldLines, newLines].map((lines) => lines.map((line) => JSON.parse(line)));
    const differences = differencesOf(before, after, this.expected);
    if (differences.some(({ mask }) => mask === undefined)) this.differing += 1;
    const example = { before, after };
    for (const difference of differences) this.count(difference, example);
  }

  count({ kind, follows, place, mask }, example) {
    const key = follows ? `follows: ${kind}` : kind;
    const known = this.kinds.get(key);
    const size = example.before.length + example.after.length;
    const entry = known ?? { kind, follows, mask, rows: 0, traces: 0, size: Number.POSITIVE_INFINITY };
    entry.rows += 1;
    if (entry.lastExample !== example) entry.traces += 1;
    entry.lastExample = example;
    if (size < entry.size) Object.assign(entry, { size, example, place });
    this.kinds.set(key, entry);
  }

  /** Kinds that nobody has accepted, without those that only follow from others. */
  get open() {
    return this.sorted().filter((entry) => !entry.follows && this.clauseOf(entry) === undefined);
  }

  sorted() {
    return [...this.kinds.values()].sort((a, b) => b.rows - a.rows);
  }

  clauseOf({ kind, mask }) {
    if (mask !== undefined) return mask.clause;
    return this.accepted.find((one) =>
      typeof one.kind === 'string' ? one.kind === kind : one.kind.test(kind),
    )?.clause;
  }

  /** @param {{ all?: boolean, most?: number }} [options] `all`: an example of what is accepted or only follows, too */
  text({ all = false, most = 40 } = {}) {
    const sorted = this.sorted();
    const follow = sorted.filter(({ follows }) => follows);
    const known = sorted.filter((entry) => !entry.follows && this.clauseOf(entry) !== undefined);
    const [single, seen] = [true, false].map((isMask) =>
      known.filter(({ mask }) => (mask !== undefined) === isMask),
    );
    const shown = all ? sorted : this.open;
    const counts = `${this.traces} traces, ${this.rows} rows in the old build: ${this.differing} traces differ`;
    return [
      `${counts}, ${this.open.length} kinds of difference${this.accepted.length > 0 ? ' that are not accepted' : ''}`,
      ...shown.slice(0, most).map((entry) => this.entryText(entry)),
      ...(shown.length > most ? [`\n… ${shown.length - most} more kinds: --kinds ${shown.length}`] : []),
      ...(all ? [] : this.briefly('Single keys that differ as they are meant to', single)),
      ...(all ? [] : this.briefly('Accepted', seen)),
      ...(all
        ? []
        : this.briefly('Figures of scopes, in traces where own cost differs (--all shows examples)', follow)),
    ].join('\n');
  }

  briefly(heading, entries) {
    if (entries.length === 0) return [];
    const line = (entry) => `  ${entry.rows} × ${entry.kind}${this.clause(entry)}`;
    return [`\n${heading}:`, ...entries.map(line)];
  }

  clause(entry) {
    const clause = this.clauseOf(entry);
    return clause === undefined ? '' : ` [${clause}]`;
  }

  entryText(entry) {
    const { kind, follows, rows, traces, example, place } = entry;
    const [{ scenario, trace }] = [...example.before, ...example.after];
    return [
      `\n${rows} × in ${traces} traces${follows ? ', follows' : ''}: ${kind}${this.clause(entry)}`,
      `  smallest: ${scenario}, trace ${trace}, at ${place}`,
      treeOf(example.before, example.after, this.expected),
    ].join('\n');
  }
}
