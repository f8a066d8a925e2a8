/** The fault table: every row ends real processes in front of a receiver that has the fault. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeCertificates } from '../support/certificates.js';
import { ROWS } from '../support/rows.js';
import { lineOf, tableOf, writeTable } from '../support/table.js';
import { runTrial, type Trial } from '../support/trial.js';

const TRIES = Number(process.env.CHAOS_TRIES ?? 1);

const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-chaos-'));
const certificates = makeCertificates(folder);
const cases = ROWS.flatMap((row) => row.ends.map((end) => ({ row, end, fault: row.fault }))).filter(
  ({ fault, end }) => `${fault}, ${end}`.match(process.env.CHAOS_ROWS ?? ''),
);
const trials = new Map<string, Trial>();

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  const inOrder = cases
    .map(({ fault, end }) => trials.get(fault + end))
    .filter((trial) => trial !== undefined);
  console.log(tableOf(inOrder));
  if (process.env.CHAOS_WRITE) writeTable(inOrder);
});

describe.concurrent('losses', () => {
  it.each(cases)('$fault, $end', async ({ row, end, fault }) => {
    const trial = await runTrial(row, end, TRIES, certificates);
    trials.set(fault + end, trial);
    const { spans, usd, stderr } = trial;
    const result = { spansLost: spans.lost, usdLost: usd.lost };
    const counted = { spansLost: spans.counted, usdLost: usd.counted };
    const context = `${lineOf(trial)}\n${stderr}`;
    expect(trial.lateAnswers, context).toBe(0);
    if (row.promise === 'nothing') return;
    expect(counted, context).toEqual(result);
    if (row.promise === 'delivered') expect(result, context).toEqual({ spansLost: 0, usdLost: 0 });
    else expect(spans.lost + usd.lost, context).toBeGreaterThan(0);
  });
});
