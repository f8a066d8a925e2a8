/** Replaces the installed price list with newer data of genai-prices, from a source that the app names. */

import { createHash } from 'node:crypto';
import { diag } from '@opentelemetry/api';
import { shownMessage } from '../url-secrets.js';
import { expectNumber, isRecord } from '../validate.js';
import { setRefreshedVersion } from './genai-version.js';
import { assertPriceData } from './price-data.js';
import { loadPriceList, startPriceListGeneration } from './price-list.js';
import { type LoadedText, loadText } from './price-source.js';

export interface PriceRefreshOptions {
  /**
   * A path, or the URL of a file or an HTTP server, of the `data.json` that genai-prices publishes in
   * `prices/new_data/v2/`, or of your copy of it.
   */
  from: string | URL;
  /** For the whole load, from 1 to 600,000. Default: 10,000. */
  timeoutMillis?: number | undefined;
}

/** `updated: false`: the former prices stay in force. */
export type PriceRefresh =
  | {
      updated: true;
      /** In `cost.source` from now on: the day on which the data was changed, and the start of its SHA-256. */
      version: string;
      models: number;
    }
  | { updated: false; reason: string };

const DEFAULT_TIMEOUT_MILLIS = 10_000;
const MAX_TIMEOUT_MILLIS = 600_000;
const HASH_CHARS = 8;

/** The last refresh. Refreshes take effect in the order in which they were requested. */
let last: Promise<unknown> = Promise.resolve();

/** Never rejects and never throws. Failures are also reported to `diag`. */
export function refreshPrices(options: PriceRefreshOptions): Promise<PriceRefresh> {
  const refresh = last.then(() => load(options)).catch(failed);
  last = refresh;
  return refresh;
}

async function load(options: PriceRefreshOptions): Promise<PriceRefresh> {
  if (!isRecord(options)) throw new Error('expected options, like { from: "prices.json" }');
  const { from, timeoutMillis = DEFAULT_TIMEOUT_MILLIS } = options;
  expectNumber('timeoutMillis', timeoutMillis, 1, MAX_TIMEOUT_MILLIS);
  if ((typeof from !== 'string' || from === '') && !(from instanceof URL))
    throw new Error('"from" must be a path or a URL');
  const signal = AbortSignal.timeout(timeoutMillis);
  const loaded = await loadText(from, signal).catch((error: unknown) => {
    throw signal.aborted ? new Error(`not loaded within ${timeoutMillis} ms`) : error;
  });
  const data = parse(loaded.text);
  assertPriceData(data);
  const { updatePrices } = await loadPriceList();
  // The library checks the dates, and throws on an unknown one.
  updatePrices(({ setProviderData }) => setProviderData(data));
  const version = versionOf(loaded);
  setRefreshedVersion(version);
  startPriceListGeneration();
  return { updated: true, version, models: data.reduce((sum, { models }) => sum + models.length, 0) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
}

/** The same data has the same version in every process. */
function versionOf({ text, changedMillis }: LoadedText): string {
  const day = new Date(changedMillis ?? Date.now()).toISOString().slice(0, 'yyyy-mm-dd'.length);
  return `${day}.${createHash('sha256').update(text).digest('hex').slice(0, HASH_CHARS)}`;
}

function failed(error: unknown): PriceRefresh {
  const reason = shownMessage(`prices not refreshed: ${messageOf(error)}`);
  diag.warn(`otel-agent-cost: ${reason}`);
  return { updated: false, reason };
}

/** The cause of a failed request is more specific: `connect ECONNREFUSED` instead of `fetch failed`. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
