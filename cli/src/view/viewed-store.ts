/**
 * The store behind a running viewer. It is opened when the page has had time to paint, because loading DuckDB takes longer
 * than everything before. Requests that come earlier wait for it.
 */
import type { Spans, Status } from '../api.js';
import { CommandError, EXIT } from '../commands/command.js';
import { readPriceOptions } from '../commands/price-file.js';
import type { ServerOptions } from '../server/options.js';
import type { Store } from '../store/open-store.js';
import { exportsOf } from './exports.js';

export interface ViewedStoreOptions {
  /** Undefined: in memory. */
  file: string | undefined;
  keepDays: number;
  maxSpans: number;
  keepContent: boolean;
  /** A file with prices, such as `agent-cost.json`. */
  config: string | undefined;
  version: string;
}

/** A browser paints within this time. */
const OPEN_AFTER_MILLIS = 400;
const NO_SPANS: Spans = { spans: 0, firstMillis: null, lastMillis: null };

export class ViewedStore {
  readonly #options: ViewedStoreOptions;
  readonly #opened: Promise<Store>;
  #open = () => {};
  #store: Store | undefined;
  #trouble: string | null = null;
  #onFirstSpan = () => {};

  constructor(options: ViewedStoreOptions) {
    this.#options = options;
    this.#opened = new Promise((resolve, reject) => {
      this.#open = () => {
        this.#open = () => {};
        this.#load().then(resolve, reject);
      };
    });
    // Each request hears of a failure, and the page by its status.
    this.#opened.catch((error: unknown) => {
      this.#trouble = `the store cannot be used: ${error instanceof Error ? error.message : error}`;
    });
  }

  get file(): string | null {
    return this.#options.file ?? null;
  }

  /** Opens a file at once, so that one which cannot be used is an error of the command. Throws {@link CommandError}. */
  async check(): Promise<void> {
    if (this.#options.file === undefined && this.#options.config === undefined) return;
    this.#open();
    try {
      await this.#opened;
    } catch (error) {
      if (error instanceof CommandError) throw error;
      throw new CommandError(error instanceof Error ? error.message : String(error), EXIT.noData);
    }
  }

  /** Opens the store when the page has had time to paint. */
  openSoon(report: (trouble: unknown) => void): void {
    setTimeout(() => this.#open(), OPEN_AFTER_MILLIS).unref();
    this.#opened.catch(report);
  }

  whenFirstSpan(listener: () => void): void {
    this.#onFirstSpan = listener;
  }

  /** The server's parts that depend on the store. */
  parts(): Pick<ServerOptions, 'sink' | 'questions' | 'exports' | 'status' | 'deleteSpans'> {
    return {
      sink: this.#opened,
      questions: this.#opened,
      exports: this.#opened.then(exportsOf),
      status: () => this.#status(),
      deleteSpans: async (beforeMillis) => (await this.#opened).deleteSpans(beforeMillis),
    };
  }

  async close(): Promise<void> {
    await this.#store?.close();
  }

  async #load(): Promise<Store> {
    const { file, keepDays, maxSpans, keepContent, config } = this.#options;
    const pricing = config === undefined ? undefined : await readPriceOptions(config);
    const { openStore } = await import('../store/open-store.js');
    const store = await openStore({ file, keepDays, maxSpans, keepContent, pricing });
    this.#store = store;
    if ((await store.spans()).spans > 0) return store;
    const stop = store.onChange(() => {
      stop();
      this.#onFirstSpan();
    });
    return store;
  }

  async #status(): Promise<Omit<Status, 'endpoint' | 'demo'>> {
    const { version } = this.#options;
    const store = this.#store;
    return {
      version,
      ...(store === undefined ? NO_SPANS : await store.spans()),
      file: this.file,
      bytes: (await store?.bytes()) ?? 0,
      rejectedSpans: 0,
      deletedSpans: store?.deletedSpans ?? 0,
      advice: (await store?.advice()) ?? null,
      trouble: this.#trouble ?? store?.trouble ?? null,
    };
  }
}
