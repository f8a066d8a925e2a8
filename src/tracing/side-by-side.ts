/**
 * One call that shows twice, side by side. Anthropic's client starts a span for `messages.stream()` and then, in the next
 * statement, calls its own `create`, which instrumentations have patched: their span has the same parent, and nothing
 * that is recorded ties the two. That they start in one synchronous step does.
 */
import type { SdkSpan } from '../otel.js';
import type { Link } from './link.js';

const CLIENT_SCOPE = 'com.anthropic.sdk.typescript';

const PATCHING_SCOPES: readonly unknown[] = [
  '@arizeai/openinference-instrumentation-anthropic',
  '@traceloop/instrumentation-anthropic',
];

interface ClientSpan {
  link: Link;
  model: unknown;
}

/** The client's span that was the last LLM span to start, within this synchronous step. */
let justStarted: ClientSpan | undefined;

/** An LLM span of somebody else starts. */
export function noteSideBySide(link: Link, span: SdkSpan): void {
  const scope = span.instrumentationScope?.name;
  if (scope?.startsWith(CLIENT_SCOPE)) noteClientSpan(link, span);
  else if (justStarted !== undefined) {
    link.repeatsSpanBeside = PATCHING_SCOPES.includes(scope) && isSameCall(justStarted, link, span);
    justStarted = undefined;
  }
}

function noteClientSpan(link: Link, { attributes }: SdkSpan): void {
  // The patched call has a span of the client's inside: it is another one than that before it.
  if (link.parent !== undefined) link.parent.repeatsSpanBeside = false;
  justStarted = undefined;
  if (attributes?.['gen_ai.request.stream'] !== true) return;
  const started = { link, model: attributes['gen_ai.request.model'] };
  justStarted = started;
  queueMicrotask(() => {
    if (justStarted === started) justStarted = undefined;
  });
}

function isSameCall({ link, model }: ClientSpan, beside: Link, { attributes }: SdkSpan): boolean {
  if (link.parent !== beside.parent || link.ended) return false;
  return (attributes?.['llm.request.model_name'] ?? attributes?.['gen_ai.request.model']) === model;
}
