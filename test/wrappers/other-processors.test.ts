/** Processors that start spans of their own while one of ours starts or ends. */
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { withAgent, withTask, withTool } from '../../src/index.js';
import { foreign, startTracing } from '../support/tracing.js';

type Moment = 'onStart' | 'onEnding' | 'onEnd';

/** Does something whenever a span starts or ends, but not for what it does itself. */
function nosy(moment: Moment, act: () => void): SpanProcessor {
  let isBusy = false;
  const once = () => {
    if (isBusy) return;
    isBusy = true;
    act();
    isBusy = false;
  };
  const processor: SpanProcessor = {
    onStart: () => {},
    onEnd: () => {},
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  processor[moment] = once;
  return processor;
}

const ACTS: [string, () => void][] = [
  ['a span', () => foreign().startSpan('nosy').end()],
  [
    'a span that names an agent',
    () =>
      foreign()
        .startSpan('nosy', { attributes: { 'gen_ai.operation.name': 'invoke_agent' } })
        .end(),
  ],
  ['a wrapper', () => withTool('nosy', () => 1)],
];

const CASES = ACTS.flatMap(([what, act]) =>
  (['onStart', 'onEnding', 'onEnd'] as const).flatMap((moment) =>
    (['before', 'after'] as const).map((place) => ({ what, act, moment, place })),
  ),
);

describe('another processor that starts spans itself', () => {
  it.each(CASES)('$what in $moment, $place ours', ({ act, moment, place }) => {
    const { attributes } = startTracing({
      processors: (cost, exporting) =>
        place === 'before' ? [nosy(moment, act), cost, exporting] : [cost, nosy(moment, act), exporting],
    });
    withTask('t', (task) => {
      withAgent('a', () => withTool({ name: 'x', costUsd: 1 }, () => 1));
      expect(task.totals.costUsd).toBe(1);
    });
    expect(attributes('task t')['task.cost_usd']).toBe(1);
    expect(attributes('invoke_agent a')['agent.cost_usd']).toBe(1);
    expect(attributes('execute_tool x')).toMatchObject({ cost_usd: 1, 'task.name': 't' });
  });

  it('a span of ours that is renamed while it starts is ours', () => {
    const rename: SpanProcessor = {
      onStart: (span) => {
        span.updateName(`renamed ${'name' in span ? span.name : ''}`);
      },
      onEnd: () => {},
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
    const { attributes } = startTracing({ processors: (cost, exporting) => [rename, cost, exporting] });
    withTask('t', () => withTool({ name: 'x', costUsd: 1 }, () => 1));
    expect(attributes('renamed task t')['task.cost_usd']).toBe(1);
    expect(attributes('renamed execute_tool x').cost_usd).toBe(1);
  });
});
