import { countedIn, runApp } from './app.js';
import type { Certificates } from './certificates.js';
import { startReceiver } from './receiver.js';
import type { Row } from './rows.js';

/** The sums over the tries of one row and end. */
export interface Trial {
  fault: string;
  end: string;
  promise: Row['promise'];
  tries: number;
  spans: { ended: number; lost: number; counted: number };
  usd: { ended: number; lost: number; counted: number };
  /** Answers that came after every exit should have been over. */
  lateAnswers: number;
  stderr: string;
}

const TASKS = 75;
const SPANS_PER_TASK = 2;
const USD_PER_TASK = 0.01;

export async function runTrial(
  row: Row,
  end: string,
  tries: number,
  certificates: Certificates,
): Promise<Trial> {
  const { fault, promise, tasks = TASKS } = row;
  const trial: Trial = {
    ...{ fault, end, promise, tries, lateAnswers: 0, stderr: '' },
    spans: { ended: 0, lost: 0, counted: 0 },
    usd: { ended: 0, lost: 0, counted: 0 },
  };
  for (let attempt = 0; attempt < tries; attempt++) {
    const receiver = await startReceiver(row.receiver ?? {}, certificates);
    const stderr = await runRow(row, end, tasks, receiver.env, certificates);
    const taken = receiver.taken();
    await receiver.close();
    const counted = countedIn(stderr);
    add(trial.spans, tasks * SPANS_PER_TASK, taken.spans, counted.spans);
    add(trial.usd, tasks * USD_PER_TASK, taken.usd, counted.usd);
    trial.lateAnswers += taken.lateAnswers;
    trial.stderr += stderr;
  }
  return trial;
}

function runRow(
  row: Row,
  end: string,
  tasks: number,
  address: Record<string, string>,
  certificates: Certificates,
): Promise<string> {
  const isSignal = isSignalName(end);
  return runApp({
    file: row.file ?? 'work.mjs',
    end: isSignal ? 'wait' : end,
    tasks,
    env: { ...address, ...row.env?.(certificates) },
    signal: isSignal ? end : undefined,
  });
}

function isSignalName(end: string): end is 'SIGTERM' | 'SIGKILL' {
  return end.startsWith('SIG');
}

function add(sum: Trial['spans'], ended: number, taken: number, counted: number): void {
  // Cents, so that sums of doubles can be compared.
  const round = (value: number) => Math.round(value * 100) / 100;
  sum.ended = round(sum.ended + ended);
  sum.lost = round(sum.lost + ended - taken);
  sum.counted = round(sum.counted + counted);
}
