/** The part of one process in the totals of a session or task, as a string for the shared store. */
import { ACCOUNT_COUNTS, ACCOUNT_SUMS, Account } from '../../ledger/account.js';
import { CallRow, type CallRows } from '../../ledger/call-rows.js';
import type { TaskCounts } from '../../ledger/sessions.js';
import type { UsdSum } from '../../money.js';
import { isRecord } from '../../validate.js';
import { NumberRanges } from './number-ranges.js';

/** The part of one process. */
export interface RowPart {
  readonly account: Account;
  /** Of a session. */
  readonly counts: TaskCounts;
  /** Of a task: the work for it that is still running in this process. */
  readonly open: number;
  /** Of a task: the numbers of the calls that have arrived in this process, by the process that made them. */
  readonly received: ReadonlyMap<string, NumberRanges>;
}

const VERSION = 1;

const NO_COUNTS: TaskCounts = { tasks: 0, successfulTasks: 0, actions: 0 };

/** Facts about a part beside its account. */
export interface MoreOfPart {
  /** Cost of other processes that became waste here. */
  readonly moreWaste?: UsdSum | undefined;
  /** Calls to further processes whose cost was never reported. */
  readonly missingCalls?: number | undefined;
  /** The store has lost data of the row since this process first worked in it. */
  readonly isPartial?: boolean | undefined;
}

export function textOfPart(part: RowPart & MoreOfPart): string {
  const { account, counts, open, received, moreWaste, missingCalls = 0, isPartial = false } = part;
  const sums = ACCOUNT_SUMS.map((name) => {
    const more = name === 'wasted' ? moreWaste?.toBigInt() : undefined;
    return (account[name].toBigInt() + (more ?? 0n)).toString();
  });
  return JSON.stringify({
    v: VERSION,
    usd: sums,
    n: [...ACCOUNT_COUNTS.map((name) => account[name]), account.openCalls + missingCalls],
    ...((account.partial || isPartial) && { partial: true }),
    models: listOf(account.models),
    tools: listOf(account.tools),
    ...(counts.tasks > 0 && { tasks: [counts.tasks, counts.successfulTasks, counts.actions] }),
    ...(open > 0 && { open }),
    ...(received.size > 0 && {
      received: Object.fromEntries([...received].map(([writer, numbers]) => [writer, numbers.toText()])),
    }),
  });
}

function listOf(rows: CallRows | undefined): unknown[] {
  return (rows?.rows() ?? []).map(({ name, cost, calls, unpricedCalls, inputTokens, outputTokens }) => [
    name,
    cost.toBigInt().toString(),
    calls,
    unpricedCalls,
    inputTokens,
    outputTokens,
  ]);
}

/** Undefined for a string that this version cannot read. */
export function partOfText(text: string): RowPart | undefined {
  try {
    const given: unknown = JSON.parse(text);
    return isRecord(given) && given.v === VERSION ? readPart(given) : undefined;
  } catch {
    return undefined;
  }
}

/** Throws an error for a value of the wrong type. */
function readPart(given: Record<string, unknown>): RowPart {
  const account = new Account();
  const sums = listIn(given.usd, ACCOUNT_SUMS.length);
  for (const [at, part] of ACCOUNT_SUMS.entries()) account.addTo(part, amountIn(sums[at]));
  const numbers = listIn(given.n, ACCOUNT_COUNTS.length + 1).map(countIn);
  for (const [at, name] of ACCOUNT_COUNTS.entries()) account[name] = numbers[at] ?? 0;
  account.openCalls = numbers[ACCOUNT_COUNTS.length] ?? 0;
  account.partial = given.partial === true;
  for (const kind of ['llm', 'tool'] as const) {
    for (const row of listIn(kind === 'llm' ? given.models : given.tools)) {
      account.rowsOf(kind).addRow(rowIn(row));
    }
  }
  const [tasks = 0, successfulTasks = 0, actions = 0] = listIn(given.tasks ?? []).map(quantityIn);
  const received = new Map<string, NumberRanges>();
  for (const [writer, numbersOf] of Object.entries(isRecord(given.received) ? given.received : {})) {
    received.set(writer, rangesIn(numbersOf));
  }
  return {
    account,
    counts: tasks === 0 ? NO_COUNTS : { tasks, successfulTasks, actions },
    open: countIn(given.open ?? 0),
    received,
  };
}

function rowIn(value: unknown): CallRow {
  const [name, cost, ...counts] = listIn(value, 6);
  if (typeof name !== 'string') throw unreadable(name);
  const row = new CallRow(name);
  row.cost.addBig(amountIn(cost));
  const [calls = 0, unpricedCalls = 0, inputTokens = 0, outputTokens = 0] = counts.map(countIn);
  return Object.assign(row, { calls, unpricedCalls, inputTokens, outputTokens });
}

function listIn(value: unknown, length?: number): readonly unknown[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) throw unreadable(value);
  return value;
}

function amountIn(value: unknown): bigint {
  if (typeof value !== 'string' || !/^\d{1,40}$/.test(value)) throw unreadable(value);
  return BigInt(value);
}

/** Negative for a moment only, in a count that is taken back before it is counted elsewhere. */
function countIn(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw unreadable(value);
  return Number(value);
}

/** Actions need not be whole. */
function quantityIn(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0) || !Number.isFinite(value)) throw unreadable(value);
  return value;
}

function rangesIn(value: unknown): NumberRanges {
  const ranges = typeof value === 'string' ? NumberRanges.fromText(value) : undefined;
  if (ranges === undefined) throw unreadable(value);
  return ranges;
}

function unreadable(value: unknown): Error {
  return new TypeError(`unreadable: ${typeof value}`);
}
