/** Renders spans that arrived as an aligned tree of at most `width` columns. A pure function from spans to text. */
import { alignCells, alignDecimals, counted, fitWidth, formatCount, formatUsd, painter } from './format.js';
import { buildTree, figuresOf, sumOwn, withDescendants } from './nodes.js';

/** @typedef {import('./nodes.js').Node} Node */
/** @typedef {import('./format.js').Colour} Colour */

const MIN_WIDTH = 72;
const GAP = '  ';

/** A scope with more children than this shows its first and last ones and one of each that went wrong. */
const MAX_CHILDREN = 10;
const SHOWN_FIRST = 3;
const SHOWN_LAST = 2;

/**
 * @typedef {object} Row
 * @property {string} branch the lines of the tree
 * @property {string} label
 * @property {string} inputTokens
 * @property {string} outputTokens
 * @property {string} cost
 * @property {string} status
 * @property {Colour[]} colours of the label and the cost
 * @property {Colour[]} statusColours
 */

/**
 * @param {import('./receiver.js').ReceivedSpan[]} spans of one or more traces
 * @param {{ colour?: boolean, width?: number }} [options] default: no colour and 100 columns
 * @returns {string} lines, without a newline at the end
 */
export function renderTree(spans, { colour = false, width = 100 } = {}) {
  const rows = buildTree(spans).flatMap((root) => rowsOf(root, '', ''));
  return renderRows([HEADER, ...rows], Math.max(width, MIN_WIDTH), painter(colour));
}

/** @type {Row} */
const HEADER = {
  branch: '',
  label: '',
  inputTokens: 'tokens in',
  outputTokens: 'out',
  cost: 'USD',
  status: 'status',
  colours: ['dim'],
  statusColours: ['dim'],
};

/** @param {Node} node @param {string} branch @param {string} indent @returns {Row[]} */
function rowsOf(node, branch, indent) {
  const shown = collapse(node.children);
  const below = shown.flatMap((child, index) => {
    const isLast = index === shown.length - 1;
    const at = `${indent}${isLast ? '└─ ' : '├─ '}`;
    return Array.isArray(child)
      ? [hiddenRow(child, at)]
      : rowsOf(child, at, `${indent}${isLast ? '   ' : '│  '}`);
  });
  return [rowOf(node, branch), ...below];
}

/** Replaces the many in the middle by lists of what is hidden. @param {Node[]} children @returns {(Node | Node[])[]} */
function collapse(children) {
  if (children.length <= MAX_CHILDREN) return children;
  const all = children.map((child) => withDescendants(child));
  const samples = ['✗ failed', '? unpriced'].map((what) =>
    all.findIndex((nodes) => nodes.some((node) => node.kind === 'llm' && statusOf(node) === what)),
  );
  const isShown = (/** @type {number} */ index) =>
    index < SHOWN_FIRST || index >= children.length - SHOWN_LAST || samples.includes(index);
  /** @type {(Node | Node[])[]} */
  const shown = [];
  for (const [index, child] of children.entries()) {
    const last = shown.at(-1);
    if (isShown(index)) shown.push(child);
    else if (Array.isArray(last)) last.push(child);
    else shown.push([child]);
  }
  return shown;
}

/** @param {Node} node @param {string} branch @returns {Row} */
function rowOf(node, branch) {
  const { costUsd, inputTokens, outputTokens } = figuresOf(node);
  const status = statusOf(node);
  return {
    branch,
    label: labelOf(node),
    inputTokens: inputTokens === undefined ? '' : formatCount(inputTokens),
    outputTokens: outputTokens === undefined ? '' : formatCount(outputTokens),
    cost: costUsd === undefined ? '–' : formatUsd(costUsd),
    status,
    colours: COLOURS_OF_KIND[node.kind],
    statusColours: statusColours(status),
  };
}

