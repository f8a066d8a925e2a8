import { once } from 'node:events';
import { get } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Questions } from '../../src/api.js';
import { echo, exportsOf, pageToken, STATUS, startViewer, type TestViewer } from './support/viewer.js';

let viewer: TestViewer;
afterEach(() => viewer?.close());

const TRACE = '0123456789abcdef0123456789abcdef';
const SPAN = '0123456789abcdef';

async function answer(path: string): Promise<unknown> {
  const { status, text, headers } = await viewer.ask(path);
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expect(status).toBe(200);
  return JSON.parse(text);
}

describe('a question', () => {
  it.each<[string, string, unknown[]]>([
    ['/api/overview', 'overview', ['auto']],
    ['/api/overview?window=6h', 'overview', ['6h']],
    ['/api/overview?from=5&to=10', 'overview', [{ fromMillis: 5, toMillis: 10 }]],
    ['/api/tasks', 'tasks', [{ window: 'auto' }]],
    [
      '/api/tasks?window=all&sort=total&descending=true&filter=a%20b&name=x&outcome=running&only=outliers&limit=1000&offset=2',
      'tasks',
      [
        {
          window: 'all',
          sort: 'total',
          descending: true,
          filter: 'a b',
          name: 'x',
          outcome: 'running',
          only: 'outliers',
          limit: 1000,
          offset: 2,
        },
      ],
    ],
    ['/api/distribution?window=1h', 'distribution', ['1h', null]],
    ['/api/distribution?name=a%26b', 'distribution', ['auto', 'a&b']],
    ['/api/opportunities?window=30d', 'opportunities', ['30d']],
    ['/api/task?id=%3Cscript%3E', 'task', ['<script>']],
    [`/api/arithmetic?trace=${TRACE}&span=${SPAN}`, 'arithmetic', [TRACE, SPAN]],
    ['/api/explore?by=model&sort=perAction', 'explore', [{ window: 'auto', by: 'model', sort: 'perAction' }]],
  ])('%s is asked with its parameters', async (path, question, given) => {
    viewer = await startViewer();
    expect(await answer(path)).toEqual({ question, given });
  });

  it.each<[string, string]>([
    [
      '/api/overview?window=2h',
      'the parameter "window" must be one of auto, 15m, 1h, 6h, 24h, 7d, 30d, all; it is "2h"',
    ],
    ['/api/overview?windw=1h', 'unknown parameter "windw"; there are window, from, to'],
    [
      '/api/overview?from=1',
      'the parameter "to" must be a whole number from 0 to 9223372036854; it is absent',
    ],
    ['/api/overview?from=-1&to=5', 'the parameter "from" must be a whole number from 0 to'],
    ['/api/overview?from=1e3&to=5', 'the parameter "from" must be'],
    ['/api/overview?from=5&to=5', 'the parameter "to" must be after "from" (5), not 5'],
    ['/api/overview?from=1&to=5&window=all', 'give either "window" or "from" and "to"'],
    ['/api/overview?window=1h&window=6h', 'the parameter "window" is given twice'],
    ['/api/overview?__proto__=1', 'unknown parameter "__proto__"'],
    ['/api/overview?constructor=1', 'unknown parameter "constructor"'],
    ['/api/tasks?limit=0', 'the parameter "limit" must be a whole number from 1 to 1000; it is "0"'],
    ['/api/tasks?limit=1001', 'the parameter "limit" must be'],
    ['/api/tasks?limit=1.5', 'the parameter "limit" must be'],
    ['/api/tasks?offset=', 'the parameter "offset" must be'],
    ['/api/tasks?descending=1', 'the parameter "descending" must be true or false; it is "1"'],
    ['/api/tasks?sort=cost;drop', 'the parameter "sort" must be one of start, name'],
    ['/api/tasks?outcome=ok', 'the parameter "outcome" must be one of success, failure, cancelled, running'],
    [
      `/api/tasks?filter=${'x'.repeat(1_001)}`,
      'the parameter "filter" must be a string of 1 to 1000 characters',
    ],
    ['/api/task', 'the parameter "id" must be a string of 1 to 1000 characters; it is absent'],
    ['/api/task?id=', 'the parameter "id" must be'],
    [
      '/api/arithmetic?trace=x&span=y',
      'the parameter "trace" must be 32 hex digits in lower case; it is "x"',
    ],
    [
      `/api/arithmetic?trace=${TRACE}`,
      'the parameter "span" must be 16 hex digits in lower case; it is absent',
    ],
    ['/api/explore', 'the parameter "by" must be one of session, task, model, tool, agent, team, feature'],
    ['/api/explore?by=price', 'the parameter "by" must be one of'],
    ['/api/status?a=1', 'unknown parameter "a"; this address has none'],
    ['/api/tasks.csv?sort=x', 'the parameter "sort" must be'],
  ])('%s is refused with what was expected', async (path, message) => {
    viewer = await startViewer();
    const { status, text } = await viewer.ask(path);
    expect(status).toBe(400);
    expect(JSON.parse(text).error).toContain(message);
  });

  it('about a task or span that is not there is 404', async () => {
    viewer = await startViewer({ questions: { ...echo, task: async () => undefined } as Questions });
    expect((await viewer.ask('/api/task?id=x')).status).toBe(404);
  });

  it('that fails is 500, told to the operator and not to the reader', async () => {
    const overview = () => Promise.reject(new Error('Binder Error: secret'));
    viewer = await startViewer({ questions: { ...echo, overview } as Questions });
    const { status, text } = await viewer.ask('/api/overview');
    expect(status).toBe(500);
    expect(text).not.toContain('secret');
    expect(viewer.errors).toMatchObject([{ message: 'Binder Error: secret' }]);
  });

  it('waits for a store that opens later, and is 503 when it does not open', async () => {
    let open = (_questions: Questions) => {};
    viewer = await startViewer({ questions: new Promise((resolve) => (open = resolve)) });
    setTimeout(() => open(echo), 50);
    expect(await answer('/api/overview')).toMatchObject({ question: 'overview' });
    await viewer.close();

    const failed = Promise.reject(new Error('the file is locked'));
    viewer = await startViewer({ questions: failed, exports: failed });
    for (const path of ['/api/overview', '/api/tasks.csv']) {
      const refused = await viewer.ask(path);
      expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
      expect(JSON.parse(refused.text).error).toContain('the file is locked');
    }
    expect((await viewer.ask('/api/status')).status).toBe(200);
  });

  it('can only be asked by GET', async () => {
    viewer = await startViewer();
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD']) {
      expect(await viewer.ask('/api/overview', { method })).toMatchObject({
        status: 405,
        headers: { allow: 'GET' },
      });
    }
  });
});

