/**
 * One call that shows twice, side by side. Anthropic's client starts a span for `messages.stream()` and then, in the next
 * statement, calls its own `create`, which instrumentations have patched: their span has the same parent, and nothing
 * that is recorded ties the two. That they start in one synchronous step does.
 */
import type { SdkSpan } from '../otel.js';
import type { SpanRecord } from './span-record.js';

const CLIENT_SCOPE = 'com.anthropic.sdk.typescript';

const PATCHING_SCOPES: readonly unknown[] = [
  '@arizeai/openinference-instrumentation-anthropic',
  '@traceloop/instrumentation-anthropic',
];

/** A client's own span of a call that it streams. */
interface ClientSpan {
  readonly parent: SpanRecord | undefined;
  readonly model: string;
}

/** That of the last span to start, within this synchronous step. */
let justStarted: ClientSpan | undefined;

/** A span of somebody else starts. Most of those that patch the client say only later what they are. */
export function noteStartBeside(record: SpanRecord, { instrumentationScope }: SdkSpan): void {
  if (justStarted === undefined) return;
  const { parent, model } = justStarted;
  if (parent === record.parent && PATCHING_SCOPES.includes(instrumentationScope?.name)) {
    record.modelBeside = model;
  }
  justStarted = undefined;
}

/** An LLM span of somebody else starts. */
export function noteClientSpan(record: SpanRecord, { instrumentationScope, attributes }: SdkSpan): void {
  if (!instrumentationScope?.name.startsWith(CLIENT_SCOPE)) return;
  const { parent } = record;
  // The patched call has a span of the client's inside: it is another one than that beside it.
  if (parent !== undefined) parent.modelBeside = undefined;
  const model = attributes?.['gen_ai.request.model'];
  if (attributes?.['gen_ai.request.stream'] !== true || typeof model !== 'string') return;
  const started = { parent, model };
  justStarted = started;
  queueMicrotask(() => {
    if (justStarted === started) justStarted = undefined;
  });
}
