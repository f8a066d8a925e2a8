/** Newer prices from a file or a server, against real ones on loopback. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { type Provider, waitForUpdate } from '@pydantic/genai-prices';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CostSpanProcessor } from '../../src/index.js';
import { PriceBook } from '../../src/pricing/price-book.js';
import { assertPriceData } from '../../src/pricing/price-data.js';
import { queryOf, usageOf } from '../pricing/query.js';

const folder = mkdtempSync(join(tmpdir(), 'prices-'));
const processor = new CostSpanProcessor();
const book = new PriceBook();
const servers: Server[] = [];
const installed: Provider[] = (await waitForUpdate()) ?? [];
const warnings: string[] = [];

beforeAll(() => {
  const silent = () => {};
  const warn = (message: string) => warnings.push(message);
  const logger = { error: silent, warn, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, DiagLogLevel.WARN);
});
afterEach(async () => {
  warnings.length = 0;
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
afterAll(async () => {
  diag.disable();
  await processor.shutdown();
  rmSync(folder, { recursive: true });
});

/** The origin of a server on loopback. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

/** The installed list with another input price of gpt-4o. */
function dataWith(gpt4oInput: number): string {
  const data: Provider[] = structuredClone(installed);
  const model = data.find(({ id }) => id === 'openai')?.models.find(({ id }) => id === 'gpt-4o');
  if (model === undefined) throw new Error('no gpt-4o');
  model.prices = { input_mtok: gpt4oInput, output_mtok: 10 };
  return JSON.stringify(data);
}

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  utimesSync(path, new Date('2027-03-04T05:06:07Z'), new Date('2027-03-04T05:06:07Z'));
  return path;
}

/** Of one million input tokens of gpt-4o. */
function priceNow() {
  const usage = usageOf({ input: 1_000_000 });
  const { pico, source } = book.price(queryOf('openai', 'gpt-4o', { usage }));
  return { usd: (pico ?? Number.NaN) / 1e12, source };
}
describe('prices from a file', () => {
  it('are in force at once, with their version in the source', async () => {
    expect(priceNow()).toMatchObject({ usd: 2.5, source: expect.stringMatching(/gpt-4o@[\d.]+$/) });
    const refresh = await processor.refreshPrices({ from: fileOf('a.json', dataWith(3)) });
    expect(refresh).toMatchObject({ updated: true, models: expect.any(Number) });
    const version = refresh.updated ? refresh.version : '';
    expect(version).toMatch(/^2027-03-04\.[0-9a-f]{8}$/);
    expect(priceNow()).toEqual({ usd: 3, source: `genai-prices/openai/gpt-4o@${version}` });
  });

  it('are found by a file URL, and the same data has the same version', async () => {
    const path = fileOf('b.json', dataWith(4));
    const one = await processor.refreshPrices({ from: pathToFileURL(path) });
    const other = await processor.refreshPrices({ from: pathToFileURL(path).href });
    expect(other).toEqual(one);
    expect(priceNow().usd).toBe(4);
  });

  it.each([
    ['nowhere.json', undefined, /ENOENT/],
    ['empty.json', '', /is not JSON/],
    ['cut.json', dataWith(9).slice(0, 5000), /is not JSON/],
    ['object.json', '{"openai": {}}', /expected an array of providers, got an object with keys openai/],
    ['none.json', '[]', /has no providers/],
    ['negative.json', dataWith(-1), /openai\/gpt-4o\.prices\.input_mtok is -1; expected USD from 0 to 10000/],
    ['absurd.json', dataWith(2_500_000), /openai\/gpt-4o\.prices\.input_mtok is 2500000/],
    ['null.json', dataWith(Number.NaN), /openai\/gpt-4o\.prices\.input_mtok is null/],
    ['huge.json', ' '.repeat(8 * 1024 * 1024 + 1), /more than 8 MB/],
    ['.', undefined, /it is not a file/],
  ])('%s is refused with its reason, and the prices stay', async (name, text, reason) => {
    await processor.refreshPrices({ from: fileOf('now.json', dataWith(5)) });
    const path = text === undefined ? join(folder, name) : fileOf(name, text);
    const before = priceNow();
    const refresh = await processor.refreshPrices({ from: path });
    expect(refresh).toEqual({ updated: false, reason: expect.stringMatching(reason) });
    expect(priceNow()).toEqual(before);
    expect(warnings).toEqual([expect.stringMatching(reason)]);
  });

  it.each([
    [{ id: 'a', models: [] }, /a\.name is undefined, not a name/],
    [{ id: 'a', name: 'A' }, /a\.models is undefined, not an array/],
    [{ id: 'a', name: 'A', models: [{ id: 'm', prices: {} }] }, /a\/m\.match is undefined, no condition/],
    [
      { id: 'a', name: 'A', models: [{ id: 'm', match: { regex: '(' }, prices: {} }] },
      /not a regular expression/,
    ],
    [
      { id: 'a', name: 'A', models: [{ id: 'm', match: { equals: 'm' }, prices: [] }] },
      /empty array of prices/,
    ],
    [
      {
        id: 'a',
        name: 'A',
        models: [{ id: 'm', match: { equals: 'm' }, prices: [{ constraint: { weekday: 1 }, prices: {} }] }],
      },
      /constraint/,
    ],
    [
      {
        id: 'a',
        name: 'A',
        models: [
          { id: 'm', match: { equals: 'm' }, prices: { input_mtok: { base: 1, tiers: [{ price: 1 }] } } },
        ],
      },
      /tier without a start/,
    ],
  ])('%o is refused', async (provider, reason) => {
    const before = priceNow();
    const refresh = await processor.refreshPrices({ from: fileOf('shape.json', JSON.stringify([provider])) });
    expect(refresh).toEqual({ updated: false, reason: expect.stringMatching(reason) });
    expect(priceNow()).toEqual(before);
  });

  it('that the list itself has today are all accepted', () => {
    expect(() => assertPriceData(JSON.parse(JSON.stringify(installed)))).not.toThrow();
  });
});

