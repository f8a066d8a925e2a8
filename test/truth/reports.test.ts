/**
 * Public reports of wrong cost, replayed. Each is right, or flagged where its input does not tell the amount.
 *
 *   REPORTS_TABLE=1 npx vitest run test/truth/reports     prints the table
 *   REPORTS_FILE=path npx vitest run test/truth -t replay replays another file of the same form
 *   REPORTS_DIST=1                                        replays against the built package
 */
import { afterAll, describe, expect, it } from 'vitest';
import { type Package, replay, type Verdict } from '../support/truth/replay.js';
import { type Report, readReports } from '../support/truth/report.js';
import { standing, verdictTable } from '../support/truth/table.js';

const own = new URL('../fixtures/reports.json', import.meta.url);
const { REPORTS_FILE: other, REPORTS_DIST: useDist, REPORTS_TABLE: showTable } = process.env;
const packageFile = useDist === undefined ? '../../src/index.js' : '../../dist/index.js';
const sdk: Package = await import(packageFile);

function replayAll(cases: Report[], isShown: boolean): void {
  const verdicts: Verdict[] = [];
  if (isShown) afterAll(() => console.log(`\n${verdictTable(verdicts)}`));
  const met = cases.filter(({ not_met }) => not_met === undefined);
  const notMet = cases.filter(({ not_met }) => not_met !== undefined);
  const check = async (report: Report) => {
    const verdict = await replay(report, sdk);
    verdicts.push(verdict);
    const accepted =
      report.flag_is_enough === true ? ['right', 'right, flagged', 'flagged'] : ['right', 'right, flagged'];
    const said = `${verdict.costUsd} instead of ${report.right_usd} (${report.rule}) ${verdict.flags.join(', ')}`;
    expect(accepted, said).toContain(standing(verdict));
  };
  it.each(met)('$id: $what', check);
  // A known limit: the test fails as soon as the limit is gone.
  it.fails.each(notMet)('$id is a known limit: $not_met', check);
}

describe('reports', () => {
  replayAll(readReports(own).cases, showTable !== undefined);
});

if (other !== undefined) describe('replay', () => replayAll(readReports(other).cases, true));
