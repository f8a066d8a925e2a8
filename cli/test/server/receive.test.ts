import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StoreBusyError } from '../../src/store/span-sink.js';
import { bytes, message, string } from '../otlp/support/wire.js';
import { type Answer, ListSink, pageToken, sendRaw, startViewer, type TestViewer } from './support/viewer.js';

const TRACE = '0123456789abcdef0123456789abcdef';
const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const SPAN = { traceId: TRACE, spanId: '0123456789abcdef', name: 'it' };

let viewer: TestViewer;
afterEach(() => viewer?.close());

const requestOf = (...spans: object[]) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const send = (body: string | Uint8Array, headers: Record<string, string> = JSON_TYPE): Promise<Answer> =>
  viewer.ask('/v1/traces', { body, headers });

const exporters: [string, (url: string) => SpanExporter][] = [
  ['JSON', (url) => new JsonExporter({ url })],
  ['JSON, zipped', (url) => new JsonExporter({ url, compression: CompressionAlgorithm.GZIP })],
  ['protobuf', (url) => new ProtobufExporter({ url })],
  ['protobuf, zipped', (url) => new ProtobufExporter({ url, compression: CompressionAlgorithm.GZIP })],
];

describe.each(exporters)('spans that an SDK sends as %s', (_format, exporterFor) => {
  it('are all kept, with what is in them', async () => {
    viewer = await startViewer();
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'svc' }),
      spanProcessors: [
        new BatchSpanProcessor(exporterFor(`${viewer.url}/v1/traces`), { maxQueueSize: 5_000 }),
      ],
    });
    const tracer = provider.getTracer('scope');
    for (let index = 0; index < 2_000; index++) {
      const attributes = {
        cost_usd: 0.5 + index,
        'task.id': `t${index}`,
        'gen_ai.usage.input_tokens': index,
      };
      tracer.startSpan('chat größe', { attributes }).end();
    }
    await provider.shutdown();
    expect(viewer.sink.spans).toHaveLength(2_000);
    expect(viewer.sink.spans.find(({ attributes }) => attributes['task.id'] === 't7')).toMatchObject({
      name: 'chat größe',
      attributes: { cost_usd: 7.5, 'task.id': 't7', 'gen_ai.usage.input_tokens': 7 },
      scopeName: 'scope',
      resource: { 'service.name': 'svc' },
    });
    expect(viewer.errors).toEqual([]);
  });
});

