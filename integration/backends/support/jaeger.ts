/** Jaeger's HTTP API, as its own pages use it, as far as tests ask it. */
import { askJson } from './ask.js';

export interface JaegerSpan {
  traceId: string;
  spanId: string;
  name: string;
  tags: Record<string, unknown>;
  /** `float64`, `int64`, `bool`, `string`: the type of each tag. */
  tagTypes: Record<string, string>;
}

interface TracesAnswer {
  data?: {
    spans?: {
      traceID: string;
      spanID: string;
      operationName: string;
      tags?: { key: string; type: string; value: unknown }[];
    }[];
  }[];
}

/** More than any test sends. */
const MOST = 1000;

export class JaegerClient {
  constructor(readonly url: string) {}

  /** Every span of the service's traces in which one span has all these tags. Tags are compared as text. */
  async search(service: string, tags: Record<string, string> = {}): Promise<JaegerSpan[]> {
    const parameters = { service, tags: JSON.stringify(tags), limit: MOST, lookback: '1h' };
    return spansOf(await askJson<TracesAnswer>(`${this.url}/api/traces`, parameters));
  }

  /** Every span of the traces that a path of the API answers with, written as people write it. */
  async get(path: string): Promise<JaegerSpan[]> {
    const { origin, pathname, searchParams } = new URL(path, this.url);
    return spansOf(await askJson<TracesAnswer>(origin + pathname, Object.fromEntries(searchParams)));
  }
}

function spansOf({ data = [] }: TracesAnswer): JaegerSpan[] {
  return data.flatMap(({ spans = [] }) =>
    spans.map(({ traceID, spanID, operationName, tags: found = [] }) => ({
      traceId: traceID,
      spanId: spanID,
      name: operationName,
      tags: Object.fromEntries(found.map(({ key, value }) => [key, value])),
      tagTypes: Object.fromEntries(found.map(({ key, type }) => [key, type])),
    })),
  );
}
