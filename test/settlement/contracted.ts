/**
 * In some trees, the result depends on the order in which nodes end. The laws change such a tree into the nearest one for
 * which the order does not matter. The examples show the result in each case.
 *
 * 1. A call around a sum. The sum stands for several calls, and so does the call around it: it is read as a sum.
 * 2. A reported cost below a node that states tokens. If the outer node ends first, it is billed at list price, and pays
 *    for the tokens below and for their share of the reported cost. Otherwise the reported cost stands.
 * 3. A tool that includes the money below, below a sum. The tool's own cost is not LLM money, but once it has paid for a
 *    late call in advance, the sum does not know the money of that call.
 * 4. A wrapper's reported cost. It replaces the list prices that the wrapper has collected. Later calls are compared with
 *    it in money.
 * 5. A node around only one of two records of a response. If it was billed before the first record was known, both are
 *    billed.
 * 6. A statement after the node's end. The node knows everything from before its end. Later increases reach it only while
 *    it has credit left.
 */
import type { Statement } from '../../src/settlement/statement.js';
import type { Money, Tree } from './trees.js';

export function contracted(tree: Tree): Tree {
  let children = tree.children.map(contracted);
  const first = tree.says ?? tree.again;
  if (first === undefined || first.of === 'money') return { ...tree, children };
  const of = children.some(hasSumInParts) ? 'sum' : first.of;
  const inDollars = tree.kind !== 'wrapper' && first.pico !== undefined;
  if (of === 'sum') children = children.map((child) => changed(child, true, onTop));
  if (!inDollars) children = children.map((child) => changed(child, of === 'sum', inTokens));
  const own: Change = (says) => (says.of === 'money' ? says : { ...says, of });
  return edited(tree, inDollars ? own : (says) => inTokens(own(says)), children);
}

function hasSumInParts({ kind, says, again, children }: Tree): boolean {
  return kind !== 'tool' && (says?.of === 'sum' || again?.of === 'sum' || children.some(hasSumInParts));
}

type Change = <T extends Statement | Money>(says: T) => T;

const onTop: Change = (says) => (says.of === 'money' ? { ...says, includesBelow: false } : says);
const inTokens: Change = (says) => (says.of === 'money' ? says : { ...says, pico: undefined });

function changed(tree: Tree, behindTools: boolean, by: Change): Tree {
  if (tree.kind === 'tool' && !behindTools) return tree;
  return edited(
    tree,
    by,
    tree.children.map((child) => changed(child, behindTools, by)),
  );
}

function edited(tree: Tree, by: Change, children: readonly Tree[]): Tree {
  return { ...tree, says: tree.says && by(tree.says), again: tree.again && by(tree.again), children };
}
