import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../deploy/jaeger-costs.mjs', import.meta.url));

interface Trace {
  traceID: string;
  startMicros: number;
  spans: { tags: { key: string; value: unknown }[] }[];
}

let server: Server | undefined;
afterEach(() => server?.close());

/** A Jaeger with these traces, which answers with as many as it is asked for, the newest first. */
async function jaeger(traces: readonly Trace[], requests: URL[] = []): Promise<string> {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    requests.push(url);
    const [start, end, limit] = ['start', 'end', 'limit'].map((name) => Number(url.searchParams.get(name)));
    const data = traces
      .filter(({ startMicros }) => startMicros >= (start ?? 0) && startMicros <= (end ?? 0))
      .sort((a, b) => b.startMicros - a.startMicros)
      .slice(0, limit);
    response.end(JSON.stringify({ data }));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function run(...args: string[]) {
  const child = spawn(process.execPath, [SCRIPT, ...args]);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, stdout, stderr };
}

function trace(id: string, minutesAgo: number, ...spans: Record<string, unknown>[]): Trace {
  const startMicros = (Date.now() - minutesAgo * 60_000) * 1000;
  const tagged = spans.map((tags) => ({
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  }));
  return { traceID: id, startMicros, spans: tagged };
}

function task(id: string, usd: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    'task.id': id,
    'task.name': 'answer',
    'task.outcome': 'success',
    'task.cost_usd': usd,
    'task.cost_complete': true,
    'task.llm_calls': 2,
    'task.tool_calls': 1,
    'task.input_tokens': 1000,
    'task.output_tokens': 100,
    'task.llm_cost_usd': usd,
    'task.tool_cost_usd': 0,
    ...more,
  };
}

const rows = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the most expensive', () => {
  it('tasks are listed with what they are made of, each once, the largest first', async () => {
    const url = await jaeger([
      trace('t1', 10, task('a', 0.5), { cost_usd: 0.5, 'task.id': 'a', 'task.name': 'answer' }),
      // A correction that came after the task.
      trace('t2', 20, task('b', 1), task('b', 2, { 'task.cost_complete': false, 'task.steps': 3 })),
      trace('t3', 30, task('c', 0.1)),
    ]);
    const { code, stdout, stderr } = await run('--service', 'agents', '--url', url, '--top', '2', '--json');
    expect(code).toBe(0);
    expect(rows(stdout)).toMatchObject([
      { task: 'b', cost_usd: 2, complete: false, steps: 3, trace: 't2' },
      { task: 'a', cost_usd: 0.5, complete: true, llm_calls: 2, outcome: 'success', over_budget: false },
    ]);
    expect(stderr).toBe('the first 2 of 3 in 3 traces that Jaeger has kept\n');
    const table = await run('--service', 'agents', '--url', url);
    expect(table.stdout.split('\n')[1]).toMatch(/^>= 2 +answer +success +false +3 /);
  });

  it('sessions have their last running total', async () => {
    const session = (usd: number, tasks: number) => ({
      'session.id': 's',
      'session.cost_usd': usd,
      'session.tasks': tasks,
      'session.successful_tasks': tasks,
    });
    const url = await jaeger([
      trace('t1', 10, task('a', 2, session(3, 2))),
      trace('t2', 20, task('b', 1, session(1, 1))),
      trace('t3', 5, task('c', 4, { 'session.id': 'other', 'session.cost_usd': 4, 'session.tasks': 1 })),
    ]);
    const { stdout } = await run('--service', 'agents', '--url', url, '--by', 'session', '--json');
    expect(rows(stdout)).toMatchObject([
      { session: 'other', cost_usd: 4 },
      { session: 's', cost_usd: 3, tasks: 2 },
    ]);
  });

  it('users have the exact sum of what was billed', async () => {
    const billed = (user: string | undefined, usd: number) => ({ cost_usd: usd, 'user.id': user });
    const url = await jaeger([
      trace('t1', 10, billed('ada', 0.1), billed('ada', 0.2), task('a', 0.3, { 'user.id': 'ada' })),
      trace('t2', 20, billed(undefined, 0.05)),
    ]);
    const { stdout } = await run('--service', 'agents', '--url', url, '--by', 'user', '--json');
    expect(rows(stdout)).toEqual([
      { user: 'ada', cost_usd: 0.3, billed_spans: 2 },
      { user: '(none)', cost_usd: 0.05, billed_spans: 1 },
    ]);
  });

  it('are found among more traces than one answer may have', async () => {
    const requests: URL[] = [];
    const many = Array.from({ length: 2500 }, (_, at) =>
      trace(`t${at}`, 1 + at / 10, task(`i${at}`, at / 1e4)),
    );
    const url = await jaeger(many, requests);
    const { stdout, stderr } = await run('--service', 'agents', '--url', url, '--top', '1', '--json');
    expect(rows(stdout)).toMatchObject([{ task: 'i2499' }]);
    expect(stderr).toContain('of 2500 in 2500 traces');
    expect(requests.every(({ searchParams }) => searchParams.get('service') === 'agents')).toBe(true);
  });
});

it('says how it is used, and what Jaeger said', async () => {
  expect(await run()).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('--service NAME'),
  });
  expect((await run('--service', 'a', '--since', 'soon')).code).toBe(1);
  const unreachable = await run('--service', 'a', '--url', 'http://127.0.0.1:9');
  expect(unreachable).toMatchObject({ code: 1, stdout: '' });
  expect(unreachable.stderr).toMatch(/fetch failed|bad port/);
});
