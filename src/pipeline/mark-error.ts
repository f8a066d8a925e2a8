import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { ERROR_TYPE } from '../attributes.js';
import type { Runtime } from '../runtime/runtime.js';

/**
 * Sets the status of a span to an error. An app or another processor may have made the span throw: the call has to be
 * settled all the same.
 */
export function markError(
  runtime: Runtime,
  span: Span,
  type: string | undefined,
  message: string | undefined,
): void {
  try {
    if (!span.isRecording()) return;
    span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
    if (type !== undefined) span.setAttribute(ERROR_TYPE, type);
  } catch (error) {
    runtime.caught(error);
  }
}