describe('an answer', () => {
  it('is empty in the format of the request', async () => {
    viewer = await startViewer();
    const inJson = await send(requestOf(SPAN), { 'content-type': 'application/json; charset=utf-8' });
    expect(inJson).toMatchObject({ status: 200, text: '{}' });
    expect(inJson.headers['content-type']).toBe('application/json');
    const inProtobuf = await send(new Uint8Array(), PROTOBUF);
    expect(inProtobuf).toMatchObject({ status: 200, text: '' });
    expect(inProtobuf.headers['content-type']).toBe('application/x-protobuf');
  });

  it('says in JSON how many spans were rejected, and why; the status counts them', async () => {
    viewer = await startViewer();
    const { status, text } = await send(requestOf(SPAN, { ...SPAN, spanId: '' }, SPAN));
    expect(status).toBe(200);
    const errorMessage = 'spanId must be 8 bytes that are not all zero';
    expect(JSON.parse(text)).toEqual({ partialSuccess: { rejectedSpans: '1', errorMessage } });
    expect(viewer.sink.spans).toHaveLength(2);
    // Two of them are the store's.
    expect(JSON.parse((await viewer.ask('/api/status')).text).rejectedSpans).toBe(3);
  });

  it.each(['{"spans":[]}', '{"resource_spans":[]}'])('warns of a body without spans: %s', async (body) => {
    viewer = await startViewer();
    const { status, text } = await send(body);
    const errorMessage = 'the body has no resourceSpans, so no span was found in it (names are in camelCase)';
    expect([status, JSON.parse(text), viewer.sink.spans]).toEqual([
      200,
      { partialSuccess: { rejectedSpans: '0', errorMessage } },
      [],
    ]);
  });

  it('says the same in protobuf, as the SDK reads it', async () => {
    viewer = await startViewer();
    const span = message(
      2,
      bytes(1, Buffer.from(TRACE, 'hex')),
      bytes(2, Buffer.alloc(3, 1)),
      string(5, 'it'),
    );
    const { status, body } = await send(message(1, message(2, span)), PROTOBUF);
    expect(status).toBe(200);
    const { partialSuccess } = ProtobufTraceSerializer.deserializeResponse(body);
    expect(Number(partialSuccess?.rejectedSpans)).toBe(1);
    expect(partialSuccess?.errorMessage).toBe('spanId must be 8 bytes that are not all zero');
  });

  it('is 400 with a status message when nothing can be read', async () => {
    viewer = await startViewer();
    const inJson = await send('{');
    expect(inJson.status).toBe(400);
    expect(JSON.parse(inJson.text)).toMatchObject({ code: 3, message: expect.stringContaining('not JSON') });
    const inProtobuf = await send(Buffer.from([0x0a, 0x7f]), PROTOBUF);
    expect(inProtobuf.status).toBe(400);
    expect(inProtobuf.headers['content-type']).toBe('application/x-protobuf');
    // Field 1 is the code, field 2 the message.
    expect(inProtobuf.body.subarray(0, 3)).toEqual(Buffer.from([0x08, 3, 0x12]));
    expect(inProtobuf.text).toContain('not an OTLP trace request in protobuf');
    expect(viewer.sink.spans).toEqual([]);
  });

  it('comes after the store has the spans, and never before', async () => {
    viewer = await startViewer();
    let keep = () => {};
    viewer.sink.before = () => new Promise((resolve) => (keep = resolve));
    const answer = send(requestOf(SPAN));
    const early = await Promise.race([
      answer,
      new Promise((resolve) => setTimeout(resolve, 100, 'none yet')),
    ]);
    expect(early).toBe('none yet');
    keep();
    expect((await answer).status).toBe(200);
    expect(viewer.sink.spans).toHaveLength(1);
  });

  it('is 429 with the time to wait when the store is busy, and 503 when it fails', async () => {
    viewer = await startViewer();
    viewer.sink.before = () => Promise.reject(new StoreBusyError(7));
    expect(await send(requestOf(SPAN))).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
    viewer.sink.before = () => Promise.reject(new Error('disk full'));
    const failed = await send(requestOf(SPAN));
    expect(failed).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(failed.text).toContain('disk full');
    expect(viewer.sink.spans).toEqual([]);
  });

  it('waits for a store that opens later, for a while', async () => {
    const sink = new ListSink();
    let open = (_sink: ListSink) => {};
    viewer = await startViewer({
      sink: new Promise((resolve) => (open = resolve)),
      limits: { storeWaitMillis: 400 },
    });
    expect(await send(requestOf(SPAN))).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    const answer = send(requestOf(SPAN));
    setTimeout(() => open(sink), 50);
    expect((await answer).status).toBe(200);
    expect(sink.spans).toHaveLength(1);
  });

  it('is 503 when the store cannot be opened', async () => {
    viewer = await startViewer({ sink: Promise.reject(new Error('locked by another viewer')) });
    const answer = await send(requestOf(SPAN));
    expect(answer.status).toBe(503);
    expect(answer.text).toContain('locked by another viewer');
    expect(viewer.errors).toHaveLength(1);
  });
});

describe('metrics and logs', () => {
  it.each(['/v1/metrics', '/v1/logs'])('are accepted at %s and left alone', async (path) => {
    viewer = await startViewer({ limits: { maxBodyBytes: 1_000 } });
    expect(await viewer.ask(path, { body: 'not even JSON', headers: JSON_TYPE })).toMatchObject({
      status: 200,
      text: '{}',
    });
    expect(await viewer.ask(path, { body: Buffer.from([0xff]), headers: PROTOBUF })).toMatchObject({
      status: 200,
      text: '',
    });
    expect((await viewer.ask(path, { body: 'x', headers: { 'content-type': 'text/plain' } })).status).toBe(
      415,
    );
    expect((await viewer.ask(path, { body: 'x'.repeat(1_001), headers: JSON_TYPE })).status).toBe(413);
    expect(viewer.sink.spans).toEqual([]);
  });
});

