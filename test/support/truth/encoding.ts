/** How a shape writes counts: a list of numbers with their places, so that a mutation can take one and know what it was. */
import type { Counts, Kind, Model } from './counts.js';
import type { Report } from './report.js';

export type Key = string | number;

/** What a number says of the call. A part is inside (or beside) a side of the call. */
export type Role = 'input' | 'output' | 'total' | 'cache' | 'part' | 'label';

export interface Leaf {
  readonly path: readonly Key[];
  readonly value: unknown;
  readonly role: Role;
  /** Without this number, the rest still tells that it was there. */
  readonly told: boolean;
}

export interface Shape {
  readonly name: string;
  readonly model: Model;
  readonly provider: string;
  readonly kinds: readonly Kind[];
  /** The cache may stand on the other side of the input, and the numbers show it where a total does. */
  readonly cache?: 'inside' | 'outside';
  /** Reasoning may stand beside the output. */
  readonly reasoning?: 'inside';
  /** Only the provider says how the numbers are meant. */
  readonly needsProvider?: true;
  /** A flat list of attributes with these prefixes. Else an object. */
  readonly prefixes?: readonly string[];
  readonly encode: (counts: Counts) => Leaf[];
  readonly wrap: (usage: Record<string, unknown>, named: Named) => Report['input'];
}

export interface Named {
  readonly model: string;
  readonly provider: string;
}

/** A number that is there only when it is above 0, as most providers do. */
export function leaf(
  path: string,
  value: unknown,
  role: Role,
  told = role !== 'part' && role !== 'cache',
): Leaf[] {
  if (value === 0 || value === undefined) return [];
  return [{ path: path.split('/').map(keyOf), value, role, told }];
}

function keyOf(key: string): Key {
  return /^\d+$/.test(key) ? Number(key) : key;
}

/** One attribute of a span. */
export function attribute(key: string, value: unknown, role: Role, told?: boolean): Leaf[] {
  return leaf(key, value, role, told);
}

export function build(leaves: readonly Leaf[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { path, value } of leaves) put(root, path, value);
  return root;
}

type Branch = Record<Key, unknown>;

function put(root: Branch, path: readonly Key[], value: unknown): void {
  let branch = root;
  path.forEach((key, depth) => {
    const next = path[depth + 1];
    if (next === undefined) branch[key] = value;
    else {
      branch[key] ??= typeof next === 'number' ? [] : {};
      branch = branch[key] as Branch;
    }
  });
}
