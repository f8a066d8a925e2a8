/** A second implementation of the rule: the amount due once some nodes have made their statements, in any order. */
import type { Statement } from '../../src/settlement/statement.js';
import type { Money, Tree } from './trees.js';

export interface Sides {
  input: number;
  output: number;
  calls: number;
  pico: number;
}

export interface Due {
  /** LLM work that is not behind a tool. */
  own: Sides;
  /** All LLM work. */
  llm: Sides;
  /** Money of every kind. */
  allPico: number;
}

/** One list price for all models, so that it does not matter which node of two is billed. */
export function priceOf(input: number, output: number): number {
  return 3 * input + 5 * output;
}

/** `saidBy` returns the statement that a node has made so far. */
export function due(tree: Tree, saidBy: (tree: Tree) => Statement | Money | undefined): Due {
  const below = dueBelow(tree, saidBy);
  const says = saidBy(tree);
  if (says === undefined) return below;
  if (says.of === 'money') {
    const { pico, includesBelow } = says;
    return { ...below, allPico: includesBelow ? Math.max(pico, below.allPico) : pico + below.allPico };
  }
  const parts = says.of === 'sum' ? below.llm : below.own;
  const input = Math.max(0, says.input - parts.input);
  const output = Math.max(0, says.output - parts.output);
  const calls = Math.max(0, says.calls - parts.calls);
  const pico = says.pico === undefined ? priceOf(input, output) : Math.max(0, says.pico - parts.pico);
  const more = { input, output, calls, pico };
  return { own: plus(below.own, more), llm: plus(below.llm, more), allPico: below.allPico + pico };
}

function dueBelow(tree: Tree, saidBy: (tree: Tree) => Statement | Money | undefined): Due {
  const below: Due = { own: NOTHING, llm: NOTHING, allPico: 0 };
  for (const child of tree.children) {
    const part = due(child, saidBy);
    if (child.kind !== 'tool') below.own = plus(below.own, part.own);
    below.llm = plus(below.llm, part.llm);
    below.allPico += part.allPico;
  }
  return below;
}

const NOTHING: Sides = { input: 0, output: 0, calls: 0, pico: 0 };

function plus(a: Sides, b: Sides): Sides {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    calls: a.calls + b.calls,
    pico: a.pico + b.pico,
  };
}
