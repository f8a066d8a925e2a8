/** A fetch `Response` as the result of `withLlm`, from a real server. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LlmHandle, withLlm, withTask } from '../../src/index.js';
import { completion, startTracing } from '../support/tracing.js';

const OPTIONS = { provider: 'openai', model: 'gpt-4o' };

let server: Server;
let answer: (response: ServerResponse) => void;
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

function json(body: unknown, status = 200) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
  };
}

function events(response: ServerResponse) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('data: {"choices":[]}\n\n');
}

/** The app reads the body of the response that it was given, inside the task. */
async function readInTask(read: (response: Response) => Promise<unknown>): Promise<unknown> {
  return await withTask('t', async () => await read(await withLlm(OPTIONS, () => fetch(url))));
}

describe('a fetch Response of JSON', () => {
  it('is billed by its body, which the app still reads unchanged', async () => {
    const { attributes } = startTracing();
    const body = completion(1000, 100);
    answer = json(body);
    expect(await readInTask((response) => response.json())).toEqual(body);
    expect(attributes('chat gpt-4o')).toMatchObject({ cost_usd: 0.0035, 'gen_ai.usage.input_tokens': 1000 });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.cost_complete': true });
  });

  it('is the same object that the function returned', async () => {
    startTracing();
    answer = json(completion(1, 1));
    let given: Response | undefined;
    const taken = await withLlm(OPTIONS, async () => {
      given = await fetch(url);
      return given;
    });
    expect(taken).toBe(given);
    expect(taken.bodyUsed).toBe(false);
  });

  it.each([
    [429, 0],
    [500, undefined],
  ])('with status %i is a failed call, which costs %s', async (status, costUsd) => {
    const { attributes } = startTracing();
    answer = json({ error: 'no' }, status);
    await readInTask((response) => response.text());
    const call = attributes('chat gpt-4o');
    expect(call['error.type']).toBe(String(status));
    expect(call.cost_usd).toBe(costUsd);
    expect(attributes('task t')['task.failed_calls']).toBe(1);
  });
});

describe('a fetch Response whose body comes late', () => {
  /** The head of the answer is sent, and its body when `send` is called. */
  function answerLater(): () => void {
    let send = () => {};
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      send = () => response.end(JSON.stringify(completion(1000, 100)));
    };
    return () => send();
  }

  it('leaves its task incomplete, and is billed below it when it comes', async () => {
    const { attributes, spans } = startTracing();
    const send = answerLater();
    const response = await withTask('t', () => withLlm(OPTIONS, () => fetch(url)));
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0, 'task.cost_complete': false });
    send();
    await response.text();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(attributes('cost gpt-4o').cost_usd).toBe(0.0035);
    const stated = spans().findLast(({ attributes: at }) => at['task.cost_usd'] !== undefined)?.attributes;
    expect(stated).toMatchObject({ 'task.cost_usd': 0.0035, 'task.cost_complete': true });
  });

  it.each(['before', 'after'])('is billed once where the app records the same usage %s it', async (when) => {
    const { cost, spans } = startTracing();
    const send = answerLater();
    let handle: LlmHandle | undefined;
    const response = await withTask('t', () =>
      withLlm(OPTIONS, (call) => {
        handle = call;
        return fetch(url);
      }),
    );
    const record = () => handle?.recordUsage({ inputTokens: 1000, outputTokens: 100 });
    if (when === 'before') record();
    send();
    await response.text();
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (when === 'after') record();
    expect(spans().flatMap(({ attributes: at }) => at.cost_usd ?? [])).toEqual([0.0035]);
    expect(cost.stats.internalErrors).toBe(0);
  });

  it('is billed once where the app records the usage of a body that was read in time', async () => {
    const { spans } = startTracing();
    answer = json(completion(1000, 100));
    let handle: LlmHandle | undefined;
    await withTask('t', async () => {
      const response = await withLlm(OPTIONS, (call) => {
        handle = call;
        return fetch(url);
      });
      await response.text();
      await new Promise((resolve) => setTimeout(resolve, 20));
      handle?.recordUsage({ inputTokens: 1000, outputTokens: 100 });
    });
    expect(spans().flatMap(({ attributes: at }) => at.cost_usd ?? [])).toEqual([0.0035]);
  });
});

describe('a fetch Response whose body is not read here', () => {
  it.each<[string, () => void, (response: Response) => Promise<unknown>]>([
    [
      'an event stream that the app breaks off',
      () => {
        answer = events;
      },
      (response) => response.body?.cancel() ?? Promise.resolve(),
    ],
    [
      'JSON that is cut short',
      () => {
        answer = (response) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end('{"usage":');
        };
      },
      (response) => response.text(),
    ],
    [
      'a string',
      () => {
        answer = (response) => response.end('hello');
      },
      (response) => response.text(),
    ],
  ])('is unpriced, with the reason: %s', async (_what, serve, read) => {
    const { attributes, cost } = startTracing();
    serve();
    await readInTask(read);
    expect(attributes('chat gpt-4o')).toMatchObject({
      'cost.status': 'unpriced',
      'cost.anomaly': 'the result is a fetch Response whose usage was not read',
    });
    expect(attributes('task t')['task.cost_complete']).toBe(false);
    expect(cost.stats.internalErrors).toBe(0);
  });

  it.each<[string, (response: Response) => unknown]>([
    ['is locked by a reader', (response) => [response.body?.getReader(), response][1]],
    ['was read already', async (response) => [await response.text(), response][1]],
    [
      'lacks a part of the standard',
      (response) => Object.defineProperty(response, 'headers', { value: undefined }),
    ],
    [
      'cannot be cloned',
      (response) =>
        Object.defineProperty(response, 'clone', {
          value: () => {
            throw new Error('no');
          },
        }),
    ],
  ])('settles at once where it %s', async (_what, spoil) => {
    const { attributes } = startTracing();
    answer = json(completion(1000, 100));
    await withTask('t', () => withLlm(OPTIONS, async () => spoil(await fetch(url))));
    expect(attributes('chat gpt-4o')['cost.status']).toBe('unpriced');
    expect(attributes('task t')).toMatchObject({ 'task.llm_calls': 1, 'task.cost_complete': false });
  });

  it('is billed by the usage that the app records itself', async () => {
    const { attributes } = startTracing();
    answer = events;
    await withLlm(OPTIONS, async (call) => {
      const response = await fetch(url);
      call.recordUsage({ inputTokens: 1000, outputTokens: 100 });
      return response;
    });
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.0035);
    expect(attributes('chat gpt-4o')).not.toHaveProperty(['cost.anomaly']);
  });

  it('does not read on: a stream that the app cancels is closed', async () => {
    startTracing();
    const closed = new Promise<void>((resolve) => {
      answer = (response) => {
        response.on('close', resolve);
        events(response);
      };
    });
    const response = await withLlm(OPTIONS, () => fetch(url));
    await response.body?.cancel();
    await closed;
  });
});
