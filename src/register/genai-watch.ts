import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';

/** Attribute prefixes of spans about AI work: the standard, OpenInference, OpenLLMetry, the Vercel AI SDK. */
const GENAI_PREFIXES = ['gen_ai.', 'llm.', 'openinference.', 'traceloop.', 'ai.'];

/** Records whether any AI work was seen. */
export class GenAiWatch implements SpanProcessor {
  seen = false;

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.seen) return;
    for (const key in span.attributes) {
      if (GENAI_PREFIXES.some((prefix) => key.startsWith(prefix))) {
        this.seen = true;
        return;
      }
    }
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
