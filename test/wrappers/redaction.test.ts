/** The two ways to redact names that docs/attributes.md describes. */
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { withAgent, withLlm, withSession, withStep, withTask, withTool } from '../../src/index.js';
import { completion, startTracing } from '../support/tracing.js';

const SECRET = 'alice';

function work(): void {
  const attribution = { user: SECRET, team: SECRET };
  withSession({ id: SECRET, attribution }, () =>
    withTask(SECRET, () =>
      withAgent(SECRET, () =>
        withStep(SECRET, () => {
          withLlm({ provider: SECRET, model: SECRET, operation: SECRET }, () =>
            completion(1, 1, { id: SECRET, model: SECRET }),
          );
          withTool({ name: SECRET, costUsd: 1 }, () => 1);
        }),
      ),
    ),
  );
}

function leaks(spans: readonly ReadableSpan[]): string[] {
  return spans.flatMap(({ attributes }) =>
    Object.entries(attributes).flatMap(([key, value]) => (value === SECRET ? [key] : [])),
  );
}

function processor(hooks: Partial<SpanProcessor>): SpanProcessor {
  const done = () => Promise.resolve();
  return { onStart: () => {}, onEnd: () => {}, forceFlush: done, shutdown: done, ...hooks };
}

describe('a processor that redacts names', () => {
  it('has names to redact on every kind of span', () => {
    const { spans } = startTracing();
    work();
    expect(new Set(leaks(spans())).size).toBeGreaterThan(10);
  });

  it('sees all of them when the span ends, if it stands after ours', () => {
    const redacting = processor({
      onEnding: ({ attributes }) => {
        for (const [key, value] of Object.entries(attributes)) if (value === SECRET) attributes[key] = 'x';
      },
    });
    const { spans } = startTracing({ processors: (cost, exporting) => [cost, redacting, exporting] });
    work();
    expect(leaks(spans())).toEqual([]);
  });

  it('sees all that is set later in `setAttribute`, if it stands before ours, and what a span starts with in `attributes`', () => {
    const redacting = processor({
      onStart: (span) => {
        const { attributes } = span;
        for (const [key, value] of Object.entries(attributes)) if (value === SECRET) attributes[key] = 'x';
        const { setAttribute } = span;
        span.setAttribute = (key, value) => setAttribute.call(span, key, value === SECRET ? 'x' : value);
      },
    });
    const { spans } = startTracing({ processors: (cost, exporting) => [redacting, cost, exporting] });
    work();
    expect(leaks(spans())).toEqual([]);
  });
});
