/** Formats a scope's tree with the cost of each part, for people who read a terminal or a log. */

import { UsdSum } from '../money.js';
import { shortText } from '../short-text.js';
import { alignCells, alignDecimals, counted, countText, usdText } from '../text.js';
import type { Account } from './account.js';
import { CallLine, type ReceiptLine } from './receipt.js';
import type { Scope } from './scope.js';

/** The width of most terminals is at least this many columns. */
const WIDTH = 100;
const MIN_LABEL_WIDTH = 20;
const GAP = '  ';

interface Row {
  label: string;
  inputTokens: string;
  outputTokens: string;
  cost: string;
  status: string;
}

const HEADER: Row = {
  label: '',
  inputTokens: 'tokens in',
  outputTokens: 'out',
  cost: 'USD',
  status: 'status',
};

const RUNNING = '… running';

/** Once a tree has this many rows, further scopes are shown without their entries, because receipts are for people. */
const MAX_ROWS = 500;
/** Agents that start each other may nest endlessly. */
const MAX_DEPTH = 30;

/**
 * A receipt with lines of at most 100 columns, without a newline at the end. A running scope is shown with its cost
 * so far. A scope with more than ten entries shows the first three, the last two, the most expensive call, one that
 * failed and one that is unpriced. `isOver`: the scope has ended, although its span is still being written.
 */
export function receiptText(scope: Scope, isOver = scope.ended): string {
  const rows: Row[] = [HEADER];
  addRows(rows, scope, '', '', 0);
  const [, top] = rows;
  if (top !== undefined && isOver && top.status === RUNNING) top.status = '✓';
  return aligned(rows);
}

function addRows(rows: Row[], line: ReceiptLine<Scope>, branch: string, indent: string, depth: number): void {
  if (line instanceof CallLine) {
    rows.push({ ...callRow(line), label: branch + callLabel(line) });
    return;
  }
  rows.push({ ...scopeRow(line), label: branch + scopeLabel(line) });
  const isFull = rows.length >= MAX_ROWS || depth >= MAX_DEPTH;
  const { first, rest } = (isFull ? undefined : line.lines?.shown()) ?? { first: [], rest: [] };
  const shown = [...first, ...rest];
  const others = [hiddenRow(line, shown), remoteRow(line, shown)].filter((row) => row !== undefined);
  const below = [...first, ...others, ...rest];
  for (const [index, child] of below.entries()) {
    const isLast = index === below.length - 1;
    const at = `${indent}${isLast ? '└─ ' : '├─ '}`;
    if ('label' in child) rows.push({ ...child, label: at + child.label });
    else addRows(rows, child, at, `${indent}${isLast ? '   ' : '│  '}`, depth + 1);
  }
}

function scopeLabel({ kind, name, agentName }: Scope): string {
  const own = kind === 'agent' ? agentName : name;
  return own === undefined ? kind : `${kind} ${own}`;
}

function callLabel({ kind, name, llmCalls, toolCalls }: CallLine): string {
  if (llmCalls > 0) return `LLM ${name ?? 'of an unknown model'}`;
  if (toolCalls > 0) return `tool ${name ?? ''}`.trimEnd();
  return `cost ${name ?? kind}`;
}

function scopeRow(scope: Scope): Omit<Row, 'label'> {
  const account = scope.account.shown;
  const costUsd = account.total().toUsd();
  return {
    inputTokens: countText(account.inputTokens),
    outputTokens: countText(account.outputTokens),
    cost: account.isComplete ? usdText(costUsd) : costUsd === 0 ? '?' : `≥ ${usdText(costUsd)}`,
    status: scopeStatus(scope),
  };
}

function scopeStatus({ account, cancelled, ended, unsuccessful }: Scope): string {
  if (cancelled) return '✗ cancelled';
  if (unsuccessful) return '✗ failed';
  if (!account.isComplete) return '? incomplete';
  return ended ? '✓' : RUNNING;
}

function callRow(line: CallLine): Omit<Row, 'label'> {
  const { pico, isBilled, hasTokens } = line;
  return {
    inputTokens: hasTokens ? countText(line.inputTokens) : '',
    outputTokens: hasTokens ? countText(line.outputTokens) : '',
    cost: pico === undefined || !isBilled ? '–' : usdText(usdOf(pico)),
    status: callStatus(line),
  };
}

function callStatus({ failed, status, isBilled, reason }: CallLine): string {
  if (failed) return status === 'unpriced' ? '✗ failed, cost unknown' : '✗ failed';
  if (status === 'unpriced') return `? ${(reason ?? status).replaceAll('_', ' ')}`;
  if (status === 'estimated') return '~ estimated';
  if (!isBilled) return '✓ not billed';
  return status === undefined ? '✓' : `✓ ${status}`;
}

