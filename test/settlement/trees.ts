/** Random traces: the nodes, and the statement of each at its end. */
import fc from 'fast-check';
import type { Identity, NodeKind, Statement } from '../../src/settlement/statement.js';

/** The cost of a tool or a fee: on top of everything below, or compared with money of every kind below. */
export interface Money {
  readonly of: 'money';
  readonly pico: number;
  readonly includesBelow: boolean;
}

export interface Tree {
  readonly kind: NodeKind;
  readonly says: Statement | Money | undefined;
  readonly identity: Identity | undefined;
  /** A second statement, some time after its end. */
  readonly again: Statement | undefined;
  readonly children: readonly Tree[];
}

export interface TreeOptions {
  /** Statements also carry reported bills, and tools include the money below. */
  dollars?: boolean;
  /** Nodes also make a second statement after their end. */
  again?: boolean;
}

const MAX_NODES = 12;
const MAX_TOKENS = 50;
const MAX_PICO = 500;

const kinds = fc.constantFrom<NodeKind>('span', 'span', 'span', 'wrapper', 'wrapper', 'scope', 'tool');

/** One node, and how many places before it in the list its parent stands: lists shrink better than trees. */
interface Placed extends Omit<Tree, 'children' | 'identity'> {
  readonly back: number;
}

interface Growing extends Tree {
  readonly children: Growing[];
}

/** Trees with a root that makes no statement. */
export function trees(options: TreeOptions = {}): fc.Arbitrary<Tree> {
  return fc.array(placed(options), { maxLength: MAX_NODES, size: 'max' }).map(grow);
}

function placed({ dollars = false, again = false }: TreeOptions): fc.Arbitrary<Placed> {
  const back = fc.nat(3);
  const roll = fc.nat(99);
  const numbers = fc.tuple(fc.nat(MAX_TOKENS), fc.nat(MAX_TOKENS), fc.nat(3), fc.nat(MAX_PICO));
  const more = fc.tuple(fc.nat(MAX_TOKENS), fc.nat(MAX_TOKENS));
  return fc.tuple(back, kinds, roll, roll, numbers, more).map(([steps, kind, shape, extra, given, added]) => {
    const says = statement(kind, shape, extra, given, dollars);
    // Some make their statement only after their end.
    const first = says ?? (kind === 'tool' ? undefined : statement(kind, shape + 35, extra, given, dollars));
    const isAgain = again && extra % 10 < 3 && first !== undefined && first.of !== 'money';
    return { back: steps, kind, says, again: isAgain ? richer(first, added) : undefined };
  });
}

/** `shape` and `extra` are percentages. They choose the kind of statement, and what is unknown or reported in it. */
function statement(
  kind: NodeKind,
  shape: number,
  extra: number,
  [input, output, calls, pico]: [number, number, number, number],
  dollars: boolean,
): Statement | Money | undefined {
  if (shape < 30) return undefined;
  if (kind === 'tool' || shape < 35) {
    return { of: 'money', pico, includesBelow: dollars && kind === 'tool' && extra < 50 };
  }
  const isUnknown = extra >= 85;
  const of = kind === 'scope' || shape < 55 ? 'sum' : 'call';
  return {
    of,
    input: isUnknown ? 0 : input,
    output: isUnknown ? 0 : output,
    calls: of === 'call' ? 1 : Math.max(1, calls),
    pico: dollars && extra % 2 === 0 ? pico : undefined,
    isKnown: !isUnknown,
  };
}

function richer(first: Statement, [input, output]: [number, number]): Statement {
  const pico = first.pico === undefined ? undefined : first.pico + input * output;
  return { ...first, input: first.input + input, output: first.output + output, pico, isKnown: true };
}

function grow(list: readonly Placed[]): Tree {
  const root: Growing = {
    kind: 'span',
    says: undefined,
    identity: undefined,
    again: undefined,
    children: [],
  };
  const line = [root];
  for (const { back, ...node } of list) {
    const grown: Growing = { ...node, identity: undefined, children: [] };
    (line[Math.max(0, line.length - 1 - back)] ?? root).children.push(grown);
    line.push(grown);
  }
  return root;
}

/** Uniform numbers from a seed: those of `fc.double` favour 0, which would nearly always end the outermost node first. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
