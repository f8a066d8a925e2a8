/** What a tree of work is due by the contract's words alone, in whole tokens and pico-dollars. */
import { FOREIGN_TOOL_USD, statesUsage } from './foreign-work.js';
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
  const sum = nothing();
  for (const work of forest) add(sum, dueOf(work));
  return sum;
}

/**
 * A call is due the larger of what it says and of what is below it and not behind a tool, and what is behind tools beside
 * that. A sum is due the larger of what it says and of everything below.
 */
export function dueOf(work: Work): Due {
  return duesOf(work).all;
}

/** `own` is the part that a call around this operation is held against. */
function duesOf(work: Work): { own: Due; all: Due } {
  const own = nothing();
  const all = nothing();
  for (const child of work.children) {
    const dues = duesOf(child);
    add(own, dues.own);
    add(all, dues.all);
  }
  all.otherPico += feeOf(work);
  if (isTool(work)) return { own: nothing(), all };
  if (!statesUsage(work) && (work.kind !== 'llm' || work.throws)) return { own, all };
  const more = above(work, isSum(work) ? all : own);
  add(own, more);
  add(all, more);
  return { own, all };
}

function isTool({ kind }: Work): boolean {
  return kind === 'tool' || kind === 'foreignTool';
}

/** An outer span that names a model and nothing else is taken for a call. */
function isSum({ kind, form }: Work): boolean {
  return (kind === 'aggregate' && form % 2 === 0) || kind === 'foreignAgent';
}

/**
 * Leaves out everything that the contract leaves to the order of ends: a call around a sum that speaks, and tools that say
 * what they are only when their children have ended.
 */
export function asContracted(work: Work, isInCall = false): Work {
  let { kind, form } = work;
  const isCall = kind === 'llm' || (statesUsage(work) && !isSum(work));
  if (isInCall && kind === 'aggregate') kind = 'foreignLlm';
  else if (isInCall && kind === 'foreignAgent') form = 2;
  const late = isTool(work) || (isInCall && kind === 'foreignAgent') ? false : work.late;
  const isInside = isTool(work) ? false : isInCall || isCall;
  const children = work.children.map((child) => asContracted(child, isInside));
  return { ...work, kind, form, late, children };
}

function above(work: Work, due: Due): Due {
  const input = BigInt(work.inputTokens) - due.input;
  const output = BigInt(work.outputTokens) - due.output;
  return { input: input > 0n ? input : 0n, output: output > 0n ? output : 0n, otherPico: 0n };
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

function add(into: Due, more: Due): void {
  into.input += more.input;
  into.output += more.output;
  into.otherPico += more.otherPico;
}
