/** `task.receipt()`: the tree of a task as text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  recordCost,
  type TaskHandle,
  withAgent,
  withLlm,
  withStep,
  withTask,
  withTool,
} from '../../src/index.js';
import { chat, completion, inSpan, startProcessor, startTracing } from '../support/tracing.js';

const GPT_4O = { provider: 'openai', model: 'gpt-4o' };

function call(inputTokens: number, outputTokens: number): void {
  withLlm(GPT_4O, () => completion(inputTokens, outputTokens));
}

/** The receipt at the end of a task's work, without the spaces that align it. */
function linesOf(work: (task: TaskHandle) => void): string[] {
  return receiptOf(work)
    .split('\n')
    .map((line) => line.replace(/ {2,}/g, '  '));
}

function receiptOf(work: (task: TaskHandle) => void): string {
  return withTask('t', (task) => {
    work(task);
    return task.receipt();
  });
}

describe('a receipt', () => {
  it('is the tree of what was billed, with what each part cost', () => {
    startProcessor();
    const receipt = receiptOf(() => {
      withAgent('researcher', () => {
        withStep('turn', () => {
          call(1000, 100);
          withTool({ name: 'web_search', costUsd: 0.005 }, () => 1);
        });
      });
      withTool('local', () => 1);
      recordCost(0.25, { kind: 'storage', name: 'disk' });
    });
    expect(receipt).toBe(
      [
        '                                tokens in  out  USD      status',
        'task t                              1,000  100  $0.2585  ✓',
        '├─ agent researcher                 1,000  100  $0.0085  ✓',
        '│  └─ step 1                        1,000  100  $0.0085  ✓',
        '│     ├─ LLM gpt-4o-2024-08-06      1,000  100  $0.0035  ✓',
        '│     └─ tool web_search                        $0.005   ✓',
        '├─ tool local                                    –       ✓ not billed',
        '└─ cost disk                                    $0.25    ✓',
      ].join('\n'),
    );
  });

  it('says what went wrong', () => {
    startProcessor();
    const lines = linesOf((task) => {
      expect(() =>
        withLlm(GPT_4O, () => {
          throw new Error('down');
        }),
      ).toThrow();
      withLlm({ model: 'nobody-prices-this' }, () => ({ usage: { prompt_tokens: 1, completion_tokens: 2 } }));
      withTool({ name: 'free', costUsd: 0 }, () => 1);
      task.fail();
    });
    expect(lines).toEqual([
      '  tokens in  out  USD  status',
      'task t  1  2  ?  ? incomplete',
      '├─ LLM gpt-4o  –  ✗ unpriced',
      '├─ LLM nobody-prices-this  1  2  –  ? unpriced',
      '└─ tool free  $0.00  ✓ free',
    ]);
  });

  it('shows other instrumentations’ calls, and what still runs with its cost so far', () => {
    startTracing();
    withTask('t', (task) => {
      withAgent('a', (agent) => {
        inSpan('request', {}, () => chat(1000, 100));
        expect(task.receipt()).toMatch(
          /task t .*\$0\.0035.*\n└─ agent a .*\$0\.0035.*\n {3}└─ LLM gpt-4o .*\$0\.0035/,
        );
        expect(agent.receipt()).toMatch(/\nagent a .*\$0\.0035.*\n└─ LLM gpt-4o .*\$0\.0035/);
      });
    });
  });

  it('keeps to 100 columns and to one line an entry, whatever the names are', () => {
    startProcessor();
    const name = `${'long '.repeat(40)}\nname`;
    const receipt = withTask(name, (task) => {
      withAgent(name, () => withTool({ name, costUsd: 1 }, () => 1));
      return task.receipt();
    });
    expect(receipt.split('\n')).toHaveLength(4);
    for (const line of receipt.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('of many calls shows the first three, the last two, one that failed and one that is unpriced', () => {
    startProcessor();
    const lines = linesOf(() => {
      for (let number = 0; number < 1000; number++) {
        const model = number === 500 ? 'nobody-prices-this' : 'gpt-4o';
        withLlm({ provider: 'openai', model }, () => completion(number, 1, { model }));
      }
      for (let number = 0; number < 3; number++) withTool({ name: 'last', costUsd: 1 }, () => 1);
    });
    expect(lines.map((line) => line.split('  ').slice(0, 3).join(' '))).toEqual([
      ' tokens in out',
      'task t 499,500 1,000',
      '├─ LLM gpt-4o 0 1',
      '├─ LLM gpt-4o 1 1',
      '├─ LLM gpt-4o 2 1',
      '├─ … 996 more LLM calls, 1 more tool call 498,997 996',
      '├─ LLM nobody-prices-this 500 1',
      '├─ tool last $1.00 ✓',
      '└─ tool last $1.00 ✓',
    ]);
  });
});

it('the lines of a scope add up to it, however many there were and whatever is left out', () => {
  startProcessor();
  const step = fc.record({ calls: fc.nat(30), tools: fc.nat(14), agents: fc.nat(12) });
  fc.assert(
    fc.property(step, fc.nat(1000), ({ calls, tools, agents }, inputTokens) => {
      const lines = receiptOf(() => {
        for (let number = 0; number < calls; number++) call(inputTokens + number, number);
        for (let number = 0; number < tools; number++) withTool({ name: 'x', costUsd: number / 8 }, () => 1);
        for (let number = 0; number < agents; number++) withAgent('a', () => call(number, 1));
      }).split('\n');
      const costOf = (line = '') =>
        Math.round(Number(/\$([\d.,]+)/.exec(line)?.[1]?.replaceAll(',', '') ?? 0) * 1e12);
      const direct = lines.filter((line) => /^[├└]/.test(line));
      const total = costOf(lines.find((line) => line.startsWith('task t')));
      expect(direct.reduce((sum, line) => sum + costOf(line), 0)).toBe(total);
      expect(direct.length).toBeLessThanOrEqual(10);
    }),
    { seed: 1, numRuns: 200 },
  );
});
