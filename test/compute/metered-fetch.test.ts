import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFee, type MeteredFetchOptions, meteredFetch } from '../../src/compute.js';
import { withTask, withTool } from '../../src/index.js';
import { ownKeys, startProcessor, startTracing, wait } from '../support/tracing.js';

const GIB = 2 ** 30;

let server: Server;
let origin: string;
let host: string;

beforeAll(async () => {
  server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  origin = `http://${host}`;
});

afterAll(() => server.close());

/** `/sized` states its size, `/chunked` does not, `/status/<n>` has that status, `/slow` never ends. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = new URL(request.url ?? '/', origin).pathname;
  const [, kind, detail] = path.split('/');
  if (kind === 'status') response.writeHead(Number(detail)).end('no');
  else if (kind === 'broken') request.socket.destroy();
  else if (kind === 'sized') response.end('{"a":1}');
  else {
    response.write('hello ');
    if (kind !== 'slow') setTimeout(() => response.end('world'), 5);
  }
}

function metered(fee: number | ApiFee, more: MeteredFetchOptions = {}): typeof fetch {
  return meteredFetch(fetch, { fees: { [host]: fee }, ...more });
}

describe('a metered fetch', () => {
  it('takes a host without a port for each of its ports', async () => {
    startProcessor();
    const ask = meteredFetch(fetch, { fees: { '127.0.0.1': 0.002 } });
    const spent = await withTask('t', async (task) => {
      await (await ask(`${origin}/sized/1`)).text();
      return task;
    });
    expect(spent.totals.costUsd).toBe(0.002);
  });

  it('records endpoint, status, sizes and the fee', async () => {
    const { attributes, span } = startTracing();
    const ask = metered(0.002);
    await withTask('t', async () => {
      const response = await ask(`${origin}/sized/42?api_key=secret`, { method: 'POST', body: 'é' });
      expect(await response.json()).toEqual({ a: 1 });
    });
    expect(attributes('POST /sized/{id}')).toEqual({
      'http.request.method': 'POST',
      'url.template': '/sized/{id}',
      'server.address': host,
      'http.request.body.size': 2,
      'http.response.status_code': 200,
      'http.response.body.size': 7,
      cost_usd: 0.002,
      'cost.kind': 'other',
      'cost.source': 'declared',
      'gen_ai.usage.cost': 0.002,
      'task.id': attributes('task t')['task.id'],
      'task.name': 't',
    });
    expect(span('POST /sized/{id}').duration[0] * 1e9 + span('POST /sized/{id}').duration[1]).toBeGreaterThan(
      0,
    );
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.002, 'task.other_cost_usd': 0.002 });
  });

  it('leaves nothing of ours on a request without a fee', async () => {
    const { spans } = startTracing();
    await (await meteredFetch(fetch)(`${origin}/sized`)).text();
    expect(spans()).toHaveLength(1);
    expect(ownKeys(spans()[0]?.attributes ?? {})).toEqual([]);
  });

  it('records the names of parameters only on request, and never a value or a secret', async () => {
    const { spans } = startTracing();
    const url = `${origin}/sized/sk-proj-1234567890?q=hidden&token=hidden`.replace('//', '//user:hidden@');
    const secrets = { headers: { authorization: 'Bearer hidden' }, body: 'hidden', method: 'POST' };
    const withoutUser = url.replace('user:hidden@', '');
    await metered(0)(withoutUser, secrets).then((response) => response.text());
    await metered(0, { parameterNames: true })(withoutUser, secrets).then((response) => response.text());
    const [first, second] = spans();
    expect(first?.attributes).not.toHaveProperty(['cost.parameter_names']);
    expect(second?.attributes['cost.parameter_names']).toEqual(['q', 'token']);
    expect(JSON.stringify(spans().map(({ name, attributes }) => [name, attributes]))).not.toMatch(
      /hidden|sk-/,
    );
  });

  it('uses the declared route as its template', async () => {
    const { span } = startTracing();
    const ask = meteredFetch(fetch, { fees: { [`${host}/sized/{user}/orders`]: 1 } });
    await (await ask(`${origin}/sized/ada/orders`)).text();
    expect(span('GET /sized/{user}/orders').attributes.cost_usd).toBe(1);
  });
});

describe('what the app gets', () => {
  it('is the very response, unread', async () => {
    startProcessor();
    let given: Response | undefined;
    const inner = async (...args: Parameters<typeof fetch>) => {
      given = await fetch(...args);
      return given;
    };
    const response = await meteredFetch(inner, { fees: { [host]: 1 } })(`${origin}/chunked`);
    expect(response).toBe(given);
    expect(response.bodyUsed).toBe(false);
    expect(await response.text()).toBe('hello world');
  });

  it('is the very error', async () => {
    startProcessor();
    const failure = new TypeError('no');
    const ask = meteredFetch(async () => {
      throw failure;
    });
    await expect(ask()).rejects.toBe(failure);
    const throwing = meteredFetch(() => {
      throw failure;
    });
    expect(throwing).toThrow(failure);
  });

  it('is a function of the same name, with its properties, called with the same `this`', () => {
    startProcessor();
    const own = Object.assign(
      function ask(this: unknown) {
        return this;
      },
      { preconnect: 'kept' },
    );
    const wrapped = meteredFetch(own);
    expect([wrapped.name, wrapped.preconnect]).toEqual(['ask', 'kept']);
    const self = {};
    expect(wrapped.call(self)).toBe(self);
  });

  it.each([['nothing'], [undefined], [null], [{ status: 200 }], [{ status: 200, headers: {}, body: {} }]])(
    'is what a stand-in gives, like %j',
    async (value) => {
      const { spans, cost } = startTracing();
      expect(await meteredFetch(async () => value)()).toBe(value);
      expect(spans()).toHaveLength(1);
      expect(cost.stats.internalErrors).toBe(0);
    },
  );

  it.each([
    ['text', (response: Response) => response.text()],
    ['arrayBuffer', (response: Response) => response.arrayBuffer()],
    ['blob', (response: Response) => response.blob()],
    [
      'an iteration',
      async (response: Response) => {
        for await (const chunk of response.body ?? []) expect(chunk).toBeDefined();
      },
    ],
    ['a pipe', (response: Response) => response.body?.pipeTo(new WritableStream())],
    [
      'a clone',
      async (response: Response) => {
        const clone = response.clone();
        expect(await clone.text()).toBe('hello world');
        expect(await response.text()).toBe('hello world');
      },
    ],
    ['a new Response', (response: Response) => new Response(response.body).text()],
  ])('counts a body without a stated size as it is read by %s', async (_how, read) => {
    const { attributes, spans } = startTracing();
    await withTask('t', async () => {
      await read(await metered(1)(`${origin}/chunked`));
      await wait(10);
    });
    expect(attributes('GET /chunked')).toMatchObject({ 'http.response.body.size': 11, cost_usd: 1 });
    expect(spans().at(-1)?.name).toBe('task t');
  });
});

describe('the fee', () => {
  it.each([[400], [401], [403], [404], [429]])('is not due for a request refused with %d', async (status) => {
    const { attributes } = startTracing();
    await withTask('t', async () => (await metered(1)(`${origin}/status/${status}`)).text());
    expect(attributes('GET /status/{id}')).toMatchObject({
      cost_usd: 0,
      'cost.status': 'free',
      'error.type': String(status),
    });
  });

  it('is due for an error of the server, and for what a function says', async () => {
    startProcessor();
    const byHeader: ApiFee = { callUsd: (response) => (response.status === 404 ? 0.5 : 0.25) };
    await withTask('t', async (task) => {
      await (await metered(1)(`${origin}/status/500`)).text();
      expect(task.totals.costUsd).toBe(1);
      await (await metered(byHeader)(`${origin}/status/404`)).text();
      expect(task.totals.costUsd).toBe(1.5);
    });
  });

  it.each([
    ['NaN', () => Number.NaN],
    ['less than nothing', () => -1],
    ['nothing', () => Object(undefined)],
    [
      'an error',
      () => {
        throw new Error('no');
      },
    ],
    [
      'a number that is thrown',
      () => {
        throw 3;
      },
    ],
  ])('of %s is refused and flagged', async (_what, callUsd) => {
    const { attributes, cost } = startTracing();
    await withTask('t', async () => (await metered({ callUsd })(`${origin}/sized`)).text());
    expect(attributes('GET /sized')).toMatchObject({ 'cost.reason': 'bad_amount' });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0, 'task.cost_complete': false });
    expect(cost.stats.refusedAmounts).toBe(1);
  });

  it('is not known when no answer came', async () => {
    const { attributes } = startTracing();
    await withTask('t', () => expect(metered(1)(`${origin}/broken`)).rejects.toThrow());
    expect(attributes('GET /broken')).toMatchObject({ 'cost.reason': 'no_result' });
    expect(attributes('task t')).toMatchObject({ 'task.cost_complete': false });
  });

  it('is not due when no server was reached', async () => {
    const { attributes } = startTracing();
    const nobody = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => nobody.once('listening', resolve));
    const { port } = nobody.address() as AddressInfo;
    await new Promise((resolve) => nobody.close(resolve));
    const ask = meteredFetch(fetch, { fees: { [`127.0.0.1:${port}`]: 1 } });
    await withTask('t', () => expect(ask(`http://127.0.0.1:${port}/`)).rejects.toThrow());
    expect(ownKeys(attributes('GET /'))).toEqual([]);
  });

  it('is billed when the response arrives, and the span is exported with the task if the body is not read', async () => {
    const { attributes, spans } = startTracing();
    await withTask('t', async (task) => {
      await metered(1)(`${origin}/slow`);
      expect(task.totals.costUsd).toBe(1);
      expect(spans()).toEqual([]);
    });
    expect(attributes('GET /slow').cost_usd).toBe(1);
    expect(attributes('GET /slow')).not.toHaveProperty(['http.response.body.size']);
    expect(attributes('task t')['task.cost_usd']).toBe(1);
  });

  it('is part of the tool that asks', async () => {
    const { attributes } = startTracing();
    await withTask('t', () => withTool('lookup', async () => (await metered(1)(`${origin}/sized`)).text()));
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 1, 'task.other_cost_usd': 1 });
  });
});

describe('data transfer', () => {
  /** $0.000001 for a byte sent, $0.00001 for a byte received. */
  const rates: ApiFee = { sentGibUsd: GIB * 1e-6, receivedGibUsd: GIB * 1e-5 };

  it.each([
    ['/sized', 0.000073],
    ['/chunked', 0.000113],
  ])('of %s is billed by its size', async (path, costUsd) => {
    const { attributes } = startTracing();
    await withTask('t', async () => {
      await (await metered(rates)(origin + path, { method: 'POST', body: 'abc' })).text();
    });
    expect(attributes(`cost ${host}`)).toMatchObject({ cost_usd: costUsd, 'cost.kind': 'network' });
    expect(attributes('task t')).toMatchObject({
      'task.cost_usd': costUsd,
      'task.cost_complete': true,
    });
  });

  it('that is not read to its end is a lower bound', async () => {
    const { attributes } = startTracing();
    await withTask('t', async () => {
      const reader = (await metered(rates)(`${origin}/slow`)).body?.getReader();
      await reader?.read();
      await reader?.cancel();
    });
    expect(attributes(`cost ${host}`)).toMatchObject({ cost_usd: 0.00006, 'cost.reason': 'stream_cut' });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.00006, 'task.cost_complete': false });
  });

  it('that is read after its task has ended is billed all the same', async () => {
    const { spans } = startTracing();
    const response = await withTask('t', () => metered(rates)(`${origin}/chunked`));
    expect(await response.text()).toBe('hello world');
    const own = spans().filter(({ name }) => name === `cost ${host}`);
    expect(own.map(({ attributes }) => attributes.cost_usd)).toEqual([undefined, 0.00011]);
    const correction = spans().findLast(({ name }) => name === 'cost correction');
    expect(correction?.attributes).toMatchObject({ 'task.cost_usd': 0.00011, 'task.cost_complete': true });
  });

  it('of an unknown size that has a rate is unpriced', async () => {
    const { attributes } = startTracing();
    const body = new Blob(['abc']).stream();
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    await withTask('t', async () => (await metered(rates)(`${origin}/sized`, init)).text());
    expect(attributes(`cost ${host}`)).toMatchObject({ 'cost.reason': 'no_usage' });
    expect(attributes('task t')['task.cost_complete']).toBe(false);
  });
});

describe('wrong options', () => {
  it.each([
    [undefined, {}, /"meteredFetch fetch" must be a function/],
    [fetch, { fee: {} }, /unknown option "meteredFetch options.fee"/],
    [fetch, { fees: { host: -1 } }, /"meteredFetch options.fees.host" must be a number/],
    [fetch, { parameterNames: 'q' }, /"meteredFetch options.parameterNames" must be true or false/],
  ])('are refused (%#)', (given, options, message) => {
    expect(() => meteredFetch(Object(given), Object(options))).toThrow(message);
  });
});
