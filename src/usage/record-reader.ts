/** Reads the counts of an object, whatever its shape: each number is read, known to be irrelevant, or noticed. */
import { isRecord } from '../validate.js';
import { keysOf, listed } from './bounds.js';
import { FACTS, type Fact } from './count-names.js';
import { isPresent } from './counts.js';
import { Draft } from './draft.js';
import { type Name, nameOf } from './record-names.js';
import type { UnreadNumbers } from './unread.js';

/** Usage objects nest up to three levels: `input_token_details.cached_tokens_details.audio_tokens`. */
const MAX_LEVELS = 4;

/** Objects that are read on their own. */
const APART: ReadonlySet<string> = new Set(['raw', 'iterations', 'modelUsage']);

/** Fields that qualify the other counts of a list entry: Gemini's modality, the lifetime of Bedrock's cache. */
const LABELS = ['modality', 'ttl'] as const;

/** Reads all counts of a record. `around` is the name of the object that it stands in, or empty. */
export function readRecord(
  draft: Draft,
  numbers: UnreadNumbers,
  record: Record<string, unknown>,
  around: string,
): void {
  readInside(draft, numbers, record, nameOf(around));
}

function readInside(
  draft: Draft,
  numbers: UnreadNumbers,
  record: Record<string, unknown>,
  around: Name,
): void {
  for (const key of keysOf(record)) {
    const value = record[key];
    if (isPresent(value) && !APART.has(key) && !isLabel(key, value))
      readValue(draft, numbers, value, around.at(key));
  }
}

function readValue(draft: Draft, numbers: UnreadNumbers, value: unknown, name: Name): void {
  numbers.visit();
  const { meaning, path } = name;
  if (Array.isArray(value)) {
    if (path.length < MAX_LEVELS) readList(draft, numbers, value, name);
  } else if (isObject(value, name)) {
    if (path.length < MAX_LEVELS) readInside(draft, numbers, value, name);
  } else if (meaning === 'unknown') numbers.notice(path, value);
  else if (meaning !== 'ignored') {
    numbers.read(value);
    draft.take(meaning, value, path.at(-1) ?? '');
  }
}

function isLabel(key: string, value: unknown): boolean {
  return typeof value === 'string' && (key === 'modality' || key === 'ttl');
}

/** False for a 64-bit integer of a protobuf library, and for an empty object in the place of a total. */
function isObject(value: unknown, { meaning, path }: Name): value is Record<string, unknown> {
  if (!isRecord(value) || ('low' in value && 'high' in value)) return false;
  if (keysOf(value).length > 0 || /details?$/i.test(path.at(-1) ?? '')) return true;
  return meaning !== 'input' && meaning !== 'output' && meaning !== 'total';
}

/** Adds up the entries of a list: they are for different modalities or lifetimes, or for several requests. */
function readList(draft: Draft, numbers: UnreadNumbers, list: readonly unknown[], around: Name): void {
  const sums = new Map<Fact, number>();
  for (const entry of listed(list)) {
    if (!isRecord(entry)) continue;
    const one = new Draft();
    let name = around;
    for (const label of LABELS) {
      const text = entry[label];
      if (typeof text === 'string') name = name.at(text);
    }
    readInside(one, numbers, entry, name);
    for (const fact of FACTS) {
      const count = one[fact];
      if (count !== undefined) sums.set(fact, (sums.get(fact) ?? 0) + count);
    }
    if (one.doubt !== undefined) draft.doubtful(one.doubt);
  }
  for (const [fact, count] of sums) {
    numbers.read(count);
    draft.add(fact, count);
  }
}
