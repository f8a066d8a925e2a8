/** `withLlm` inside `withLlm`, with no span in between that says that a tool ran. Shapes as the AI SDK 7 gives them. */
import { describe, expect, it } from 'vitest';
import { withLlm, withTask, withTool } from '../../src/index.js';
import { startTracing } from '../support/tracing.js';

const CALL = { provider: 'openai', model: 'gpt-4o-mini' };

function usageOf(input: number, output: number): object {
  return { inputTokens: input, outputTokens: output, totalTokens: input + output };
}

/** The result of an agent's loop. Each step has the id of its response. */
function loop(...steps: readonly (readonly [id: string, input: number, output: number])[]): object {
  const sum = (at: 1 | 2): number => steps.reduce((total, step) => total + step[at], 0);
  const response = ([id]: readonly [string, number, number]) => ({ id, modelId: 'gpt-4o-mini-2024-07-18' });
  const [last = ['', 0, 0] as const] = steps.slice(-1);
  return {
    text: 'x',
    finishReason: 'stop',
    usage: usageOf(last[1], last[2]),
    totalUsage: usageOf(sum(1), sum(2)),
    response: response(last),
    steps: steps.map((step) => ({
      finishReason: 'stop',
      usage: usageOf(step[1], step[2]),
      response: response(step),
    })),
  };
}

function totalsOf(work: () => unknown): Record<string, unknown> {
  const { attributes } = startTracing();
  withTask('t', work);
  return attributes('task t');
}

describe('a withLlm around an agent and one around the agent that its tool asks', () => {
  const expert = (): object => withLlm(CALL, () => loop(['resp_2', 1200, 120], ['resp_3', 1300, 130]));
  const guide = (): object => loop(['resp_1', 1500, 150], ['resp_4', 1700, 170]);

  it('are estimated, since no tool stands between and the ids are of other calls', () => {
    const totals = totalsOf(() =>
      withLlm(CALL, () => {
        expert();
        return guide();
      }),
    );
    expect(totals).toMatchObject({ 'task.input_tokens': 3200, 'task.llm_calls': 2 });
    expect(totals['task.estimated_cost_usd']).toBeGreaterThan(0);
  });

  it('bill the calls of both behind a withTool', () => {
    const totals = totalsOf(() =>
      withLlm(CALL, () => {
        withTool('expert', expert);
        return guide();
      }),
    );
    expect(totals).toMatchObject({
      'task.input_tokens': 5700,
      'task.output_tokens': 570,
      'task.llm_calls': 4,
      'task.cost_usd': 0.001197,
      'task.cost_complete': true,
    });
    expect(totals).not.toHaveProperty('task.estimated_cost_usd');
  });
});

describe('a withLlm around others', () => {
  it('is billed for nothing more when they are of the responses that it names', () => {
    const totals = totalsOf(() =>
      withLlm(CALL, () => {
        withLlm(CALL, () => loop(['resp_1', 1500, 150]));
        withLlm(CALL, () => loop(['resp_2', 1700, 170]));
        return loop(['resp_1', 1500, 150], ['resp_2', 1700, 170]);
      }),
    );
    expect(totals).toMatchObject({
      'task.input_tokens': 3200,
      'task.llm_calls': 2,
      'task.cost_complete': true,
    });
    expect(totals).not.toHaveProperty('task.estimated_cost_usd');
  });

  it('adds nothing to an attempt that came before the one whose response it returns', () => {
    const totals = totalsOf(() =>
      withLlm(CALL, () => {
        withLlm(CALL, () => loop(['resp_1', 1500, 150]));
        return withLlm(CALL, () => loop(['resp_2', 1700, 170]));
      }),
    );
    expect(totals).toMatchObject({ 'task.input_tokens': 3200, 'task.llm_calls': 2 });
  });

  it('is estimated when the ids do not tell whether they are of the same calls', () => {
    const totals = totalsOf(() =>
      withLlm(CALL, () => {
        withLlm(CALL, () => loop(['9f2c77', 1500, 150]));
        return loop(['resp_1', 900, 90]);
      }),
    );
    expect(totals['task.estimated_cost_usd']).toBeGreaterThan(0);
  });

  it('is the same call under another id when it has the same counts', () => {
    const totals = totalsOf(() =>
      withLlm(CALL, () => {
        withLlm(CALL, () => loop(['9f2c77', 1500, 150]));
        return loop(['resp_1', 1500, 150]);
      }),
    );
    expect(totals).toMatchObject({ 'task.input_tokens': 1500, 'task.llm_calls': 1 });
    expect(totals).not.toHaveProperty('task.estimated_cost_usd');
  });
});
