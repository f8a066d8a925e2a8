import { gzipSync } from 'node:zlib';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { endedSpan, spanFacts } from '../otlp/support/ended-spans.js';
import { sendRaw, startViewer, type TestViewer } from './support/viewer.js';

let viewer: TestViewer;
beforeAll(async () => {
  viewer = await startViewer();
});
afterAll(() => viewer.close());

const PATHS = [
  '/v1/traces',
  '/v1/metrics',
  '/',
  '/api/status',
  '/api/tasks?limit=1',
  '/api/task?id=x',
  '/api/delete',
  '/sign-in',
  '*',
  '/..%2f',
];
const TYPES = ['application/json', 'application/x-protobuf', 'text/plain', 'application/grpc', ''];

const validBody = fc
  .tuple(fc.array(spanFacts, { maxLength: 2 }), fc.boolean(), fc.boolean())
  .map(([facts, isJson, isZipped]) => {
    const serializer = isJson ? JsonTraceSerializer : ProtobufTraceSerializer;
    const body = serializer.serializeRequest(facts.map(endedSpan)) ?? new Uint8Array();
    return {
      type: isJson ? TYPES[0] : TYPES[1],
      encoding: isZipped ? 'gzip' : 'identity',
      body: isZipped ? gzipSync(body) : body,
    };
  });
const anyBody = fc.record({
  type: fc.constantFrom(...TYPES),
  encoding: fc.constantFrom('gzip', 'identity', 'deflate', 'br', ''),
  body: fc.uint8Array({ maxLength: 200 }),
});
const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) });

/** Whole requests with some bytes changed: in the line, the headers or the body. */
const request = fc
  .record({
    method: fc.constantFrom('POST', 'POST', 'POST', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'TRACE', 'NONE'),
    path: fc.constantFrom(...PATHS),
    content: fc.oneof(validBody, anyBody),
    isLengthSaid: fc.boolean(),
    changes: fc.array(change, { maxLength: 4 }),
  })
  .map(({ method, path, content: { type, encoding, body }, isLengthSaid, changes }) => {
    const length = isLengthSaid ? `Content-Length: ${body.length}` : 'Transfer-Encoding: chunked';
    const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${viewer.port}\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Encoding: ${encoding}\r\n${length}\r\n\r\n`;
    const chunk = [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')];
    const all = Buffer.concat([Buffer.from(head), ...(isLengthSaid ? [body] : chunk)]);
    for (const { at, byte } of changes) all[Math.floor(at * (all.length - 1))] = byte;
    return all;
  });

it('answers every request with a status, and goes on', async () => {
  const property = fc.asyncProperty(request, async (bytes) => {
    // A request whose end does not come is not answered yet.
    const answer = await sendRaw(viewer.port, bytes, 60);
    if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 [1-5]\d\d /);
    if (answer !== '') expect(answer).not.toMatch(/^HTTP\/1\.1 500 /);
  });
  await fc.assert(property, { numRuns: 600 });
  expect((await viewer.ask('/')).status).toBe(200);
  expect(viewer.errors).toEqual([]);
});
