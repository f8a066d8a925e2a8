/** A viewer on a free port of loopback, whose store is a list. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Questions } from '../../../src/api.js';
import type { DecodedSpan } from '../../../src/otlp/span.js';
import type { Exports, ServerOptions } from '../../../src/server/options.js';
import { startServer, type ViewerServer } from '../../../src/server/server.js';
import type { SpanSink } from '../../../src/store/span-sink.js';

export class ListSink implements SpanSink {
  readonly spans: DecodedSpan[] = [];
  readonly #listeners = new Set<(spans: number) => void>();
  /** Awaited before spans are kept. */
  before: () => Promise<void> = async () => {};

  async add(spans: readonly DecodedSpan[]): Promise<void> {
    await this.before();
    this.spans.push(...spans);
    this.change(spans.length);
  }

  change(spans: number): void {
    for (const listener of this.#listeners) listener(spans);
  }

  onChange(listener: (spans: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}

/** Answers each question with its name and arguments. */
export const echo = new Proxy({} as Questions, {
  get(_target, name) {
    if (name === 'then') return undefined;
    return async (...given: unknown[]) => ({ question: name, given });
  },
});

export const exportsOf = (pieces: (given: unknown) => AsyncIterable<string>): Exports => ({
  tasksCsv: pieces,
  exploreCsv: pieces,
  focusCsv: pieces,
  spansJson: pieces,
});

export interface TestViewer extends ViewerServer {
  sink: ListSink;
  pageFolder: string;
  errors: unknown[];
  ask(path: string, options?: AskOptions): Promise<Answer>;
}

interface AskOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  body: Buffer;
}

const HTML = `<!doctype html><html><head><meta name="agent-cost-token" content="__TOKEN__" /></head><body>page</body></html>`;

function makePageFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'agent-cost-page-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), HTML);
  writeFileSync(join(folder, 'assets', 'main-a1B2_c3D.js'), 'export {}');
  writeFileSync(join(folder, 'robots.txt'), 'none');
  writeFileSync(join(folder, 'secret.map'), 'not for readers');
  return folder;
}

export async function startViewer(options: Partial<ServerOptions> = {}): Promise<TestViewer> {
  const sink = new ListSink();
  const errors: unknown[] = [];
  const pageFolder = makePageFolder();
  const server = await startServer({
    port: 0,
    sink,
    questions: echo,
    exports: exportsOf(async function* (given) {
      yield JSON.stringify(given);
    }),
    status: async () => STATUS,
    deleteSpans: async (before) => before ?? 0,
    pageFolder,
    onError: (error) => errors.push(error),
    ...options,
  });
  const close = async () => {
    await server.close();
    rmSync(pageFolder, { recursive: true, force: true });
  };
  const asker = (path: string, asked?: AskOptions) => ask(server.port, path, asked);
  return { ...server, close, sink, pageFolder, errors, ask: asker };
}

export const STATUS = {
  version: '0',
  file: null,
  bytes: 0,
  spans: 0,
  firstMillis: null,
  lastMillis: null,
  rejectedSpans: 2,
  deletedSpans: 0,
  advice: null,
  trouble: null,
};

/** One request on a connection of its own, with headers that `fetch` does not let one set. */
function ask(port: number, path: string, options: AskOptions = {}): Promise<Answer> {
  const { method = options.body === undefined ? 'GET' : 'POST', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port, host: '127.0.0.1', path, method, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const all = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: all.toString('utf8'),
            body: all,
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** The bytes that come back for these until the server ends the connection or is silent for a moment. */
export function sendRaw(port: number, bytes: string | Uint8Array, silenceMillis = 300): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    const done = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(silenceMillis, done);
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', done);
    socket.on('end', done);
  });
}

/** The token that the page has. */
export async function pageToken(viewer: TestViewer): Promise<string> {
  const { text } = await viewer.ask('/');
  return /name="agent-cost-token" content="([^"]+)"/.exec(text)?.[1] ?? '';
}
