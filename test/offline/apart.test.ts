/** `priceSpans` leaves no trace in a process that meters. */
import { metrics } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withSession, withTask } from '../../src/index.js';
import { priceSpans } from '../../src/offline.js';
import { costHints, recordCalls } from '../../src/optimize.js';
import { watchDiag } from '../support/diag.js';
import { startMetrics } from '../support/metrics.js';
import { agent, CHAT, spanOf } from '../support/offline/spans.js';
import { chat, startTracing } from '../support/tracing.js';

const SPANS = [
  spanOf({
    id: 'agent',
    at: [0, 10],
    attributes: {
      ...agent('a'),
      'session.id': 's',
      'gen_ai.usage.input_tokens': 9000,
      'gen_ai.request.model': 'gpt-4o',
      'cost.team': 'former',
    },
  }),
  spanOf({
    id: 'chat',
    parent: 'agent',
    at: [1, 9],
    attributes: { ...CHAT, 'gen_ai.usage.cost': 1e300, 'gen_ai.usage.foo_tokens': 8 },
  }),
  spanOf({ id: 'late', parent: 'agent', at: [5, 90], attributes: CHAT }),
];

describe('priceSpans in a process that meters', () => {
  it('leaves spans, ledger, metrics, hints and warnings alone', async () => {
    const warn = watchDiag();
    const stop = recordCalls();
    const { cost, spans } = startTracing();
    const collected = startMetrics();
    withSession('s', (session) => {
      withTask('t', (task) => {
        chat(1000, 100);
        const before = JSON.stringify([
          task.totals,
          session.totals,
          cost.stats,
          cost.taskStats(),
          costHints(),
        ]);
        expect(priceSpans(SPANS, { priceFactors: { nobody: 0.5 } }).length).toBeGreaterThan(3);
        expect(JSON.stringify([task.totals, session.totals, cost.stats, cost.taskStats(), costHints()])).toBe(
          before,
        );
        chat(1000, 100);
        expect(task.totals.costUsd).toBe(0.007);
      });
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(spans().map(({ name }) => name)).toEqual(['chat gpt-4o', 'chat gpt-4o', 'task t', 'session']);
    expect(await collected.sum('cost.usd')).toBe(0.007);
    expect(warn.mock.calls).toEqual([]);
    stop();
  });

  it('does not become the process that others find', () => {
    expect(metrics.getMeterProvider()).toBeDefined();
    priceSpans(SPANS);
    const { cost, attributes } = startTracing();
    chat(1000, 100);
    expect(cost.stats.ignoredProcessors).toBe(0);
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.0035);
  });
});
