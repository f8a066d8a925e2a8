/** The export of a provider beside our sum, by day and model, and what explains the difference. */

import type { Leaf } from '../export/leaf.js';
import { areAdjacent, noonOf } from './days.js';
import type { ExportRow, Provider } from './export-formats.js';
import { modelKey } from './model-key.js';
import type { ProviderExport } from './read-export.js';

/** In the order in which a difference is explained. */
export const CLASSES = [
  'otherKeys',
  'notSeen',
  'discount',
  'unpriced',
  'rounding',
  'timeZone',
  'estimated',
  'rest',
] as const;
export type DifferenceClass = (typeof CLASSES)[number];

/** Amounts in whole pico-dollars. */
export interface Compared {
  day: string;
  /** Null: all models, in an export that does not tell them apart. */
  model: string | null;
  /** In the export: billed, or its counts at list price. */
  exported: bigint;
  ours: bigint;
  /** They add up to `exported - ours`. */
  differences: Record<DifferenceClass, bigint>;
  /** Our calls, with a known cost or not. */
  calls: number;
  unpricedCalls: number;
  /** Rows of the export without a known price: their counts are in no amount. */
  unpricedRows: number;
}

export interface CompareOptions {
  dayOf(millis: number): string;
  /** Keys, projects or workspaces of the apps that we see. Empty: all. */
  keys: readonly string[];
  priceOf(row: ExportRow, timeMillis: number): bigint | null;
}

interface Bucket extends Compared {
  rows: number;
  estimated: bigint;
  unpricedTokens: number;
  tokens: number;
}

const HALF_CENT = 5n * 10n ** 9n;

/** All days of the export, and our calls of its provider on them. */
export function compare(given: ProviderExport, leaves: readonly Leaf[], options: CompareOptions): Compared[] {
  const buckets = new Buckets(given.rows.some(({ model }) => model === null));
  const seen = new Set(leaves.map(({ model }) => modelKey(model ?? '')));
  for (const row of given.rows) addRow(buckets, row, given, seen, options);
  const days = given.rows.map((row) => dayOf(row, options)).sort();
  const [first = '', last = ''] = [days[0], days.at(-1)];
  for (const leaf of leaves) {
    const day = options.dayOf(leaf.endMillis);
    if (day >= first && day <= last && isOf(given.format.provider, leaf)) addLeaf(buckets, day, leaf, given);
  }
  const all = buckets.sorted();
  for (const bucket of all) explain(bucket, given.isInCents);
  shiftDays(all);
  for (const bucket of all) take(bucket, 'estimated', bucket.estimated);
  return all;
}

/** The rows by day and model. */
class Buckets {
  readonly #byKey = new Map<string, Bucket>();

  constructor(private readonly isByDay: boolean) {}

  at(day: string, model: string | null): Bucket {
    const name = this.isByDay ? null : (model ?? '(unknown)');
    const key = `${day} ${name === null ? '' : modelKey(name)}`;
    let bucket = this.#byKey.get(key);
    if (bucket === undefined) {
      bucket = {
        ...{ day, model: name, exported: 0n, ours: 0n, calls: 0, unpricedCalls: 0 },
        ...{ unpricedRows: 0, rows: 0 },
        ...empty(),
      };
      this.#byKey.set(key, bucket);
    }
    return bucket;
  }

