/**
 * Recognizes one call with two sibling spans from two recorders that do not know each other.
 *
 * Example: Anthropic's client starts a span for `messages.stream()` and then calls its own `create`, which
 * instrumentations patch. Their span has the same parent, and no attribute links the two, but both start in the same
 * synchronous step.
 */
import type { SdkSpan } from '../sdk-span.js';
import { CallsBeside, type StatedCall } from './calls-beside.js';
import { recordsStarted, type SpanRecord } from './span-record.js';

const CLIENT_SCOPE = 'com.anthropic.sdk.typescript';

const PATCHING_SCOPES: readonly unknown[] = [
  '@arizeai/openinference-instrumentation-anthropic',
  '@traceloop/instrumentation-anthropic',
];

/** The client's own span of a streamed call. */
interface ClientSpan {
  readonly parent: SpanRecord | undefined;
  readonly model: string;
}

/** Notices spans that start directly after one another. */
export class StartsBeside {
  /** Set if the last span that started is a client's, within this synchronous step. */
  private justStarted: ClientSpan | undefined;

  /**
   * Called when another instrumentation's span starts. Compares scope names only, because most patching instrumentations
   * set the attributes later.
   */
  noteStart(record: SpanRecord, { instrumentationScope }: SdkSpan): void {
    if (this.justStarted === undefined) return;
    const { parent, model } = this.justStarted;
    if (parent === record.parent && PATCHING_SCOPES.includes(instrumentationScope?.name)) {
      record.modelBeside = model;
    }
    this.justStarted = undefined;
  }

  /** Called when the next span starts in another synchronous step. */
  forget(): void {
    this.justStarted = undefined;
  }

  /** Called when another instrumentation's LLM span starts. */
  noteClient(record: SpanRecord, { instrumentationScope, attributes }: SdkSpan): void {
    if (!instrumentationScope?.name.startsWith(CLIENT_SCOPE)) return;
    const { parent } = record;
    // The patched call contains a span of the client, so the client's span beside it is of another call.
    if (parent !== undefined) parent.modelBeside = undefined;
    const model = attributes?.['gen_ai.request.model'];
    if (attributes?.['gen_ai.request.stream'] !== true || typeof model !== 'string') return;
    const started = { parent, model };
    this.justStarted = started;
    queueMicrotask(() => {
      if (this.justStarted === started) this.justStarted = undefined;
    });
  }
}

/**
 * True when another recorder stated the same call beside this one: a call to the same model with the same counts that
 * ran at the same time. Remembers the call otherwise.
 */
export function isStatedBeside(record: SpanRecord, call: StatedCall): boolean {
  const { parent } = record;
  if (parent === undefined || call.input + call.output === 0) return false;
  parent.callsBeside ??= new CallsBeside();
  return parent.callsBeside.takesTwin(call, record.number, recordsStarted());
}
