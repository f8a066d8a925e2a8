import type { Verdict } from './replay.js';

/** One line a case: the bill, what was said, and how it stands. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((verdict) => [
    verdict.id,
    shown(verdict.rightUsd),
    shown(verdict.costUsd),
    standing(verdict),
    [...(verdict.complete ? [] : ['incomplete']), ...new Set(verdict.flags)].join(', '),
  ]);
  const all = [['id', 'truth', 'got', '', 'flag'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, summary(verdicts)].join('\n');
}

export function standing({ isRight, isFlagged }: Verdict): string {
  if (isRight) return isFlagged ? 'right, flagged' : 'right';
  return isFlagged ? 'flagged' : 'WRONG';
}

function summary(verdicts: readonly Verdict[]): string {
  const right = verdicts.filter(({ isRight }) => isRight).length;
  const flagged = verdicts.filter(({ isRight, isFlagged }) => !isRight && isFlagged).length;
  return `${right} right, ${flagged} flagged, ${verdicts.length - right - flagged} wrong without a flag`;
}

function shown(usd: number): string {
  return String(Number(usd.toPrecision(8)));
}
