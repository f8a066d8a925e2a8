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
        'task t                              1,000  100  $0.2585  … running',
        '├─ agent researcher                 1,000  100  $0.0085  ✓',
        '│  └─ step 1                        1,000  100  $0.0085  ✓',
        '│     ├─ LLM gpt-4o-2024-08-06      1,000  100  $0.0035  ✓',
        '│     └─ tool web_search                        $0.005   ✓',
        '├─ tool local                                    –       ✓ not billed',
        '└─ cost disk                                    $0.25    ✓',
      ].join('\n'),
    );
  });

  it('shows failures', () => {
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
      '├─ LLM gpt-4o  –  ✗ failed, cost unknown',
      '├─ LLM nobody-prices-this  1  2  –  ? unknown model',
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
    const name = `${'long '.repeat(40)}\n\u001b[31mname\u0007`;
    const receipt = withTask(name, (task) => {
      withAgent(name, () => withTool({ name, costUsd: 1 }, () => 1));
      return task.receipt();
    });
    expect(receipt.split('\n')).toHaveLength(4);
    for (const line of receipt.split('\n')) {
      expect(line.length).toBeLessThanOrEqual(100);
      expect(line).not.toMatch(/\p{Cc}/u);
    }
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
      '├─ … 996 LLM calls, 1 tool call not shown 498,997 996',
      '├─ LLM nobody-prices-this 500 1',
      '├─ tool last $1.00 ✓',
      '└─ tool last $1.00 ✓',
    ]);
  });
});

describe('a shortened receipt', () => {
  const fails = () => {
    expect(() =>
      withLlm(GPT_4O, () => {
        throw new Error('down');
      }),
    ).toThrow();
  };
  const directLines = (work: () => void) => linesOf(work).filter((line) => /^[├└]/.test(line));

  it.each([4, 10, 11, 20])('shows a call that failed as number %i of 30', (place) => {
    startProcessor();
    const lines = directLines(() => {
      for (let number = 1; number <= 30; number++) {
        if (number === place) fails();
        else call(number, 1);
      }
    });
    expect(lines.filter((line) => line.includes('✗ failed'))).toHaveLength(1);
    expect(lines).toHaveLength(7);
  });

  it('shows each of the last two once, also where one of them went wrong', () => {
    startProcessor();
    const lines = directLines(() => {
      for (let number = 1; number <= 13; number++) call(number, 1);
      fails();
      call(99, 1);
    });
    expect(lines.map((line) => line.split('  ').slice(0, 2).join(' '))).toEqual([
      '├─ LLM gpt-4o-2024-08-06 1',
      '├─ LLM gpt-4o-2024-08-06 2',
      '├─ LLM gpt-4o-2024-08-06 3',
      '├─ … 10 LLM calls not shown 85',
      '├─ LLM gpt-4o –',
      '└─ LLM gpt-4o-2024-08-06 99',
    ]);
  });

  it('shows the most expensive call, wherever it was', () => {
    startProcessor();
    for (const place of [5, 10, 11, 40]) {
      const lines = directLines(() => {
        for (let number = 1; number <= 50; number++) {
          withTool({ name: 'x', costUsd: number === place ? 100 : 0.001 }, () => 1);
        }
      });
      expect(lines.filter((line) => line.includes('$100.00'))).toHaveLength(1);
    }
  });

  it('counts what it hides: tools, failed and unpriced calls', () => {
    startProcessor();
    const [hidden] = directLines(() => {
      for (let number = 1; number <= 40; number++) {
        if (number % 10 === 5) fails();
        else if (number % 2) call(1, 1);
        else withTool({ name: 'x', costUsd: 1 }, () => 1);
      }
    }).filter((line) => line.includes('…'));
    expect(hidden).toMatch(/… 1[0-9] LLM calls, 1[0-9] tool calls not shown .* ✗ 3 failed, \? 3 unpriced$/);
  });

  it('keeps apart local tools and billed ones in the places that it uses again', () => {
    startProcessor();
    const lines = directLines(() => {
      for (let number = 1; number <= 30; number++) {
        withTool(number % 2 ? 'local' : { name: 'paid', costUsd: 1 }, () => 1);
      }
    });
    expect(lines.slice(-2)).toEqual(['├─ tool local  –  ✓ not billed', '└─ tool paid  $1.00  ✓']);
  });

  it('of agents that start each other without end is bounded, and throws nothing', () => {
    startProcessor();
    const receipt = receiptOf(() => {
      const nest = (depth: number): void => {
        withAgent('a', () => {
          call(1, 1);
          if (depth > 0) nest(depth - 1);
        });
      };
      nest(300);
    });
    expect(receipt.split('\n').length).toBeLessThan(150);
  });

  it('leaves out, and counts, what began below a scope that had ended', () => {
    startProcessor();
    const lines = linesOf(() => {
      const agent = withAgent('ended', (handle) => handle);
      agent.run(() => withAgent('late', () => call(1000, 100)));
    });
    expect(lines.slice(1)).toEqual([
      'task t  1,000  100  $0.0035  … running',
      '└─ agent ended  1,000  100  $0.0035  ✓',
      '  └─ … 1 LLM call not shown  1,000  100  $0.0035',
    ]);
  });
});

it('the status of a scope and a call shows how it ended', () => {
  const { spans } = startTracing();
  const lines = linesOf((task) => {
    withTask('given up', (inner) => inner.cancel());
    withTask('failed', (inner) => inner.fail());
    inSpan('request', {}, () => chat(100_000, 1, { 'gen_ai.provider.name': 'nobody-knows' }));
    task.succeed();
  });
  expect(lines.filter((line) => line.includes('task '))).toEqual([
    expect.stringMatching(/^task t/),
    expect.stringMatching(/task given up .* ✗ cancelled$/),
    expect.stringMatching(/task failed .* ✗ failed$/),
  ]);
  expect(lines.at(-1)).toMatch(/ ~ estimated$/);
  expect(spans().length).toBeGreaterThan(0);
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
