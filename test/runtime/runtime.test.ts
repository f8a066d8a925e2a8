import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { recordCost, withAgent, withTask, withTool } from '../../src/index.js';
import { chat, inSpan, ownKeys, startProcessor, startTracing } from '../support/tracing.js';

const warnings: string[] = [];

function listen(): void {
  warnings.length = 0;
  const ignore = () => {};
  const logger = {
    warn: (message: string) => void warnings.push(message),
    error: ignore,
    info: ignore,
    debug: ignore,
    verbose: ignore,
  };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

afterEach(() => diag.disable());

describe('the one meter of a process', () => {
  it('is the first processor; a second does nothing, is counted, and is reported once', () => {
    listen();
    const { attributes } = startTracing({
      processors: (cost, exporting) => [cost, startProcessor({ tools: { x: { costUsd: 9 } } }), exporting],
    });
    const third = startProcessor();
    withTask('t', () => {
      chat(1000, 100);
      withTool('x', () => 1);
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.llm_calls': 1 });
    expect(third.stats.ignoredProcessors).toBe(1);
    expect(warnings.filter((message) => message.includes('second CostSpanProcessor'))).toHaveLength(1);
  });

  it('is the first constructed even when another one is listed before it', () => {
    const { attributes } = startTracing({
      processors: (cost, exporting) => [startProcessor(), cost, exporting],
    });
    withTask('t', () => withAgent('a', () => chat(1000, 100)));
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.outcome': 'success' });
    expect(attributes('task t')).not.toHaveProperty(['agent.cost_usd']);
  });

  it('counts once although it is listed twice', () => {
    const { attributes } = startTracing({ processors: (cost, exporting) => [cost, cost, exporting] });
    withTask('t', () => {
      chat(1000, 100);
      withTool({ name: 'x', costUsd: 1 }, () => 1);
    });
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 1.0035, 'task.llm_calls': 1 });
    expect(attributes('task t')).not.toHaveProperty(['agent.cost_usd']);
  });

  it('hands over to the next when it is shut down, and shutting down twice is fine', async () => {
    const first = startProcessor({ tools: { x: { costUsd: 1 } } });
    const second = startProcessor({ tools: { x: { costUsd: 2 } } });
    const costOf = () => withTask('t', (task) => [withTool('x', () => 1), task.totals.costUsd]).at(1);
    expect(costOf()).toBe(1);
    await first.shutdown();
    await first.shutdown();
    expect(costOf()).toBe(2);
    await second.shutdown();
    expect(costOf()).toBe(0);
  });

  it('finishes what it began when it is shut down in between', async () => {
    const { cost, attributes } = startTracing();
    await withTask('t', async () => {
      recordCost(1);
      await cost.shutdown();
      recordCost(2);
    });
    expect(attributes('task t')['task.cost_usd']).toBe(3);
  });

  it("once shut down leaves other instrumentations' spans alone", async () => {
    const { cost, attributes } = startTracing();
    await cost.shutdown();
    chat(1000, 100);
    expect(ownKeys(attributes('chat gpt-4o'))).toEqual([]);
  });

  it('flushes at once, because nothing is buffered', async () => {
    await expect(startProcessor().forceFlush()).resolves.toBeUndefined();
  });

  it('may be listed after the exporting processor', () => {
    const { attributes } = startTracing({ processors: (cost, exporting) => [exporting, cost] });
    withTask('t', () => inSpan('theirs', { 'gen_ai.operation.name': 'invoke_agent' }, () => chat(1000, 100)));
    expect(attributes('chat gpt-4o').cost_usd).toBe(0.0035);
    expect(attributes('theirs')['agent.cost_usd']).toBe(0.0035);
    expect(attributes('task t')['task.cost_usd']).toBe(0.0035);
  });

  it('writes roll-ups with an SDK that has no onEnding', () => {
    const { attributes } = startTracing({
      processors: (cost, exporting) => [
        {
          onStart: (span, context) => cost.onStart(span, context),
          onEnd: (span) => cost.onEnd(span),
          forceFlush: () => cost.forceFlush(),
          shutdown: () => cost.shutdown(),
        },
        exporting,
      ],
    });
    inSpan('root', {}, () => chat(1000, 100));
    expect(attributes('chat gpt-4o')).toMatchObject({ cost_usd: 0.0035, 'cost.kind': 'llm' });
    expect(attributes('root')['task.cost_usd']).toBe(0.0035);
  });
});

describe('its counters', () => {
  it('are all 0 after plain work', () => {
    const { cost } = startTracing();
    withTask({ name: 't', sessionId: 's' }, () => chat(1000, 100));
    expect(cost.stats).toEqual({
      internalErrors: 0,
      refusedAmounts: 0,
      ignoredProcessors: 0,
      corrections: 0,
      releasedScopes: 0,
      budgetRefusals: 0,
      budgetUnknownCalls: 0,
      sessionEvictions: 0,
      budgetEvictions: 0,
      chargeEvictions: 0,
      unreadUsage: [],
    });
  });

  it('are a copy: writing to it changes nothing', () => {
    const cost = startProcessor();
    Object.assign(cost.stats, { corrections: 5 });
    expect(cost.stats.corrections).toBe(0);
  });
});

describe('onTaskEnd', () => {
  it('is called for every declared task, sub-tasks first, with the figures of its span', () => {
    const told: object[] = [];
    const { attributes } = startTracing({ cost: { onTaskEnd: (summary) => told.push(summary) } });
    withTask({ name: 'outer', sessionId: 's' }, (outer) => {
      withTask('inner', (inner) => {
        recordCost(1, { kind: 'tool' });
        inner.fail();
      });
      chat(1000, 100);
      outer.succeed({ actions: 2 });
    });
    expect(told).toEqual([
      expect.objectContaining({ taskName: 'inner', outcome: 'failure', actions: 0, wastedCostUsd: 1 }),
      {
        taskId: attributes('task outer')['task.id'],
        taskName: 'outer',
        outcome: 'success',
        actions: 2,
        sessionId: 's',
        costUsd: 1.0035,
        estimatedCostUsd: 0,
        llmCostUsd: 0.0035,
        toolCostUsd: 1,
        wastedCostUsd: 1,
        inputTokens: 1000,
        outputTokens: 100,
        llmCalls: 1,
        toolCalls: 0,
        failedCalls: 0,
        costComplete: true,
        unpricedCalls: 0,
        durationMillis: expect.any(Number),
      },
    ]);
  });

  it('that throws harms neither the task nor the counters', () => {
    const { cost, attributes } = startTracing({
      cost: {
        onTaskEnd: () => {
          throw new Error('of the app');
        },
      },
    });
    expect(withTask('t', () => 'result')).toBe('result');
    expect(attributes('task t')['task.outcome']).toBe('success');
    expect(cost.stats.internalErrors).toBe(0);
  });
});
