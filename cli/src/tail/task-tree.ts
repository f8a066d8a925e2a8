/** A task as an aligned tree: session, task, agents, steps, calls; tokens, dollars, status. */

import type { Pico } from '../figures.js';
import { usdText } from '../money.js';
import type { TaskDetail, TreeNode } from '../task-answers.js';
import { alignedCells } from '../text/columns.js';
import { type Colour, type Paint, painter, plain } from '../text/paint.js';

export interface TreeOptions {
  /** Default false. */
  colour?: boolean;
  /** Columns of the screen. Default 100; at least 72 are used. */
  width?: number;
}

interface Branch {
  node: TreeNode;
  children: Branch[];
  /** Of a step without a number: its place among the steps beside it, from 1. */
  step: number;
}

interface Row {
  /** The lines of the tree. */
  branch: string;
  label: string;
  inputTokens: string;
  outputTokens: string;
  cost: string;
  status: string;
  colours: readonly Colour[];
}

const MIN_WIDTH = 72;
const DEFAULT_WIDTH = 100;
const GAP = '  ';
/** A scope with more children than this shows its first and last ones, and what went wrong. */
const MAX_CHILDREN = 10;
const SHOWN_FIRST = 3;
const SHOWN_LAST = 2;

const COLOURS: Readonly<Record<TreeNode['kind'], readonly Colour[]>> = {
  session: ['bold', 'cyan'],
  task: ['bold'],
  agent: ['bold'],
  step: ['dim'],
  llm: [],
  tool: [],
  cost: [],
  other: [],
};

const HEADER: Row = {
  branch: '',
  label: '',
  inputTokens: 'tokens in',
  outputTokens: 'out',
  cost: 'USD',
  status: 'status',
  colours: ['dim'],
};

/** The lines of the tree, with a header. */
export function taskTree(
  detail: TaskDetail,
  { colour = false, width = DEFAULT_WIDTH }: TreeOptions = {},
): string[] {
  const rows = branchesOf(detail.nodes).flatMap((root) => rowsOf(root, detail, '', ''));
  const { sessionId } = detail.task;
  const head =
    sessionId === null || rows.some(({ label }) => label.startsWith('session '))
      ? []
      : [sessionRow(sessionId)];
  const hidden = detail.hiddenNodes === 0 ? [] : [moreRow(detail.hiddenNodes)];
  return render([HEADER, ...head, ...rows, ...hidden], Math.max(width, MIN_WIDTH), painter(colour));
}

function sessionRow(id: string): Row {
  return {
    ...HEADER,
    label: `session ${plain(id)}`,
    inputTokens: '',
    outputTokens: '',
    cost: '',
    status: '',
    colours: ['dim'],
  };
}

function moreRow(count: number): Row {
  return {
    ...HEADER,
    label: `… ${count} more spans`,
    inputTokens: '',
    outputTokens: '',
    cost: '',
    status: '',
    colours: ['dim'],
  };
}

/** Roots are spans whose parent is not among the nodes. */
function branchesOf(nodes: readonly TreeNode[]): Branch[] {
  const branches = new Map(nodes.map((node) => [node.spanId, { node, children: [], step: 0 } as Branch]));
  const roots: Branch[] = [];
  for (const branch of branches.values()) {
    const parent = branch.node.parentSpanId === null ? undefined : branches.get(branch.node.parentSpanId);
    const siblings = parent?.children ?? roots;
    branch.step = siblings.filter(({ node }) => node.kind === 'step').length + 1;
    siblings.push(branch);
  }
  return roots;
}

function rowsOf({ node, children, step }: Branch, detail: TaskDetail, branch: string, indent: string): Row[] {
  const shown = collapsed(children);
  const below = shown.flatMap((child, index) => {
    const isLast = index === shown.length - 1;
    const at = `${indent}${isLast ? '└─ ' : '├─ '}`;
    return Array.isArray(child)
      ? [hiddenRow(child, at)]
      : rowsOf(child, detail, at, `${indent}${isLast ? '   ' : '│  '}`);
  });
  return [rowOf(node, detail, branch, node.stepNumber ?? step), ...below];
}

/** Replaces the many in the middle by lists of what is hidden. */
function collapsed(children: readonly Branch[]): (Branch | Branch[])[] {
  if (children.length <= MAX_CHILDREN) return [...children];
  const isShown = (child: Branch, index: number): boolean =>
    index < SHOWN_FIRST || index >= children.length - SHOWN_LAST || goneWrong(child.node);
  const shown: (Branch | Branch[])[] = [];
  for (const [index, child] of children.entries()) {
    const last = shown.at(-1);
    if (isShown(child, index)) shown.push(child);
    else if (Array.isArray(last)) last.push(child);
    else shown.push([child]);
  }
  return shown;
}

function goneWrong({ isFailed, own, refusedBy }: TreeNode): boolean {
  return isFailed || refusedBy !== null || own?.status === 'unpriced';
}

