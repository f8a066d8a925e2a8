/** What the ledger of the agents says, as `integration/backends/app` prints it. */
import type { Totals } from '../../../src/index.js';

const PICO_PER_USD = 1e12;

/** Whom and what work is charged to; what is absent was not said. */
export interface Charged {
  team?: string;
  feature?: string;
  customer?: string;
  user?: string;
  sessionId?: string;
}

/** One call, and what the totals of its task grew by. */
export interface CallFigures extends Charged, Omit<Totals, 'costComplete'> {
  kind: 'llm' | 'tool' | 'compute' | 'storage' | 'network' | 'other';
  provider?: string;
  requestModel?: string;
  /** The one that answered, or the one asked for where none did: `gen_ai.response.model` of metrics. */
  model?: string;
  tool?: string;
  agent?: string;
  /** Number of the turn it was made in. */
  step?: number;
  taskName?: string;
  taskId?: string;
  /** It was seen by a span of another instrumentation, not by a wrapper. */
  isForeign?: boolean;
  /** A tool call with the arguments of an earlier one that succeeded. */
  isRepeat?: boolean;
  /** A budget had no room for it, so it was not made. */
  isRefused?: boolean;
}

export interface TaskFigures extends Charged {
  id: string;
  name: string;
  /** Absent where a span of another instrumentation stands in for a task. */
  outcome?: 'success' | 'failure' | 'cancelled';
  /** What it delivered; 0 without success. */
  actions: number;
  /** Inside another task, whose totals include it. */
  isNested: boolean;
  budgetUsd?: number;
  /** It ended by a call that its budget refused. */
  isStopped?: boolean;
  totals: Totals;
}

/** All that one round of work did. */
export interface Round {
  calls: CallFigures[];
  /** In the order of their ends. */
  tasks: TaskFigures[];
  /** Those with a `withSession`. */
  sessions: { id: string; totals: Totals }[];
}

/** An exact sum: dollars are added up in whole pico-dollars, as the ledger does. */
export function sumUsd(amounts: Iterable<number>): number {
  let pico = 0;
  for (const usd of amounts) pico += Math.round(usd * PICO_PER_USD);
  return pico / PICO_PER_USD;
}

/** Whole nano-dollars: what sums of doubles in other orders agree to. */
export function nanoUsd(usd: number): number {
  return Math.round(usd * 1e9);
}

/** What the calls cost together. */
export function costOf(calls: readonly CallFigures[]): number {
  return sumUsd(calls.map(({ costUsd }) => costUsd));
}

/** What they cost by team, model, session, …; calls that say none are left out. */
export function costBy(calls: readonly CallFigures[], key: keyof CallFigures): Map<string, number> {
  const groups = new Map<string, CallFigures[]>();
  for (const call of calls) {
    const value = call[key];
    if (value === undefined) continue;
    const group = groups.get(String(value));
    if (group === undefined) groups.set(String(value), [call]);
    else group.push(call);
  }
  return new Map([...groups].map(([value, group]) => [value, costOf(group)]));
}
