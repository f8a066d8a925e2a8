import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  ActionResult,
  type AgentHandle,
  type LlmHandle,
  type SessionHandle,
  type StepHandle,
  type TaskHandle,
  type ToolHandle,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
  wrapAgent,
  wrapLlm,
  wrapTool,
} from '../../src/index.js';
import { startTracing } from '../support/tracing.js';

interface Answer {
  text: string;
}
const answer: Answer = { text: '42' };

describe('the types of what is wrapped', () => {
  it('pass through every with…, at once, promised and generated', async () => {
    startTracing();
    expectTypeOf(withTask('t', () => answer)).toEqualTypeOf<Answer>();
    expectTypeOf(withAgent('a', async () => answer)).toEqualTypeOf<Promise<Answer>>();
    expectTypeOf(withStep('s', () => {})).toEqualTypeOf<void>();
    expectTypeOf(withSession('s', () => undefined)).toEqualTypeOf<undefined>();
    expectTypeOf(withLlm('m', () => Promise.resolve(answer))).toEqualTypeOf<Promise<Answer>>();
    expectTypeOf(withTool('x', () => [1, 2] as const)).toEqualTypeOf<readonly [1, 2]>();
    const count = async function* (): AsyncGenerator<number, string, boolean> {
      yield 1;
      return 'end';
    };
    const generated = withTask('t', count);
    expectTypeOf(generated).toEqualTypeOf<AsyncGenerator<number, string, boolean>>();
    expect(await generated.next(true)).toEqual({ done: false, value: 1 });
    await generated.return('end');
  });

  it('give each function the handle of its kind', () => {
    startTracing();
    withSession('s', (session) => expectTypeOf(session).toEqualTypeOf<SessionHandle>());
    withTask('t', (task) => expectTypeOf(task).toEqualTypeOf<TaskHandle>());
    withAgent('a', (agent) => expectTypeOf(agent).toEqualTypeOf<AgentHandle>());
    withStep('s', (step) => expectTypeOf(step).toEqualTypeOf<StepHandle>());
    withLlm('m', (call) => expectTypeOf(call).toEqualTypeOf<LlmHandle>());
    withTool('x', (call) => expectTypeOf(call).toEqualTypeOf<ToolHandle>());
  });

  it('are the function itself for wrap…, this parameter and overloads included', () => {
    startTracing();
    function priced(this: { unit: string }, item: string, count?: number): string {
      return `${count} ${this.unit} ${item}`;
    }
    expectTypeOf(wrapTool('x', priced)).toEqualTypeOf<typeof priced>();
    expectTypeOf(wrapAgent('x', priced)).toEqualTypeOf<typeof priced>();
    expectTypeOf(wrapLlm('x', priced)).toEqualTypeOf<typeof priced>();
    expect(wrapTool('x', priced).call({ unit: 'kg' }, 'tea', 2)).toBe('2 kg tea');
  });

  it('are those of the data where results are unwrapped', async () => {
    startTracing();
    const sync = wrapTool({ name: 'x', unwrap: true }, (n: number) => new ActionResult(n, { costUsd: 1 }));
    expectTypeOf(sync).toEqualTypeOf<(n: number) => number>();
    expect(sync(3)).toBe(3);
    const promised = wrapTool({ name: 'x', unwrap: true }, async () => new ActionResult(answer));
    expectTypeOf(promised).toEqualTypeOf<() => Promise<Answer>>();
    expect(await promised()).toBe(answer);
    const mixed = wrapTool({ name: 'x', unwrap: true }, (plain: boolean) =>
      plain ? 'text' : new ActionResult(answer),
    );
    expectTypeOf(mixed(true)).toEqualTypeOf<string | Answer>();
    const called = withTool({ name: 'x', unwrap: true }, async () => new ActionResult(answer));
    expectTypeOf(called).toEqualTypeOf<Promise<Answer>>();
    expect(await called).toBe(answer);
  });
});