function rowOf(node: TreeNode, detail: TaskDetail, branch: string, step: number): Row {
  const { own, rollUp } = node;
  const tokens =
    rollUp ?? (own?.tokens && { inputTokens: own.tokens.input, outputTokens: own.tokens.output });
  const cost =
    rollUp === null
      ? dollars(own?.pico)
      : `${dollars(rollUp.total.pico)}${rollUp.total.isLowerBound ? '+' : ''}`;
  return {
    branch,
    label: labelOf(node, detail, step),
    inputTokens: tokens ? count(tokens.inputTokens) : '',
    outputTokens: tokens ? count(tokens.outputTokens) : '',
    cost,
    status: statusOf(node, detail),
    colours: COLOURS[node.kind],
  };
}

function dollars(pico: Pico | null | undefined): string {
  return pico === null || pico === undefined ? '–' : usdText(BigInt(pico));
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function hiddenRow(hidden: readonly Branch[], branch: string): Row {
  const nodes = hidden.flatMap(withDescendants).map(({ node }) => node);
  const sum = { pico: 0n, input: 0, output: 0 };
  for (const { own } of nodes) {
    sum.pico += BigInt(own?.pico ?? 0);
    sum.input += own?.tokens?.input ?? 0;
    sum.output += own?.tokens?.output ?? 0;
  }
  return {
    branch,
    label: `… ${count(nodes.length)} more spans`,
    inputTokens: count(sum.input),
    outputTokens: count(sum.output),
    cost: usdText(sum.pico),
    status: '',
    colours: ['dim'],
  };
}

function withDescendants(branch: Branch): Branch[] {
  return [branch, ...branch.children.flatMap(withDescendants)];
}

const PREFIX = /^(?:task|invoke_agent|agent_step|execute_tool|session) /;

function labelOf({ kind, name, attempt }: TreeNode, { task }: TaskDetail, step: number): string {
  const retry = attempt === null ? '' : ` (attempt ${attempt})`;
  const rest = plain(name).replace(PREFIX, '');
  if (kind === 'session') return `session ${plain(task.sessionId ?? rest)}`;
  if (kind === 'step') return rest === String(step) ? `step ${step}` : `step ${step} ${rest}`;
  if (kind === 'task' || kind === 'agent' || kind === 'tool') return `${kind} ${rest}${retry}`;
  return `${plain(name)}${retry}`;
}

function statusOf(
  { kind, isFailed, own, rollUp, refusedBy, spanId }: TreeNode,
  { task }: TaskDetail,
): string {
  if (refusedBy !== null) return '✗ refused';
  const isUnpriced = own?.status === 'unpriced';
  const isTask = kind === 'task' && (spanId === task.id || rollUp?.scope === 'task');
  if (isFailed || (isTask && task.outcome === 'failure')) return isUnpriced ? '✗ unpriced' : '✗ failed';
  if (isUnpriced) return '? unpriced';
  if (own?.status === 'estimated') return '~ estimated';
  if (rollUp?.isSoFar) return '… so far';
  if (rollUp?.total.isLowerBound) return '? incomplete';
  if (isTask && task.outcome === 'cancelled') return '✗ cancelled';
  if (kind === 'tool' && (own === null || (own.pico === null && own.status === null))) return '✓ not billed';
  const more = own?.status ?? (isTask ? task.outcome : null);
  return more === null || more === undefined ? '✓' : `✓ ${more.replace('_', ' ')}`;
}

function statusColour(status: string): readonly Colour[] {
  if (status.startsWith('✓')) return ['green'];
  if (status.startsWith('✗')) return ['red'];
  return status === 'status' ? ['dim'] : ['yellow'];
}

function render(rows: readonly Row[], width: number, paint: Paint): string[] {
  const inputs = alignedCells(
    rows.map((row) => row.inputTokens),
    'number',
  );
  const outputs = alignedCells(
    rows.map((row) => row.outputTokens),
    'number',
  );
  const costs = alignedCells(
    rows.map((row) => row.cost),
    'amount',
  );
  const statuses = rows.map((row) => row.status);
  const statusWidth = Math.max(...statuses.map((status) => status.length));
  const taken = [inputs, outputs, costs].reduce(
    (sum, cells) => sum + (cells[0]?.length ?? 0) + GAP.length,
    0,
  );
  const labelWidth = Math.max(width - taken - statusWidth - GAP.length, 20);
  return rows.map((row, at) => {
    const label = fitted(`${row.branch}${row.label}`, labelWidth);
    const cells = [
      paint(label.slice(0, row.branch.length), 'dim') + paint(label.slice(row.branch.length), ...row.colours),
      paint(inputs[at] ?? '', 'dim'),
      paint(outputs[at] ?? '', 'dim'),
      paint(costs[at] ?? '', ...row.colours),
      paint(row.status, ...statusColour(row.status)),
    ];
    return cells.join(GAP).trimEnd();
  });
}

function fitted(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`;
}
