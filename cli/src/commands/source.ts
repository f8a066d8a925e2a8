/** Where the commands get spans from: a viewer's file, or OTLP JSON that is read into a store in memory. */

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { priceSpans } from 'otel-agent-cost/offline';
import type { Leaf } from '../export/leaf.js';
import type { PriceOptions } from '../export/split.js';
import { decodeTraces } from '../otlp/decode.js';
import type { DecodedSpan } from '../otlp/span.js';
import { UnreadableError } from '../otlp/values.js';
import { StoreFileError } from '../store/database.js';
import { openStore, type Store } from '../store/open-store.js';
import type { UnpricedSpan } from '../store/price-spans.js';
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
  leaves(): AsyncIterable<Leaf>;
  close(): Promise<void>;
}

export interface SourceNames {
  db: string | undefined;
  /** OTLP JSON; `-` is stdin. */
  file: string | undefined;
  options: PriceOptions | undefined;
}

/** Spans with own cost, of a viewer's file or of OTLP JSON. Spans without our keys are priced first. */
export async function openLeaves(
  { db, file, options }: SourceNames,
  terminal: Terminal,
): Promise<LeafSource> {
  if (db !== undefined && file !== undefined)
    throw new CommandError('expected --db or a file of spans, not both');
  if (db !== undefined) return leavesOf(await openDb(db));
  if (file === undefined) throw new CommandError('expected --db FILE, or a file of spans; "-" is stdin');
  let passedMillis = 0;
  const price = (spans: readonly UnpricedSpan[]) => priceSpans(spans, options);
  const store = await openStore({ price, now: () => Date.now() + passedMillis });
  try {
    const input = file === '-' ? terminal.stdin : createReadStream(file);
    await addAll(store, file === '-' ? 'stdin' : file, input);
    // A parent that is not in the file does not come.
    passedMillis = LATE_MILLIS;
    await store.priceDue();
  } catch (error) {
    await store.close();
    throw error;
  }
  return leavesOf(store);
}

function leavesOf(store: Store): LeafSource {
  return { leaves: () => store.leaves('all'), close: () => store.close() };
}

/** One request, or one a line. A request may also be written over many lines. */
async function addAll(store: Store, name: string, input: Readable): Promise<void> {
  let spans = 0;
  for await (const { text, line } of requestsIn(name, input)) {
    const found = spansIn(text, `${name}, line ${line}`);
    spans += found.length;
    await store.add(found);
  }
  if (spans === 0) throw new CommandError(`${name} has no spans`, EXIT.noData);
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

async function* requestsIn(name: string, input: Readable): AsyncGenerator<Request> {
  let open = '';
  let line = 0;
  let first = 1;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (open === '' && text.trim() === '') continue;
      if (open === '') first = line;
      open += `${text}\n`;
      // Whole requests end a line with a brace at its start's depth; parsing says whether this is one.
      if (!text.trimEnd().endsWith('}') || !isJson(open)) continue;
      yield { text: open, line: first };
      open = '';
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw new CommandError(`${name} cannot be read: ${error.message}`, EXIT.noData);
  }
  if (open !== '') yield { text: open, line: first };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
