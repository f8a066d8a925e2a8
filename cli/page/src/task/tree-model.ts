import type { TreeNode } from '../../../src/task-answers.js';

/** The rows of the tree that are on the screen: plain data, so that it can be tested without a browser. */
export interface TreeRow {
  node: TreeNode;
  key: string;
  /** From 1. */
  level: number;
  /** From 1, among its siblings. */
  position: number;
  siblings: number;
  children: number;
  isExpanded: boolean;
}

export interface Tree {
  roots: TreeNode[];
  childrenOf: Map<string, TreeNode[]>;
  byKey: Map<string, TreeNode>;
}

/** So many rows are open at first; the rest of a large tree is collapsed. */
const FIRST_ROWS = 300;
/** With fewer than these, the next node is opened however many children it has: three rows say nothing. */
const FEW_ROWS = 20;

export function nodeKey(node: { traceId: string; spanId: string }): string {
  return `${node.traceId}/${node.spanId}`;
}

/** A node whose parent is not there, or is below it, is a root: no node is lost, and no circle hangs the page. */
export function buildTree(nodes: readonly TreeNode[]): Tree {
  const byKey = new Map(nodes.map((node) => [nodeKey(node), node]));
  const childrenOf = new Map<string, TreeNode[]>();
  const roots: TreeNode[] = [];
  const circles = findCircles(byKey);
  for (const node of byKey.values()) {
    const parent = parentKey(node);
    if (parent === undefined || !byKey.has(parent) || circles.has(nodeKey(node))) roots.push(node);
    else {
      const siblings = childrenOf.get(parent);
      if (siblings === undefined) childrenOf.set(parent, [node]);
      else siblings.push(node);
    }
  }
  return { roots, childrenOf, byKey };
}

function parentKey(node: TreeNode): string | undefined {
  return node.parentSpanId === null ? undefined : `${node.traceId}/${node.parentSpanId}`;
}

/** The keys of nodes that are their own ancestors. Every node is walked once: a chain of 5,000 calls takes no time. */
function findCircles(byKey: ReadonlyMap<string, TreeNode>): Set<string> {
  const circles = new Set<string>();
  const done = new Set<string>();
  for (const node of byKey.values()) {
    const path = new Set<string>();
    let key: string | undefined = nodeKey(node);
    while (key !== undefined && !done.has(key) && !path.has(key)) {
      path.add(key);
      const above = byKey.get(key);
      key = above === undefined ? undefined : parentKey(above);
    }
    if (key !== undefined && path.has(key)) {
      const steps = [...path];
      for (const one of steps.slice(steps.indexOf(key))) circles.add(one);
    }
    for (const one of path) done.add(one);
  }
  return circles;
}

/** The keys that are open at first: level by level from the top while the rows stay few. */
export function firstExpanded(tree: Tree): Set<string> {
  const expanded = new Set<string>();
  let rows = tree.roots.length;
  let level = tree.roots;
  while (level.length > 0) {
    const next: TreeNode[] = [];
    for (const node of level) {
      const children = tree.childrenOf.get(nodeKey(node)) ?? [];
      if (children.length === 0) continue;
      if (rows >= FEW_ROWS && rows + children.length > FIRST_ROWS) return expanded;
      expanded.add(nodeKey(node));
      rows += children.length;
      next.push(...children);
    }
    level = next;
  }
  return expanded;
}

/** The keys above a node, so that it can be shown. */
export function ancestors(tree: Tree, key: string): string[] {
  const above: string[] = [];
  let node = tree.byKey.get(key);
  while (node !== undefined) {
    const parent = parentKey(node);
    if (parent === undefined || above.includes(parent)) break;
    above.push(parent);
    node = tree.byKey.get(parent);
  }
  return above;
}

/** The visible rows from top to bottom. */
export function visibleRows(tree: Tree, isExpanded: (key: string) => boolean): TreeRow[] {
  const rows: TreeRow[] = [];
  // A stack, not recursion: a chain of 5,000 calls is a tree, too.
  const stack = entries(tree.roots, 1).reverse();
  for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
    const children = tree.childrenOf.get(row.key) ?? [];
    row.children = children.length;
    row.isExpanded = children.length > 0 && isExpanded(row.key);
    rows.push(row);
    if (row.isExpanded) stack.push(...entries(children, row.level + 1).reverse());
  }
  return rows;
}

function entries(nodes: readonly TreeNode[], level: number): TreeRow[] {
  return nodes.map((node, index) => ({
    node,
    key: nodeKey(node),
    level,
    position: index + 1,
    siblings: nodes.length,
    children: 0,
    isExpanded: false,
  }));
}

export type TreeMove =
  | { to: 'row'; key: string }
  | { to: 'expand' | 'collapse'; key: string }
  | { to: 'open'; key: string }
  | undefined;

/** The keys of a tree, as the ARIA practices describe them. */
export function moveBy(
  press: string,
  rows: readonly TreeRow[],
  activeKey: string,
  pageRows: number,
): TreeMove {
  const at = Math.max(
    0,
    rows.findIndex((row) => row.key === activeKey),
  );
  const row = rows[at];
  if (row === undefined) return undefined;
  if (press === 'ArrowRight' && row.children > 0 && !row.isExpanded) return { to: 'expand', key: row.key };
  if (press === 'ArrowLeft' && row.isExpanded) return { to: 'collapse', key: row.key };
  if (press === 'Enter' || press === ' ') return { to: 'open', key: row.key };
  const target = rows[targetIndex(press, rows, at, pageRows)];
  return target === undefined ? undefined : { to: 'row', key: target.key };
}

function targetIndex(press: string, rows: readonly TreeRow[], at: number, pageRows: number): number {
  const last = rows.length - 1;
  switch (press) {
    case 'ArrowDown':
      return Math.min(last, at + 1);
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'ArrowRight':
      return rows[at]?.isExpanded ? at + 1 : at;
    case 'ArrowLeft':
      return parentIndex(rows, at);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'PageDown':
      return Math.min(last, at + pageRows);
    case 'PageUp':
      return Math.max(0, at - pageRows);
    default:
      return -1;
  }
}

function parentIndex(rows: readonly TreeRow[], at: number): number {
  const level = rows[at]?.level ?? 1;
  for (let index = at - 1; index >= 0; index -= 1) {
    if ((rows[index]?.level ?? 1) < level) return index;
  }
  return at;
}