describe('prices from a server', () => {
  it('are loaded, also after a redirect on the same origin', async () => {
    const origin = await serve((request, response) => {
      if (request.url === '/old') response.writeHead(302, { location: '/new' }).end();
      else response.setHeader('last-modified', 'Tue, 02 Feb 2027 00:00:00 GMT').end(dataWith(6));
    });
    const refresh = await processor.refreshPrices({ from: `${origin}/old` });
    expect(refresh).toMatchObject({ updated: true, version: expect.stringMatching(/^2027-02-02\./) });
    expect(priceNow().usd).toBe(6);
  });

  it.each<[string, RequestListener, RegExp]>([
    ['404', (_, response) => response.writeHead(404).end('[]'), /status 404/],
    ['500', (_, response) => response.writeHead(500).end('[]'), /status 500/],
    [
      'another origin',
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.2:1/x' }).end(),
      /redirected to another origin, http:\/\/127\.0\.0\.2:1/,
    ],
    [
      'a redirect without an end',
      (_, response) => response.writeHead(302, { location: '/again' }).end(),
      /redirected more than 5 times/,
    ],
    [
      'a body that is cut',
      (_, response) => {
        response.writeHead(200, { 'content-length': 5000 });
        response.write('[{"id"', () => response.destroy());
      },
      /terminated/,
    ],
    [
      'a body without an end',
      (_, response) => {
        const chunk = ' '.repeat(1024 * 1024);
        const write = () => response.write(chunk, (error) => error ?? write());
        write();
      },
      /more than 8 MB/,
    ],
    ['HTML', (_, response) => response.end('<html></html>'), /is not JSON/],
  ])('%s is refused, and the prices stay', async (_, listener, reason) => {
    const before = priceNow();
    const refresh = await processor.refreshPrices({ from: await serve(listener) });
    expect(refresh).toEqual({ updated: false, reason: expect.stringMatching(reason) });
    expect(priceNow()).toEqual(before);
  });

  it('are given up after the time-out, also within the body', async () => {
    const silent = await serve(() => {});
    const slow = await serve((_, response) => response.writeHead(200).write('['));
    for (const from of [silent, slow]) {
      const refresh = await processor.refreshPrices({ from, timeoutMillis: 50 });
      expect(refresh).toEqual({ updated: false, reason: expect.stringMatching(/not loaded within 50 ms/) });
    }
  });

  it('that nobody serves are refused, without the secrets of the URL', async () => {
    const origin = await serve(() => {});
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const from = `${origin.replace('//', '//user:hunter2@')}/secret-token`;
    const refresh = await processor.refreshPrices({ from });
    expect(refresh.updated).toBe(false);
    expect(JSON.stringify([refresh, warnings])).not.toMatch(/hunter2|secret-token/);
  });
});

describe('several refreshes', () => {
  it('take effect in the order in which they were asked for, whichever server is slower', async () => {
    const slow = await serve((_, response) => setTimeout(() => response.end(dataWith(7)), 100));
    const fast = await serve((_, response) => response.end(dataWith(8)));
    const both = [processor.refreshPrices({ from: slow }), processor.refreshPrices({ from: fast })];
    expect((await Promise.all(both)).map(({ updated }) => updated)).toEqual([true, true]);
    expect(priceNow().usd).toBe(8);
  });

  it.each([
    [undefined],
    [{}],
    [{ from: '' }],
    [{ from: 5 }],
    [{ from: 'http://' }],
    [{ from: 'x.json', timeoutMillis: -1 }],
  ])('%o resolves with a reason and never throws', async (options) => {
    // @ts-expect-error: as JavaScript may call it
    const refresh = await processor.refreshPrices(options);
    expect(refresh).toEqual({ updated: false, reason: expect.any(String) });
    expect(await processor.refreshPrices({ from: fileOf('after.json', dataWith(5)) })).toMatchObject({
      updated: true,
    });
  });
});

describe('a correction of ours', () => {
  it('gives way to refreshed data that says something else about the model', async () => {
    const chat = () => book.price(queryOf('deepseek', 'deepseek-chat')).source;
    await processor.refreshPrices({ from: fileOf('same.json', dataWith(5)) });
    expect(chat()).toMatch(/^corrections\//);
    const data: Provider[] = structuredClone(installed);
    const model = data.find(({ id }) => id === 'deepseek')?.models.find(({ id }) => id === 'deepseek-chat');
    if (model !== undefined) model.prices = { input_mtok: 0.5, output_mtok: 1 };
    await processor.refreshPrices({ from: fileOf('newer.json', JSON.stringify(data)) });
    expect(chat()).toMatch(/^genai-prices\/deepseek\/deepseek-chat@2027-03-04\./);
  });
});
