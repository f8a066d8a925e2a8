/** The tree of a task: its spans, the scopes around it, and the scopes in it that still run. */
import type { RollUp, TaskRow, TreeNode } from '../task-answers.js';
import { sumOfOwnCosts } from './so-far.js';
import { keyOf, type TraceSpan } from './trace-spans.js';

const MAX_NODES = 5_000;

export interface Tree {
  nodes: TreeNode[];
  /** Spans of the task that are not among the nodes. */
  hidden: number;
}

interface Branch {
  span: TraceSpan;
  parent: Branch | null;
  children: Branch[];
  isMade: boolean;
}

/** `sessionRollUp`: of the task's session, in all traces. Its span in this trace states what it had cost until then. */
export function treeOf(task: TaskRow, spans: readonly TraceSpan[], sessionRollUp: RollUp | null): Tree {
  const branches = new Map(spans.map((span) => [span.key, branchOf(span)]));
  const root = branches.get(keyOf(task.traceId, task.id)) ?? madeTask(task);
  branches.set(root.span.key, root);
  for (const branch of branches.values()) adopt(branch, branches.get(parentKey(branch.span)));
  const inside = [...branches.values()].filter((branch) => branch !== root && isInside(branch, task, root));
  gatherOrphans(inside, root, task);
  const shown = inOrder(root).slice(0, MAX_NODES);
  const around = ancestorsOf(root);
  if (root.span.rollUp === null) setRollUp(root.span, rollUpOfTask(task));
  for (const { span, ...branch } of shown) fillRollUp(span, { span, ...branch });
  for (const branch of around) {
    const { kind, rollUp, session } = branch.span;
    if (kind !== 'session' || sessionRollUp === null) continue;
    if (rollUp === null || session === task.sessionId) setRollUp(branch.span, sessionRollUp);
  }
  const nodes = [...around, ...shown].map((branch, index) => nodeOf(branch, index === 0));
  return { nodes, hidden: Math.max(0, inside.filter(({ isMade }) => !isMade).length + 1 - shown.length) };
}

function branchOf(span: TraceSpan, isMade = false): Branch {
  return { span, parent: null, children: [], isMade };
}

function parentKey({ traceId, parentSpanId }: TraceSpan): string {
  return keyOf(traceId, parentSpanId ?? '');
}

/** Refuses a parent that is below the branch: broken senders make circles. */
function adopt(branch: Branch, parent: Branch | undefined): void {
  if (parent === undefined || branch.parent !== null) return;
  for (let at: Branch | null = parent; at !== null; at = at.parent) if (at === branch) return;
  branch.parent = parent;
  parent.children.push(branch);
}

/**
 * A span belongs to the task that it names; one that names none, to the task of its nearest parent that is known. A
 * parent that has not arrived may be the task itself.
 */
function isInside(branch: Branch, task: TaskRow, root: Branch): boolean {
  for (let at: Branch | null = branch; at !== null; at = at.parent) {
    if (at === root || at.span.parentSpanId === task.id) return true;
    if (at.span.task !== null) return at.span.task === task.id;
  }
  return false;
}

/**
 * Hangs what has no parent yet below the task: directly, or below its agent. Spans arrive when they end, so the agents
 * and steps of a running task are missing; steps that share a missing parent show the id of their agent.
 */
function gatherOrphans(inside: Branch[], root: Branch, task: TaskRow): void {
  const agents = new Map<string, Branch>();
  const insideSet = new Set(inside);
  for (const branch of [...inside]) {
    if (branch.parent !== null && (branch.parent === root || insideSet.has(branch.parent))) continue;
    const name = branch.span.parentSpanId === task.id ? null : agentOf(branch);
    if (branch.parent !== null) detach(branch);
    if (name === null || task.state === 'ended' || branch.span.kind === 'agent') {
      adopt(branch, root);
      continue;
    }
    const agent = agents.get(name) ?? madeAgent(name, branch, task);
    if (!agents.has(name)) {
      agents.set(name, agent);
      adopt(agent, root);
      inside.push(agent);
    }
    adopt(branch, agent);
  }
  for (const agent of agents.values()) stretch(agent);
}

function detach(branch: Branch): void {
  const siblings = branch.parent?.children ?? [];
  siblings.splice(siblings.indexOf(branch), 1);
  branch.parent = null;
}