  sorted(): Bucket[] {
    const place = ({ day, model }: Bucket): string => `${day} ${model ?? ''}`;
    return [...this.#byKey.values()].sort((a, b) => (place(a) < place(b) ? -1 : 1));
  }
}

function empty(): Pick<Bucket, 'estimated' | 'unpricedTokens' | 'tokens' | 'differences'> {
  const differences = {
    otherKeys: 0n,
    notSeen: 0n,
    discount: 0n,
    unpriced: 0n,
    rounding: 0n,
    timeZone: 0n,
    estimated: 0n,
    rest: 0n,
  };
  return { estimated: 0n, unpricedTokens: 0, tokens: 0, differences };
}

function dayOf({ at }: ExportRow, options: CompareOptions): string {
  return 'day' in at ? at.day : options.dayOf(at.millis);
}

function addRow(
  buckets: Buckets,
  row: ExportRow,
  { format }: ProviderExport,
  seen: ReadonlySet<string>,
  options: CompareOptions,
): void {
  const day = dayOf(row, options);
  const bucket = buckets.at(day, row.model);
  const amount = format.kind === 'cost' ? row.billedPico : options.priceOf(row, noonOf(day));
  bucket.rows++;
  if (amount === null) {
    bucket.unpricedRows++;
    return;
  }
  bucket.exported += amount;
  const isOther =
    options.keys.length > 0 && row.keys.length > 0 && !row.keys.some((key) => options.keys.includes(key));
  if (isOther) bucket.differences.otherKeys += amount;
  // Of another app, or of a client in ours that nothing meters: the export does not say which.
  else if (row.model !== null && !seen.has(modelKey(row.model))) bucket.differences.notSeen += amount;
  else if (row.listPico !== null) bucket.differences.discount += amount - row.listPico;
}

/** Names such as `azure.ai.openai` are another account's bill. */
function isOf(provider: Provider, leaf: Leaf): boolean {
  return leaf.kind === 'llm' && (leaf.provider ?? '').toLowerCase().startsWith(provider);
}

function addLeaf(buckets: Buckets, day: string, leaf: Leaf, { format }: ProviderExport): void {
  const bucket = buckets.at(day, leaf.model);
  const tokens = (leaf.tokens?.input ?? 0) + (leaf.tokens?.output ?? 0);
  bucket.tokens += tokens;
  bucket.calls++;
  if (leaf.pico === null) {
    bucket.unpricedCalls++;
    bucket.unpricedTokens += tokens;
    return;
  }
  bucket.ours += leaf.pico;
  if (leaf.status === 'estimated') bucket.estimated += leaf.pico;
  // A usage export is priced at list price; what we book has the app's own factor in it.
  if (format.kind === 'usage') bucket.differences.discount += atListPrice(leaf.pico, leaf.source) - leaf.pico;
}

function atListPrice(pico: bigint, source: string | null): bigint {
  const factor = Number(/;factor=(\d+(?:\.\d+)?)$/.exec(source ?? '')?.[1] ?? 1);
  // A factor of 0 hides the list price, and no factor has more than nine decimals.
  return factor > 0 ? (pico * 1_000_000_000n) / BigInt(Math.round(factor * 1e9)) : pico;
}

/** Gives what is left of the difference to a class, up to `most` in size. */
function take(bucket: Bucket, kind: DifferenceClass, most: bigint): void {
  const { differences } = bucket;
  const left = differences.rest;
  const size = left < 0n ? -left : left;
  const part = size < most ? size : most;
  const signed = left < 0n ? -part : part;
  differences[kind] += signed;
  differences.rest -= signed;
}

function explain(bucket: Bucket, isInCents: boolean): void {
  const { differences, exported, ours, unpricedCalls, unpricedTokens, tokens, rows } = bucket;
  differences.rest = exported - ours - differences.otherKeys - differences.notSeen - differences.discount;
  // Their cost is not known; at most, it is their part of the day's tokens.
  if (unpricedCalls > 0 && differences.rest > 0n) {
    const share = tokens === 0 ? exported : (exported * BigInt(unpricedTokens)) / BigInt(tokens);
    take(bucket, 'unpriced', share);
  }
  if (isInCents) take(bucket, 'rounding', HALF_CENT * BigInt(rows));
}

/** Cost that is missing on a day and left over on the next one, of the same model, was booked on another day. */
function shiftDays(buckets: readonly Bucket[]): void {
  const sorted = [...buckets].sort((a, b) =>
    modelOf(a) === modelOf(b) ? (a.day < b.day ? -1 : 1) : modelOf(a) < modelOf(b) ? -1 : 1,
  );
  for (const [index, bucket] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === undefined || modelOf(next) !== modelOf(bucket) || !areAdjacent(bucket.day, next.day))
      continue;
    const [here, there] = [bucket.differences.rest, next.differences.rest];
    if (here === 0n || there === 0n || here > 0n === there > 0n) continue;
    const size = (value: bigint): bigint => (value < 0n ? -value : value);
    const moved = size(here) < size(there) ? size(here) : size(there);
    take(bucket, 'timeZone', moved);
    take(next, 'timeZone', moved);
  }
}

function modelOf({ model }: Bucket): string {
  return model === null ? '' : modelKey(model);
}

export function totalOf(compared: readonly Compared[]): Omit<Compared, 'day' | 'model'> {
  const total = {
    exported: 0n,
    ours: 0n,
    calls: 0,
    unpricedCalls: 0,
    unpricedRows: 0,
    differences: empty().differences,
  };
  for (const row of compared) {
    total.exported += row.exported;
    total.ours += row.ours;
    total.calls += row.calls;
    total.unpricedCalls += row.unpricedCalls;
    total.unpricedRows += row.unpricedRows;
    for (const kind of CLASSES) total.differences[kind] += row.differences[kind];
  }
  return total;
}
