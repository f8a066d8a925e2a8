/** Whether the spans that make up a task's cost get past the processors that backends hand out. */
import { describe, expect, it } from 'vitest';
import { recordCost, withTask } from '../../../src/index.js';
import { modelOf } from '../../support/backends/backend.js';
import { costDetails, isExported as isExportedToLangfuse } from '../../support/backends/langfuse.js';
import { runTask, SITUATION_OPTIONS } from '../../support/backends/situations.js';
import { phoenix } from '../../support/backends/sums.js';
import { isExported as isExportedToTraceloop } from '../../support/backends/traceloop.js';
import { startTracing } from '../../support/tracing.js';

function runLoop(cost = {}) {
  const tracing = startTracing({ cost: { ...SITUATION_OPTIONS, ...cost } });
  runTask('loop', 'coveredCall');
  return tracing;
}

describe('the filter of Langfuse', () => {
  it.each(['gen_ai', 'langfuse', 'openinference', 'otel-draft'] as const)(
    'lets each span with a cost or a roll-up through with %s',
    (dialects) => {
      const { spans } = runLoop({ dialects });
      expect(spans().filter((span) => !isExportedToLangfuse(span))).toEqual([]);
    },
  );

  it('takes a cost without a model or an operation only for the name of its agent', () => {
    const { spans } = runLoop({ dialects: 'none' });
    withTask('t', () => recordCost(1, { kind: 'other', name: 'outside_agents' }));
    const left = spans().filter((span) => !isExportedToLangfuse(span));
    expect(left.map((span) => span.name)).toEqual(['cost outside_agents']);
  });
});

describe('the filter of Traceloop', () => {
  it('takes our spans with `allowedInstrumentationLibraries`, and none without', () => {
    const { spans } = runLoop();
    const billed = spans().filter((span) => span.attributes.cost_usd !== undefined);
    expect(billed.length).toBeGreaterThan(4);
    expect(billed.filter((span) => isExportedToTraceloop(span))).toEqual([]);
    expect(billed.filter((span) => !isExportedToTraceloop(span, ['otel-agent-cost']))).toEqual([]);
  });
});

describe('the cost of input and output', () => {
  it('is what Langfuse shows beside the total', () => {
    const { spans } = runLoop({ dialects: 'langfuse' });
    const calls = spans().filter((span) => span.name === 'chat gpt-4o' && span.attributes.cost_usd);
    expect(calls.map(costDetails)).toEqual(Array(3).fill({ input: 0.0025, output: 0.001, total: 0.0035 }));
    const [search] = spans()
      .filter((span) => span.name === 'execute_tool web_search')
      .map(costDetails);
    expect(search).toEqual({ total: 0.005 });
  });
});

describe('Phoenix', () => {
  it('prices model calls by its own list alone, whatever we write', () => {
    const { spans } = runLoop({ dialects: 'openinference' });
    const chats = spans().filter((span) => modelOf(span) !== undefined);
    expect(phoenix(spans(), () => 1)).toBe(chats.length);
  });
});
