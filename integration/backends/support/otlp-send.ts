/** Spans and metrics made by hand, as any OTLP client may send them: also such as ours never does. */
import { randomBytes } from 'node:crypto';

export type AttributeValue = string | number | boolean;

export interface SpanToSend {
  traceId: string;
  name: string;
  /** Without one it is a root. */
  parentSpanId?: string;
  /** Whole numbers go as ints and others as doubles, as JavaScript's exporters do. */
  attributes?: Record<string, AttributeValue>;
  isError?: boolean;
}

export interface SumToSend {
  name: string;
  value: number;
  attributes?: Record<string, AttributeValue>;
}

/** Whose they are. */
export interface Sender {
  service: string;
  /** Default: one process for all. */
  instance?: string;
}

const STATUS_ERROR = 2;
const CUMULATIVE = 2;
const NANOS_PER_MILLI = 1_000_000n;

export const newTraceId = (): string => randomBytes(16).toString('hex');
export const newSpanId = (): string => randomBytes(8).toString('hex');

/** One request. Throws when it was not taken. */
export async function sendSpans(otlpUrl: string, spans: SpanToSend[], sender: Sender): Promise<void> {
  const endTimeUnixNano = nowNanos();
  await post(`${otlpUrl}/v1/traces`, {
    resourceSpans: [
      {
        resource: resourceOf(sender),
        scopeSpans: [
          {
            scope: { name: 'by hand' },
            spans: spans.map(({ traceId, name, parentSpanId, attributes, isError }) => ({
              traceId,
              spanId: newSpanId(),
              ...(parentSpanId !== undefined && { parentSpanId }),
              name,
              kind: 1,
              startTimeUnixNano: endTimeUnixNano,
              endTimeUnixNano,
              attributes: keyValues(attributes),
              ...(isError && { status: { code: STATUS_ERROR } }),
            })),
          },
        ],
      },
    ],
  });
}

/** One request of running totals. Throws when it was not taken. */
export async function sendSums(otlpUrl: string, sums: SumToSend[], sender: Sender): Promise<void> {
  const timeUnixNano = nowNanos();
  await post(`${otlpUrl}/v1/metrics`, {
    resourceMetrics: [
      {
        resource: resourceOf(sender),
        scopeMetrics: [
          {
            scope: { name: 'by hand' },
            metrics: sums.map(({ name, value, attributes }) => ({
              name,
              sum: {
                aggregationTemporality: CUMULATIVE,
                isMonotonic: true,
                dataPoints: [{ timeUnixNano, asDouble: value, attributes: keyValues(attributes) }],
              },
            })),
          },
        ],
      },
    ],
  });
}

function resourceOf({ service, instance = 'by-hand' }: Sender) {
  return { attributes: keyValues({ 'service.name': service, 'service.instance.id': instance }) };
}

function keyValues(attributes: Record<string, AttributeValue> = {}) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: AttributeValue) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

const nowNanos = (): string => String(BigInt(Date.now()) * NANOS_PER_MILLI);

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} of ${url}: ${text}`);
}