describe('the status', () => {
  it('has the address with the port in use and the state of the demo', async () => {
    viewer = await startViewer();
    expect(await answer('/api/status')).toEqual({ ...STATUS, endpoint: viewer.url, demo: 'unavailable' });
  });
});

describe('a download', () => {
  it.each<[string, string, unknown]>([
    [
      '/api/tasks.csv?sort=total&limit=5&offset=9',
      'text/csv; charset=utf-8',
      { window: 'auto', sort: 'total' },
    ],
    ['/api/explore.csv?by=tool&window=1h&limit=5', 'text/csv; charset=utf-8', { window: '1h', by: 'tool' }],
    ['/api/focus.csv?window=30d', 'text/csv; charset=utf-8', '30d'],
    ['/api/spans.json?window=all', 'application/json; charset=utf-8', 'all'],
  ])('%s has all rows, as a file', async (path, type, given) => {
    viewer = await startViewer();
    const { status, headers, text } = await viewer.ask(path);
    expect(status).toBe(200);
    const name = /\/api\/([\w.]+)/.exec(path)?.[1];
    expect(headers).toMatchObject({
      'content-type': type,
      'content-disposition': `attachment; filename="agent-cost-${name}"`,
    });
    expect(JSON.parse(text)).toEqual(given);
  });

  it('is made no faster than its reader takes it, and ends when the reader goes', async () => {
    let made = 0;
    let hasEnded = false;
    async function* pieces(): AsyncGenerator<string> {
      try {
        for (; made < 10_000; made++) yield 'x'.repeat(65_536);
      } finally {
        hasEnded = true;
      }
    }
    viewer = await startViewer({ exports: exportsOf(pieces) });
    const request = get({ port: viewer.port, path: '/api/spans.json', agent: false });
    const [response] = await once(request, 'response');
    response.pause();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const held = made;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(made).toBe(held);
    expect(made).toBeLessThan(1_000);
    request.on('error', () => {});
    request.destroy();
    await expect.poll(() => hasEnded).toBe(true);
    expect(viewer.errors).toEqual([]);
  });

  it('that fails at the start is 500, and one that fails later is cut off', async () => {
    let isAtStart = true;
    async function* pieces(): AsyncGenerator<string> {
      if (isAtStart) throw new Error('no');
      yield 'first';
      throw new Error('later');
    }
    viewer = await startViewer({ exports: exportsOf(pieces) });
    expect((await viewer.ask('/api/tasks.csv')).status).toBe(500);
    isAtStart = false;
    await expect(viewer.ask('/api/tasks.csv')).rejects.toThrow(/aborted|hang up/);
    expect(viewer.errors).toMatchObject([{ message: 'no' }, { message: 'later' }]);
  });

  it('may be empty', async () => {
    viewer = await startViewer({ exports: exportsOf(async function* () {}) });
    expect(await viewer.ask('/api/tasks.csv')).toMatchObject({ status: 200, text: '' });
  });
});

describe('what changes something', () => {
  it('is done for the page', async () => {
    let state: 'ready' | 'running' = 'ready';
    const start = async () => {
      state = 'running';
    };
    const deleted: unknown[] = [];
    const deleteSpans = async (before: number | null) => deleted.push(before);
    viewer = await startViewer({ demo: { state: () => state, start }, deleteSpans });
    const headers = { 'x-agent-cost-token': await pageToken(viewer), origin: viewer.url };
    const post = (path: string) => viewer.ask(path, { method: 'POST', headers });

    expect(await post('/api/demo')).toMatchObject({ status: 202, text: '{"demo":"running"}' });
    expect(await answer('/api/status')).toMatchObject({ demo: 'running' });
    expect((await post('/api/demo')).status).toBe(409);

    expect(await post('/api/delete?before=1000')).toMatchObject({ status: 200, text: '{"deletedSpans":1}' });
    expect((await post('/api/delete')).status).toBe(200);
    expect((await post('/api/delete?befor=1000')).status).toBe(400);
    expect(deleted).toEqual([1000, null]);
    expect((await viewer.ask('/api/delete', { headers })).status).toBe(405);
  });

  it('is refused when there is no demo', async () => {
    viewer = await startViewer();
    const headers = { 'x-agent-cost-token': await pageToken(viewer) };
    expect((await viewer.ask('/api/demo', { method: 'POST', headers })).status).toBe(409);
  });
});