/** @param {Node[]} hidden @param {string} branch @returns {Row} */
function hiddenRow(hidden, branch) {
  const sum = sumOwn(hidden);
  const status = sum.unpricedCalls > 0 ? `? ${sum.unpricedCalls} unpriced` : '';
  return {
    branch,
    label: `… ${sum.llmCalls > 0 ? counted(sum.llmCalls, 'more LLM call') : counted(hidden.length, 'more tool call')}`,
    inputTokens: formatCount(sum.inputTokens),
    outputTokens: formatCount(sum.outputTokens),
    cost: formatUsd(sum.costUsd),
    status,
    colours: ['dim'],
    statusColours: statusColours(status),
  };
}

/** @type {Record<import('./nodes.js').Kind, Colour[]>} */
const COLOURS_OF_KIND = {
  session: ['bold', 'cyan'],
  task: ['bold'],
  agent: ['bold'],
  step: ['dim'],
  llm: [],
  tool: [],
  other: [],
};

/** @param {Node} node */
function labelOf({ kind, span: { name, attributes } }) {
  if (kind === 'session') return `session ${attributes['session.id']}`;
  if (kind === 'task') return `task ${attributes['task.name']}`;
  if (kind === 'agent') return `agent ${attributes['gen_ai.agent.name']}`;
  if (kind === 'step') return `step ${attributes['step.number']}`;
  if (kind === 'tool') return `tool ${attributes['gen_ai.tool.name']}`;
  return name;
}

/** @param {Node} node @returns {string} */
function statusOf({ kind, span: { attributes, failed }, children }) {
  // A span that another one is billed for is as its outcome is.
  const costStatus = attributes['cost.status'] === 'not_billed' ? undefined : attributes['cost.status'];
  const outcome = attributes['task.outcome'];
  if (failed || outcome === 'failure') return costStatus === 'unpriced' ? '✗ unpriced' : '✗ failed';
  if (costStatus === 'unpriced') return '? unpriced';
  if (costStatus === 'estimated') return '~ estimated';
  // A step does not say itself whether its bill is complete.
  const isIncompleteStep = kind === 'step' && children.some((child) => statusOf(child).endsWith('unpriced'));
  if (isIncompleteStep || attributes[`${kind}.cost_complete`] === false) return '? incomplete';
  if (kind === 'tool' && attributes.cost_usd === undefined) return '✓ not billed';
  return ['✓', costStatus ?? outcome].join(' ').trimEnd();
}

/** @param {string} status @returns {Colour[]} */
function statusColours(status) {
  if (status.startsWith('✓')) return ['green'];
  return status.startsWith('✗') ? ['red'] : ['yellow'];
}

/** @param {Row[]} rows @param {number} width @param {import('./format.js').Paint} paint */
function renderRows(rows, width, paint) {
  const inputs = alignCells(
    rows.map((row) => row.inputTokens),
    'right',
  );
  const outputs = alignCells(
    rows.map((row) => row.outputTokens),
    'right',
  );
  const [costHeader, ...amounts] = rows.map((row) => row.cost);
  const costs = alignCells([costHeader ?? '', ...alignDecimals(amounts)]);
  const statuses = alignCells(rows.map((row) => row.status));
  const columns = [inputs, outputs, costs, statuses];
  const labelWidth = columns.reduce((rest, cells) => rest - (cells[0]?.length ?? 0) - GAP.length, width);
  return rows
    .map((row, i) => {
      const label = fitWidth(`${row.branch}${row.label}`, labelWidth);
      return [
        paint(label.slice(0, row.branch.length), 'dim') +
          paint(label.slice(row.branch.length), ...row.colours),
        paint(inputs[i] ?? '', 'dim'),
        paint(outputs[i] ?? '', 'dim'),
        paint(costs[i] ?? '', ...row.colours),
        paint(row.status, ...row.statusColours),
      ].join(GAP);
    })
    .map((line) => line.trimEnd())
    .join('\n');
}
