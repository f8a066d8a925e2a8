/** Changes to a usage object of which it is known what the call still costs, or that nobody can know. */
import { CACHES, type Counts, subsetSums, sum } from './counts.js';
import type { Key, Leaf, Named, Shape } from './encoding.js';

/**
 * What must come out.
 *
 * - `right`: the amount, without a flag. The change says nothing new.
 * - `not wrong`: the amount, or a flag.
 * - `flagged`: the amount cannot be known.
 */
export type Expected = 'right' | 'not wrong' | 'flagged';

export interface Encoded {
  readonly shape: Shape;
  readonly counts: Counts;
  readonly leaves: readonly Leaf[];
  readonly named: Named;
}

export interface Mutated {
  readonly leaves: readonly Leaf[];
  readonly named: Named;
  readonly expected: Expected;
}

/** Random numbers of one mutation: which leaf, which name, which value. */
export interface Dice {
  readonly leaf: number;
  readonly name: number;
  readonly value: number;
}

/** Undefined where the change would take the information away without a trace, or changes nothing. */
export type Mutation = (one: Encoded, dice: Dice) => Mutated | undefined;

const UNKNOWN_NAMES = ['widgets', 'gadget_tokens', 'foo_token_count', 'prompt_qux_tokens', 'numGizmos'];
const UNKNOWN_OBJECTS = ['vendor', 'x_details', 'moreUsage'];
const UNKNOWN_PROVIDERS = ['litellm_proxy', 'portkey', 'my-gateway', 'kong', 'cf-aig'];
const TIMES = [
  'total_time',
  'prompt_time',
  'latency_ms',
  'latencyMs',
  'queue_seconds',
  'ttft_ms',
  'durationSeconds',
  'elapsed_time',
];
const PRODUCTS = ['-fast', '-ultra', ':nitro'];
/** Models that have a name of a mutation, and a price. */
const REAL_PRODUCTS = new Set(['grok-4-fast']);
const HUGE = 1e15;

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a field under an unknown name': (one, dice) =>
    replaced(one, dice, (leaf) => {
      const path = [...leaf.path.slice(0, -1), unknownKey(one.shape, pick(UNKNOWN_NAMES, dice.name))];
      return isTold(leaf, one.leaves) ? { ...leaf, path } : undefined;
    }),

  'a field in an unknown object': (one, dice) =>
    replaced(one, dice, (leaf) => {
      const object = pick(UNKNOWN_OBJECTS, dice.name);
      const name = pick(UNKNOWN_NAMES, dice.value);
      const { prefixes } = one.shape;
      const path =
        prefixes === undefined ? [object, name] : [`${pick(prefixes, dice.name)}${object}.${name}`];
      return isTold(leaf, one.leaves) ? { ...leaf, path } : undefined;
    }),

  // A count that nothing else tells of is gone: an input that holds cached tokens then looks like one without, and a call
  // that wrote no cache looks the same.
  'a dropped field': (one, dice) => {
    const target = pick(numbers(one.leaves), dice.leaf);
    if (!target.told) return undefined;
    return { ...kept(one), leaves: one.leaves.filter((leaf) => leaf !== target) };
  },

  'the cache on the other side of the input': moveCache,
  'reasoning beside the output': moveReasoning,

  'a count as a string': (one, dice) =>
    replaced(one, dice, (leaf) => ({ ...leaf, value: String(leaf.value) })),
  'a count as a bigint': (one, dice) =>
    objectOnly(one, () => replaced(one, dice, (leaf) => ({ ...leaf, value: BigInt(Number(leaf.value)) }))),
  'a count as a Long': (one, dice) =>
    objectOnly(one, () =>
      replaced(one, dice, (leaf) => ({ ...leaf, value: { low: leaf.value, high: 0, unsigned: false } })),
    ),
  'a count that is no whole number': (one, dice) =>
    replaced(one, dice, (leaf) => ({ ...leaf, value: Number(leaf.value) + 0.5 })),
  'a negative count': (one, dice) => replaced(one, dice, (leaf) => ({ ...leaf, value: -Number(leaf.value) })),
  'a huge count': (one, dice) => replaced(one, dice, (leaf) => ({ ...leaf, value: HUGE + dice.value })),

  'camel case': (one) => renamedAll(one, camelCase),
  // Codex has the names of AI SDK 5 in snake case, and holds the cache whoever the provider is.
  'snake case': (one) => (one.shape.needsProvider === true ? undefined : renamedAll(one, snakeCase)),

  // A provider with a price list of its own bills by that list, so only names without one are used.
  'another provider': (one, dice) =>
    one.shape.needsProvider === true
      ? undefined
      : { ...kept(one), named: { ...one.named, provider: pick(UNKNOWN_PROVIDERS, dice.name) } },
  'a vendor before the model': (one, dice) => {
    const vendor = pick([one.shape.provider, 'acme', 'models'], dice.name);
    return { ...kept(one), named: { ...one.named, model: `${vendor}/${one.named.model}` } };
  },
  'another product of the model': (one, dice) => {
    const model = `${one.named.model}${pick(PRODUCTS, dice.name)}`;
    if (REAL_PRODUCTS.has(model)) return undefined;
    return { ...kept(one), named: { ...one.named, model }, expected: 'flagged' };
  },
  'an unknown model': (one) => ({
    ...kept(one),
    named: { ...one.named, model: 'acme-7b-of-nobody' },
    expected: 'flagged',
  }),

  'an unknown count of more tokens': (one, dice) => {
    const known = new Set(sumsOf(one.leaves));
    let value = 11 + dice.value;
    while (known.has(value)) value += 1;
    return { ...added(one, dice, pick(UNKNOWN_NAMES, dice.name), value), expected: 'flagged' };
  },

  nothing: (one) => ({ ...kept(one), expected: 'right' }),
  'an unknown count that repeats a known one': (one, dice) => {
    const value = pick(numbers(one.leaves), dice.leaf).value;
    return { ...added(one, dice, pick(UNKNOWN_NAMES, dice.name), value), expected: 'right' };
  },
  'an unknown count that is the sum of all': (one, dice) => {
    const sides = one.leaves.filter((leaf) => leaf.role === 'input' || leaf.role === 'output');
    if (sides.length !== 2 || one.shape.cache === 'outside') return undefined;
    const value = sides.reduce((total, leaf) => total + Number(leaf.value), 0);
    return { ...added(one, dice, pick(UNKNOWN_NAMES, dice.name), value), expected: 'right' };
  },
  'an unknown name with 0': (one, dice) => ({
    ...added(one, dice, pick(UNKNOWN_NAMES, dice.name), 0),
    expected: 'right',
  }),
  'an unknown fraction': (one, dice) => ({
    ...added(one, dice, pick(UNKNOWN_NAMES, dice.name), (dice.value % 99) + 0.37),
    expected: 'right',
  }),
  'a time': (one, dice) => ({
    ...added(one, dice, pick(TIMES, dice.name), dice.leaf % 2 === 0 ? dice.value : dice.value / 1000),
    expected: 'right',
  }),
};