type Counts = Pick<
  Account,
  'inputTokens' | 'outputTokens' | 'llmCalls' | 'toolCalls' | 'failedCalls' | 'unpricedCalls'
>;

/** The part of a scope that is not in its shown lines. Undefined when nothing is left out. */
function hiddenRow({ account }: Scope, shown: readonly ReceiptLine<Scope>[]): Row | undefined {
  const parts = shown.map((line) => (line instanceof CallLine ? countsOf(line) : line.account));
  const left = (key: keyof Counts) =>
    Math.max(
      0,
      parts.reduce((rest, part) => rest - part[key], account[key]),
    );
  const shownUsd = new UsdSum();
  for (const line of shown) {
    if (line instanceof CallLine) shownUsd.add(line.pico ?? 0);
    else shownUsd.addSum(line.account.total());
  }
  const costUsd = Math.max(0, account.total().minus(shownUsd).toUsd());
  const [llmCalls = 0, toolCalls = 0] = [left('llmCalls'), left('toolCalls')];
  if (llmCalls + toolCalls === 0 && costUsd === 0) return undefined;
  const [failed, unpriced] = [left('failedCalls'), left('unpricedCalls')];
  const calls = [countedIf(llmCalls, 'LLM call'), countedIf(toolCalls, 'tool call')].filter(Boolean);
  const wrong = [failed ? `✗ ${failed} failed` : '', unpriced ? `? ${unpriced} unpriced` : ''].filter(
    Boolean,
  );
  return {
    label: `… ${calls.join(', ') || 'costs'} not shown`,
    inputTokens: countText(left('inputTokens')),
    outputTokens: countText(left('outputTokens')),
    cost: `${unpriced > 0 ? '≥ ' : ''}${usdText(costUsd)}`,
    status: wrong.join(', '),
  };
}

/** The part of a scope that other processes booked. Undefined if there is none, or if it is in the shown lines. */
function remoteRow(scope: Scope, shown: readonly ReceiptLine<Scope>[]): Row | undefined {
  const { remote } = scope.account;
  if (remote === undefined) return undefined;
  const shownInside = new UsdSum();
  for (const line of shown) if (!(line instanceof CallLine)) shownInside.addSum(remoteIn(line));
  const costUsd = Math.max(0, remote.total().minus(shownInside).toUsd());
  if (costUsd === 0) return undefined;
  return {
    label: '… in other processes',
    inputTokens: '',
    outputTokens: '',
    cost: `${remote.isComplete ? '' : '≥ '}${usdText(costUsd)}`,
    status: '',
  };
}

function remoteIn({ account, lines }: Scope): UsdSum {
  if (account.remote !== undefined) return account.remote.total();
  const sum = new UsdSum();
  const { first, rest } = lines?.shown() ?? { first: [], rest: [] };
  for (const line of [...first, ...rest]) if (!(line instanceof CallLine)) sum.addSum(remoteIn(line));
  return sum;
}

function countedIf(count: number | undefined, noun: string): string {
  return count ? counted(count, noun) : '';
}

function countsOf(line: CallLine): Counts {
  return { ...line, failedCalls: line.failed ? 1 : 0, unpricedCalls: line.status === 'unpriced' ? 1 : 0 };
}

function usdOf(pico: number): number {
  const sum = new UsdSum();
  sum.add(pico);
  return sum.toUsd();
}

function aligned(rows: readonly Row[]): string {
  const column = (of: (row: Row) => string, side: 'left' | 'right') => alignCells(rows.map(of), side);
  const inputs = column((row) => row.inputTokens, 'right');
  const outputs = column((row) => row.outputTokens, 'right');
  const [header = '', ...amounts] = rows.map((row) => row.cost);
  const costs = alignCells([header, ...alignDecimals(amounts)]);
  const others = [inputs, outputs, costs, column((row) => row.status, 'left')];
  const taken = others.reduce((sum, cells) => sum + (cells[0]?.length ?? 0) + GAP.length, 0);
  const labels = rows.map(({ label }) => shortened(label, Math.max(MIN_LABEL_WIDTH, WIDTH - taken)));
  return alignCells(labels)
    .map((label, index) => [label, ...others.map((cells) => cells[index])].join(GAP).trimEnd())
    .join('\n');
}

function shortened(text: string, width: number): string {
  // A name from the app must not break the line.
  const line = text.replace(/[\s\p{Cc}]/gu, ' ');
  return line.length <= width ? line : `${shortText(line, width - 1)}…`;
}
