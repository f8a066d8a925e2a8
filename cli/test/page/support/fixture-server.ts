/** Serves the built page, and answers its questions from a few arrays that a test may change: rare states on demand. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { Distribution, Explore, Opportunity, Overview, Status } from '../../../src/api.js';
import type { Arithmetic, TaskDetail, TaskRow } from '../../../src/task-answers.js';
import {
  sampleDistribution,
  sampleExplore,
  sampleOpportunities,
  sampleOverview,
  samplePage,
  sampleStatus,
} from './fixture-data.js';
import { sampleArithmetic, sampleDetail } from './fixture-detail.js';
import { sampleTasks } from './fixture-tasks.js';

export const TOKEN = 'token-of-this-run';

/** The policy of the viewer. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

export class FixtureViewer {
  readonly nowMillis = Date.now();
  status: Status = sampleStatus();
  tasks: TaskRow[] = sampleTasks(240, this.nowMillis);
  details = new Map<string, TaskDetail>();
  overview: Overview | undefined;
  distribution: Distribution | undefined;
  opportunities: Opportunity[] | undefined;
  explore: Explore | undefined;
  arithmetic: Arithmetic | undefined;
  /** Milliseconds before each answer. */
  delayMillis = 0;
  readonly requests: string[] = [];
  readonly #live = new Set<ServerResponse>();
  #sequence = 0;
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  constructor(private readonly folder: string) {}

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Tells the page that something has changed. */
  change(): void {
    this.#sequence += 1;
    const change = JSON.stringify({ sequence: this.#sequence, spans: this.status.spans });
    for (const response of this.#live) response.write(`data: ${change}\n\n`);
  }

  detail(id: string): TaskDetail | undefined {
    const task = this.tasks.find((one) => one.id === id);
    return this.details.get(id) ?? (task && sampleDetail(task));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    this.requests.push(`${request.method} ${request.url}`);
    if (pathname === '/api/live') return this.#follow(request, response);
    if (pathname === '/api/demo') return this.#demo(request, response);
    if (!pathname.startsWith('/api/')) return this.#file(pathname, response);
    if (this.delayMillis > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMillis));
    const answer = this.question(pathname, searchParams);
    if (answer === undefined) return send(response, 404, { error: 'no such task or span' });
    send(response, 200, answer);
  }

  question(path: string, query: URLSearchParams): unknown {
    switch (path) {
      case '/api/status':
        return this.status;
      case '/api/overview':
        return this.overview ?? sampleOverview(this.tasks, this.nowMillis);
      case '/api/tasks':
        return samplePage(this.tasks, query);
      case '/api/distribution':
        return this.distribution ?? sampleDistribution(this.tasks, query.get('name'));
      case '/api/opportunities':
        return this.opportunities ?? sampleOpportunities(this.tasks);
      case '/api/task':
        return this.detail(query.get('id') ?? '');
      case '/api/arithmetic':
        return this.arithmetic ?? this.#arithmetic(query.get('span'));
      case '/api/explore':
        return this.explore ?? sampleExplore(this.tasks, query);
      default:
        return undefined;
    }
  }

  #arithmetic(spanId: string | null): Arithmetic | undefined {
    for (const task of this.tasks) {
      const node = this.detail(task.id)?.nodes.find((one) => one.spanId === spanId);
      if (node !== undefined) return sampleArithmetic(node);
    }
    return undefined;
  }

  #follow(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': open\n\n');
    this.#live.add(response);
    request.on('close', () => this.#live.delete(response));
  }

  #demo(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'POST' || request.headers['x-agent-cost-token'] !== TOKEN) {
      send(response, 403, { error: 'the token of the page is missing' });
      return;
    }
    this.status = { ...this.status, demo: 'running', spans: 12 };
    send(response, 202, {});
    this.change();
  }

  async #file(pathname: string, response: ServerResponse): Promise<void> {
    const name = pathname === '/' ? '/index.html' : normalize(pathname);
    const body = await readFile(join(this.folder, name), 'utf8').catch(() => undefined);
    if (body === undefined) return send(response, 404, { error: 'not found' });
    response.writeHead(200, {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
    });
    response.end(name === '/index.html' ? body.replace('__TOKEN__', TOKEN) : body);
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
