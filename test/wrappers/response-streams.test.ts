/** A fetch `Response` whose body is a stream of events, from a real server, read in every way. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLlm, withTask } from '../../src/index.js';
import { completion, startTracing, wait } from '../support/tracing.js';

const OPTIONS = { provider: 'openai', model: 'gpt-4o' };

let server: Server;
let answer: (response: ServerResponse) => unknown;
let url: string;

beforeEach(async () => {
  server = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const CHUNKS = [
  { id: 'c', model: 'gpt-4o', choices: [{ delta: { content: 'grüße' } }] },
  { id: 'c', model: 'gpt-4o', choices: [{ delta: {}, finish_reason: 'stop' }] },
  {
    id: 'c',
    model: 'gpt-4o',
    choices: [],
    usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
  },
];
const EVENTS = `${CHUNKS.map((chunk) => `event: x\ndata: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`;

/** Sends a body in pieces of so many bytes. */
function send(body: string, type: string, pieceBytes: number) {
  return async (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': type });
    const bytes = Buffer.from(body);
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      response.write(bytes.subarray(at, at + pieceBytes));
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  };
}

async function textOf(stream: AsyncIterable<unknown> | null): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of stream ?? [])
    text += typeof part === 'string' ? part : decoder.decode(part as Uint8Array, { stream: true });
  return text;
}

const READS: Record<string, (response: Response) => Promise<string>> = {
  'text()': (response) => response.text(),
  'arrayBuffer()': async (response) => Buffer.from(await response.arrayBuffer()).toString(),
  'blob()': async (response) => (await response.blob()).text(),
  'the body in a loop': (response) => textOf(response.body),
  'a reader of the body': async (response) => {
    const reader = response.body?.getReader();
    const parts: Uint8Array[] = [];
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done || value === undefined) return Buffer.concat(parts).toString();
      parts.push(value);
    }
  },
  'a pipe of the body': (response) => textOf(response.body?.pipeThrough(new TextDecoderStream()) ?? null),
  'a Node stream of the body': (response) =>
    textOf(
      response.body === null
        ? null
        : Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]),
    ),
  'a clone and itself': async (response) => {
    const clone = response.clone();
    const [mine, copy] = await Promise.all([response.text(), clone.text()]);
    expect(copy).toBe(mine);
    return mine ?? '';
  },
  'another Response': (response) => new Response(response.body).text(),
};

describe('a Response of events', () => {
  it.each(Object.keys(READS))('is billed while the app reads it: %s', async (name) => {
    const { attributes } = startTracing();
    answer = send(EVENTS, 'text/event-stream; charset=utf-8', 7);
    const text = await withTask(
      't',
      async () => await READS[name]?.(await withLlm(OPTIONS, () => fetch(url))),
    );
    expect(text).toBe(EVENTS);
    expect(attributes('chat gpt-4o')).toMatchObject({
      cost_usd: 0.0035,
      'gen_ai.response.finish_reasons': ['stop'],
    });
    expect(attributes('chat gpt-4o')).not.toHaveProperty(['cost.anomaly']);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.cost_complete': true });
  });

  it.each<[string, string, string]>([
    ['lines of JSON', 'application/x-ndjson', CHUNKS.map((chunk) => JSON.stringify(chunk)).join('\n')],
    ['lines that end like Windows lines', 'text/event-stream', EVENTS.replaceAll('\n', '\r\n')],
    [
      'data in several lines',
      'text/event-stream',
      CHUNKS.map((chunk) => `data: ${JSON.stringify(chunk, null, 1).replaceAll('\n', '\ndata: ')}\n\n`).join(
        '',
      ),
    ],
    ['no end of the last line', 'text/event-stream', EVENTS.slice(0, EVENTS.indexOf('data: [DONE]') - 2)],
  ])('is billed with %s', async (_, type, body) => {
    const { attributes } = startTracing();
    for (const pieceBytes of [1, 10_000]) {
      answer = send(body, type, pieceBytes);
      await withTask(`t ${pieceBytes}`, async () => await (await withLlm(OPTIONS, () => fetch(url))).text());
      expect(attributes(`task t ${pieceBytes}`)).toMatchObject({
        'task.cost_usd': 0.0035,
        'task.cost_complete': true,
      });
    }
  });

  it('is unpriced without usage, and estimated where it is left after some', async () => {
    const { attributes } = startTracing();
    const started = { type: 'message_start', message: { usage: { input_tokens: 1000, output_tokens: 100 } } };
    for (const [name, first] of [
      ['none', CHUNKS[0]],
      ['some', started],
    ] as const) {
      answer = (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(`data: ${JSON.stringify(first)}\n\n`);
      };
      await withTask(name, async () => {
        const response = await withLlm(OPTIONS, () => fetch(url));
        const reader = response.body?.getReader();
        await reader?.read();
        await reader?.cancel();
      });
    }
    expect(attributes('task none')).toMatchObject({ 'task.cost_usd': 0, 'task.cost_complete': false });
    expect(attributes('task some')).toMatchObject({
      'task.cost_usd': 0.0035,
      'task.estimated_cost_usd': 0.0035,
    });
  });

  it('that is read after its task is billed late', async () => {
    const { spans } = startTracing();
    answer = send(EVENTS, 'text/event-stream', 10_000);
    const response = await withTask('t', async () => await withLlm(OPTIONS, () => fetch(url)));
    expect(await response.text()).toBe(EVENTS);
    await wait(1);
    const stated = spans().findLast(({ attributes: at }) => at['task.cost_usd'] !== undefined)?.attributes;
    expect(stated).toMatchObject({ 'task.cost_usd': 0.0035, 'task.cost_complete': true });
    expect(spans().flatMap(({ attributes: at }) => at.cost_usd ?? [])).toEqual([0.0035]);
  });

  it('that is left after its task leaves the task incomplete', async () => {
    const { spans } = startTracing();
    const started = { type: 'message_start', message: { usage: { input_tokens: 1000, output_tokens: 1 } } };
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(started)}\n\n`);
    };
    const response = await withTask('t', async () => await withLlm(OPTIONS, () => fetch(url)));
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await wait(1);
    const stated = spans().findLast(({ attributes: at }) => at['task.cost_usd'] !== undefined)?.attributes;
    expect(stated).toMatchObject({ 'task.cost_usd': 0.00251, 'task.cost_complete': false });
  });

  it('whose connection breaks is a failed call', async () => {
    const { attributes } = startTracing();
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(EVENTS.slice(0, 60), () => response.destroy());
    };
    await withTask('t', async () => {
      const response = await withLlm(OPTIONS, () => fetch(url));
      await expect(response.text()).rejects.toThrow();
    });
    expect(attributes('task t')).toMatchObject({ 'task.failed_calls': 1, 'task.cost_complete': false });
  });
});

describe('a Response of JSON', () => {
  const reads = Object.keys(READS).filter((name) => name !== 'a Node stream of the body');
  it.each(['json()', ...reads])('is billed however the app reads it: %s', async (name) => {
    const { attributes } = startTracing();
    const body = completion(1000, 100);
    answer = send(JSON.stringify(body), 'application/json', 50);
    await withTask('t', async () => {
      const response = await withLlm(OPTIONS, () => fetch(url));
      const text = await READS[name]?.(response);
      expect(text === undefined ? await response.json() : JSON.parse(text)).toEqual(body);
      await wait(1);
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.cost_complete': true });
  });
});
