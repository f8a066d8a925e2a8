/** Where the commands get spans from: a viewer's file, or OTLP JSON that is read into a store in memory. */

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { OfflineOptions } from 'otel-agent-cost/offline';
import type { Window } from '../api.js';
import type { Leaf } from '../export/leaf.js';
import { decodeTraces } from '../otlp/decode.js';
import type { DecodedSpan } from '../otlp/span.js';
import { UnreadableError } from '../otlp/values.js';
import { StoreFileError } from '../store/database.js';
import { openStore, type Store } from '../store/open-store.js';
import { CommandError, EXIT, type Terminal } from './command.js';

/** The file of a viewer, only for questions. Throws {@link CommandError}. */
export async function openDb(file: string): Promise<Store> {
  try {
    return await openStore({ file, readOnly: true });
  } catch (error) {
    if (error instanceof StoreFileError) throw new CommandError(error.message, EXIT.noData);
    throw error;
  }
}

/** Longer than the store waits for the parents of spans. */
const LATE_MILLIS = 3_600_000;

export interface LeafSource {
  leaves(window: Window): AsyncIterable<Leaf>;
  close(): Promise<void>;
}

export interface SourceNames {
  db: string | undefined;
  /** OTLP JSON; `-` is stdin. */
  file: string | undefined;
  options: OfflineOptions | undefined;
}

/** Spans with own cost, of a viewer's file or of OTLP JSON. Spans without our keys are priced first. */
export async function openLeaves(
  { db, file, options }: SourceNames,
  terminal: Terminal,
): Promise<LeafSource> {
  if (db !== undefined && file !== undefined)
    throw new CommandError('expected --db or a file of spans, not both');
  if (db !== undefined) {
    const store = await openDb(db);
    if (store.trouble !== null) terminal.stderr.write(`${db}: ${store.trouble}\n`);
    return leavesOf(store);
  }
  if (file === undefined) throw new CommandError('expected --db FILE, or a file of spans; "-" is stdin');
  let passedMillis = 0;
  const store = await openStore({ pricing: options, now: () => Date.now() + passedMillis });
  try {
    const input = file === '-' ? terminal.stdin : createReadStream(file);
    await addAll(store, file === '-' ? 'stdin' : file, input);
    // A parent that is not in the file does not come.
    passedMillis = LATE_MILLIS;
    await store.priceDue();
    passedMillis = 0;
  } catch (error) {
    await store.close();
    throw error;
  }
  return leavesOf(store);
}

function leavesOf(store: Store): LeafSource {
  return { leaves: (window) => store.leaves(window), close: () => store.close() };
}

/** Spans that are kept in one transaction of the store. */
const BATCH = 5000;

/** One request, or one a line. A request may also be written over many lines. */
async function addAll(store: Store, name: string, input: Readable): Promise<void> {
  let batch: DecodedSpan[] = [];
  let isEmpty = true;
  for await (const { text, line } of requestsIn(name, input)) {
    for (const span of spansIn(text, `${name}, line ${line}`)) batch.push(span);
    if (batch.length < BATCH) continue;
    isEmpty = false;
    await store.add(batch);
    batch = [];
  }
  if (isEmpty && batch.length === 0) throw new CommandError(`${name} has no spans`, EXIT.noData);
  await store.add(batch);
}

function spansIn(text: string, place: string): readonly DecodedSpan[] {
  try {
    const { spans, rejectedSpans, reasons } = decodeTraces(Buffer.from(text), 'json');
    if (rejectedSpans > 0)
      throw new CommandError(`${place}: ${rejectedSpans} spans cannot be read: ${reasons}`, EXIT.noData);
    return spans;
  } catch (error) {
    if (error instanceof UnreadableError) throw new CommandError(`${place}: ${error.message}`, EXIT.noData);
    throw error;
  }
}

interface Request {
  text: string;
  /** Of its first line, from 1. */
  line: number;
}

/** A request ends with the line in which its last brace is closed. */
async function* requestsIn(name: string, input: Readable): AsyncGenerator<Request> {
  let depth = new JsonDepth();
  let lines: string[] = [];
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (lines.length === 0 && text.trim() === '') continue;
      lines.push(text);
      if (depth.after(`${text}\n`) > 0) continue;
      yield { text: lines.join('\n'), line: line - lines.length + 1 };
      depth = new JsonDepth();
      lines = [];
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw new CommandError(`${name} cannot be read: ${error.message}`, EXIT.noData);
  }
  if (lines.length > 0) yield { text: lines.join('\n'), line: line - lines.length + 1 };
}

/** How many braces and brackets of a JSON text are open. */
class JsonDepth {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  after(text: string): number {
    for (let at = 0; at < text.length; at++) {
      const character = text[at];
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#isInString && character === '\\') this.#isEscaped = true;
      else if (character === '"') this.#isInString = !this.#isInString;
      else if (!this.#isInString && (character === '{' || character === '[')) this.#depth++;
      else if (!this.#isInString && (character === '}' || character === ']')) this.#depth--;
    }
    return this.#depth;
  }
}
