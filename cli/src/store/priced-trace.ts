/** The spans of one trace as pricing takes them, and the rows of what it gives. */

import type { OfflineSpan, PricedSpan } from 'otel-agent-cost/offline';
import type { DecodedSpan } from '../otlp/span.js';
import type { Row } from './database.js';
import { hashIds } from './id-set.js';
import { isTrue, sumOf, textOf, wholeOf, wordOf } from './row-values.js';
import { rowsOf, type SpanRows } from './span-rows.js';

/**
 * Spans arrive when they end, so the scopes of work that goes on are missing. As long as the trace `waits`, a parent that
 * has not arrived counts as open: what is below it is one task that still runs.
 */
export function unpricedSpans(
  rows: readonly Row[],
  { waits }: { waits: boolean },
): { spans: OfflineSpan[]; hasOpenParent: boolean } {
  const spans = rows.map(spanOf);
  const missing = new Set<string>();
  for (const row of rows) {
    const parent = textOf(row, 'parent_id');
    if (parent !== null && !isTrue(row, 'has_parent')) missing.add(parent);
  }
  if (!waits || missing.size === 0) return { spans, hasOpenParent: false };
  return { spans: [...openParents(rows, missing), ...spans], hasOpenParent: true };
}

function openParents(rows: readonly Row[], missing: ReadonlySet<string>): OfflineSpan[] {
  const [first = {}] = rows;
  const traceId = wordOf(first, 'trace_id');
  const startTimeUnixNano = sumOf(first, 'start_ns');
  const name = textOf(first, 'service') ?? 'task';
  // Several missing parents are parts of one task, whose id is not known yet.
  const root = missing.size === 1 ? undefined : traceId.slice(-16);
  const parents = [...missing].map((spanId) => ({
    traceId,
    spanId,
    parentSpanId: root,
    name,
    startTimeUnixNano,
    attributes: {},
  }));
  return root === undefined
    ? parents
    : [
        {
          ...parents[0],
          traceId,
          spanId: root,
          parentSpanId: undefined,
          name,
          startTimeUnixNano,
          attributes: {},
        },
        ...parents,
      ];
}

/** A span as it was sent, without its content. */
export function spanOf(row: Row): OfflineSpan {
  return {
    traceId: wordOf(row, 'trace_id'),
    spanId: wordOf(row, 'span_id'),
    parentSpanId: textOf(row, 'parent_id') ?? undefined,
    name: wordOf(row, 'name'),
    startTimeUnixNano: sumOf(row, 'start_ns'),
    endTimeUnixNano: sumOf(row, 'end_ns'),
    attributes: attributesIn(wordOf(row, 'attributes')),
    statusCode: Number(sumOf(row, 'status_code')),
    scopeName: textOf(row, 'instrumentation') ?? '',
  };
}

/** Attributes as they were kept. */
export function attributesIn(json: string): Record<string, unknown> {
  if (json === '') return {};
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export interface PricedArrival {
  now: number;
  takeSeq: () => bigint;
  /** False when spans of the trace were left out. */
  isComplete: boolean;
}

/** Rows of costs and roll-ups; of `spans` only for added spans. */
export function pricedRows(
  rows: readonly Row[],
  priced: readonly PricedSpan[],
  { now, takeSeq, isComplete }: PricedArrival,
): SpanRows[] {
  const byId = new Map(rows.map((row) => [wordOf(row, 'span_id'), row]));
  return priced.flatMap((result) => {
    const row = byId.get(result.spanId) ?? byId.get(result.parentSpanId ?? '');
    const isKept = byId.has(result.spanId);
    if (row === undefined || result.endTimeUnixNano === undefined || isKept === result.added) return [];
    const made = rowsOf(decoded(result, row), {
      seq: takeSeq(),
      idHash: hashIds(result.traceId, result.spanId, 0),
      resource: wholeOf(row, 'resource') ?? 0n,
      arrivedMillis: now,
      keepContent: true,
      isPricedHere: true,
    });
    const rollups = isComplete ? made.rollups : made.rollups.map((row) => ({ ...row, is_complete: false }));
    return [{ ...made, span: { ...made.span, is_priced_here: result.added }, rollups, marks: [] }];
  });
}

function decoded(result: PricedSpan, row: Row): DecodedSpan {
  const own = result.added ? {} : attributesIn(wordOf(row, 'attributes'));
  return {
    traceId: result.traceId,
    spanId: result.spanId,
    parentSpanId: result.parentSpanId ?? '',
    isParentLocal: false,
    name: result.name,
    kind: 1,
    statusCode: result.added ? 0 : Number(sumOf(row, 'status_code')),
    statusMessage: '',
    startNanos: result.startTimeUnixNano,
    endNanos: result.endTimeUnixNano ?? result.startTimeUnixNano,
    attributes: { ...own, ...result.attributes },
    attributeTypes: {},
    droppedAttributesCount: 0,
    events: [],
    scopeName: textOf(row, 'instrumentation') ?? '',
    resource: attributesIn(textOf(row, 'resource_attributes') ?? ''),
  };
}
