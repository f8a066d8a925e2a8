/** Received spans as a tree of kinds: session, task, agent, step, LLM call, tool call. */
import { picoFromUsd } from './format.js';

/** @typedef {import('./receiver.js').ReceivedSpan} ReceivedSpan */
/** @typedef {'session' | 'task' | 'agent' | 'step' | 'llm' | 'tool' | 'other'} Kind */

/**
 * @typedef {object} Node
 * @property {Kind} kind
 * @property {ReceivedSpan} span
 * @property {Node[]} children in order of their start
 */

/** @type {Record<string, Kind>} */
const KIND_OF_OPERATION = {
  invoke_workflow: 'task',
  invoke_agent: 'agent',
  agent_step: 'step',
  execute_tool: 'tool',
  chat: 'llm',
};

/** @param {ReceivedSpan} span @returns {Kind} */
export function kindOf({ attributes }) {
  const kind = KIND_OF_OPERATION[attributes['gen_ai.operation.name']];
  return kind ?? ('session.cost_usd' in attributes ? 'session' : 'other');
}

/** Roots are spans whose parent did not arrive. @param {ReceivedSpan[]} spans @returns {Node[]} */
export function buildTree(spans) {
  /** @type {Map<string, Node>} */
  const nodes = new Map(spans.map((span) => [span.spanId, { kind: kindOf(span), span, children: [] }]));
  const roots = [];
  for (const node of [...nodes.values()].sort(byStart)) {
    const parent = nodes.get(node.span.parentSpanId ?? '');
    (parent?.children ?? roots).push(node);
  }
  return roots;
}

/** @param {Node} a @param {Node} b */
function byStart(a, b) {
  const steps = (a.span.attributes['step.number'] ?? 0) - (b.span.attributes['step.number'] ?? 0);
  return a.span.startTimeMillis - b.span.startTimeMillis || steps;
}

/** True for what has own cost, which may be summed; false for what has a roll-up. @param {Kind} kind */
function isLeaf(kind) {
  return kind === 'llm' || kind === 'tool' || kind === 'other';
}

/** A node and everything below it. @param {Node} node @returns {Node[]} */
export function withDescendants(node) {
  return [node, ...node.children.flatMap(withDescendants)];
}

/**
 * The money and tokens on a span: its roll-up if it is a scope, or else its own cost and usage.
 * @param {Node} node
 */
export function figuresOf({ kind, span: { attributes } }) {
  const [cost, usage] = isLeaf(kind) ? ['cost_usd', 'gen_ai.usage'] : [`${kind}.cost_usd`, kind];
  return {
    costUsd: attributes[cost],
    inputTokens: attributes[`${usage}.input_tokens`],
    outputTokens: attributes[`${usage}.output_tokens`],
  };
}

/** Sums own cost and usage over leaves, which is what may be summed. @param {Node[]} nodes */
export function sumOwn(nodes) {
  const all = nodes.flatMap(withDescendants);
  const leaves = all.filter(({ kind }) => isLeaf(kind));
  const sum = { pico: 0, inputTokens: 0, outputTokens: 0, llmCalls: 0, unpricedCalls: 0 };
  for (const leaf of leaves) {
    const { costUsd = 0, inputTokens = 0, outputTokens = 0 } = figuresOf(leaf);
    sum.pico += picoFromUsd(costUsd);
    sum.inputTokens += inputTokens;
    sum.outputTokens += outputTokens;
    if (leaf.kind === 'llm') sum.llmCalls++;
    if (leaf.span.attributes['cost.status'] === 'unpriced') sum.unpricedCalls++;
  }
  return { ...sum, costUsd: sum.pico / 1e12 };
}