function agentOf(branch: Branch): string | null {
  const waiting = [branch];
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    if (at.span.agent !== null) return at.span.agent;
    waiting.push(...at.children);
  }
  return null;
}

function stretch({ span, children }: Branch): void {
  span.startMillis = children.reduce(
    (least, child) => Math.min(least, child.span.startMillis),
    span.startMillis,
  );
  span.endMillis = children.reduce((most, child) => Math.max(most, child.span.endMillis), span.endMillis);
}

function madeSpan(task: TaskRow, facts: Pick<TraceSpan, 'spanId' | 'name' | 'kind'>): TraceSpan {
  return {
    ...facts,
    key: keyOf(task.traceId, facts.spanId),
    traceId: task.traceId,
    parentSpanId: null,
    service: task.service,
    startMillis: task.startMillis,
    endMillis: task.endMillis ?? task.startMillis,
    isFailed: false,
    statusMessage: null,
    task: task.id,
    agent: null,
    session: task.sessionId,
    attempt: null,
    own: null,
    isLlmCall: false,
    rollUp: null,
    isPricedHere: task.isPricedHere,
    stepNumber: null,
    refusedBy: null,
  };
}

/** The task's own span, before it has arrived. */
function madeTask(task: TaskRow): Branch {
  return branchOf(madeSpan(task, { spanId: task.id, name: task.name, kind: 'task' }), true);
}

function madeAgent(name: string, first: Branch, task: TaskRow): Branch {
  const missing = first.span.kind === 'step' ? first.span.parentSpanId : null;
  const span = madeSpan(task, { spanId: missing ?? `agent:${name}`, name, kind: 'agent' });
  span.startMillis = first.span.startMillis;
  span.endMillis = first.span.endMillis;
  return branchOf(span, true);
}

function ancestorsOf(root: Branch): Branch[] {
  const around: Branch[] = [];
  for (let at = root.parent; at !== null; at = at.parent) around.unshift(at);
  return around;
}

/** By start, each parent before its children. */
function inOrder(root: Branch): Branch[] {
  const order: { branch: Branch; start: number; depth: number }[] = [];
  const waiting = [{ branch: root, start: root.span.startMillis, depth: 0 }];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    order.push(at);
    // The last one first: it is taken from the end. Of spans that start in the same millisecond, the first to end is first.
    for (const branch of at.branch.children.toReversed()) {
      waiting.push({ branch, start: Math.max(at.start, branch.span.startMillis), depth: at.depth + 1 });
    }
  }
  order.sort((a, b) => a.start - b.start || a.depth - b.depth);
  return order.map(({ branch }) => branch);
}

const SCOPE_KINDS = ['task', 'agent', 'step'] as const;

function fillRollUp(span: TraceSpan, branch: Branch): void {
  const scope = SCOPE_KINDS.find((kind) => kind === span.kind);
  const { rollUp } = span;
  if (scope === undefined || (rollUp !== null && rollUp.scope !== 'step')) return;
  const leaves = spansBelow(branch);
  if (!leaves.some(({ own }) => own !== null)) return;
  const sum = sumOfOwnCosts(leaves);
  if (rollUp === null) setRollUp(span, { scope, isSoFar: true, ...sum });
  // A step states amounts only: what is missing or estimated in them, its calls say.
  else setRollUp(span, { ...rollUp, total: { ...sum.total, pico: rollUp.total.pico } });
}

function spansBelow(branch: Branch): TraceSpan[] {
  const found: TraceSpan[] = [];
  const waiting = [...branch.children];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    found.push(at.span);
    waiting.push(...at.children);
  }
  return found;
}

function setRollUp(span: TraceSpan, rollUp: RollUp | null): void {
  span.rollUp = rollUp;
}

function rollUpOfTask(task: TaskRow): RollUp {
  return {
    scope: 'task',
    isSoFar: task.state === 'running',
    total: task.total,
    llmPico: task.llmPico,
    toolPico: task.toolPico,
    wastedPico: task.wastedPico,
    savedPico: '0',
    inputTokens: task.inputTokens,
    outputTokens: task.outputTokens,
  };
}

function nodeOf({ span, parent }: Branch, isFirst: boolean): TreeNode {
  const { key: _key, task: _task, agent: _agent, session: _session, isLlmCall: _isLlmCall, ...node } = span;
  return { ...node, parentSpanId: isFirst || parent === null ? null : parent.span.spanId };
}