/**
 * With a total, the numbers show on which side the cache is. Without one, only more cache than input does: no cached
 * token is outside an input that holds it.
 */
function moveCache(one: Encoded): Mutated | undefined {
  const { shape, counts, leaves } = one;
  const cached = sum(counts, CACHES);
  if (shape.cache === undefined || cached === 0) return undefined;
  const moved = shape.cache === 'inside' ? -cached : cached;
  const input = leaves.find(({ role }) => role === 'input');
  const left = Number(input?.value) + moved;
  const hasTotal = leaves.some(({ role }) => role === 'total');
  if (shape.cache === 'inside' && !hasTotal && cached <= left) return undefined;
  const withTotal: Leaf[] =
    shape.cache === 'outside' && !hasTotal
      ? [{ path: ['total_tokens'], value: left + counts.output, role: 'total', told: true }]
      : [];
  return {
    ...kept(one),
    leaves: [...leaves.map((leaf) => (leaf === input ? { ...leaf, value: left } : leaf)), ...withTotal],
  };
}

/** As with the cache: a total shows it, or more reasoning than output. */
function moveReasoning(one: Encoded): Mutated | undefined {
  const { shape, counts, leaves } = one;
  if (shape.reasoning === undefined || counts.reasoning === 0) return undefined;
  const output = leaves.find(({ role }) => role === 'output');
  const left = Number(output?.value) - counts.reasoning;
  const hasTotal = leaves.some(({ role }) => role === 'total');
  if (!hasTotal && counts.reasoning <= left) return undefined;
  return { ...kept(one), leaves: leaves.map((leaf) => (leaf === output ? { ...leaf, value: left } : leaf)) };
}

function kept({ leaves, named }: Encoded): Mutated {
  return { leaves, named, expected: 'not wrong' };
}

function replaced(one: Encoded, dice: Dice, change: (leaf: Leaf) => Leaf | undefined): Mutated | undefined {
  const target = pick(numbers(one.leaves), dice.leaf);
  const changed = change(target);
  if (changed === undefined) return undefined;
  return { ...kept(one), leaves: one.leaves.map((leaf) => (leaf === target ? changed : leaf)) };
}

function added(one: Encoded, dice: Dice, name: string, value: unknown): Mutated {
  const { prefixes } = one.shape;
  const inside = pick([...detailsOf(one.leaves), []], dice.value);
  const path = prefixes === undefined ? [...inside, name] : [`${pick(prefixes, dice.value)}${name}`];
  return { ...kept(one), leaves: [...one.leaves, { path, value, role: 'part', told: true }] };
}

/** The objects within the usage. Lists are left as they are. */
function detailsOf(leaves: readonly Leaf[]): (readonly Key[])[] {
  const objects = leaves
    .map(({ path }) => path.slice(0, -1))
    .filter((path) => path.every((key) => typeof key === 'string'));
  return [...new Map(objects.map((path) => [path.join('/'), path])).values()];
}

function renamedAll(one: Encoded, rename: (name: string) => string): Mutated | undefined {
  return objectOnly(one, () => ({
    ...kept(one),
    leaves: one.leaves.map((leaf) => ({
      ...leaf,
      path: leaf.path.map((key) => (typeof key === 'string' ? rename(key) : key)),
    })),
  }));
}

function objectOnly(one: Encoded, change: () => Mutated | undefined): Mutated | undefined {
  return one.shape.prefixes === undefined ? change() : undefined;
}

/**
 * A number that nothing else tells of, under a name that nobody knows: it is noticed, unless it happens to be a sum of
 * others, which looks like a number that says nothing new.
 */
function isTold(leaf: Leaf, leaves: readonly Leaf[]): boolean {
  return leaf.told || !sumsOf(leaves.filter((other) => other !== leaf)).includes(Number(leaf.value));
}

function sumsOf(leaves: readonly Leaf[]): number[] {
  return subsetSums(numbers(leaves).map(({ value }) => Number(value)));
}

function numbers(leaves: readonly Leaf[]): Leaf[] {
  return leaves.filter(({ role }) => role !== 'label');
}

function unknownKey({ prefixes }: Shape, name: string): string {
  return prefixes === undefined ? name : `${prefixes[0]}${name}`;
}

function pick<T>(list: readonly T[], dice: number): T {
  const picked = list[dice % list.length];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
