import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startReceiver } from '../../examples/demo/receiver.js';

let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeEach(async () => {
  receiver = await startReceiver();
});

afterEach(() => receiver.close());

const SPAN = {
  traceId: 'a1',
  spanId: 'b2',
  parentSpanId: 'c3',
  name: 'chat gpt-4o',
  startTimeUnixNano: '1700000000000500000',
  endTimeUnixNano: '1700000001000000000',
  attributes: [
    { key: 'cost_usd', value: { doubleValue: 0.05 } },
    { key: 'task.cost_usd', value: { intValue: 2 } },
    { key: 'task.cost_usd_nanos', value: { intValue: '2000000000' } },
    { key: 'task.cost_complete', value: { boolValue: false } },
    { key: 'gen_ai.response.finish_reasons', value: { arrayValue: { values: [{ stringValue: 'stop' }] } } },
  ],
  status: { code: 2, message: 'terminated' },
};
const BODY = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [SPAN] }] }] });

function post(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  return fetch(`${receiver.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

test.each([
  ['plain', BODY, {}],
  ['gzip', new Uint8Array(gzipSync(BODY)), { 'content-encoding': 'gzip' }],
])('takes %s JSON', async (_, body, headers) => {
  expect((await post('/v1/traces', body, headers)).status).toBe(200);
  expect(receiver.spans).toEqual([
    {
      traceId: 'a1',
      spanId: 'b2',
      parentSpanId: 'c3',
      name: 'chat gpt-4o',
      startTimeMillis: 1_700_000_000_000.5,
      endTimeMillis: 1_700_000_001_000,
      attributes: {
        cost_usd: 0.05,
        'task.cost_usd': 2,
        'task.cost_usd_nanos': 2_000_000_000,
        'task.cost_complete': false,
        'gen_ai.response.finish_reasons': ['stop'],
      },
      failed: true,
      statusMessage: 'terminated',
    },
  ]);
});

test('keeps the points of the latest metrics', async () => {
  const request = (value: number) =>
    JSON.stringify({
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'cost.usd',
                  sum: {
                    dataPoints: [
                      {
                        asDouble: value,
                        attributes: [{ key: 'cost.kind', value: { stringValue: 'llm' } }],
                      },
                    ],
                  },
                },
                { name: 'task.active', gauge: { dataPoints: [{ asInt: '3' }] } },
                { name: 'task.cost_usd', histogram: { dataPoints: [{ count: 1, sum: 0.5 }] } },
                { name: 'of a kind that is not read' },
              ],
            },
          ],
        },
      ],
    });
  expect(receiver.points()).toEqual([]);
  await post('/v1/metrics', request(0.25));
  expect((await post('/v1/metrics', request(0.75))).status).toBe(200);
  expect(receiver.points()).toEqual([
    { metric: 'cost.usd', value: 0.75, attributes: { 'cost.kind': 'llm' } },
    { metric: 'task.active', value: 3, attributes: {} },
    { metric: 'task.cost_usd', value: 0.5, attributes: {} },
  ]);
  expect(receiver.spans).toEqual([]);
});

test('refuses what it does not understand, and keeps running', async () => {
  expect((await post('/v1/traces', '{')).status).toBe(400);
  expect((await post('/v1/traces', 'x', { 'content-type': 'application/x-protobuf' })).status).toBe(415);
  expect((await post('/v1/logs', '{}')).status).toBe(404);
  expect((await fetch(`${receiver.url}/v1/traces`)).status).toBe(405);
  expect((await post('/v1/traces', BODY)).status).toBe(200);
  expect(receiver.spans).toHaveLength(1);
});
