/** Agent runs that restart below ended runs: the memory kept for them is bounded, and each call is billed. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Context, context, type Span, trace } from '@opentelemetry/api';
import { describe, expect, it, vi } from 'vitest';
import { type LlmHandle, recordCost, withLlm, withTask, withTool } from '../../src/index.js';
import { SettlementNode } from '../../src/settlement/node.js';
import { chat, chatAttributes, completion, foreign, inSpan, startTracing } from '../support/tracing.js';

setFlagsFromString('--expose_gc');
const collect: () => void = runInNewContext('gc');

/** More than are kept, by far. */
const TURNS = SettlementNode.MAX_ENDED_ABOVE * 4;

const gpt4o = { provider: 'openai', model: 'gpt-4o' };
const AGENT = { 'gen_ai.operation.name': 'invoke_agent' };

type Turn = (inside: (span: Span) => void) => void;

/** Each turn runs in the context of the one before, which has ended by then. */
function goOn(turn: Turn, each: (span: Span) => void = () => {}): Context {
  let last: Context = context.active();
  for (let i = 0; i < TURNS; i++) {
    context.with(last, () =>
      turn((span) => {
        last = context.active();
        each(span);
      }),
    );
  }
  return last;
}

/** A tool lies in between: no run stands for the calls of the next one, and each keeps its credit. */
const behindTool: Turn = (inside) =>
  withTool('again', () =>
    withLlm(gpt4o, ({ span }) => {
      inside(span);
      // Without an id: the task remembers those.
      return { model: 'gpt-4o', usage: { prompt_tokens: 1000, completion_tokens: 100 } };
    }),
  );

/** A call of unknown cost, which a later call below it could resolve. */
const mute: Turn = (inside) => withTool('again', () => withLlm(gpt4o, ({ span }) => inside(span)));

const muteAgent: Turn = (inside) =>
  inSpan('tool', { 'gen_ai.operation.name': 'execute_tool' }, () =>
    withLlm(gpt4o, () => inSpan('agent', AGENT, inside)),
  );

describe('runs that start themselves again below ended ones', () => {
  it.each<[string, Turn]>([
    ['calls behind a tool', behindTool],
    ['calls of unknown cost behind a tool', mute],
    ['runs of agents of unknown cost behind a tool', muteAgent],
  ])('%s: all but the last are let go', async (_, turn) => {
    startTracing({ processors: (cost) => [cost] });
    const spans: WeakRef<Span>[] = [];
    const last = goOn(turn, (span) => spans.push(new WeakRef(span)));
    // The compiler keeps the objects that it inspects in the background until it is done.
    await vi.waitFor(() => {
      collect();
      expect(spans.slice(1, TURNS / 2).filter((span) => span.deref() !== undefined)).toHaveLength(0);
    });
    expect(last).toBeDefined();
  });

  it('each is billed', () => {
    startTracing();
    withTask('t', (task) => {
      goOn(behindTool);
      expect(task.totals).toMatchObject({ costUsd: 0.896, llmCalls: TURNS, costComplete: true });
    });
  });

  it('each of unknown cost counts', () => {
    startTracing();
    withTask('t', (task) => {
      goOn(mute);
      expect(task.totals).toMatchObject({ costUsd: 0, llmCalls: TURNS, unpricedCalls: TURNS });
    });
  });
});

describe('agents in agents', () => {
  it('a thousand deep: the innermost call is known to each of them, and billed once', () => {
    const { attributes } = startTracing();
    const nested = (depth: number): void =>
      inSpan('agent', { ...chatAttributes(1000, 100), ...AGENT }, () => {
        if (depth === 1) chat(1000, 100, {}, 'innermost');
        else nested(depth - 1);
      });
    withTask('t', () => nested(1000));
    expect(attributes('innermost').cost_usd).toBe(0.0035);
    expect(attributes('task t')).toMatchObject({ 'task.cost_usd': 0.0035, 'task.llm_calls': 1 });
  });

  it('a thousand deep and all ended: a late call below is paid for by the nearest', () => {
    startTracing();
    withTask('t', (task) => {
      const spans: Span[] = [];
      let around = context.active();
      for (let depth = 0; depth < 1000; depth++) {
        const span = foreign().startSpan('agent', { attributes: chatAttributes(1000, 100) }, around);
        spans.push(span);
        around = trace.setSpan(around, span);
      }
      for (const span of spans.reverse()) span.end();
      context.with(around, () => chat(1000, 100));
      expect(task.totals).toMatchObject({ costUsd: 0.0035, llmCalls: 1 });
    });
  });
});

describe('a run whose cost was unknown when it ended', () => {
  it('is known by the first call that ends later inside it, and not by other cost', () => {
    startTracing();
    withTask('t', (task) => {
      let inside = context.active();
      withLlm(gpt4o, () =>
        inSpan('agent', AGENT, () => {
          inside = context.active();
        }),
      );
      expect(task.totals).toMatchObject({ llmCalls: 1, unpricedCalls: 1, costComplete: false });
      context.with(inside, () => recordCost(1, { kind: 'llm' }));
      expect(task.totals).toMatchObject({ costUsd: 1, unpricedCalls: 1 });
      context.with(inside, () => chat(1000, 100));
      expect(task.totals).toMatchObject({
        costUsd: 1.0035,
        llmCalls: 1,
        unpricedCalls: 0,
        costComplete: true,
      });
      context.with(inside, () => chat(1000, 100));
      expect(task.totals).toMatchObject({ costUsd: 1.007, llmCalls: 2, unpricedCalls: 0 });
    });
  });

  it('is known once: a second call leaves another run unknown', () => {
    startTracing();
    withTask('t', (task) => {
      const runs = [context.active(), context.active()];
      for (const at of runs.keys()) {
        withLlm(gpt4o, () => {
          runs[at] = context.active();
        });
      }
      expect(task.totals.unpricedCalls).toBe(2);
      for (let again = 0; again < 2; again++)
        context.with(runs[0] ?? context.active(), () => chat(1000, 100));
      expect(task.totals).toMatchObject({ costUsd: 0.007, unpricedCalls: 1, costComplete: false });
    });
  });

  it('is known by usage that is recorded later, once, whichever comes first', () => {
    startTracing();
    withTask('t', (task) => {
      const calls: LlmHandle[] = [];
      let inside = context.active();
      withLlm(gpt4o, (call) => {
        calls.push(call);
        inside = context.active();
      });
      calls[0]?.recordUsage({ inputTokens: 1000, outputTokens: 100 });
      context.with(inside, () => chat(1000, 100));
      expect(task.totals).toMatchObject({ costUsd: 0.0035, llmCalls: 1, unpricedCalls: 0 });
    });
  });
});

describe('a task that remembers the ids of responses', () => {
  it('does not keep the spans of its calls', async () => {
    startTracing({ processors: (cost) => [cost] });
    await withTask('t', async (task) => {
      const spans: WeakRef<Span>[] = [];
      for (let n = 0; n < 100; n++) {
        withLlm(gpt4o, ({ span }) => {
          spans.push(new WeakRef(span));
          return completion(1000, 100);
        });
      }
      await vi.waitFor(() => {
        collect();
        expect(spans.slice(0, -1).filter((span) => span.deref() !== undefined)).toHaveLength(0);
      });
      expect(task.totals.llmCalls).toBe(100);
    });
  });
});
