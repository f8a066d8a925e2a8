/** Records of one response, as three instrumentations make them, and the node that stands for all of them. */
import type { Statement } from '../../src/settlement/statement.js';
import { due } from './due.js';
import type { Money, Tree } from './trees.js';

const INPUT_OF = { a: 10, b: 20, c: 30 };
const RECORDERS = ['x', 'y', 'z'];

/** Gives calls response ids. Some gateways give one id to calls of other inputs, too. */
export function withIds(tree: Tree, random: () => number): Tree {
  const marked = mark(tree, random);
  return hush(marked, idsOf(marked));
}

function mark(tree: Tree, random: () => number): Tree {
  const { says } = tree;
  const children = tree.children.map((child) => mark(child, random));
  if (says?.of !== 'call' || says.input + says.output === 0 || random() < 0.4) return { ...tree, children };
  const id = pick(['a', 'b', 'c'] as const, random);
  const input = random() < 0.8 ? INPUT_OF[id] : says.input;
  const identity = { responseIds: [id], recorder: pick(RECORDERS, random), isWitness: false };
  return { ...tree, says: { ...says, input }, identity, children };
}

function pick<T>(list: readonly T[], random: () => number): T {
  const one = list[Math.floor(random() * list.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
}

function idsOf({ identity, children }: Tree): readonly string[] {
  return [...(identity?.responseIds ?? []), ...children.flatMap(idsOf)];
}

/** Case 5 in `contracted.ts`: a node around only some records of a response makes no statement. */
function hush(tree: Tree, all: readonly string[]): Tree {
  const below = tree.children.flatMap(idsOf);
  const known = [...below, ...(tree.identity?.responseIds ?? [])];
  const isPart = below.some((id) => count(known, id) < count(all, id));
  const children = tree.children.map((child) => hush(child, all));
  return isPart ? { ...tree, says: undefined, identity: undefined, children } : { ...tree, children };
}

function count(ids: readonly string[], wanted: string): number {
  return ids.filter((id) => id === wanted).length;
}

/** The statements made so far. Two records of one response are one node: the first, with the larger counts. */
export class Said {
  private readonly says = new Map<Tree, Statement | Money>();
  private readonly records: { id: string; tree: Tree; input: number; recorders: string[] }[] = [];

  readonly by = (tree: Tree): Statement | Money | undefined => this.says.get(tree);

  add(tree: Tree, says: Statement | Money | undefined): void {
    if (says === undefined) return;
    const earlier = says.of === 'money' ? undefined : this.earlierOf(tree, says);
    const speaker = earlier ?? tree;
    const before = this.says.get(speaker);
    if (before === undefined || before.of === 'money' || says.of === 'money') this.says.set(speaker, says);
    else this.says.set(speaker, richerOf(before, says));
  }

  private earlierOf(tree: Tree, { input }: Statement): Tree | undefined {
    const { identity } = tree;
    const [id] = identity?.responseIds ?? [];
    if (identity === undefined || id === undefined) return undefined;
    const earlier = this.records.find(
      (record) =>
        record.id === id &&
        !record.recorders.includes(identity.recorder) &&
        (record.input === input || record.input * input === 0),
    );
    if (earlier === undefined) {
      this.records.push({ id, tree, input, recorders: [identity.recorder] });
      return undefined;
    }
    earlier.recorders.push(identity.recorder);
    // With calls stated below, the tree shows how much is left to bill.
    return due({ ...tree, says: undefined }, this.by).own.calls === 0 ? earlier.tree : undefined;
  }
}

function richerOf(a: Statement, b: Statement): Statement {
  const pico = a.pico === undefined || b.pico === undefined ? b.pico : Math.max(a.pico, b.pico);
  return { ...a, input: Math.max(a.input, b.input), output: Math.max(a.output, b.output), pico };
}