describe('a request that is no OTLP over HTTP', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonp',
    '',
  ])('gets 415 for the content type "%s", before its body is read', async (type) => {
    viewer = await startViewer();
    const socket = connect(viewer.port, '127.0.0.1');
    const host = `127.0.0.1:${viewer.port}`;
    socket.write(
      `POST /v1/traces HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${type}\r\nContent-Length: 1000000\r\n\r\n`,
    );
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 415 /);
    expect(String(answer)).toContain('application/x-protobuf or application/json');
    socket.destroy();
  });

  it.each(['br', 'zstd', 'gzip, gzip', 'constructor'])('gets 415 for the encoding %s', async (encoding) => {
    viewer = await startViewer();
    expect((await send('{}', { ...JSON_TYPE, 'content-encoding': encoding })).status).toBe(415);
  });

  it('gets 405 with the methods there are, or 404', async () => {
    viewer = await startViewer();
    expect(await viewer.ask('/v1/traces')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(await viewer.ask('/v1/traces', { method: 'OPTIONS' })).toMatchObject({ status: 405 });
    expect((await viewer.ask('/v1/traces/', { body: '{}', headers: JSON_TYPE })).status).toBe(404);
    expect((await viewer.ask('/v1/profiles', { body: '{}', headers: JSON_TYPE })).status).toBe(404);
  });

  it('hears about gRPC how to send instead', async () => {
    viewer = await startViewer();
    const preface = await sendRaw(viewer.port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0');
    expect(preface).toMatch(/^HTTP\/1.1 415 /);
    expect(preface).toContain('OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf');
    await sendRaw(viewer.port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0');
    // Once, whatever number of clients there are.
    expect(viewer.errors.splice(0)).toMatchObject([
      { message: expect.stringContaining('set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf') },
    ]);
    const answer = await send('', { 'content-type': 'application/grpc+proto' });
    expect(answer.status).toBe(415);
    expect(answer.text).toContain('OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf');
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', '400'],
    ['TLS', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), '400'],
    ['large headers', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
    [
      'a length that is no number',
      'POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 1e9\r\n\r\n',
      '400',
    ],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', '400'],
  ])('is answered when it is %s', async (_name, request, status) => {
    viewer = await startViewer();
    expect(await sendRaw(viewer.port, request)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect((await viewer.ask('/')).status).toBe(200);
  });
});

describe('compressed bodies', () => {
  it.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['identity', (body: string) => Buffer.from(body)],
  ])('are read in %s', async (encoding, compress) => {
    viewer = await startViewer();
    expect(
      (await send(compress(requestOf(SPAN)), { ...JSON_TYPE, 'content-encoding': encoding })).status,
    ).toBe(200);
    expect(viewer.sink.spans).toHaveLength(1);
  });

  it.each([
    ['cut', gzipSync(requestOf(SPAN)).subarray(0, -10)],
    ['no gzip', Buffer.from(requestOf(SPAN))],
    ['followed by other bytes', Buffer.concat([gzipSync('{}'), Buffer.from('trailing')])],
  ])('are refused when they are %s', async (_name, body) => {
    viewer = await startViewer();
    const answer = await send(body, { ...JSON_TYPE, 'content-encoding': 'gzip' });
    expect([200, 400]).toContain(answer.status);
    expect(viewer.sink.spans).toEqual([]);
  });
});

