/** Spans that an app or another processor made throw: the ledger books every call all the same. */
import type { Span } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import {
  ActionError,
  recordCost,
  recordUsage,
  type Totals,
  withAgent,
  withLlm,
  withStep,
  withTask,
  withTool,
} from '../../src/index.js';
import { startTracing, stopTracing } from '../support/tracing.js';

const bad = () => {
  throw new Error('of the span');
};

const FAULTS: Record<string, (span: Span) => void> = {
  none: () => {},
  setAttribute: (span) => Object.assign(span, { setAttribute: bad }),
  setStatus: (span) => Object.assign(span, { setStatus: bad }),
  isRecording: (span) => Object.assign(span, { isRecording: bad }),
  end: (span) => Object.assign(span, { end: bad }),
  spanContext: (span) => Object.assign(span, { spanContext: bad }),
  'frozen attributes': (span) => Object.freeze(Reflect.get(span, 'attributes')),
  'attributes that throw': (span) => Object.defineProperty(span, 'attributes', { get: bad }),
};

class Unwell extends Error {
  readonly status = 500;
}

/** Calls of all kinds, most of which fail. */
function work(): Totals {
  const failing = (fn: () => unknown) => expect(fn).toThrow('mine');
  const throwing = () => {
    throw new Error('mine');
  };
  return withTask('t', (task) => {
    withAgent('a', () =>
      withStep('s', () => {
        failing(() => withTool({ name: 'declared', costUsd: 0.1 }, throwing));
        withTool({ name: 'returned' }, () => new ActionError('mine', { costUsd: 0.2 }));
        withTool({ name: 'mcp', costUsd: 0.4 }, () => ({ isError: true, content: [] }));
        failing(() =>
          withLlm({ provider: 'openai', model: 'gpt-4o' }, (call) => {
            call.recordUsage({ inputTokens: 1_000_000, outputTokens: 0 });
            recordCost(0.01, { kind: 'llm' });
            throwing();
          }),
        );
        expect(() =>
          withLlm('gpt-4o', () => {
            throw new Unwell();
          }),
        ).toThrow(Unwell);
        recordUsage({ provider: 'openai', model: 'gpt-4o', inputTokens: 1000, outputTokens: 100 });
      }),
    );
    return task.totals;
  });
}

describe('a call whose span throws', () => {
  it.each(Object.keys(FAULTS))('is booked like any other: %s', async (name) => {
    startTracing();
    const expected = work();
    await stopTracing();
    expect(expected).toMatchObject({
      costUsd: 3.2135,
      failedCalls: 5,
      toolCalls: 3,
      llmCalls: 3,
      unpricedCalls: 1,
    });
    const spoil = FAULTS[name] ?? (() => {});
    const spoiling: SpanProcessor = {
      onStart: spoil,
      onEnd: () => {},
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
    startTracing({ processors: (cost, exporting) => [cost, spoiling, exporting] });
    expect(work()).toEqual(expected);
  });
});
