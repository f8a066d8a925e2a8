/** Work that continues without end below ended spans: the memory kept for it stays small, and no cost is lost. */
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Context, context, type Span } from '@opentelemetry/api';
import { describe, expect, it, vi } from 'vitest';
import { withAgent, withLlm, withSession, withTask, withTool } from '../../src/index.js';
import { foreign, startTracing } from '../support/tracing.js';

setFlagsFromString('--expose_gc');
const collect: () => void = runInNewContext('gc');

/** More turns than are kept, by far. */
const TURNS = 40;

type Turn = (inside: (span: Span) => void) => void;

const TURN_KINDS: [string, Turn][] = [
  ['tasks', (inside) => withTask('t', (task) => inside(task.span))],
  ['agents', (inside) => withAgent('a', (agent) => inside(agent.span))],
  ['tools', (inside) => withTool({ name: 'x', costUsd: 1 }, (tool) => inside(tool.span))],
  ['LLM calls', (inside) => withLlm('gpt-4o', (call) => inside(call.span))],
  [
    "LLM calls below another instrumentation's spans",
    (inside) =>
      foreign().startActiveSpan('f', (span) => {
        withLlm('gpt-4o', () => inside(span));
        span.end();
      }),
  ],
];

/** Each turn starts in the context of the one before, which has ended by then: a timer that is set again. */
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

/** A task that costs a dollar. */
const dollarTask: Turn = (inside) =>
  withTask('t', (task) => {
    withTool({ name: 'x', costUsd: 1 }, () => 1);
    inside(task.span);
  });

describe('work that goes on below spans that have ended', () => {
  it.each(TURN_KINDS)('%s: the first of them is not kept', async (_name, turn) => {
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

  it('corrects only the last of them', () => {
    const { cost } = startTracing();
    goOn(dollarTask);
    expect(cost.stats.corrections).toBeLessThanOrEqual(TURNS * 8);
  });

  it('an open scope around, and the session, have all of it', () => {
    const { attributes } = startTracing();
    withTask({ name: 'outer', sessionId: 's' }, (outer) => {
      goOn(dollarTask);
      expect(outer.totals.costUsd).toBe(TURNS);
    });
    expect(attributes('task outer')['session.cost_usd']).toBe(TURNS);
  });

  it('its session has all of it where nothing around is open', () => {
    startTracing();
    const first = withTask({ name: 'first', sessionId: 's' }, () => context.active());
    context.with(first, () => goOn(dollarTask));
    withSession('s', (session) => expect(session.totals.costUsd).toBe(TURNS));
  });

  it('the task that began it has all of it, and is corrected to the last', () => {
    const { spans } = startTracing();
    goOn(dollarTask);
    const statements = spans().filter(({ attributes }) => attributes['task.cost_usd'] === TURNS);
    expect(statements.map(({ name }) => name)).toEqual(['cost correction']);
  });

  it('each of which starts while the one before still runs: it is corrected by the next few only', async () => {
    const { cost, spans } = startTracing();
    let turns = 0;
    await new Promise<void>((resolve) => {
      const tick = (): Promise<void> =>
        withTask({ name: 'tick', sessionId: 's' }, async () => {
          await setImmediate();
          withTool({ name: 'x', costUsd: 1 }, () => 1);
          turns += 1;
          if (turns < 400) void tick();
          else resolve();
        });
      void tick();
    });
    await setImmediate();
    expect(cost.stats.corrections).toBeLessThanOrEqual(400 * 9);
    expect(cost.stats.releasedScopes).toBeGreaterThan(300);
    expect(cost.stats.internalErrors).toBe(0);
    const [first] = spans().filter(({ name }) => name === 'task tick');
    const last = spans().findLast(({ attributes }) => attributes['task.id'] === first?.spanContext().spanId);
    expect(last?.attributes['task.cost_usd']).toBe(400);
    withSession('s', (session) => expect(session.totals.costUsd).toBe(400));
  });

  it("another instrumentation's agents each have their own, and the first one's task has all", () => {
    const { spans } = startTracing();
    const llm = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.output_tokens': 100,
    };
    goOn((inside) =>
      foreign().startActiveSpan(
        'agent',
        { attributes: { 'gen_ai.operation.name': 'invoke_agent' } },
        (span) => {
          foreign().startSpan('chat', { attributes: llm }).end();
          inside(span);
          span.end();
        },
      ),
    );
    const agents = spans().filter(({ name }) => name === 'agent');
    expect(agents.filter(({ attributes }) => attributes['agent.cost_usd'] === 0.001)).toHaveLength(TURNS);
    const taskCosts = spans().map(({ attributes }) => attributes['task.cost_usd']);
    expect(Math.max(...taskCosts.map(Number).filter(Number.isFinite))).toBeCloseTo(TURNS * 0.001);
  });
});