describe('limits', () => {
  const MEBIBYTE = 2 ** 20;

  it('let a body through that is just small enough, as sent and inflated', async () => {
    viewer = await startViewer({ limits: { maxBodyBytes: 1_000 } });
    const body = requestOf(SPAN).padEnd(1_000);
    expect((await send(body)).status).toBe(200);
    expect((await send(`${body} `)).status).toBe(413);
    const zipped = { ...JSON_TYPE, 'content-encoding': 'gzip' };
    expect((await send(gzipSync(body), zipped)).status).toBe(200);
    expect((await send(gzipSync(`${body} `), zipped)).status).toBe(413);
    expect(viewer.sink.spans).toHaveLength(2);
  });

  it('cut a gzip bomb off while it is inflated', async () => {
    viewer = await startViewer();
    const bomb = gzipSync(Buffer.alloc(1_000 * MEBIBYTE));
    const before = process.memoryUsage().rss;
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => send(bomb, { ...PROTOBUF, 'content-encoding': 'gzip' })),
    );
    for (const { status } of answers) expect([413, 429]).toContain(status);
    expect(process.memoryUsage().rss - before).toBeLessThan(500 * MEBIBYTE);
  });

  it('count the compressed bytes, too', async () => {
    viewer = await startViewer({ limits: { maxBodyBytes: 10_000 } });
    // Each member inflates to nothing.
    const body = Buffer.concat(Array(1_000).fill(gzipSync('')));
    const { status } = await sendChunked(body, { 'content-encoding': 'gzip' });
    expect(status).toBe(413);
  });

  it('answer 100 MB with 413, whether or not their length is said, and keep nothing of them', async () => {
    viewer = await startViewer();
    const body = Buffer.alloc(100_000_000, 0x20);
    expect((await send(body)).status).toBe(413);
    expect((await sendChunked(body)).status).toBe(413);
    expect((await viewer.ask('/v1/logs', { body, headers: JSON_TYPE })).status).toBe(413);
  });

  it('leave the connection in order for a sender that writes all before it reads', async () => {
    viewer = await startViewer({ limits: { maxBodyBytes: MEBIBYTE } });
    const host = `Host: 127.0.0.1:${viewer.port}`;
    const encodings = ['identity', 'gzip'];
    for (const encoding of encodings) {
      const head = `POST /v1/traces HTTP/1.1\r\n${host}\r\nContent-Type: application/json\r\nContent-Encoding: ${encoding}\r\n`;
      const body = Buffer.alloc(16 * MEBIBYTE, 0x20);
      const sent = encoding === 'gzip' ? gzipSync(body, { level: 0 }) : body;
      const chunk = [Buffer.from(`${sent.length.toString(16)}\r\n`), sent, Buffer.from('\r\n0\r\n\r\n')];
      const first = Buffer.concat([Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`), ...chunk]);
      const answers = await sendRaw(
        viewer.port,
        Buffer.concat([first, Buffer.from(`GET /robots.txt HTTP/1.1\r\n${host}\r\n\r\n`)]),
        1_000,
      );
      expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
    }
  });

  it('hold for all requests together', async () => {
    viewer = await startViewer({ limits: { maxBodyBytes: MEBIBYTE, maxBytesInFlight: 3 * MEBIBYTE } });
    let keep = () => {};
    const kept = new Promise<void>((resolve) => (keep = resolve));
    viewer.sink.before = () => kept;
    const body = requestOf(SPAN).padEnd(MEBIBYTE);
    const answers = Array.from({ length: 3 }, () => send(body));
    // They wait in the store, and their bytes are in flight.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const refused = await send(body);
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect(JSON.parse(refused.text)).toMatchObject({ code: 8, message: 'too many requests are in progress' });
    keep();
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
    expect((await send(body)).status).toBe(200);
  });

  it('bound the memory of twenty bodies of 100 MB at a time', async () => {
    viewer = await startViewer();
    const body = Buffer.alloc(100_000_000, 0x20);
    const before = process.memoryUsage().rss;
    let highest = before;
    const timer = setInterval(() => (highest = Math.max(highest, process.memoryUsage().rss)), 20);
    const answers = await Promise.all(Array.from({ length: 20 }, () => sendChunked(body)));
    clearInterval(timer);
    for (const { status } of answers) expect([413, 429]).toContain(status);
    // 128 MiB may be in flight; the sender's own buffers are in this process, too.
    expect(highest - before).toBeLessThan(700 * MEBIBYTE);
    expect((await send(requestOf(SPAN))).status).toBe(200);
  });

  it('free what a sender held that has gone', async () => {
    viewer = await startViewer({ limits: { maxBodyBytes: MEBIBYTE, maxBytesInFlight: MEBIBYTE } });
    const host = `127.0.0.1:${viewer.port}`;
    const probe = async () => (await send(requestOf(SPAN).padEnd(MEBIBYTE - 100_000))).status;
    for (const encoding of ['identity', 'gzip']) {
      const head = `POST /v1/traces HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Encoding: ${encoding}\r\n`;
      const part =
        encoding === 'gzip' ? gzipSync(Buffer.alloc(900_000)).subarray(0, -8) : Buffer.alloc(900_000, 0x20);
      // A probe that comes before the part is in the way of it, so there is another part for each.
      const socket = await vi.waitFor(
        async () => {
          const held = connect(viewer.port, '127.0.0.1');
          held.write(`${head}Content-Length: 1000000\r\n\r\n`);
          held.write(part);
          await new Promise((resolve) => setTimeout(resolve, 150));
          const status = await probe();
          if (status !== 429) held.destroy();
          expect(status).toBe(429);
          return held;
        },
        { timeout: 30_000 },
      );
      socket.destroy();
      await vi.waitFor(async () => expect(await probe()).toBe(200), { timeout: 30_000 });
    }
    expect(viewer.errors).toEqual([]);
  });

  it('end requests that do not arrive in time', async () => {
    viewer = await startViewer({ limits: { headersTimeoutMillis: 300, requestTimeoutMillis: 600 } });
    const host = `127.0.0.1:${viewer.port}`;
    const slow = [
      '',
      'POST /v1/traces HTTP/1.1\r\nHo',
      `POST /v1/traces HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
    ];
    const started = Date.now();
    await Promise.all(
      slow.map(async (bytes) => {
        const socket = connect(viewer.port, '127.0.0.1', () => socket.write(bytes));
        socket.resume();
        socket.on('error', () => {});
        await once(socket, 'close');
      }),
    );
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  it('refuse connections above their number, and only those', async () => {
    viewer = await startViewer({ limits: { maxConnections: 3 } });
    const sockets = Array.from({ length: 3 }, () => connect(viewer.port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const fourth = connect(viewer.port, '127.0.0.1');
    fourth.on('error', () => {});
    await once(fourth, 'close');
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await viewer.ask('/')).status).toBe(200);
  });
});

describe('a body that is announced', () => {
  const announce = (headers: Record<string, string>) =>
    new Promise<{ continued: boolean; status: number }>((resolve, reject) => {
      let continued = false;
      const asked = httpRequest(
        {
          port: viewer.port,
          host: '127.0.0.1',
          method: 'POST',
          path: '/v1/traces',
          headers: { expect: '100-continue', ...headers },
        },
        (response) => {
          response.resume();
          response.on('end', () => resolve({ continued, status: response.statusCode ?? 0 }));
          if (!continued) asked.destroy();
          if (!continued) resolve({ continued, status: response.statusCode ?? 0 });
        },
      );
      asked.on('continue', () => {
        continued = true;
        asked.end(requestOf(SPAN));
      });
      asked.on('error', reject);
      asked.flushHeaders();
    });

  it('is asked for, unless it is not wanted', async () => {
    viewer = await startViewer();
    expect(await announce(JSON_TYPE)).toEqual({ continued: true, status: 200 });
    expect(await announce({ 'content-type': 'text/plain' })).toEqual({ continued: false, status: 415 });
    expect(await announce({ ...JSON_TYPE, 'content-length': '100000000' })).toEqual({
      continued: false,
      status: 413,
    });
  });
});

describe('an import', () => {
  it('keeps the spans of a file', async () => {
    viewer = await startViewer();
    const headers = { ...JSON_TYPE, 'x-agent-cost-token': await pageToken(viewer) };
    const answer = await viewer.ask('/api/import', { headers, body: requestOf(SPAN) });
    expect(answer).toMatchObject({ status: 200, text: '{}' });
    expect(viewer.sink.spans).toHaveLength(1);
    const bad = await viewer.ask('/api/import', { headers, body: 'x' });
    expect(bad.status).toBe(400);
    expect(JSON.parse(bad.text).error).toContain('not JSON');
  });
});

/** Without a length. */
function sendChunked(body: Buffer, more: Record<string, string> = {}): Promise<{ status: number }> {
  const headers = { ...JSON_TYPE, ...more, 'transfer-encoding': 'chunked' };
  return viewer.ask('/v1/traces', { body, headers });
}
