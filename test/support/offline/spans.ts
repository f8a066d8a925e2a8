/** Recorded spans for rows: short to write, in milliseconds from one start. */
import type { OfflineSpan, PricedSpan } from '../../../src/offline.js';
import { chatAttributes } from '../tracing.js';

const BEGIN = 1_780_272_000_000n;
const NANOS_PER_MILLI = 1_000_000n;

export interface Row {
  id: string;
  parent?: string;
  /** Start and end in ms. No end: the span is open. */
  at: readonly [number, number?];
  attributes?: Record<string, unknown>;
  more?: Partial<OfflineSpan>;
}

export function nanos(millis: number): bigint {
  return BEGIN * NANOS_PER_MILLI + BigInt(Math.round(millis * 1e6));
}

export function spanOf({ id, parent, at: [start, end], attributes = {}, more = {} }: Row): OfflineSpan {
  return {
    traceId: 'a'.repeat(32),
    spanId: id,
    parentSpanId: parent,
    name: id,
    startTimeUnixNano: nanos(start),
    endTimeUnixNano: end === undefined ? undefined : nanos(end),
    attributes,
    ...more,
  };
}

/** $0.0035: 1,000 input and 100 output tokens of gpt-4o. */
export const CHAT = chatAttributes(1000, 100);

export function agent(name: string): Record<string, unknown> {
  return { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name };
}

export function tool(name: string): Record<string, unknown> {
  return { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name };
}

/** The attributes by the id of the span. */
export function byId(priced: readonly PricedSpan[]): Record<string, PricedSpan['attributes']> {
  return Object.fromEntries(priced.map(({ spanId, attributes }) => [spanId, attributes]));
}
