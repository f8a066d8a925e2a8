/** What a tree of work is due by the contract's words alone, in whole tokens and pico-dollars. */
import { claims, FOREIGN_TOOL_USD } from './foreign-work.js';
import { toolForm } from './run-work.js';
import { picoOf } from './span-tree.js';
import { INPUT_PICO, OUTPUT_PICO, type Work } from './work.js';

/** Tokens, and the cost of everything that is not priced by tokens. */
export interface Due {
  input: bigint;
  output: bigint;
  otherPico: bigint;
}

export function duePico({ input, output, otherPico }: Due): bigint {
  return input * INPUT_PICO + output * OUTPUT_PICO + otherPico;
}

export function dueOfAll(forest: readonly Work[]): Due {
  return forest.map(dueOf).reduce(plus, nothing());
}

/** A span with usage is due what it says or what is below it, whichever is more: each token once. */
export function dueOf(work: Work): Due {
  const below = dueOfAll(work.children);
  if (work.kind === 'llm') return dueOfCall(work);
  if (claims(work)) return atLeast(below, work);
  return { ...below, otherPico: below.otherPico + feeOf(work) };
}

function dueOfCall(work: Work): Due {
  const { covered, beside } = partsOfCall(work);
  return plus(covered, beside);
}

/** A wrapper's response stands for the calls it covers, and not for work of its own further in. */
function partsOfCall(work: Work): { covered: Due; beside: Due } {
  const covered = nothing();
  const beside = nothing();
  split(work.children, covered, beside);
  return { covered: work.throws ? covered : atLeast(covered, work), beside };
}

function split(children: readonly Work[], covered: Due, beside: Due): void {
  for (const child of children) {
    if (child.kind === 'plain' || child.kind === 'record') {
      beside.otherPico += feeOf(child);
      split(child.children, covered, beside);
    } else if (child.kind === 'llm') {
      const parts = partsOfCall(child);
      add(covered, parts.covered);
      add(beside, parts.beside);
    } else if (child.kind === 'foreignLlm' || child.kind === 'aggregate') {
      add(covered, dueOf(child));
    } else {
      add(beside, dueOf(child));
    }
  }
}

type Place = 'anywhere' | 'in a call' | 'in a covered span';

/**
 * Leaves out what the contract does not speak of: work of its own inside a span that a wrapper covers, and agents and
 * tools that say what they are only when their children have ended.
 */
export function asContracted(work: Work, place: Place = 'anywhere'): Work {
  const isTransparent = work.kind === 'plain' || work.kind === 'record';
  const isCall = work.kind === 'foreignLlm' || work.kind === 'aggregate';
  let { kind, late } = work;
  let inside: Place = 'anywhere';
  if (kind === 'llm') inside = 'in a call';
  else if (place === 'in a covered span' && !isCall) kind = 'plain';
  else if (place === 'in a call' && !isCall && !isTransparent) late = false;
  if (place === 'in a covered span') inside = place;
  else if (place === 'in a call' && isTransparent) inside = place;
  else if (place === 'in a call' && isCall) inside = 'in a covered span';
  return { ...work, kind, late, children: work.children.map((child) => asContracted(child, inside)) };
}

function atLeast(due: Due, work: Work): Due {
  const input = BigInt(work.inputTokens);
  const output = BigInt(work.outputTokens);
  return {
    input: input > due.input ? input : due.input,
    output: output > due.output ? output : due.output,
    otherPico: due.otherPico,
  };
}

/** What an operation costs beside tokens. */
function feeOf(work: Work): bigint {
  if (work.kind === 'foreignTool') return picoOf(FOREIGN_TOOL_USD);
  if (work.kind === 'record') return picoOf(work.costUsd);
  if (work.kind !== 'tool') return 0n;
  const form = toolForm(work);
  return form === 'not billed' || form === 'unknown' ? 0n : picoOf(work.costUsd);
}

function nothing(): Due {
  return { input: 0n, output: 0n, otherPico: 0n };
}

function plus(a: Due, b: Due): Due {
  return { input: a.input + b.input, output: a.output + b.output, otherPico: a.otherPico + b.otherPico };
}

function add(into: Due, more: Due): void {
  into.input += more.input;
  into.output += more.output;
  into.otherPico += more.otherPico;
}
