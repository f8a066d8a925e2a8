/**
 * The built viewer under load, over HTTP, as senders and a reader of the page see it:
 *
 *   node bench/run.mjs load [--seconds 60] [--rate 10000] [--db] [--page]
 *
 * Sends that many spans a second in bodies of some 440 spans as JSON, asks the questions of the overview every two seconds, and
 * with `--page` has the page open in Chromium. Ends with what was accepted, what is there, and how long answers took; with
 * exit code 1 when an accepted span is not there.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import type { DecodedSpan } from '../src/otlp/span.js';
import { madeTask } from './made-spans.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: process.env.LOAD_SECONDS ?? '60' },
    rate: { type: 'string', default: '10000' },
    db: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const rate = Number(values.rate);
const TASKS_A_BODY = 20;
const CONNECTIONS = 4;
const QUESTIONS = ['overview', 'tasks', 'distribution', 'opportunities', 'explore'];

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS + 1 });

/** Resolves with the status and the body. */
function ask(url: string, body?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(url, { agent, headers, method: body === undefined ? 'GET' : 'POST' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Stands at the start of each id in the template. */
const PLACE = 'aaaaaaaa';
/** The sender is not to be what is measured: a body is made anew once a second, and gets other ids in between. */
let template = { body: '', spans: 0, madeAt: 0 };

function bodyFrom(number: number): { body: string; spans: number } {
  const now = Date.now();
  if (now - template.madeAt > 1_000) template = templateAt(now);
  const ids = number.toString(16).padStart(PLACE.length, '0');
  return { body: template.body.replaceAll(PLACE, ids), spans: template.spans };
}

function templateAt(now: number) {
  const made = Array.from({ length: TASKS_A_BODY }, (_, at) => madeTask(at, now)).flat();
  const resource = { attributes: attributesOf(made[0]?.resource ?? {}) };
  const spans = made.map(wireOf);
  const body = JSON.stringify({
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'otel-agent-cost' }, spans }] }],
  });
  return { body, spans: spans.length, madeAt: now };
}

const placed = (id: string) => (id === '' ? '' : PLACE + id.slice(PLACE.length));

function wireOf(span: DecodedSpan): object {
  return {
    traceId: placed(span.traceId),
    spanId: placed(span.spanId),
    parentSpanId: placed(span.parentSpanId),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(span.startNanos),
    endTimeUnixNano: String(span.endNanos),
    attributes: attributesOf({
      ...span.attributes,
      'task.id': placed(String(span.attributes['task.id'] ?? '')),
    }),
    status: { code: span.statusCode },
  };
}

function attributesOf(attributes: Record<string, unknown>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: wireValueOf(value) }));
}

function wireValueOf(value: unknown): object {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
  return { stringValue: String(value) };
}

function percentile(times: number[], share: number): string {
  const sorted = [...times].sort((a, b) => a - b);
  return `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN)} ms`;
}

const folder = mkdtempSync(join(tmpdir(), 'agent-cost-load-'));
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const db = values.db ? ['--db', join(folder, 'load.duckdb')] : [];
const viewer = spawn(process.execPath, [program, 'view', '--port', '0', '--no-open', ...db], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise<string>((resolve) => {
  viewer.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const [, found] = /page {4}(http:\S+)\//.exec(chunk) ?? [];
    if (found !== undefined) resolve(found);
  });
});
await wait(1_500);

const browser = values.page
  ? await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
  : undefined;
const page = await browser?.newPage();
await page?.addInitScript(() => {
  const long: number[] = [];
  Reflect.set(globalThis, 'longTasks', long);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) long.push(entry.duration);
  }).observe({ type: 'longtask' });
});
await page?.goto(url);

const started = performance.now();
const endsAt = started + seconds * 1_000;
let bodies = 0;
let sent = 0;
let accepted = 0;
let busy = 0;
const sendTimes: number[] = [];

async function sender(): Promise<void> {
  while (performance.now() < endsAt) {
    // As many as are due by now.
    const due = ((performance.now() - started) / 1_000) * rate;
    if (sent >= due) {
      await wait(2);
      continue;
    }
    bodies += 1;
    const { body, spans } = bodyFrom(bodies);
    sent += spans;
    const at = performance.now();
    for (;;) {
      const { status } = await ask(`${url}/v1/traces`, body);
      if (status === 200) break;
      if (status !== 429) throw new Error(`the viewer answered ${status}`);
      busy += 1;
      await wait(1_000);
    }
    sendTimes.push(performance.now() - at);
    accepted += spans;
  }
}

const times = new Map<string, number[]>(QUESTIONS.map((name) => [name, []]));
async function reader(): Promise<void> {
  while (performance.now() < endsAt) {
    for (const name of QUESTIONS) {
      const at = performance.now();
      await ask(`${url}/api/${name}?window=auto${name === 'explore' ? '&by=model' : ''}`);
      times.get(name)?.push(performance.now() - at);
    }
    await wait(2_000);
  }
}

await Promise.all([...Array.from({ length: CONNECTIONS }, sender), reader()]);
const took = (performance.now() - started) / 1_000;
await wait(3_000);
const status = JSON.parse((await ask(`${url}/api/status`)).text);
console.log(
  `${accepted} spans accepted in ${took.toFixed(1)} s: ${Math.round(accepted / took)} a second; ${status.spans} are there; ${busy} answers 429`,
);
console.log(
  `a request of some ${Math.round(accepted / bodies)} spans: median ${percentile(sendTimes, 0.5)}, 99 % ${percentile(sendTimes, 0.99)}`,
);
for (const [name, all] of times)
  console.log(`${name}: median ${percentile(all, 0.5)}, worst ${percentile(all, 1)}`);
if (page !== undefined) {
  const long: number[] = await page.evaluate(() => Reflect.get(globalThis, 'longTasks'));
  const longest = long.length === 0 ? '' : `, the longest ${percentile(long, 1)}`;
  console.log(`the page: ${long.length} tasks above 50 ms${longest}`);
}
await browser?.close();
agent.destroy();
viewer.kill('SIGINT');
rmSync(folder, { recursive: true, force: true });
if (status.spans !== accepted) process.exitCode = 1;
