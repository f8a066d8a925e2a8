import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DecodedSpan } from '../../src/otlp/span.js';

export const folder = mkdtempSync(join(tmpdir(), 'agent-cost-'));

export function fileWith(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The requests of the demo's research task, $0.142, one a line as the Collector writes them. */
export function demoLines(): string {
  const path = new URL('../fixtures/demo-research.json', import.meta.url);
  const requests: unknown[] = JSON.parse(readFileSync(path, 'utf8'));
  return requests.map((request) => `${JSON.stringify(request)}\n`).join('');
}

/** An OTLP request in JSON. */
export function otlpOf(spans: readonly DecodedSpan[]): string {
  const attributes = (values: Record<string, unknown>) =>
    Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributes({ 'service.name': 'made' }) },
        scopeSpans: [
          {
            scope: { name: 'made' },
            spans: spans.map((span) => ({
              traceId: span.traceId,
              spanId: span.spanId,
              parentSpanId: span.parentSpanId,
              name: span.name,
              kind: span.kind,
              startTimeUnixNano: String(span.startNanos),
              endTimeUnixNano: String(span.endNanos),
              attributes: attributes(span.attributes),
              status: { code: span.statusCode },
            })),
          },
        ],
      },
    ],
  });
}

function anyValue(value: unknown): Record<string, unknown> {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
