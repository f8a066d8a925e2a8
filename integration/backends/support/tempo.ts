/** Tempo's HTTP API, as far as tests ask it. */
import { jsonWire } from '../../../cli/src/otlp/json-wire.js';
import { attributesIn, wireTypes } from '../../../cli/src/otlp/values.js';
import { askJson } from './ask.js';

/** A span that a search found, with the attributes that its query names. */
export interface FoundSpan {
  traceId: string;
  spanId: string;
  name: string;
  attributes: Record<string, unknown>;
  /** `doubleValue`, `intValue`, …: which type each attribute came back as. */
  attributeTypes: Record<string, string>;
}

interface SearchAnswer {
  traces?: {
    traceID: string;
    spanSets?: { spans?: { spanID: string; name?: string; attributes?: unknown }[] }[];
  }[];
}

interface MetricsAnswer {
  series?: { labels?: { key: string; value: object }[]; value?: number }[];
}

/** More than any test sends. */
const MOST = 1000;

/** Tests ask for what was just sent. */
const WINDOW_SECONDS = 15 * 60;

export class TempoClient {
  constructor(readonly url: string) {}

  /** The spans of the last quarter of an hour that match. */
  async search(traceql: string): Promise<FoundSpan[]> {
    const parameters = { q: traceql, limit: MOST, spss: MOST, ...lastMinutes() };
    const { traces = [] } = await askJson<SearchAnswer>(`${this.url}/api/search`, parameters);
    return traces.flatMap(({ traceID, spanSets = [] }) =>
      spanSets.flatMap(({ spans = [] }) =>
        spans.map(({ spanID, name = '', attributes: raw }) => {
          const attributes = attributesIn(raw, jsonWire);
          return {
            traceId: traceID,
            spanId: spanID,
            name,
            attributes: attributes.values,
            attributeTypes: wireTypes(attributes),
          };
        }),
      ),
    );
  }

  /** One number a group, over that time, by the value of what it is grouped by; '' where there are no groups. */
  async metric(traceql: string): Promise<Map<string, number>> {
    const parameters = { q: traceql, ...lastMinutes() };
    const { series = [] } = await askJson<MetricsAnswer>(`${this.url}/api/metrics/query`, parameters);
    return new Map(
      series.map(({ labels = [], value = 0 }) => {
        const groups = labels.filter(({ key }) => key !== '__name__');
        return [groups.map((label) => String(Object.values(label.value)[0])).join(), value];
      }),
    );
  }
}

function lastMinutes(): { start: number; end: number } {
  const nowSeconds = Math.ceil(Date.now() / 1000);
  return { start: nowSeconds - WINDOW_SECONDS, end: nowSeconds };
}
