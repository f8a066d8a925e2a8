/** Most typing errors change one or two letters. In a short name, that many edits give a different name. */
const MAX_EDITS = 2;
const MIN_LENGTH = 4;
/** The longest name that is compared, in characters: more than the longest option name plus {@link MAX_EDITS}. */
const MAX_LENGTH = 50;

/** The known name that a mistyped one was most likely meant to be. Undefined when none is close enough. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const written = name.length > MAX_LENGTH ? '' : plainName(name);
  if (written.length < MIN_LENGTH) return undefined;
  let nearest: string | undefined;
  let fewest = MAX_EDITS + 1;
  for (const candidate of known) {
    const edits = editsBetween(written, plainName(candidate));
    if (edits >= fewest || candidate.length < MIN_LENGTH) continue;
    nearest = candidate;
    fewest = edits;
  }
  return nearest;
}

/** Drops case and punctuation: `cost_usd`, `costUSD` and `costUsd` all become `costusd`. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Levenshtein distance: the letters to add, remove or replace. Computed one row at a time. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
